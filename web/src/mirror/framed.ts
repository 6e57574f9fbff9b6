// Room: mirror. The core in a frame: no banner, no bridge, no session of its own. It tells the page at the top of this tab what
// the policy lets be seen of this page, if that page and all in between are the agency's; else it answers nothing at all.

import { sha256Of } from '../wire/hex.ts';
import type { ToFramed } from '../wire/messages.ts';
import { type Policy, pageRule } from '../wire/policy.ts';
import type { Hand } from './loader.ts';
import { Mirror } from './mirror.ts';

/** Tells by the policy, once both ends of the port are in it. Throws where the page has no policy, or another one. */
async function tell(
  typed: WeakSet<Element>,
  pin: string | undefined,
  { origin, data, ports: [port] }: MessageEvent,
): Promise<void> {
  const text = String(data.policy);
  // The page's own word: what asks can't make it more than that.
  if (!port || (await sha256Of(text)) !== pin) return;
  const policy: Policy = JSON.parse(text);
  // Where the browser doesn't tell who is in between, nobody may be.
  const above: Iterable<string> = location.ancestorOrigins ?? (parent === top ? [] : ['']);
  if (![origin, ...above].every((one) => policy.origins.includes(one))) return;
  if (!pageRule(policy, location.origin, location.pathname)) return;
  let mirror: Mirror | undefined;
  port.onmessage = ({ data: message }: MessageEvent<ToFramed>) => {
    if (message.t === 'credit') mirror?.credit(true);
    else if (message.t === 'want') mirror?.want(message.hashes);
    else if (message.t === 'paint') mirror?.showHidden(message.on);
    else {
      mirror?.stop();
      if (message.t === 'end') return;
      const { share } = message;
      mirror = new Mirror({
        policy,
        root: document,
        send: (out, transfer) => {
          if (out.t === 'keyframe' || out.t === 'delta') mirror?.credit(false);
          port.postMessage({ ...out, share }, transfer);
        },
        ignore: [],
        typed,
        framed: message,
      });
      mirror.start();
      mirror.credit(true);
      mirror.want(message.hashes);
    }
  };
  const bye = (): void => {
    mirror?.stop();
    port.postMessage({ t: 'bye' });
  };
  addEventListener('pagehide', bye, { once: true });
  port.postMessage({ t: 'hello', quirks: document.compatMode === 'BackCompat' });
}

/** Answers what the loader was asked, and is asked from now on. */
export function framed(hand: Hand): void {
  // Outlives each mirror: what was typed into stays somebody's.
  const typed = new WeakSet<Element>();
  hand.start = () => hand.ask && void tell(typed, hand.policy, hand.ask).catch(() => undefined);
  hand.start();
}
