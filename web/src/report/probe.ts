// Room: report. Runs in the page that is reported on, in a frame of the report: the mirror itself, as in a session.

import { Mirror } from '../mirror/mirror.ts';
import type { FromMirror } from '../wire/messages.ts';
import type { Policy } from '../wire/policy.ts';

export interface Probed extends Window {
  insynProbe?: (policy: Policy, send: (message: FromMirror) => void) => Mirror;
}

(window as Probed).insynProbe = (policy, send) => {
  const mirror = new Mirror({ policy, root: document, send, ignore: [], typed: new WeakSet() });
  mirror.start();
  mirror.credit(true);
  return mirror;
};
