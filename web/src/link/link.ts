// Room: link. One seat's line to the server: the socket, its return after a loss, the beat, and the lanes' counters.
// Bridge and console each hold one, in a Worker. What the frames carry is not known here.

import {
  decodeFrame,
  encodeFrame,
  HEADER_BYTES,
  isRelayed,
  type Lane,
  laneOf,
  type RelayedKind,
} from '../wire/frame.ts';
import type { Bytes } from '../wire/messages.ts';
import { isOver, type Reason, reasonOf } from '../wire/reason.ts';
import { type Ended, type Receipt, readJson, type Status } from '../wire/server.ts';

/**
 * Milliseconds: first wait before coming back, longest wait, the silence that ends a connection, and how long coming back is
 * tried unless the maker of the link knows better: the server's usual grace time.
 */
export const LINK = { firstWait: 250, longestWait: 5000, silence: 25_000, giveUp: 300_000 };

/** What arrived, opened as far as the clear header goes. */
export interface Arrived {
  kind: RelayedKind;
  /** The applicant's page that it belongs to; never lower than that of a frame before. */
  page: number;
  epoch: number;
  counter: number;
  payload: Bytes;
}

/** Called in order, on the Worker's thread. After `ended` nothing else is called. */
export interface LinkEvents {
  status(status: Status): void;
  frame(frame: Arrived): void;
  /** The server dropped frames on their way and asks for a keyframe. Unauthenticated. */
  resync(): void;
  /** A state frame went missing and what follows is void: ask the applicant's side for a keyframe. */
  gap(): void;
  /** The line is up again or down; frames sent while it is down are gone. */
  line(up: boolean): void;
  ended(reason: Reason, receipt: Receipt | undefined): void;
}

type LocalKind = 'verdict' | 'pause' | 'resume' | 'close' | 'beat';

/** Everything of the platform that a test replaces. */
export interface Platform {
  socket(url: string): WebSocket;
  random(): number;
}

export const platform: Platform = {
  socket: (url) => new WebSocket(url, 'insyn.v1'),
  random: Math.random,
};

export class Link {
  readonly #url: string;
  readonly #events: LinkEvents;
  readonly #platform: Platform;
  readonly #page: number | undefined;
  readonly #giveUp: number;
  #socket: WebSocket | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #heard: ReturnType<typeof setTimeout> | undefined;
  /** Runs while there is no connection. */
  #trying: ReturnType<typeof setTimeout> | undefined;
  #wait = LINK.firstWait;
  #closed = false;
  #receipt: Receipt | undefined;
  #reason: Reason | undefined;
  /** The page in the frames' headers; the console learns it from them. */
  #peerPage = 0;
  readonly #sent: Record<Lane, number> = { control: 0, state: 0, resource: 0 };
  readonly #seen: Record<Lane, number> = { control: 0, state: 0, resource: 0 };
  #epoch = 0;
  /** A state frame went missing: deltas say nothing until the next keyframe. */
  #gap = true;

  /**
   * Opens the line at once. `page` is the applicant's own page number; the agent's side leaves it out, and takes over
   * the page of what it hears, beginning its own counters again with each. After `giveUp` milliseconds without a connection
   * the session is taken as ended by the grace time, which the server can't say any more.
   */
  constructor(
    url: string,
    page: number | undefined,
    events: LinkEvents,
    on: Platform = platform,
    giveUp = LINK.giveUp,
  ) {
    this.#url = url;
    this.#page = page;
    this.#events = events;
    this.#platform = on;
    this.#giveUp = giveUp;
    this.#try();
    this.#open();
  }

  get up(): boolean {
    return this.#socket?.readyState === 1;
  }

  /** Sends a relayed frame and returns its counter, or 0 where the line is down and the frame is gone. */
  send(kind: RelayedKind, epoch: number, payload: Bytes): number {
    const page = this.#page ?? this.#peerPage;
    if (!this.up || page === 0) return 0;
    const counter = ++this.#sent[laneOf(kind)];
    this.#socket?.send(encodeFrame({ kind, page, epoch, counter, payload }));
    return counter;
  }

  /** Tells the server something about this seat. */
  tell(kind: LocalKind, byte?: number): void {
    if (!this.up) return;
    const payload = byte === undefined ? new Uint8Array(0) : Uint8Array.of(byte);
    this.#socket?.send(encodeFrame({ kind, page: 0, epoch: 0, counter: 0, payload }));
  }

  /** Bytes that one frame costs beside its payload. */
  static readonly overhead = HEADER_BYTES;

  /** Ends the line from this side; nothing is reported any more. */
  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    clearTimeout(this.#heard);
    clearTimeout(this.#trying);
    this.#socket?.close(1000);
    this.#socket = undefined;
  }

  #open(): void {
    const socket = this.#platform.socket(this.#url);
    socket.binaryType = 'arraybuffer';
    this.#socket = socket;
    socket.onopen = () => {
      this.#listen();
      this.#events.line(true);
    };
    socket.onmessage = (event) => {
      if (socket === this.#socket && !this.#closed) this.#message(event.data);
    };
    socket.onclose = (event) => {
      if (socket === this.#socket) this.#lost(event.code);
    };
    this.#listen();
  }

  #try(): void {
    this.#trying ??= setTimeout(() => {
      this.close();
      this.#events.ended('grace', this.#receipt);
    }, this.#giveUp);
  }

  /** Starts the wait for the next sign of life again. */
  #listen(): void {
    clearTimeout(this.#heard);
    this.#heard = setTimeout(() => {
      const socket = this.#socket;
      this.#lost(4001);
      socket?.close();
    }, LINK.silence);
  }

  #lost(code: number): void {
    if (this.#closed) return;
    clearTimeout(this.#heard);
    this.#socket = undefined;
    if (isOver(code)) {
      this.#closed = true;
      clearTimeout(this.#trying);
      this.#events.ended(this.#reason ?? reasonOf(code), this.#receipt);
      return;
    }
    this.#try();
    this.#events.line(false);
    const wait = this.#wait * (1 + this.#platform.random() / 2);
    this.#wait = Math.min(LINK.longestWait, this.#wait * 2);
    this.#timer = setTimeout(() => this.#open(), wait);
  }

  #message(data: unknown): void {
    this.#listen();
    // A socket that opens and says nothing is no connection.
    clearTimeout(this.#trying);
    this.#trying = undefined;
    const frame = data instanceof ArrayBuffer ? decodeFrame(data) : undefined;
    if (!frame) return;
    const { kind, payload } = frame;
    if (isRelayed(kind)) {
      if (this.#accept(kind, frame.page, frame.epoch, frame.counter)) {
        this.#events.frame({ kind, page: frame.page, epoch: frame.epoch, counter: frame.counter, payload });
      }
    } else if (kind === 'status') {
      const status = readJson<Status>(payload);
      this.#wait = LINK.firstWait;
      if (status) this.#events.status(status);
    } else if (kind === 'serverResync') {
      this.#events.resync();
    } else if (kind === 'beat') {
      this.tell('beat');
    } else if (kind === 'close') {
      const ended = readJson<Ended>(payload);
      this.#reason = ended?.reason;
      this.#receipt = ended?.receipt;
    }
  }

  /** Counters rise; in the state lane a gap voids everything up to a keyframe of a higher epoch. */
  #accept(kind: RelayedKind, page: number, epoch: number, counter: number): boolean {
    if (this.#page === undefined && page > this.#peerPage) this.#turn(page);
    if (page !== (this.#page ?? this.#peerPage)) return false;
    const lane = laneOf(kind);
    const last = this.#seen[lane];
    if (counter <= last) return false;
    this.#seen[lane] = counter;
    if (lane !== 'state') return true;
    if (kind === 'keyframe') {
      if (epoch <= this.#epoch) return false;
      this.#epoch = epoch;
      this.#gap = false;
      return true;
    }
    if (counter !== last + 1 && !this.#gap) {
      this.#gap = true;
      this.#events.gap();
    }
    return !this.#gap && epoch === this.#epoch;
  }

  /** The applicant went to a new page: both sides' counters and epochs begin again. */
  #turn(page: number): void {
    this.#peerPage = page;
    this.#epoch = 0;
    this.#gap = true;
    for (const lane of ['control', 'state', 'resource'] as const) {
      this.#sent[lane] = 0;
      this.#seen[lane] = 0;
    }
  }
}

/** The address of a seat's line: `origin` is http(s), the query is content-free. */
export function signalUrl(origin: string, session: string, page: number): string {
  const url = new URL('/signal', origin);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  url.searchParams.set('session', session);
  url.searchParams.set('page', String(page));
  return url.href;
}
