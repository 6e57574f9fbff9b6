// Room: console (Worker). Entry: one Worker for one session, between the console page and the server.

import { GreetingExchange } from '../link/exchange.ts';
import { platform } from '../link/link.ts';
import type { ToConsoleWorker } from '../wire/messages.ts';
import { AgentSeat } from './seat.ts';

const seat = new AgentSeat({
  platform,
  exchange: () => new GreetingExchange('agent', (bytes) => crypto.getRandomValues(new Uint8Array(bytes))),
  now: () => performance.now(),
  post: (message, transfer) => self.postMessage(message, { transfer }),
});

self.onmessage = (event: MessageEvent<ToConsoleWorker>) => seat.receive(event.data);
