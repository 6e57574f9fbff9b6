// Room: bridge (Worker). The applicant's seat: runs the exchange, gives the mirror credit, and decides when something may be
// sent (lanes.ts sends it) and when nothing may. Knows no document.

import type { Carried } from '../link/exchange.ts';
import type { ApplicantExchange, Beginning } from '../link/exchange-applicant.ts';
import { Farewell } from '../link/farewell.ts';
import type { Bound } from '../link/keys.ts';
import { type Arrived, Link, type LinkEvents, type Platform } from '../link/link.ts';
import { decodeAck, decodeWant, encodeSeen } from '../link/parts.ts';
import { isTampering, type Refusal } from '../link/seal.ts';
import type { FromMirror, Shown, ToMirror } from '../wire/messages.ts';
import { CLOSE, type Reason } from '../wire/reason.ts';
import { agreesWith, type Receipt, type Status } from '../wire/server.ts';
import { Lanes } from './lanes.ts';
import { Meeting, type Opening } from './meeting.ts';
import type { FromWorker, Phase } from './messages.ts';
import { Restarts } from './restarts.ts';

/** Times in milliseconds. */
export const SEAT = {
  /** How long the server may take to close a session that this end wants over, before the applicant is told that it is. */
  stop: 2000,
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
  session: string;
  page: number;
  /** The policy's file. */
  policy: string;
  policyHash: string;
  /** Insyn's origin. */
  origin: string;
  opening: Opening;
  exchange(bound: Bound, beginning: Beginning): ApplicantExchange;
  /** Keeps what the next page continues with. */
  store(carried: Carried): Promise<void>;
  /** Digits will be exchanged soon: loads what that needs. */
  warm(): void;
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

export class ApplicantSeat implements LinkEvents {
  readonly #options: SeatOptions;
  readonly #link: Link;
  readonly #meeting: Meeting;
  #mirror: ((message: ToMirror) => void) | undefined;
  #phase: Phase = 'joining';
  #status: Status | undefined;
  /** What the applicant pressed and the server has not confirmed. */
  #wish: 'pause' | 'resume' | undefined;
  /** The line is new: the server may not have heard what was said on the one before. */
  #fresh = true;

  readonly #lanes: Lanes;
  readonly #restarts: Restarts;
  #shown: Shown | undefined;
  #gone = false;
  #credit = false;

  /** The agent's newest question for what may be shown. */
  #asked = 0;
  readonly #farewell = new Farewell();

  /** Opens the line at once. */
  constructor(options: SeatOptions) {
    this.#options = options;
    this.#link = new Link(options.url, options.session, options.page, this, options.platform, options.graceMs);
    this.#lanes = new Lanes(this.#link, {
      now: options.now,
      sending: () => this.#phase === 'live' && this.#link.up,
      changed: () => this.#tellCredit(),
      again: () => this.#restart(),
      failed: () => this.broken(),
    });
    this.#restarts = new Restarts({
      now: options.now,
      act: (all) => {
        if (all) {
          this.#tellShown();
          this.#lanes.restartResources();
        }
        // Nothing was sent since the last keyframe was asked for: it would be asked for twice.
        if (this.#phase === 'live' && !this.#lanes.awaiting) this.#restart();
      },
    });
    const { opening, origin, policyHash, exchange, store, warm } = options;
    this.#meeting = new Meeting({
      ...{ opening, origin, policyHash, exchange, store, warm },
      send: (message) => this.#link.send('exchange', 0, message),
      key: (keys) => this.#link.key(keys),
      verdict: (matched) => {
        if (matched) this.#link.tell('verdict', 1);
        else this.#finish('no_match', () => this.#link.tell('verdict', 0), SEAT.stop);
      },
      failed: () => this.broken(),
      changed: () => this.#tellStatus(),
      left: () => this.#finish('not_joined', () => this.#link.tell('close', CLOSE.left), SEAT.stop),
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
      case 'pointer':
        this.#lanes.state(message);
        return;
      case 'resource':
        if (this.#phase !== 'stopping' && this.#phase !== 'ended') void this.#lanes.resource(message);
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
        this.#finish('stopped', () => this.#link.tell('close', CLOSE.person), SEAT.stop);
        return;
      case 'distrust':
        this.#finish('policy', () => this.#link.tell('close', CLOSE.policy));
        return;
      case 'continue':
        // Said to the bridge's document, before there was a seat.
        return;
      case 'digits':
        this.#meeting.digits(message.digits);
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

  frame({ kind, counter, payload }: Arrived): void {
    switch (kind) {
      case 'exchange':
        this.#meeting.receive(payload);
        return;
      case 'ack': {
        const ack = decodeAck(payload);
        if (ack) this.#lanes.acknowledged(ack.lane, ack.counter);
        return;
      }
      case 'want': {
        const hashes = decodeWant(payload)?.filter((hash) => !this.#lanes.has(hash));
        if (hashes && hashes.length > 0 && this.#phase === 'live') this.#mirror?.({ t: 'want', hashes });
        return;
      }
      case 'resync':
        this.#tellShown();
        this.#restarts.ask(false);
        return;
      case 'state':
        // Asked for, changed or not: an answer that is missing tells the agent's end that a relay keeps something back.
        this.#asked = counter;
        this.#tellShown();
        return;
      case 'keyframe':
      case 'delta':
      case 'pointer':
      case 'resource':
        // Nothing that an agent has to say; the server refuses it from one.
        return;
      default:
        kind satisfies never;
    }
  }

  /** What the relay changed on the way ends the session; the rest of what is refused is as good as not come. */
  refused(why: Refusal): void {
    if (isTampering(why)) this.#finish('tampered', () => this.#link.tell('close', CLOSE.tampered));
  }

  broken(): void {
    this.#finish('protocol', () => this.#link.tell('close', CLOSE.broken));
  }

  /** What was dropped on its way may have been the word about what is shown as well. */
  resync(): void {
    if (this.#phase === 'live') this.#restarts.ask(true);
  }

  /** The agent sends nothing in the state lane. */
  gap(): void {}

  line(up: boolean): void {
    if (up) {
      this.#fresh = true;
      this.#farewell.again();
    } else if (this.#phase === 'live' || this.#phase === 'paused') {
      this.#become('away');
    }
  }

  ended(said: Reason, receipt: Receipt | undefined): void {
    const reason = this.#farewell.reason ?? said;
    this.#end(reason, receipt);
    this.#options.post({ t: 'over', reason });
    this.#leave();
  }

  /** The one place where the phase changes. Returns whether it did. */
  #become(phase: Phase): boolean {
    const before = this.#phase;
    if (!FOLLOWS[before].includes(phase)) return false;
    this.#phase = phase;
    if (before === 'live') {
      this.#drop();
      this.#lanes.dropResources();
    }
    if (phase === 'live') {
      this.#lanes.restartResources();
      if (this.#gone) this.#restart();
    }
    if (phase !== 'stopping' && phase !== 'ended') {
      this.#go();
      this.#tellShown();
    } else {
      this.#lanes.clear();
      this.#meeting.close();
    }
    this.#tellCredit();
    if (phase === 'live') void this.#lanes.pump();
    this.#tellStatus();
    // Before the codes have matched the form waits for one word: that they have, or why not.
    if (before !== 'joining' || phase !== 'stopping') this.#tellPhase();
    return true;
  }

  /**
   * Begins the exchange, or says its last message again at each sign of the agent's side: a line that took the place of a
   * half-dead one looks the same from here. Without the page's mirror there would be nothing to agree to.
   */
  #greet(): void {
    const status = this.#status;
    if (this.#phase === 'joining' && status) this.#meeting.greet(status, status.peer && this.#mirror !== undefined);
  }

  /** The server says that both are here. Nothing flows unless this end's own exchange said so first. */
  #seated(state: 'live' | 'paused', fresh: boolean): void {
    if (!this.#meeting.matched) return;
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

  get #agent(): string {
    return this.#meeting.bound?.agentName ?? this.#status?.agent ?? '';
  }

  /** To the form. */
  #tellPhase(): void {
    const phase = this.#phase;
    if (phase === 'ended') return;
    const agent = this.#agent;
    this.#options.post({ t: 'phase', phase, agent, covered: this.#shown !== 'not-in-policy' });
  }

  // To the mirror.

  #tellStatus(): void {
    const status = this.#status;
    if (!status || this.#phase === 'stopping' || this.#phase === 'ended') return;
    const { need } = this.#meeting;
    if (this.#phase === 'joining' && need) {
      const again = need.again ? { again: true as const } : {};
      this.#mirror?.({ t: 'hold', need: 'digits', agent: this.#agent, ...again });
      return;
    }
    const state = this.#phase === 'joining' ? (status.state === 'away' ? 'away' : 'joining') : this.#phase;
    const { ends, peer } = status;
    this.#mirror?.({ t: 'status', state, agent: this.#agent, ends, peer, policy: this.#options.policyHash });
  }

  /** Once a page, as soon as both the mirror and the session are there. */
  #go(): void {
    if (this.#gone || !this.#mirror || (this.#phase !== 'live' && this.#phase !== 'paused')) return;
    this.#gone = true;
    this.#restarts.done();
    this.#mirror({ t: 'go', policy: this.#options.policy });
    this.#tellCredit();
  }

  #tellCredit(): void {
    const open = this.#phase === 'live' && this.#link.up && this.#gone && this.#lanes.open;
    if (open === this.#credit) return;
    this.#credit = open;
    this.#mirror?.({ t: 'credit', open });
  }

  #tellShown(): void {
    if (this.#shown === undefined || (this.#phase !== 'live' && this.#phase !== 'paused')) return;
    this.#link.send('state', 0, encodeSeen(this.#phase === 'paused' ? 'paused' : this.#shown, this.#asked));
  }

  /** Nothing of the state lane that was queued or is under way counts any more. */
  #drop(): void {
    this.#restarts.cancel();
    this.#lanes.dropState();
  }

  #restart(): void {
    this.#drop();
    this.#restarts.done();
    this.#mirror?.({ t: 'resync' });
    this.#tellCredit();
  }

  // The end.

  /**
   * This end wants it over, and its word is enough: nothing is sent after this. The server is told, on each line until it has heard;
   * the applicant when it has, or after `wait` milliseconds. What the next page would go on with is forgotten at once.
   */
  #finish(reason: Reason, say: () => void, wait = 0): void {
    if (this.#farewell.reason || !this.#become('stopping')) return;
    this.#options.post({ t: 'forget' });
    this.#farewell.begin(
      reason,
      say,
      wait,
      () => this.#end(reason, undefined),
      () => this.ended(reason, undefined),
    );
  }

  #end(reason: Reason, receipt: Receipt | undefined): void {
    const said = receipt ?? this.#status?.receipt;
    // A receipt for other texts than those that were agreed on proves nothing of this session.
    const { bound } = this.#meeting;
    const proof = bound && said && agreesWith(said, this.#options.session, bound) ? said : undefined;
    if (!this.#become('ended')) return;
    this.#mirror?.({ t: 'ended', reason, ...(proof ? { receipt: proof } : {}) });
    this.#options.post({ t: 'ended', reason });
  }

  /** The line is let go without a word: the page went, or there is nothing left to say. */
  #leave(): void {
    this.#farewell.stop();
    this.#drop();
    this.#lanes.clear();
    this.#meeting.close();
    this.#link.close();
    this.#options.gone();
  }
}
