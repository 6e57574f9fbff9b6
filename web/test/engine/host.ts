// Room: test. Runs in the console's place: the view under test, and the line between mirror and view, which is a function.

import type { Mirror } from '../../src/mirror/mirror.ts';
import { type PageInfo, View } from '../../src/view/view.ts';
import type { Bytes, FromMirror } from '../../src/wire/messages.ts';
import type { Policy } from '../../src/wire/policy.ts';
import { decode, type Op } from '../../src/wire/tree.ts';
import { canon } from './canon.ts';
import type { SourceWindow } from './source.ts';

export class Host {
  mirror: Mirror | undefined;
  view: View | undefined;
  page: PageInfo | undefined;
  shown: string[] = [];
  resyncs = 0;
  /** Everything that left the mirror. */
  bodies: Bytes[] = [];
  kinds: string[] = [];
  /** Of messages without a body, all of it; of others, what stands beside the body. */
  rest: string[] = [];
  #counter = 0;

  /** The mirrored page, where it has a window of its own: frames are told things by the top of a tab only. */
  #own: Window | null = null;

  get source(): SourceWindow {
    if (this.#own) return this.#own as unknown as SourceWindow;
    return (document.querySelector('#source') as HTMLIFrameElement).contentWindow as unknown as SourceWindow;
  }

  get frame(): HTMLIFrameElement {
    return document.querySelector('#view') as HTMLIFrameElement;
  }

  /** Loads the page to mirror in a window of its own. */
  open(url: string): void {
    this.mirror?.stop();
    this.#own?.close();
    this.#own = open(url, '', 'popup,width=640,height=600');
  }

  async load(path: string): Promise<void> {
    const source = document.querySelector('#source') as HTMLIFrameElement;
    await new Promise((done) => {
      source.onload = done;
      source.src = path;
    });
  }

  /** Most tests read the signs that came, which bars over letters would take the place of. */
  veils = false;

  begin(policy: Policy, ours: readonly Node[] = [], text?: string): void {
    if (!this.veils) Object.assign(this.frame.contentWindow ?? {}, { StaticRange: undefined });
    this.view ??= new View(this.frame, {
      want: (hashes) => queueMicrotask(() => this.mirror?.want(hashes)),
      resync: () => {
        this.resyncs++;
        queueMicrotask(() => this.mirror?.resync());
      },
      applied: () => undefined,
      page: (page) => {
        this.page = page;
      },
    });
    this.mirror = this.source.begin(policy, (message) => this.#take(message), ours, text);
    this.mirror.credit(true);
  }

  /** Waits until nothing is on its way; the mirror looks around by itself every 300 ms. */
  async settle(ms = 500): Promise<void> {
    await new Promise((done) => setTimeout(done, ms));
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  }

  /** Waits until the view is equal to the page, or gives up; what differs then. */
  async same(ms = 10_000): Promise<{ got: string; want: string }> {
    const end = performance.now() + ms;
    for (;;) {
      const start = performance.now();
      const both = { got: this.canon(), want: this.source.canon() };
      if (both.got === both.want || start > end) return both;
      // Looking takes time too, of the same thread as the mirror and the view.
      await new Promise((done) => setTimeout(done, 20 + 3 * (performance.now() - start)));
    }
  }

  /** All operations that left the mirror. */
  ops(): Op[] {
    return this.bodies.flatMap((body) => {
      try {
        return decode(body);
      } catch {
        // A resource's bytes.
        return [];
      }
    });
  }

  /** How often the mirror has summed up a part of what it sent. */
  get sums(): number {
    return this.ops().filter(({ op }) => op === 'sum').length;
  }

  /** Forgets what happened so far. */
  forget(): void {
    this.kinds = [];
    this.bodies = [];
    this.resyncs = 0;
  }

  canon(): string {
    const doc = this.frame.contentDocument;
    return doc ? canon(doc) : '';
  }

  /** Which of the words are in anything that was sent, as UTF-8, or in the last tree. */
  leaked(words: string[]): string[] {
    const text = this.bodies.map((body) => new TextDecoder().decode(body)).join('\n');
    return words.filter((word) => text.includes(word));
  }

  /** Which of the words left the mirror: in any message, as strings of the operations, as bytes, or in disguise. */
  found(words: string[]): string[] {
    const texts = this.bodies.map((body) => new TextDecoder().decode(body));
    for (const body of this.bodies) {
      try {
        texts.push(JSON.stringify(decode(body)));
      } catch {
        // A resource's bytes.
      }
    }
    const text = [...texts, ...this.rest].join('\n').toLowerCase();
    const bare = text.replace(/\0/g, '');
    const exact = [...texts, ...this.rest].join('\n');
    const base64 = (word: string, shift: number) => btoa('\0'.repeat(shift) + word).slice(shift ? 4 : 0, -4);
    const coded = (word: string, write: (c: string) => string) => Array.from(word, write).join('');
    const hex = (c: string) => c.charCodeAt(0).toString(16);
    return words.filter(
      (word) =>
        bare.includes(word.toLowerCase()) ||
        text.includes(coded(word, hex)) ||
        text.includes(coded(word, (c) => `%${hex(c)}`)) ||
        text.includes(coded(word, (c) => `\\${hex(c)} `)) ||
        text.includes(Array.from(word).reverse().join('')) ||
        [0, 1, 2].some((shift) => exact.includes(base64(word, shift))),
    );
  }

  #take(message: FromMirror): void {
    this.kinds.push(message.t);
    this.rest.push(JSON.stringify({ ...message, body: undefined }));
    if ('body' in message) this.bodies.push(message.body.slice());
    if (message.t === 'keyframe' || message.t === 'delta') {
      this.view?.frame(message.t, message.epoch, ++this.#counter, message.body);
    } else if (message.t === 'resource') this.view?.resource(message.hash, message.type, message.body);
    else if (message.t === 'view') this.shown.push(message.shown);
    else if (message.t === 'pointer') this.view?.pointer(message.x, message.y);
  }
}

(window as unknown as { host: Host }).host = new Host();
