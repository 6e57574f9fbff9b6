// Room: bridge (Worker). The applicant's seat: runs the exchange, gives the mirror credit, packs and sends what it says in
// order, and decides when nothing may be sent. Knows no document.

import { pack } from '../link/deflate.ts';
import type { Exchange } from '../link/exchange.ts';
import { type Arrived, Link, type LinkEvents, type Platform } from '../link/link.ts';
import { decodeAck, decodeWant, encodeChunk, encodePointer, encodeShown } from '../link/parts.ts';
import { SendWindow } from '../link/window.ts';
import { RELAYED } from '../wire/frame.ts';
import type { Bytes, FromMirror, Shown, ToMirror } from '../wire/messages.ts';
import type { Policy } from '../wire/policy.ts';
import type { Reason } from '../wire/reason.ts';
import type { Receipt, Status } from '../wire/server.ts';
import type { FromWorker, Phase } from './messages.ts';
import { PageExchange } from './page-exchange.ts';
import { OutgoingResources } from './resources.ts';

/** Ceilings in bytes, and times in milliseconds. */
export const SEAT = {
  /** A keyframe or delta before packing; the console unfolds no more. */
  body: 32 << 20,
  /** State bodies that wait to be packed; above it the mirror has no credit. */
  waiting: 64 << 10,
  resource: 8 << 20,
  /** Between two keyframes that others ask for. */
  resyncEvery: 1000,
  /** How long the server may take to confirm a stop before the applicant is told that it is over. */
  stop: 2000,
  /** How long the line is kept after a stop that nobody confirmed, so that the agent hears of it too. */
  farewell: 30_000,
};

/** Which phase may follow which. */
const FOLLOWS: Record<Phase, readonly Phase[]> = {
  joining: ['live', 'paused', 'stopping', 'ended'],
  live: ['paused', 'away', 'stopping', 'ended'],
  paused: ['live', 'away', 'stopping', 'ended'],
  away: ['live', 'paused', 'stopping', 'ended'],
  stopping: ['ended'],
  ended: [],
};

export interface SeatOptions {
  url: string;
  page: number;
  policy: Policy;
  secret?: Bytes;
  exchange(): Exchange;
  platform: Platform;
  /** Milliseconds of a clock that only rises. */
  now(): number;
  /** Milliseconds without a connection after which nothing can come back. */
  graceMs: number;
  /** To the bridge's document. */
  post(message: FromWorker): void;
  /** Nothing will follow. */
  gone(): void;
}

type StateFrame = Extract<FromMirror, { t: 'keyframe' | 'delta' | 'pointer' }>;

export class ApplicantSeat implements LinkEvents {
  readonly #options: SeatOptions;
  readonly #link: Link;
  readonly #exchange: PageExchange;
  #mirror: ((message: ToMirror) => void) | undefined;
  #phase: Phase = 'joining';
  #status: Status | undefined;
  /** What the applicant pressed and the server has not confirmed. */
  #wish: 'pause' | 'resume' | undefined;
  /** The line is new: the server may not have heard what was said on the one before. */
  #fresh = true;

  // The state lane.
  readonly #window = new SendWindow();
  #queue: StateFrame[] = [];
  #queued = 0;
  #pumping = false;
  /** Rises whenever what was queued or is being packed must not be sent any more. */
  #generation = 0;
  /** Nothing was sent since a keyframe was asked for: deltas say nothing, and asking again neither. */
  #awaiting = true;
  #restarted = Number.NEGATIVE_INFINITY;
  #resyncing: ReturnType<typeof setTimeout> | undefined;
  #shown: Shown | undefined;
  #gone = false;
  #credit = false;

  // The resource lane.
  readonly #resourceWindow = new SendWindow();
  readonly #resources = new OutgoingResources();

  #ending: ReturnType<typeof setTimeout> | undefined;

  /** Opens the line at once. */
  constructor(options: SeatOptions) {
    this.#options = options;
    this.#link = new Link(options.url, options.page, this, options.platform, options.graceMs);
    this.#exchange = new PageExchange({
      exchange: options.exchange,
      secret: options.secret,
      send: (message) => this.#link.send('exchange', 0, message),
      verdict: (matched) => this.#link.tell('verdict', matched ? 1 : 0),
    });
  }

  /** The agency page's mirror is there. */
  attach(mirror: (message: ToMirror) => void): void {
    this.#mirror = mirror;
    this.#tellStatus();
    this.#go();
    this.#greet();
  }

  /** What the mirror says. The agency page is trusted for what it shows, not for sizes. */
  receive(message: FromMirror): void {
    switch (message.t) {
      case 'keyframe':
      case 'delta':
        if (message.body instanceof Uint8Array && message.body.length <= SEAT.body) this.#enqueue(message);
        return;
      case 'pointer':
        // Only the newest matters, and none is worth a wait.
        if (this.#queue.length === 0 && this.#window.open) this.#enqueue(message);
        return;
      case 'resource':
        void this.#resource(message);
        return;
      case 'view':
        this.#shown = message.shown;
        this.#tellShown();
        this.#tellPhase();
        return;
      case 'pause':
        this.#wish = 'pause';
        this.#link.tell('pause');
        if (this.#phase === 'live') this.#become('paused');
        return;
      case 'resume':
        this.#wish = 'resume';
        this.#link.tell('resume');
        return;
      case 'stop':
        this.#stop();
        return;
      case 'bye':
        this.#leave();
        return;
      default:
        message satisfies never;
    }
  }

  status(status: Status): void {
    this.#status = status;
    const fresh = this.#fresh;
    this.#fresh = false;
    const { state } = status;
    if (state === 'live' || state === 'paused') this.#seated(state, fresh);
    else if (state === 'away' && this.#phase !== 'joining') this.#become('away');
    this.#tellStatus();
    this.#greet();
  }

  frame({ kind, payload }: Arrived): void {
    switch (kind) {
      case 'exchange':
        this.#exchange.receive(payload);
        return;
      case 'ack': {
        const ack = decodeAck(payload);
        if (ack?.lane === 'state') this.#window.acknowledged(ack.counter, this.#options.now());
        if (ack?.lane === 'resource') {
          this.#resourceWindow.acknowledged(ack.counter, this.#options.now());
          this.#resources.acknowledged(ack.counter);
        }
        void this.#pump();
        return;
      }
      case 'want': {
        const hashes = decodeWant(payload)?.filter((hash) => !this.#resources.has(hash));
        if (hashes && hashes.length > 0 && this.#phase === 'live') this.#mirror?.({ t: 'want', hashes });
        return;
      }
      case 'resync':
        this.#tellShown();
        this.#resync();
        return;
      case 'state':
      case 'keyframe':
      case 'delta':
      case 'pointer':
      case 'resource':
        // Nothing that an agent has to say; the server refuses all but the first from one.
        return;
      default:
        kind satisfies never;
    }
  }

  resync(): void {
    // What was dropped on its way may have been the word about what is shown as well.
    this.#tellShown();
    this.#resources.restart();
    this.#resourceWindow.forget();
    this.#resync();
  }

  /** The agent sends nothing in the state lane. */
  gap(): void {}

  line(up: boolean): void {
    if (up) {
      this.#fresh = true;
      if (this.#phase === 'stopping' || this.#phase === 'ended') this.#link.tell('close', 0);
    } else if (this.#phase === 'live' || this.#phase === 'paused') {
      this.#become('away');
    }
  }

  ended(reason: Reason, receipt: Receipt | undefined): void {
    this.#end(reason, receipt);
    this.#options.post({ t: 'over', reason });
    this.#leave();
  }

  /** The one place where the phase changes. Returns whether it did. */
  #become(phase: Phase): boolean {
    const before = this.#phase;
    if (!FOLLOWS[before].includes(phase)) return false;
    this.#phase = phase;
    if (before === 'live') this.#dropState();
    if (phase === 'live') {
      this.#resources.restart();
      this.#resourceWindow.forget();
      if (this.#gone) this.#restart();
    }
    if (phase !== 'stopping' && phase !== 'ended') {
      this.#go();
      if (phase === 'live' || phase === 'paused') this.#tellShown();
    } else {
      this.#resources.clear();
      this.#exchange.close();
    }
    this.#tellCredit();
    if (phase === 'live') void this.#pump();
    this.#tellStatus();
    this.#tellPhase();
    return true;
  }

  /**
   * Begins the exchange, or says its last message again at each sign of the agent's side: a line that took the place of a
   * half-dead one looks the same from here. Without the page's mirror there would be nothing to agree to.
   */
  #greet(): void {
    const status = this.#status;
    if (this.#phase !== 'joining' || !this.#mirror || !status?.peer) return;
    if (status.state === 'joining' || status.state === 'away') this.#exchange.greet();
  }

  /** The server says that both are here. Nothing flows unless this end's own exchange said so first. */
  #seated(state: 'live' | 'paused', fresh: boolean): void {
    if (!this.#exchange.matched) return;
    if (state === 'live' && this.#wish === 'pause') {
      if (fresh) this.#link.tell('pause');
      this.#become('paused');
    } else if (state === 'paused' && this.#wish === 'resume') {
      if (fresh) this.#link.tell('resume');
      this.#become('paused');
    } else {
      this.#wish = undefined;
      this.#become(state);
    }
  }

  /** To the form. */
  #tellPhase(): void {
    const phase = this.#phase;
    if (phase === 'ended') return;
    const agent = this.#status?.agent ?? '';
    this.#options.post({ t: 'phase', phase, agent, covered: this.#shown !== 'not-in-policy' });
  }

  // To the mirror.

  #tellStatus(): void {
    const status = this.#status;
    if (!status || this.#phase === 'stopping' || this.#phase === 'ended') return;
    const state = this.#phase === 'joining' ? (status.state === 'away' ? 'away' : 'joining') : this.#phase;
    this.#mirror?.({ t: 'status', state, agent: status.agent, ends: status.ends, peer: status.peer });
  }

  /** Once a page, as soon as both the mirror and the session are there. */
  #go(): void {
    if (this.#gone || !this.#mirror || (this.#phase !== 'live' && this.#phase !== 'paused')) return;
    this.#gone = true;
    this.#restarted = this.#options.now();
    this.#mirror({ t: 'go', policy: this.#options.policy });
    this.#tellCredit();
  }

  #tellCredit(): void {
    const open = this.#sending && this.#gone && this.#window.open && this.#queued < SEAT.waiting;
    if (open === this.#credit) return;
    this.#credit = open;
    this.#mirror?.({ t: 'credit', open });
  }

  get #sending(): boolean {
    return this.#phase === 'live' && this.#link.up;
  }

  #tellShown(): void {
    if (this.#shown === undefined || (this.#phase !== 'live' && this.#phase !== 'paused')) return;
    this.#link.send('state', 0, encodeShown(this.#shown));
  }

  // The lanes.

  #enqueue(frame: StateFrame): void {
    if (!this.#sending) return;
    if (this.#awaiting && frame.t !== 'keyframe') return;
    this.#awaiting = false;
    this.#queue.push(frame);
    this.#queued += frame.t === 'pointer' ? 0 : frame.body.length;
    this.#tellCredit();
    void this.#pump();
  }

  /** Sends what waits: all of the state lane first, then one chunk of a resource at a time. */
  async #pump(): Promise<void> {
    if (this.#pumping) return;
    this.#pumping = true;
    while (this.#sending) {
      const frame = this.#queue.shift();
      if (frame) await this.#sendState(frame);
      else if (!this.#sendChunk()) break;
    }
    this.#pumping = false;
    this.#tellCredit();
  }

  async #sendState(frame: StateFrame): Promise<void> {
    if (frame.t === 'pointer') {
      this.#link.send('pointer', frame.epoch, encodePointer(frame.x, frame.y));
      return;
    }
    const generation = this.#generation;
    const payload = await pack(frame.body);
    if (generation !== this.#generation || !this.#sending) return;
    this.#queued -= frame.body.length;
    if (payload.length > RELAYED[frame.t].max) {
      // A step too large to be sent is a page as good as new; a page too large can't be shown, and asking again won't help.
      if (frame.t === 'delta') this.#restart();
      return;
    }
    const counter = this.#link.send(frame.t, frame.epoch, payload);
    if (counter > 0) this.#window.sent(counter, payload.length + Link.overhead, this.#options.now());
    this.#tellCredit();
  }

  #sendChunk(): boolean {
    const chunk = this.#resourceWindow.open ? this.#resources.next() : undefined;
    if (!chunk) return false;
    const payload = encodeChunk(chunk);
    const counter = this.#link.send('resource', 0, payload);
    if (counter === 0) return false;
    this.#resourceWindow.sent(counter, payload.length + Link.overhead, this.#options.now());
    this.#resources.sent(counter);
    return true;
  }

  async #resource({ hash, type, body }: Extract<FromMirror, { t: 'resource' }>): Promise<void> {
    const fits = body instanceof Uint8Array && body.length < SEAT.resource;
    if (!fits || !/^[0-9a-f]{32}$/.test(hash) || this.#phase === 'stopping' || this.#phase === 'ended') return;
    const packed = await pack(body, /^text\/|svg|bmp|icon|ttf|otf/.test(type));
    if (this.#resources.add(hash, type, packed)) void this.#pump();
  }

  /** Nothing of what was queued or is under way counts any more. */
  #dropState(): void {
    clearTimeout(this.#resyncing);
    this.#resyncing = undefined;
    this.#generation++;
    this.#queue = [];
    this.#queued = 0;
    this.#window.forget();
    this.#awaiting = true;
  }

  #restart(): void {
    this.#dropState();
    this.#restarted = this.#options.now();
    this.#mirror?.({ t: 'resync' });
    this.#tellCredit();
  }

  /** Somebody asks for a keyframe; at most one a second, and none where nothing was sent that could have gone missing. */
  #resync(): void {
    if (this.#phase !== 'live' || this.#awaiting || this.#resyncing !== undefined) return;
    const wait = this.#restarted + SEAT.resyncEvery - this.#options.now();
    if (wait <= 0) this.#restart();
    else this.#resyncing = setTimeout(() => this.#restart(), wait);
  }

  // The end.

  /** The applicant's word is enough: whatever the line does, nothing is sent after this. */
  #stop(): void {
    if (!this.#become('stopping')) return;
    this.#link.tell('close', 0);
    this.#ending = setTimeout(() => {
      this.#end('stopped', undefined);
      this.#ending = setTimeout(() => {
        this.#options.post({ t: 'over', reason: 'stopped' });
        this.#leave();
      }, SEAT.farewell);
    }, SEAT.stop);
  }

  #end(reason: Reason, receipt: Receipt | undefined): void {
    const proof = receipt ?? this.#status?.receipt;
    if (!this.#become('ended')) return;
    this.#mirror?.({ t: 'ended', reason, ...(proof ? { receipt: proof } : {}) });
    this.#options.post({ t: 'ended', reason });
  }

  /** The line is let go without a word: the page went, or there is nothing left to say. */
  #leave(): void {
    clearTimeout(this.#ending);
    this.#dropState();
    this.#resources.clear();
    this.#exchange.close();
    this.#link.close();
    this.#options.gone();
  }
}
