// Room: console (Worker). Entry: one Worker for one session, between the console page and the server.

import { AgentExchange } from '../link/exchange-agent.ts';
import { platform } from '../link/link.ts';
import { loadCpace } from '../link/load.ts';
import { hasX25519 } from '../link/resume.ts';
import type { ToConsoleWorker } from '../wire/messages.ts';
import { AgentSeat } from './seat.ts';

let x25519 = false;
// A code has been issued: its digits will be needed soon. What does not load now is tried again then.
const ready = Promise.all([hasX25519().then((has) => (x25519 = has)), loadCpace().catch(() => undefined)]);

const seat = new AgentSeat({
  platform,
  exchange: (session, page, bound, chains, digits, allowed) =>
    new AgentExchange({ session, page, bound, cpace: loadCpace, x25519 }, chains, digits, allowed),
  fill: (bytes) => crypto.getRandomValues(bytes as Uint8Array<ArrayBuffer>),
  now: () => performance.now(),
  post: (message, transfer) => self.postMessage(message, { transfer }),
});

self.addEventListener('unhandledrejection', () => seat.broken());
self.onmessage = async (event: MessageEvent<ToConsoleWorker>) => {
  await ready;
  seat.receive(event.data);
};
