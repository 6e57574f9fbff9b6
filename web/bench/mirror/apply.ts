// Room: bench. Runs in a page of the agent's: the view and rrweb's live player, given the same page to show; and the view for
// an hour of steps.

import { type eventWithTime, Replayer } from 'rrweb';
import { View } from '../../src/view/view.ts';
import type { Bytes, Hash, ResourceType } from '../../src/wire/messages.ts';
import { encode, type Op } from '../../src/wire/tree.ts';

type Kept =
  | { t: 'keyframe'; epoch: number; body: Bytes }
  | { t: 'resource'; hash: Hash; type: ResourceType; body: Bytes };

class Agent {
  #view: View | undefined;
  #shown: (() => void) | undefined;
  #counter = 0;
  #player: Replayer | undefined;
  #kept: (Kept | eventWithTime)[] = [];
  #last = 0;

  /** A frame with an empty document, which is loaded. */
  #frame(): Promise<HTMLIFrameElement> {
    const frame = document.createElement('iframe');
    frame.sandbox.add('allow-same-origin');
    frame.style.cssText = 'width: 1280px; height: 800px';
    return new Promise((done) => {
      frame.onload = () => done(frame);
      frame.src = '/view.html';
      document.body.append(frame);
    });
  }

  async prepare(kept: (Kept | eventWithTime)[] | string): Promise<void> {
    this.#kept = typeof kept === 'string' ? JSON.parse(kept, revive) : kept;
    if (!this.#kept.some((one) => 't' in one)) {
      this.#player = new Replayer([], { liveMode: true, root: document.body, useVirtualDom: false });
      this.#player.startLive(Date.now() - 60_000);
      return;
    }
    this.#view = new View(await this.#frame(), {
      want: () => undefined,
      resync: () => {
        throw new Error('the view refused it');
      },
      applied: () => this.#shown?.(),
      page: () => undefined,
    });
    for (const one of this.#kept)
      if ('t' in one && one.t === 'resource') this.#view.resource(one.hash, one.type, one.body);
  }

  /** Shows the page, to the end of the frame that paints it. */
  async apply(): Promise<void> {
    // Not in the driver's own task.
    await new Promise((done) => setTimeout(done, 1));
    for (const one of this.#kept) {
      if (!('t' in one)) {
        // From before it went live: shown at once.
        this.#player?.addEvent({ ...one, timestamp: Date.now() - 70_000 });
      } else if (one.t === 'keyframe') {
        const shown = new Promise<void>((done) => {
          this.#shown = done;
        });
        this.#view?.frame('keyframe', one.epoch, ++this.#counter, one.body);
        await shown;
      }
    }
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  }

  /** How many nodes are shown. */
  nodes(): number {
    const doc = document.querySelector('iframe')?.contentDocument;
    return doc ? doc.evaluate('count(//node())', doc).numberValue : 0;
  }

  async begin(): Promise<void> {
    await this.prepare([{ t: 'keyframe', epoch: 1, body: encode(hour.page()) }]);
    await this.apply();
  }

  /** So many steps of an hour of constant change. */
  async steps(count: number): Promise<void> {
    for (let n = 0; n < count; n++) {
      this.#view?.frame('delta', 1, ++this.#counter, encode(hour.step(++this.#last)));
      if (n % 200 === 0) await new Promise((done) => setTimeout(done));
    }
  }
}

const ROWS = 200;
/** A list whose oldest row goes for each that comes, a clock, a class that changes, and the pointer's way over it. */
const hour = {
  row: (n: number) => ({
    kind: 'element' as const,
    id: 100 + 2 * n,
    name: 'li',
    attributes: [['class', `row-${n % 7}`] as const, ['style', `width:${n % 300}px`] as const],
    kids: [{ kind: 'text' as const, id: 101 + 2 * n, text: `entry ${n}` }],
  }),
  page: (): Op[] => [
    { op: 'page', rule: 'all', label: 'A page', title: '', quirks: false, width: 1280, height: 800, ratio: 1 },
    {
      op: 'root',
      id: 1,
      kids: [
        {
          kind: 'element',
          id: 2,
          name: 'html',
          attributes: [],
          kids: [
            {
              kind: 'element',
              id: 3,
              name: 'body',
              attributes: [],
              kids: [
                { kind: 'element', id: 4, name: 'p', attributes: [], kids: [{ kind: 'text', id: 5, text: '0' }] },
                {
                  kind: 'element',
                  id: 6,
                  name: 'ul',
                  attributes: [],
                  kids: Array.from({ length: ROWS }, (_, n) => hour.row(n)),
                },
              ],
            },
          ],
        },
      ],
    },
  ],
  step: (n: number): Op[] => [
    n % 2 === 1
      ? { op: 'splice', id: 6, start: ROWS, removed: 0, entries: [hour.row(ROWS + n)] }
      : { op: 'splice', id: 6, start: 0, removed: 1, entries: [] },
    { op: 'attributes', id: 4, set: [['class', `c${n}`]], gone: [] },
    { op: 'text', id: 5, text: String(n) },
    { op: 'states', hover: 4, active: 0, focus: 0, visible: false },
  ],
};

/** Bytes go through the driver as Base64. */
function revive(_: string, value: unknown): unknown {
  return value && typeof value === 'object' && 'base64' in value
    ? Uint8Array.from(atob(String(value.base64)), (c) => c.charCodeAt(0))
    : value;
}

declare global {
  interface Window {
    agent: Agent;
  }
}
window.agent = new Agent();
