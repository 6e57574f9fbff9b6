// Room: bridge (Worker). The bridge's Worker: gives the applicant's seat its line, its exchange and its clock.

import { ApplicantExchange } from '../link/exchange-applicant.ts';
import { platform } from '../link/link.ts';
import { loadCpace } from '../link/load.ts';
import { hasX25519 } from '../link/resume.ts';
import type { FromMirror } from '../wire/messages.ts';
import type { FromWorker, ToWorker } from './messages.ts';
import { ApplicantSeat } from './seat.ts';

(() => {
  let seat: ApplicantSeat | undefined;
  let stored: (() => void) | undefined;
  const x25519 = hasX25519();
  const post = (message: FromWorker) => self.postMessage(message);
  // What does not load now is tried again when it is needed.
  const warm = () => void loadCpace().catch(() => undefined);

  const open = async ({ t: _, ...given }: Extract<ToWorker, { t: 'open' }>) => {
    const { session, page } = given;
    const curve = await x25519;
    seat = new ApplicantSeat({
      ...given,
      exchange: (bound, beginning) =>
        new ApplicantExchange({ session, page, bound, cpace: loadCpace, x25519: curve }, beginning),
      store: (carried) =>
        new Promise<void>((done) => {
          stored = done;
          post({ t: 'store', carried });
        }),
      warm,
      platform,
      now: () => performance.now(),
      post,
      gone: () => self.close(),
    });
  };

  self.addEventListener('unhandledrejection', () => seat?.broken());

  let opened: Promise<void> | undefined;
  self.onmessage = ({ data }: MessageEvent<ToWorker>) => {
    switch (data.t) {
      case 'warm':
        warm();
        return;
      case 'open':
        opened ??= open(data);
        return;
      case 'port': {
        const { port, stop } = data;
        void opened?.then(() => {
          port.onmessage = (event: MessageEvent<FromMirror>) => seat?.receive(event.data);
          seat?.attach((message) => port.postMessage(message));
          if (stop) seat?.receive({ t: 'stop' });
        });
        return;
      }
      case 'stored':
        stored?.();
        stored = undefined;
        return;
      default:
        data satisfies never;
    }
  };
})();
