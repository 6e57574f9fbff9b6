// Room: console (Worker). The agent's seat: takes opened frames in order, gives credit back once the page has applied them, puts
// resources together, asks for what is missing, and shows digits where they are needed. Knows no document.

import { Chains } from '../link/chains.ts';
import { unpack } from '../link/deflate.ts';
import type { AgentExchange, Allowed } from '../link/exchange-agent.ts';
import { Farewell } from '../link/farewell.ts';
import type { Bound } from '../link/keys.ts';
import { type Arrived, Link, type LinkEvents, type Platform } from '../link/link.ts';
import { decodeChunk, decodePointer, decodeSeen, encodeAck } from '../link/parts.ts';
import { Queue } from '../link/queue.ts';
import { isTampering, type Refusal } from '../link/seal.ts';
import { laneOf } from '../wire/frame.ts';
import type { Bytes, FromConsoleWorker, Hash, ToConsoleWorker } from '../wire/messages.ts';
import { CLOSE, type Reason } from '../wire/reason.ts';
import type { Receipt, Status } from '../wire/server.ts';
import { Meeting } from './meeting.ts';
import { Resources } from './resources.ts';

/** Ceilings in bytes, and times in milliseconds. */
export const SEAT = {
  /** A keyframe or delta unfolds to no more than this. */
  frame: 32 << 20,
  /** Packed state frames that wait to be unfolded; an honest sender's window is far below. */
  waiting: 4 << 20,
  /** Unfolded state frames that the page was given and has not applied. */
  unapplied: 64 << 20,
  /** Between two requests for a keyframe. */
  resyncEvery: 1000,
  /** How long the server may take to close a session whose codes did not match. */
  fail: 2000,
  /** How often the applicant's end is asked what may be shown, and for how long after it was asked an answer says so. */
  ask: 10_000,
  quiet: 25_000,
};

/** Questions that are remembered; more is past its time. */
const QUESTIONS_MOST = 8;

export interface SeatOptions {
  platform: Platform;
  /** The exchange of one page. `digits`: those of the code, on the first page. */
  exchange(
    session: string,
    page: number,
    bound: Bound,
    chains: Chains,
    digits: Bytes | undefined,
    allowed: Allowed,
  ): AgentExchange;
  /** Fills with random bytes. */
  fill(bytes: Uint8Array): void;
  now(): number;
  post(message: FromConsoleWorker, transfer: Transferable[]): void;
}

export class AgentSeat implements LinkEvents {
  readonly #options: SeatOptions;
  readonly #resources: Resources;
  #link: Link | undefined;
  #meeting: Meeting | undefined;
  #status: Status | undefined;
  #over = false;
  /** The byte of the close frame, once the agent wants the session over; told again on each new line until heard. */
  #closing: number | undefined;

  // One page of the applicant's: begun again by #turn.
  #page = 0;
  #generation = 0;
  #lastState = 0;
  /** State frames mean nothing until a keyframe with a counter above #voidSince. */
  #void = true;
  #voidSince = 0;
  #processed = 0;
  #acknowledged = 0;
  #epoch = 0;
  #unapplied: { epoch: number; counter: number; bytes: number }[] = [];

  #waitingBytes = 0;
  readonly #states = new Queue(() => this.broken());
  readonly #resourceWork = new Queue(() => this.broken());
  #askedAt = Number.NEGATIVE_INFINITY;
  #asking: ReturnType<typeof setTimeout> | undefined;
  readonly #farewell = new Farewell();
  #listening: ReturnType<typeof setTimeout> | undefined;
  #quiet = false;
  #pulse: ReturnType<typeof setInterval> | undefined;
  /** Questions without an answer yet, by counter, and when they were asked. */
  #questions: { counter: number; at: number }[] = [];
  /** The session is live or paused, as far as the server says. */
  #met = false;

  constructor(options: SeatOptions) {
    this.#options = options;
    this.#resources = new Resources(options.now);
  }

  /** What the console page says. */
  receive(message: ToConsoleWorker): void {
    switch (message.t) {
      case 'open':
        if (!this.#link) this.#open(message);
        return;
      case 'applied':
        this.#applied(message.epoch, message.counter);
        return;
      case 'want':
        this.#want(message.hashes);
        return;
      case 'resync':
        this.#drop(this.#processed);
        return;
      case 'close':
        if (message.leaving) {
          this.#closing = CLOSE.left;
          this.#link?.tell('close', CLOSE.left);
        } else {
          this.#finish('ended', () => this.#link?.tell('close', CLOSE.person), SEAT.fail);
        }
        return;
      default:
        message satisfies never;
    }
  }

  #open({ url, session, bound, secret }: Extract<ToConsoleWorker, { t: 'open' }>): void {
    const chains = new Chains();
    this.#meeting = new Meeting({
      chains,
      session,
      bound,
      secret,
      exchange: (page, all, digits, allowed) => this.#options.exchange(session, page, all, chains, digits, allowed),
      fill: this.#options.fill,
      send: (message) => this.#link?.send('exchange', 0, message),
      key: (keys) => {
        this.#link?.key(keys);
        this.#watch();
      },
      matched: () => this.#link?.tell('verdict', 1),
      failed: () => this.#finish('no_match', () => this.#link?.tell('verdict', 0), SEAT.fail),
      show: (digits) => this.#options.post({ t: 'digits', ...(digits === undefined ? {} : { digits }) }, []),
    });
    this.#link = new Link(url, session, undefined, this, this.#options.platform);
  }

  status(said: Status): void {
    if (this.#over) return;
    const { receipt, ...rest } = said;
    const status: Status = { ...rest, ...this.#owned(receipt) };
    this.#status = status;
    this.#turnTo(status.page);
    const met = status.page === this.#page && (status.state === 'live' || status.state === 'paused');
    if (met) this.#meeting?.heard();
    if (met && !this.#met) this.#ask();
    this.#met = met;
    this.#options.post({ t: 'status', status }, []);
  }

  line(up: boolean): void {
    if (up) {
      if (this.#closing !== undefined) this.#link?.tell('close', this.#closing);
      this.#farewell.again();
      this.#meeting?.tell();
    } else {
      this.#resources.interrupted();
    }
    this.#options.post({ t: 'line', up }, []);
  }

  /** Only the applicant's side can answer it; the server has no reason to say it here. */
  resync(): void {}

  gap(): void {
    this.#drop(this.#lastState);
  }

  /** The receipt, if it is one for what was agreed on. */
  #owned(receipt: Receipt | undefined): { receipt?: Receipt } {
    return receipt && this.#meeting?.owns(receipt) ? { receipt } : {};
  }

  /**
   * This end wants it over: says so, on each line until the server has heard, and tells the page after `wait` milliseconds. Nothing
   * that comes meanwhile is taken.
   */
  #finish(reason: Reason, say: () => void, wait = 0): void {
    if (this.#farewell.reason || this.#over) return;
    this.#farewell.begin(
      reason,
      say,
      wait,
      () => this.#end(reason, this.#status?.receipt, true),
      () => {
        this.#link?.close();
        this.ended(reason, undefined);
      },
    );
  }

  /** What the relay changed on the way ends the session; the rest of what is refused is as good as not come. */
  refused(why: Refusal): void {
    if (isTampering(why)) this.#finish('tampered', () => this.#link?.tell('close', CLOSE.tampered));
  }

  broken(): void {
    this.#finish('protocol', () => this.#link?.tell('close', CLOSE.broken));
  }

  ended(said: Reason, receipt: Receipt | undefined): void {
    this.#farewell.stop();
    // Whatever the server says: what this end wanted it over for is why.
    this.#end(this.#farewell.reason ?? said, receipt, false);
  }

  #end(reason: Reason, receipt: Receipt | undefined, unheard: boolean): void {
    clearTimeout(this.#asking);
    clearTimeout(this.#listening);
    clearInterval(this.#pulse);
    const owned = this.#owned(receipt);
    const unproven = this.#meeting?.unproven ? { unproven: true as const } : {};
    if (!this.#over) {
      this.#over = true;
      this.#turn();
      this.#meeting?.close();
    }
    this.#options.post(
      { t: 'ended', reason, ...owned, ...unproven, ...(unheard ? { unheard: true as const } : {}) },
      [],
    );
  }

  frame(frame: Arrived): void {
    if (this.#over) return;
    const { kind, epoch, counter, payload } = frame;
    // A new page may speak before the status has named it.
    this.#turnTo(frame.page);
    if (frame.page < this.#page || this.#over || this.#farewell.reason) return;
    if (kind !== 'exchange') this.#meeting?.opened();
    if (laneOf(kind) === 'state') this.#lastState = counter;
    switch (kind) {
      case 'exchange':
        this.#enqueue(0, async () => this.#meeting?.receive(this.#page, payload, this.#status));
        return;
      case 'keyframe':
      case 'delta':
        this.#enqueue(payload.length, (late) => this.#state(kind, epoch, counter, payload, late));
        return;
      case 'pointer':
        this.#enqueue(0, async () => this.#pointer(epoch, counter, payload));
        return;
      case 'resource':
        this.#resource(counter, payload);
        return;
      case 'state': {
        // Ahead of what waits to be unfolded: a curtain can't be drawn too early.
        const said = decodeSeen(payload);
        if (!said) return;
        this.#options.post({ t: 'view', shown: said.seen }, []);
        this.#answered(said.answers);
        return;
      }
      case 'want':
      case 'ack':
      case 'resync':
        // The agent's own words; the server refuses them from an applicant.
        return;
      default:
        kind satisfies never;
    }
  }

  /** Asks the applicant's end what may be shown. */
  #ask(): void {
    const counter = this.#link?.send('state', 0, new Uint8Array(0)) ?? 0;
    if (counter === 0) return;
    this.#questions.push({ counter, at: this.#options.now() });
    if (this.#questions.length > QUESTIONS_MOST) this.#questions.shift();
  }

  /** The other end has just shown itself: that is fresh, and from now on it is asked. The server's word for it would not do. */
  #watch(): void {
    this.#fresh(this.#options.now());
    clearInterval(this.#pulse);
    this.#pulse = setInterval(() => this.#ask(), SEAT.ask);
  }

  /** What is shown was right at that time, by this end's own clock: when it asked, not when an answer was let through. */
  #fresh(at: number): void {
    const left = at + SEAT.quiet - this.#options.now();
    if (left <= 0) return;
    this.#tellQuiet(false);
    clearTimeout(this.#listening);
    this.#listening = setTimeout(() => this.#tellQuiet(true), left);
  }

  #answered(counter: number): void {
    const index = this.#questions.findIndex((question) => question.counter === counter);
    const question = this.#questions[index];
    if (!question) return;
    this.#questions.splice(0, index + 1);
    this.#fresh(question.at);
  }

  #tellQuiet(quiet: boolean): void {
    if (quiet === this.#quiet) return;
    this.#quiet = quiet;
    this.#options.post({ t: 'quiet', quiet }, []);
  }

  /** Runs after what came before it, unless the page was left meanwhile. `late`: the wait is over its ceiling. */
  #enqueue(bytes: number, task: (late: boolean) => Promise<void>): void {
    const generation = this.#generation;
    const late = this.#waitingBytes + bytes > SEAT.waiting;
    const held = late ? 0 : bytes;
    this.#waitingBytes += held;
    this.#states.add(async () => {
      this.#waitingBytes -= held;
      if (generation === this.#generation && !this.#over) await task(late);
    });
  }

  async #state(kind: 'keyframe' | 'delta', epoch: number, counter: number, payload: Bytes, late: boolean) {
    const generation = this.#generation;
    const held = this.#unapplied.reduce((sum, one) => sum + one.bytes, 0);
    const skipped = this.#void && kind === 'delta';
    const body =
      late || skipped || held > SEAT.unapplied ? undefined : await unpack(payload, SEAT.frame).catch(() => undefined);
    if (generation !== this.#generation || this.#over) return;
    this.#epoch = epoch;
    this.#processed = counter;
    if (body) {
      if (kind === 'keyframe' && counter > this.#voidSince) this.#void = false;
      this.#unapplied.push({ epoch, counter, bytes: body.length });
      this.#options.post({ t: 'frame', kind, epoch, counter, body }, [body.buffer]);
      if (kind === 'keyframe') this.#sendWant(this.#resources.lost());
    } else if (!skipped) {
      this.#drop(counter);
    }
    this.#acknowledge();
  }

  #pointer(epoch: number, counter: number, payload: Bytes): void {
    const at = decodePointer(payload);
    if (at && !this.#void) this.#options.post({ t: 'pointer', ...at }, []);
    this.#epoch = epoch;
    this.#processed = counter;
    this.#acknowledge();
  }

  #applied(epoch: number, counter: number): void {
    const index = this.#unapplied.findIndex((one) => one.epoch === epoch && one.counter === counter);
    if (index < 0) return;
    this.#unapplied.splice(0, index + 1);
    this.#acknowledge();
  }

  /** An acknowledgement covers everything up to its counter, so it stops short of what is not applied yet. */
  #acknowledge(): void {
    const first = this.#unapplied[0];
    const counter = first ? first.counter - 1 : this.#processed;
    if (counter <= this.#acknowledged) return;
    this.#acknowledged = counter;
    this.#link?.send('ack', 0, encodeAck({ lane: 'state', epoch: this.#epoch, counter }));
  }

  #resource(counter: number, payload: Bytes): void {
    // Resources are credited on arrival: nobody has to draw them for the next chunk to be useful.
    this.#link?.send('ack', 0, encodeAck({ lane: 'resource', epoch: 0, counter }));
    const chunk = decodeChunk(payload);
    if (!chunk) return;
    const { whole, again } = this.#resources.add(chunk);
    if (again) this.#sendWant([again]);
    if (!whole) return;
    this.#resourceWork.add(async () => {
      const body = await this.#resources.open(whole);
      if (!body || this.#over) return;
      this.#options.post({ t: 'resource', hash: whole.hash, type: whole.type, body }, [body.buffer]);
    });
  }

  #want(hashes: Hash[]): void {
    this.#sendWant(this.#resources.ask(hashes));
  }

  #sendWant(hashes: Hash[]): void {
    for (const payload of this.#resources.requests(hashes)) this.#link?.send('want', 0, payload);
  }

  /**
   * What was given and not applied is void, up to the counter `since`: its credit goes back, and a keyframe is asked for,
   * once a second at most.
   */
  #drop(since: number): void {
    if (this.#over) return;
    this.#void = true;
    this.#voidSince = since;
    this.#unapplied = [];
    this.#acknowledge();
    if (this.#asking !== undefined) return;
    const wait = Math.max(0, this.#askedAt + SEAT.resyncEvery - this.#options.now());
    this.#asking = setTimeout(() => {
      this.#asking = undefined;
      if (!this.#void) return;
      this.#askedAt = this.#options.now();
      this.#link?.send('resync', 0, new Uint8Array(0));
    }, wait);
  }

  #turnTo(page: number): void {
    if (!(page > this.#page)) return;
    this.#page = page;
    this.#turn();
  }

  /** A new page of the applicant's: counters, epochs and the exchange begin again. */
  #turn(): void {
    this.#generation++;
    this.#lastState = 0;
    this.#meeting?.turn(this.#page);
    this.#questions = [];
    this.#met = false;
    this.#void = true;
    this.#voidSince = 0;
    this.#processed = 0;
    this.#acknowledged = 0;
    this.#unapplied = [];
    this.#resources.interrupted();
  }
}
