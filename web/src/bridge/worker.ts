// Room: bridge (Worker). The bridge's Worker: gives the applicant's seat its line, its randomness and its clock.

import { GreetingExchange } from '../link/exchange.ts';
import { platform } from '../link/link.ts';
import type { FromMirror } from '../wire/messages.ts';
import type { ToWorker } from './messages.ts';
import { ApplicantSeat } from './seat.ts';

(() => {
  let seat: ApplicantSeat | undefined;
  self.onmessage = ({ data }: MessageEvent<ToWorker>) => {
    switch (data.t) {
      case 'open':
        seat ??= new ApplicantSeat({
          url: data.url,
          page: data.page,
          policy: data.policy,
          graceMs: data.graceMs,
          ...(data.secret ? { secret: data.secret } : {}),
          exchange: () => new GreetingExchange('applicant', (bytes) => crypto.getRandomValues(new Uint8Array(bytes))),
          platform,
          now: () => performance.now(),
          post: (message) => self.postMessage(message),
          gone: () => self.close(),
        });
        return;
      case 'port': {
        const { port } = data;
        port.onmessage = (event: MessageEvent<FromMirror>) => seat?.receive(event.data);
        seat?.attach((message) => port.postMessage(message));
        return;
      }
      default:
        data satisfies never;
    }
  };
})();
