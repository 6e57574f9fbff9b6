// Room: test. What the fake applicant's document runs: the payloads, one after the other, each in an epoch of its own.

import { pack } from '../../src/link/deflate.ts';
import { utf8 } from '../../src/link/octets.ts';
import { sha256 } from '../../src/wire/hex.ts';
import type { Bytes, Hash } from '../../src/wire/messages.ts';
import { encode, type Op } from '../../src/wire/tree.ts';
import { el, plain, text } from '../support/tree.ts';
import { FakeApplicant } from './applicant.ts';
import { bodies, pageOf } from './bodies.ts';
import { fromFile, fromMarkup, fromStyle, WAYS } from './convert.ts';
import type { File } from './files.ts';
import type { Markup } from './markup.ts';
import type { Style } from './styles.ts';

/** When the console is taken to stand still: a guard, far above what the slowest takes on a busy machine. */
const STUCK_MS = 30_000;
/** Long enough for what was shown to be drawn, and to ask for what it wants. */
const DRAWN_MS = 40;
const pause = (ms: number) => new Promise((done) => setTimeout(done, ms));
const latin = (from: string): Bytes => Uint8Array.from(from, (c) => c.charCodeAt(0));

/** How many bodies went out, and how many of them the console took for what they are. */
export interface Sent {
  sent: number;
  shown: number;
  /** Names of those that the console was not done with in time. */
  slow: string[];
}

export class Hostile {
  readonly fake = new FakeApplicant();
  #epoch = 0;
  #rule = '';
  #sent: Sent = { sent: 0, shown: 0, slow: [] };

  async join(code: string): Promise<void> {
    await this.fake.join(code);
    this.#rule = this.fake.rules[0] ?? '';
  }

  async markup(list: readonly Markup[]): Promise<Sent> {
    for (const { n, html } of list) {
      for (const way of WAYS) await this.#show(`markup ${n} ${way}`, fromMarkup(html, way, this.#rule));
    }
    return this.#done();
  }

  async styles(list: readonly Style[]): Promise<Sent> {
    for (const { n, sheet, attribute } of list) {
      const hash = await this.#resource('text/css', utf8(sheet));
      await this.#show(`style ${n}`, fromStyle(hash, attribute, this.#rule));
    }
    return this.#done();
  }

  async files(list: readonly File[]): Promise<Sent> {
    const sheet = await this.#resource(
      'text/css',
      utf8('@font-face{font-family:x;src:url(insyn:0)}i,p::before{content:url(insyn:0)}'),
    );
    for (const { name, type, bytes } of list) {
      const hash = await this.#resource(type, latin(bytes));
      await this.#show(name, fromFile(hash, type, sheet, this.#rule));
      await pause(60);
    }
    return this.#done();
  }

  async bodies(): Promise<Sent> {
    for (const { name, kind, bytes } of bodies(this.#rule)) {
      if (kind === 'delta') await this.#show('', [pageOf(this.#rule), plain(el(5, 'p', [text(6, 'plain')]))]);
      await this.#send(name, kind, bytes);
    }
    return this.#done();
  }

  /** Frames that are sealed as they should be, and say nothing that can be unpacked, or say it at the wrong time, or too often. */
  async frames(): Promise<Sent> {
    const page = encode([pageOf(this.#rule), plain(el(5, 'p', [text(6, 'flood')]))]);
    const flat = (size: number, flag: number): Bytes => new Uint8Array(size).fill(0xff).fill(flag, 0, 1);
    for (const payload of [
      // A hundred times what it is on the line, within the ceiling and beyond it.
      await pack(new Uint8Array(30 << 20)),
      await pack(new Uint8Array(200 << 20)),
      new Uint8Array(0),
      flat(1, 1),
      flat(5000, 1),
      flat(5000, 7),
      (await pack(page)).slice(0, -3),
    ]) {
      this.#epoch++;
      await this.#sendPacked('a payload', 'keyframe', payload);
    }
    const packed = await pack(page);
    for (const epoch of [1, this.#epoch]) {
      this.fake.send('keyframe', epoch, packed);
      this.fake.send('delta', epoch, packed);
    }
    await this.fake.taken(1000);
    // What nobody asked for, and what was asked for and isn't what its hash says.
    const hash = 'b'.repeat(32);
    this.fake.resources.set(hash, { type: 'text/css', packed: await pack(new Uint8Array(200 << 20)) });
    await this.#show('a bomb', fromStyle(hash, undefined, this.#rule));
    for (let n = 0; n < 400; n++) this.fake.deliver(n.toString(16).padStart(32, '0'), { type: 'image/png', packed });
    return this.#done();
  }

  /** More keyframes than anybody could draw. */
  async flood(): Promise<void> {
    const packed = await pack(encode([pageOf(this.#rule), plain(el(5, 'p', [text(6, 'flood')]))]));
    for (let n = 0; n < 500; n++) this.fake.send('keyframe', ++this.#epoch, packed);
    await this.fake.taken(STUCK_MS);
  }

  /** One bit of the next frame is changed on its way. Resolves with why the session ended. */
  async spoil(): Promise<string> {
    this.fake.spoil = (message) => {
      message[message.length - 1] = (message[message.length - 1] ?? 0) ^ 1;
      return message;
    };
    await this.#send('', 'keyframe', encode([pageOf(this.#rule), plain()]));
    for (const end = performance.now() + STUCK_MS; this.fake.ended === '' && performance.now() < end; ) await pause(50);
    return this.fake.ended;
  }

  /** A page that can be told by its words; what was shown before doesn't matter. */
  async honest(said: string): Promise<void> {
    await this.#show('', [pageOf(this.#rule), plain(el(5, 'p', [text(6, said)]))]);
  }

  async #show(name: string, ops: readonly Op[]): Promise<void> {
    await this.#send(name, 'keyframe', encode(ops));
  }

  async #send(name: string, kind: 'keyframe' | 'delta', body: Bytes): Promise<void> {
    if (kind === 'keyframe') this.#epoch++;
    await this.#sendPacked(name, kind, await pack(body));
  }

  async #sendPacked(name: string, kind: 'keyframe' | 'delta', packed: Bytes): Promise<void> {
    const before = this.fake.resyncs;
    this.fake.send(kind, this.#epoch, packed);
    const taken = await this.fake.taken(STUCK_MS);
    await pause(DRAWN_MS);
    if (name === '') return;
    this.#sent.sent++;
    if (!taken) this.#sent.slow.push(name);
    if (this.fake.resyncs === before) this.#sent.shown++;
  }

  async #resource(type: string, bytes: Bytes): Promise<Hash> {
    const hash = (await sha256(bytes)).slice(0, 32);
    this.fake.resources.set(hash, { type, packed: await pack(bytes) });
    return hash;
  }

  #done(): Sent {
    const sent = this.#sent;
    this.#sent = { sent: 0, shown: 0, slow: [] };
    return sent;
  }
}

declare global {
  interface Window {
    hostile: Hostile;
    ran: number[];
  }
}
window.hostile = new Hostile();
