// Room: link. One seat's line to the server: the socket, its return after a loss, the beat, the lanes' counters, and the seal of the
// present page, once there is one. Bridge and console each hold one, in a Worker. What the frames carry is not known here.

import {
  decodeFrame,
  encodeFrame,
  type Frame,
  HEADER_BYTES,
  isRelayed,
  type Lane,
  laneOf,
  type RelayedKind,
} from '../wire/frame.ts';
import type { Bytes } from '../wire/messages.ts';
import { isOver, type Reason, reasonOf } from '../wire/reason.ts';
import { parseEnded, parseStatus, type Receipt, type Status } from '../wire/server.ts';
import type { PageKeys } from './keys.ts';
import { Queue } from './queue.ts';
import { noCounters, PageSeal, type Refusal } from './seal.ts';

/**
 * Milliseconds: first wait before coming back, longest wait, the silence that ends a connection, and how long coming back is
 * tried unless the maker of the link knows better: the server's usual grace time. Bytes: frames that wait to be opened.
 */
export const LINK = { firstWait: 250, longestWait: 5000, silence: 25_000, giveUp: 300_000, unopened: 8 << 20 };

/** What arrived, opened; of an exchange frame, as it came. */
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
  /** A frame was not opened. After one that shows tampering nothing that came is to be trusted. */
  refused(why: Refusal): void;
  /** What the server said is not what it may say, or something here failed that should not: nothing is to be relied on any more. */
  broken(): void;
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
  readonly #session: string;
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
  #sent = noCounters();
  /** Of exchange frames, which are not sealed. */
  #exchanged = 0;
  /** The present page's, once both ends have agreed. */
  #seal: PageSeal | undefined;
  /** Frames are sealed, and opened, one after the other. */
  readonly #sealing = new Queue(() => this.#broken());
  readonly #opening = new Queue(() => this.#broken());
  /** Bytes of frames in #opening. */
  #unopenedBytes = 0;
  /** Rises when what waits to be sealed for a lane must not be sent any more. */
  readonly #discarded = noCounters();
  #epoch = 0;
  #lastState = 0;
  /** A state frame went missing: deltas say nothing until the next keyframe. */
  #gap = true;

  /**
   * Opens the line at once. `page` is the applicant's own page number; the agent's side leaves it out, and takes over
   * the page of what it hears, beginning its own counters again with each. After `giveUp` milliseconds without a connection
   * the session is taken as ended by the grace time, which the server can't say any more.
   */
  constructor(
    url: string,
    session: string,
    page: number | undefined,
    events: LinkEvents,
    on: Platform = platform,
    giveUp = LINK.giveUp,
  ) {
    this.#url = url;
    this.#session = session;
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

  /** Both ends have agreed on the present page's keys: from now on it is sealed. */
  key(keys: PageKeys): void {
    const after = { ...noCounters(), control: this.#exchanged };
    this.#seal = new PageSeal(keys, this.#session, this.#page ?? this.#peerPage, after);
  }

  /**
   * Seals content and sends it, after what was given before. Returns its counter, or 0 where the line is down or nothing was
   * agreed on yet, and the frame is gone. An exchange message goes as it is, and needs a line only.
   */
  send(kind: RelayedKind, epoch: number, payload: Bytes): number {
    const page = this.#page ?? this.#peerPage;
    const seal = this.#seal;
    if (!this.up || page === 0 || (!seal && kind !== 'exchange')) return 0;
    const counter = ++this.#sent[laneOf(kind)];
    const frame: Frame = { kind, page, epoch, counter, payload };
    if (!seal || kind === 'exchange') {
      this.#socket?.send(encodeFrame(frame));
      return counter;
    }
    const lane = laneOf(kind);
    const discarded = this.#discarded[lane];
    this.#sealing.add(async () => {
      const current = () => this.up && seal === this.#seal && discarded === this.#discarded[lane];
      if (!current()) return;
      const message = await seal.seal(frame);
      if (current()) this.#socket?.send(message);
    });
    return counter;
  }

  /** What was given for a lane and not sent yet is not sent any more. */
  discard(lane: Lane): void {
    this.#discarded[lane]++;
  }

  /** Tells the server something about this seat. */
  tell(kind: LocalKind, byte?: number): void {
    if (!this.up) return;
    const payload = byte === undefined ? new Uint8Array(0) : Uint8Array.of(byte);
    this.#socket?.send(encodeFrame({ kind, page: 0, epoch: 0, counter: 0, payload }));
  }

  /** Bytes that one frame costs beside its sealed payload. */
  static readonly overhead = HEADER_BYTES;

  /** Ends the line from this side; nothing is reported any more. */
  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    clearTimeout(this.#heard);
    clearTimeout(this.#trying);
    this.#socket?.close(1000);
    this.#socket = undefined;
    this.#seal = undefined;
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
      // After what it still said, which may be why.
      this.#inOrder(() => {
        if (socket === this.#socket) this.#lost(event.code);
      });
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
    const { kind } = frame;
    if (kind === 'beat') {
      this.tell('beat');
    } else if (!isRelayed(kind)) {
      this.#inOrder(() => this.#local(frame));
    } else if (kind === 'exchange') {
      this.#inOrder(() => this.#exchange(frame));
    } else {
      const bytes = frame.payload.length;
      // A flood: what is not taken in leaves a gap, and that asks for a keyframe.
      if (this.#unopenedBytes + bytes > LINK.unopened) return;
      this.#unopenedBytes += bytes;
      this.#opening.add(async () => {
        this.#unopenedBytes -= bytes;
        if (!this.#closed) await this.#openSealed(kind, frame);
      });
    }
  }

  /** Does it now, or behind the frames that still wait to be opened. */
  #inOrder(act: () => void): void {
    if (this.#opening.empty) act();
    else {
      this.#opening.add(() => {
        if (!this.#closed) act();
      });
    }
  }

  #broken(): void {
    if (!this.#closed) this.#events.broken();
  }

  #local({ kind, payload }: Frame): void {
    if (kind === 'status') {
      const status = parseStatus(payload);
      this.#wait = LINK.firstWait;
      if (status) this.#events.status(status);
      else this.#broken();
    } else if (kind === 'serverResync') {
      this.#events.resync();
    } else if (kind === 'close') {
      const ended = parseEnded(payload);
      this.#reason = ended?.reason;
      this.#receipt = ended?.receipt;
    }
  }

  /** Not sealed: whom it comes from is for the exchange itself to find out. */
  #exchange({ page, epoch, counter, payload }: Frame): void {
    if (this.#page === undefined && page > this.#peerPage) this.#turn(page);
    if (page !== (this.#page ?? this.#peerPage) || counter <= this.#exchanged) return;
    this.#exchanged = counter;
    this.#events.frame({ kind: 'exchange', page, epoch, counter, payload });
  }

  async #openSealed(kind: RelayedKind, frame: Frame): Promise<void> {
    const seal = this.#seal;
    const opened = seal ? await seal.open(frame) : 'early';
    if (this.#closed || seal !== this.#seal) return;
    if (typeof opened === 'string') {
      this.#events.refused(opened);
      return;
    }
    const { page, epoch, counter } = frame;
    if (this.#fits(kind, epoch, counter)) this.#events.frame({ kind, page, epoch, counter, payload: opened });
  }

  /** In the state lane a gap voids everything up to a keyframe of a higher epoch. */
  #fits(kind: RelayedKind, epoch: number, counter: number): boolean {
    if (laneOf(kind) !== 'state') return true;
    const last = this.#lastState;
    this.#lastState = counter;
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

  /** The applicant went to a new page: both sides' counters and epochs begin again, and there is no seal yet. */
  #turn(page: number): void {
    this.#peerPage = page;
    this.#seal = undefined;
    this.#epoch = 0;
    this.#gap = true;
    this.#lastState = 0;
    this.#exchanged = 0;
    this.#sent = noCounters();
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
