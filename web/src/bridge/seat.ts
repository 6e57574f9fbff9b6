// Room: bridge (Worker). The applicant's seat: runs the exchange, gives the mirror credit, and decides when something may be
// sent (lanes.ts sends it) and when nothing may. Knows no document.

import type { Carried } from '../link/exchange.ts';
import type { ApplicantExchange, Beginning } from '../link/exchange-applicant.ts';
import type { Bound } from '../link/keys.ts';
import { type Arrived, Link, type LinkEvents, type Platform } from '../link/link.ts';
import { decodeAck, decodeWant, encodeShown } from '../link/parts.ts';
import { isTampering, type Refusal } from '../link/seal.ts';
import type { Bytes, FromMirror, Shown, ToMirror } from '../wire/messages.ts';
import type { Reason } from '../wire/reason.ts';
import { agreesWith, type Receipt, type Status } from '../wire/server.ts';
import { Lanes } from './lanes.ts';
import type { FromWorker, Phase } from './messages.ts';
import { PageExchange } from './page-exchange.ts';

/** Times in milliseconds. */
export const SEAT = {
  /** Between two keyframes that others ask for. */
  resyncEvery: 1000,
  /** How long the server may take to close a session whose codes did not match. */
  fail: 2000,
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

/** The byte of a close frame: by a person, the page went before the codes had matched, the relay changed what it carried. */
const CLOSE = { stopped: 0, left: 1, tampered: 2 } as const;

/** What the seat begins with: the code that was typed, what the page before left, or neither. */
export type Opening =
  | { t: 'code'; bound: Bound; digits: Bytes }
  | { t: 'carried'; carried: Carried }
  | { t: 'nothing' };

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
  readonly #exchange: PageExchange;
  #mirror: ((message: ToMirror) => void) | undefined;
  /** What to begin the exchange with, until it has begun. */
  #opening: Opening | undefined;
  /** The applicant is to type digits. */
  #needed = false;
  #phase: Phase = 'joining';
  #status: Status | undefined;
  /** What the exchange was over: who looks is who both ends agreed on, whatever the server calls them later. */
  #bound: Bound | undefined;
  /** What the applicant pressed and the server has not confirmed. */
  #wish: 'pause' | 'resume' | undefined;
  /** The line is new: the server may not have heard what was said on the one before. */
  #fresh = true;

  readonly #lanes: Lanes;
  #restarted = Number.NEGATIVE_INFINITY;
  #resyncing: ReturnType<typeof setTimeout> | undefined;
  #shown: Shown | undefined;
  #gone = false;
  #credit = false;

  #ending: ReturnType<typeof setTimeout> | undefined;

  /** Opens the line at once. */
  constructor(options: SeatOptions) {
    this.#options = options;
    this.#opening = options.opening;
    this.#link = new Link(options.url, options.session, options.page, this, options.platform, options.graceMs);
    this.#lanes = new Lanes(this.#link, {
      now: options.now,
      sending: () => this.#phase === 'live' && this.#link.up,
      changed: () => this.#tellCredit(),
      again: () => this.#restart(),
    });
    this.#exchange = new PageExchange({
      send: (message) => this.#link.send('exchange', 0, message),
      store: options.store,
      key: (keys) => this.#link.key(keys),
      verdict: (matched) => {
        this.#link.tell('verdict', matched ? 1 : 0);
        if (!matched) this.#fail();
      },
      // Nobody's digits were wrong, but while they are expected again there is no other word for it.
      broken: () => {
        if (this.#status?.state === 'joining') this.#link.tell('close', CLOSE.left);
        else this.#link.tell('verdict', 0);
      },
      need: () => {
        this.#needed = true;
        this.#tellStatus();
      },
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
        this.#stop();
        return;
      case 'distrust':
        this.#distrust();
        return;
      case 'continue':
        // Said to the bridge's document, before there was a seat.
        return;
      case 'digits':
        this.#digits(message.digits);
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

  /** A guess failed: the session ends with or without the server's word for it. */
  #fail(): void {
    this.#ending ??= setTimeout(() => this.ended('no_match', undefined), SEAT.fail);
  }

  /** What the relay changed on the way ends the session; the rest of what is refused is as good as not come. */
  refused(why: Refusal): void {
    if (isTampering(why)) this.#distrust();
  }

  #distrust(): void {
    this.#link.tell('close', CLOSE.tampered);
    this.ended('tampered', undefined);
  }

  resync(): void {
    // What was dropped on its way may have been the word about what is shown as well.
    this.#tellShown();
    this.#lanes.restartResources();
    this.#resync();
  }

  /** The agent sends nothing in the state lane. */
  gap(): void {}

  line(up: boolean): void {
    if (up) {
      this.#fresh = true;
      if (this.#phase === 'stopping' || this.#phase === 'ended') this.#link.tell('close', CLOSE.stopped);
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
      if (phase === 'live' || phase === 'paused') this.#tellShown();
    } else {
      this.#lanes.clear();
      this.#unmeet();
    }
    this.#tellCredit();
    if (phase === 'live') void this.#lanes.pump();
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
    if (this.#phase !== 'joining' || !status) return;
    if (status.state !== 'joining' && status.state !== 'away') return;
    if (status.state === 'joining' && this.#opening?.t === 'nothing') {
      // The page before went before the codes had matched, and with it the digits: nothing can come of this code any more.
      this.#link.tell('close', CLOSE.left);
      return;
    }
    if (this.#mirror && status.peer) this.#exchange.greet(() => this.#begin(status));
  }

  #begin(status: Status): ApplicantExchange {
    const { origin, policyHash, exchange } = this.#options;
    const opening = this.#opening;
    this.#opening = undefined;
    if (opening?.t === 'code') {
      this.#bound = opening.bound;
      return exchange(opening.bound, { digits: opening.digits });
    }
    const bound: Bound = {
      routing: status.routing ?? '',
      origin,
      agentId: status.agent_id,
      agentName: status.agent,
      policyHash,
      statementHash: status.statement?.hash ?? '',
    };
    this.#bound = bound;
    return exchange(bound, opening?.t === 'carried' ? { carried: opening.carried } : undefined);
  }

  /** What is secret in the exchange goes, also where it never began. */
  #unmeet(): void {
    if (this.#opening?.t === 'code') this.#opening.digits.fill(0);
    this.#opening = undefined;
    this.#exchange.close();
  }

  #digits(digits: string): void {
    if (!this.#needed || !/^[0-9]{4}$/.test(digits)) return;
    this.#needed = false;
    this.#exchange.digits(new TextEncoder().encode(digits));
    this.#tellStatus();
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

  get #agent(): string {
    return this.#bound?.agentName ?? this.#status?.agent ?? '';
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
    if (this.#phase === 'joining' && this.#needed) {
      this.#mirror?.({ t: 'hold', need: 'digits', agent: this.#agent });
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
    this.#restarted = this.#options.now();
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
    this.#link.send('state', 0, encodeShown(this.#shown));
  }

  // Keyframes that others ask for.

  /** Nothing of what was queued or is under way counts any more. */
  #drop(): void {
    clearTimeout(this.#resyncing);
    this.#resyncing = undefined;
    this.#lanes.dropState();
  }

  #restart(): void {
    this.#drop();
    this.#restarted = this.#options.now();
    this.#mirror?.({ t: 'resync' });
    this.#tellCredit();
  }

  /** Somebody asks for a keyframe; at most one a second, and none where nothing was sent that could have gone missing. */
  #resync(): void {
    if (this.#phase !== 'live' || this.#lanes.awaiting || this.#resyncing !== undefined) return;
    const wait = this.#restarted + SEAT.resyncEvery - this.#options.now();
    if (wait <= 0) this.#restart();
    else this.#resyncing = setTimeout(() => this.#restart(), wait);
  }

  // The end.

  /** The applicant's word is enough: whatever the line does, nothing is sent after this. */
  #stop(): void {
    if (!this.#become('stopping')) return;
    this.#link.tell('close', CLOSE.stopped);
    this.#ending = setTimeout(() => {
      this.#end('stopped', undefined);
      this.#ending = setTimeout(() => {
        this.#options.post({ t: 'over', reason: 'stopped' });
        this.#leave();
      }, SEAT.farewell);
    }, SEAT.stop);
  }

  #end(reason: Reason, receipt: Receipt | undefined): void {
    const said = receipt ?? this.#status?.receipt;
    // A receipt for other texts than those that were agreed on proves nothing of this session.
    const proof = this.#bound && said && agreesWith(said, this.#bound) ? said : undefined;
    if (!this.#become('ended')) return;
    this.#mirror?.({ t: 'ended', reason, ...(proof ? { receipt: proof } : {}) });
    this.#options.post({ t: 'ended', reason });
  }

  /** The line is let go without a word: the page went, or there is nothing left to say. */
  #leave(): void {
    clearTimeout(this.#ending);
    this.#drop();
    this.#lanes.clear();
    this.#unmeet();
    this.#link.close();
    this.#options.gone();
  }
}
