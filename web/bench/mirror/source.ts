// Room: bench. Runs in the page that is captured: the mirror, rrweb or neither, what they send handed to a Worker as both
// would, and the work that the page does meanwhile.

import { record } from 'rrweb';
import { Mirror } from '../../src/mirror/mirror.ts';
import type { Policy } from '../../src/wire/policy.ts';
import { decode } from '../../src/wire/tree.ts';

export type Engine = 'plain' | 'insyn' | 'rrweb';
export type Work = 'insert' | 'reorder' | 'class_toggle' | 'animation' | 'typing';

/** Packs each message by itself, as the relay's ends do, and counts. */
const WORKER = `let count = 0, bytes = 0, last = 0, busy = Promise.resolve();
onmessage = ({ data }) => {
  busy = busy.then(async () => {
    if (data === 'count') { postMessage({ count, bytes, last }); return; }
    const body = data.body ?? (data.t ? undefined : new TextEncoder().encode(JSON.stringify(data)));
    if (!body) return;
    const packed = new Response(new Blob([body]).stream().pipeThrough(new CompressionStream('deflate-raw')));
    last = (await packed.arrayBuffer()).byteLength;
    count++;
    bytes += last;
  });
};`;

const frame = (): Promise<unknown> => new Promise((done) => requestAnimationFrame(done));
const pause = (ms: number): Promise<unknown> => new Promise((done) => setTimeout(done, ms));

class Source {
  #mirror: Mirror | undefined;
  #stop: (() => void) | undefined;
  readonly #worker = new Worker(URL.createObjectURL(new Blob([WORKER])));
  /** Keyframes, or rrweb's full snapshots, so far. */
  keyframes = 0;
  nodes = 0;
  /** The last keyframe, as it goes to the other side. */
  keep = false;
  kept: unknown[] = [];
  /** The style sheets that it names. */
  hashes: string[] = [];

  start(engine: Engine, policy: Policy): void {
    this.nodes = document.evaluate('count(//node())', document).numberValue;
    if (engine === 'insyn') {
      this.#mirror = new Mirror({
        policy,
        root: document,
        ignore: [],
        typed: new WeakSet(),
        send: (message, transfer) => {
          if (this.keep && message.t === 'keyframe') {
            for (const op of decode(message.body)) {
              if (op.op === 'styles') this.hashes.push(...op.sheets.map(({ hash }) => hash));
            }
          }
          if (this.keep && (message.t === 'keyframe' || message.t === 'resource')) {
            this.kept.push({ ...message, body: message.body.slice() });
          }
          this.#worker.postMessage(message, transfer);
          if (message.t === 'keyframe') this.keyframes++;
        },
      });
      this.#mirror.start();
      this.#mirror.credit(true);
    } else if (engine === 'rrweb') {
      const all = policy.pages[0]?.text !== 'show';
      this.#stop = record({
        emit: (event) => {
          if (this.keep && (event.type === 4 || event.type === 2)) this.kept.push(event);
          this.#worker.postMessage(event);
          if (event.type === 2) this.keyframes++;
        },
        maskAllInputs: true,
        ...(all && { maskTextSelector: '*' }),
      });
    }
  }

  /** What the other side would ask for. */
  want(hashes: string[]): void {
    this.#mirror?.want(hashes);
  }

  stop(): void {
    this.#mirror?.stop();
    this.#stop?.();
  }

  async keyframe(): Promise<void> {
    // Not in the driver's own task.
    await pause(1);
    const before = this.keyframes;
    if (this.#mirror) this.#mirror.resync();
    else if (this.#stop) record.takeFullSnapshot(true);
    else return;
    while (this.keyframes === before) await pause(5);
    await frame();
  }

  counted(): Promise<{ count: number; bytes: number; last: number }> {
    return new Promise((done) => {
      this.#worker.onmessage = ({ data }) => done(data);
      this.#worker.postMessage('count');
    });
  }

  /** Does the work; over when nothing of it is on its way any more. */
  async work(kind: Work): Promise<void> {
    await pause(1);
    switch (kind) {
      case 'insert':
        for (let n = 0; n < 5; n++) {
          const body = document.body.appendChild(document.createElement('table')).createTBody();
          for (let row = 0; row < 1000; row++) {
            const tr = body.insertRow();
            tr.className = `u${row % 300}`;
            tr.insertCell().textContent = `row ${row}`;
            tr.insertCell().textContent = `of table ${n}`;
          }
          await pause(50);
        }
        break;
      case 'reorder': {
        const list = document.body.appendChild(document.createElement('ul'));
        for (let n = 0; n < 2000; n++) list.appendChild(document.createElement('li')).textContent = `item ${n}`;
        await pause(600);
        performance.mark('begin');
        for (const item of Array.from(list.children).reverse()) list.append(item);
        break;
      }
      case 'class_toggle':
        for (let n = 0; n < 40; n++) {
          for (const card of document.querySelectorAll('.card')) card.classList.toggle('open');
          await frame();
        }
        break;
      case 'animation': {
        const moved = Array.from({ length: 20 }, () => document.body.appendChild(document.createElement('div')));
        for (const one of moved) one.className = 'move';
        const end = performance.now() + 5000;
        while (performance.now() < end) {
          const now = performance.now();
          moved.forEach((one, n) => {
            one.style.transform = `translate(${(Math.sin(now / 300 + n) * 200 + 300).toFixed(2)}px, ${(n * 30).toFixed(0)}px)`;
          });
          await frame();
        }
        break;
      }
      case 'typing': {
        const field = document.querySelector('input');
        for (let n = 0; n < 60 && field; n++) {
          field.value += 'abcdefghij'[n % 10];
          field.dispatchEvent(new InputEvent('input', { bubbles: true }));
          await pause(20);
        }
      }
    }
    await pause(400);
  }
}

declare global {
  interface Window {
    rig: Source;
  }
}
window.rig = new Source();
