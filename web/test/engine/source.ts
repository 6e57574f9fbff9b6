// Room: test. Runs in the page that is mirrored: the mirror under test, and what the tests do to the page.

import { Mirror } from '../../src/mirror/mirror.ts';
import type { FromMirror } from '../../src/wire/messages.ts';
import type { Policy } from '../../src/wire/policy.ts';
import { canon } from './canon.ts';
import { Storm } from './storm.ts';

export interface SourceWindow extends Window {
  /** `ours`: more than the banner that stands in the page here. */
  begin(policy: Policy, send: (message: FromMirror) => void, ours: readonly Node[], text?: string): Mirror;
  canon(): string;
  storm(seed: number): Storm;
  mirror?: Mirror;
}

const own = window as unknown as SourceWindow;
const typed = new WeakSet<Element>();
own.begin = (policy, send, ours, text) => {
  const banner = document.createElement('div');
  banner.id = 'banner';
  document.documentElement.append(banner);
  own.mirror = new Mirror({
    policy,
    ...(text !== undefined && { text }),
    root: document,
    send: (message) => send(message),
    ignore: [banner, ...ours],
    typed,
  });
  own.mirror.start();
  return own.mirror;
};
own.canon = () => canon(document);
own.storm = (seed) => new Storm(seed);
