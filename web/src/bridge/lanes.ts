// Room: bridge (Worker). What goes out once a session is live: the state lane in order, packed, under credit, and resources in
// chunks between it. It is told when sending is over, and drops what it holds.

import { pack } from '../link/deflate.ts';
import { Link } from '../link/link.ts';
import { encodeChunk, encodePointer } from '../link/parts.ts';
import { sealedSize } from '../link/seal.ts';
import { SendWindow } from '../link/window.ts';
import { type Lane, RELAYED } from '../wire/frame.ts';
import type { FromMirror, Hash } from '../wire/messages.ts';
import { OutgoingResources } from './resources.ts';

/** Ceilings in bytes. */
export const LANES = {
  /** A keyframe or delta before packing; the console unfolds no more. */
  body: 32 << 20,
  /** State bodies that wait to be packed; above it the mirror has no credit. */
  waiting: 64 << 10,
  resource: 8 << 20,
};

export interface LanesEvents {
  /** Milliseconds of a clock that only rises. */
  now(): number;
  /** Whether anything may go out right now. */
  sending(): boolean;
  /** `open` may have changed. */
  changed(): void;
  /** A step was too large to be sent: the page is as good as new. */
  again(): void;
  /** Something threw that should not have. */
  failed(): void;
}

type StateFrame = Extract<FromMirror, { t: 'keyframe' | 'delta' | 'pointer' }>;

export class Lanes {
  readonly #link: Link;
  readonly #events: LanesEvents;
  readonly #window = new SendWindow();
  #queue: StateFrame[] = [];
  #queued = 0;
  #pumping = false;
  /** Rises whenever what was queued or is being packed must not be sent any more. */
  #generation = 0;
  #awaiting = true;

  readonly #resourceWindow = new SendWindow();
  readonly #resources = new OutgoingResources();

  constructor(link: Link, events: LanesEvents) {
    this.#link = link;
    this.#events = events;
  }

  /** Room for another state frame. */
  get open(): boolean {
    return this.#window.open && this.#queued < LANES.waiting;
  }

  /** Nothing was sent since a keyframe was asked for: deltas say nothing, and asking again neither. */
  get awaiting(): boolean {
    return this.#awaiting;
  }

  /** Takes a state frame in. The agency page is trusted for what it shows, not for sizes. */
  state(frame: StateFrame): void {
    if (!this.#events.sending()) return;
    if (frame.t === 'pointer') {
      // Only the newest matters, and none is worth a wait.
      if (this.#queue.length > 0 || !this.#window.open) return;
    } else if (!(frame.body instanceof Uint8Array) || frame.body.length > LANES.body) {
      return;
    }
    if (this.#awaiting && frame.t !== 'keyframe') return;
    this.#awaiting = false;
    this.#queue.push(frame);
    this.#queued += frame.t === 'pointer' ? 0 : frame.body.length;
    this.#events.changed();
    void this.pump();
  }

  async resource({ hash, type, body }: Extract<FromMirror, { t: 'resource' }>): Promise<void> {
    const fits = body instanceof Uint8Array && body.length < LANES.resource;
    if (!fits || !/^[0-9a-f]{32}$/.test(hash)) return;
    const packed = await pack(body, /^text\/|svg|bmp|icon|ttf|otf/.test(type));
    if (this.#resources.add(hash, type, packed)) void this.pump();
  }

  /** Whether a resource is under way already. */
  has(hash: Hash): boolean {
    return this.#resources.has(hash);
  }

  /** Everything of a lane up to and including counter was applied. */
  acknowledged(lane: Lane, counter: number): void {
    const now = this.#events.now();
    if (lane === 'state') this.#window.acknowledged(counter, now);
    if (lane === 'resource') {
      this.#resourceWindow.acknowledged(counter, now);
      this.#resources.acknowledged(counter);
    }
    void this.pump();
  }

  /** Sends what waits: all of the state lane first, then one chunk of a resource at a time. */
  async pump(): Promise<void> {
    if (this.#pumping) return;
    this.#pumping = true;
    try {
      while (this.#events.sending()) {
        const frame = this.#queue.shift();
        if (frame) await this.#sendState(frame);
        else if (!this.#sendChunk()) break;
      }
    } catch {
      this.#events.failed();
    } finally {
      this.#pumping = false;
    }
    this.#events.changed();
  }

  /** Nothing of the state lane that was queued or is under way counts any more: a keyframe comes next. */
  dropState(): void {
    this.#generation++;
    this.#queue = [];
    this.#queued = 0;
    this.#window.forget();
    this.#awaiting = true;
    this.#link.discard('state');
  }

  /** No chunk goes out any more until `restartResources`. */
  dropResources(): void {
    this.#link.discard('resource');
  }

  /** What was under way may be lost: all of it begins again. */
  restartResources(): void {
    this.#link.discard('resource');
    this.#resources.restart();
    this.#resourceWindow.forget();
  }

  clear(): void {
    this.dropState();
    this.dropResources();
    this.#resources.clear();
  }

  async #sendState(frame: StateFrame): Promise<void> {
    if (frame.t === 'pointer') {
      this.#link.send('pointer', frame.epoch, encodePointer(frame.x, frame.y));
      return;
    }
    const generation = this.#generation;
    const content = await pack(frame.body);
    if (generation !== this.#generation || !this.#events.sending()) return;
    this.#queued -= frame.body.length;
    const size = sealedSize(content.length);
    if (size > RELAYED[frame.t].max) {
      // A page too large can't be shown, and asking again won't help.
      if (frame.t === 'delta') this.#events.again();
      return;
    }
    const counter = this.#link.send(frame.t, frame.epoch, content);
    if (counter > 0) this.#window.sent(counter, size + Link.overhead, this.#events.now());
    this.#events.changed();
  }

  #sendChunk(): boolean {
    const chunk = this.#resourceWindow.open ? this.#resources.next() : undefined;
    if (!chunk) return false;
    const content = encodeChunk(chunk);
    const counter = this.#link.send('resource', 0, content);
    if (counter === 0) return false;
    this.#resourceWindow.sent(counter, sealedSize(content.length) + Link.overhead, this.#events.now());
    this.#resources.sent(counter);
    return true;
  }
}
