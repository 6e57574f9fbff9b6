// Room: mirror. Frames of the other agency origins, whose pages carry the mirror too. Such a page is asked for itself, tells over
// a port that only it was given, and decides by the policy that it pins what it tells; what doesn't answer stays a box.
// Its nodes, ids and resources have numbers of their own, so that what it tells goes on to the view as it is.

import { RESOURCE_BYTES } from '../wire/allow.ts';
import type { Bytes, FromFramed, Hash, ToFramed } from '../wire/messages.ts';
import { type Id, isOfShare, SHARE } from '../wire/tree.ts';
import type { Inside } from './frames.ts';
import { HTMLIFrameElement } from './kinds.ts';
import type { Context } from './mask.ts';
import type { MirrorOptions } from './mirror.ts';

/** How often one may begin anew, and after how many milliseconds once more: what the view can't make sense of begins again. */
const MOST_BEGUN = 8;
const AGAIN_MS = 10_000;

/** One document in a frame. */
interface Other {
  /** Stands for the document, which can't be had. */
  document: Node;
  port: MessagePort | undefined;
  /** Of its layout; undefined before it has said that it may be shown. */
  quirks?: boolean | undefined;
  /** Its numbers, new whenever it begins: what is told under another came late. 0 while it is to say nothing. */
  share: number;
  /** When all of its beginnings will be forgotten. */
  rested: number;
  /** A step that waits to be sent; the next is told once it has gone. */
  body?: Bytes | undefined;
  told?: boolean;
}

/** There is a step to take; or a frame may be shown, or not, that could not before; or where in it the pointer is. */
type News = (frame?: Element, at?: { x: number; y: number }) => void;

export class Far {
  readonly #options: MirrorOptions;
  readonly #owed: Set<Hash>;
  readonly #news: News;
  readonly #others = new Map<Node, Other>();
  #share = 0;
  /** Shares that are left in this epoch. */
  #left = 0;

  /** `owed`: what the view has asked for. */
  constructor(options: MirrorOptions, owed: Set<Hash>, news: News) {
    this.#options = options;
    this.#owed = owed;
    this.#news = news;
  }

  /** What is shown in a frame, once its page has said that it will tell; until then it is asked. */
  inside(frame: Node, context: Context, choices: boolean): Inside | undefined {
    if (!(frame instanceof HTMLIFrameElement) || frame.contentDocument || !/show|labels/.test(context.mode)) return;
    const other = this.#others.get(frame) ?? this.#ask(frame);
    if (other?.quirks === undefined || (!other.share && other.rested > performance.now() + MOST_BEGUN * AGAIN_MS))
      return;
    const far = { open: () => this.#open(other, context, choices), close: () => this.#close(other) };
    return { document: other.document, context, far };
  }

  quirks(frame: Element): boolean | undefined {
    return this.#others.get(frame)?.quirks;
  }

  /** A frame loaded, or is gone: so is what was in it. */
  lost(frame: Node): void {
    const other = this.#others.get(frame);
    if (other) this.#end(other);
    this.#others.delete(frame);
  }

  /** The steps that wait; there is credit for them. */
  *take(): Iterable<Bytes> {
    for (const other of this.#others.values()) {
      const { body } = other;
      if (!body) continue;
      other.body = undefined;
      yield body;
      other.port?.postMessage({ t: 'credit' });
    }
  }

  /** Tells all that were told to begin. */
  tell(message: ToFramed): void {
    for (const { share, port } of this.#others.values()) if (share) port?.postMessage(message);
  }

  /** The view has none of it any more: a new epoch begins, or nothing is shown. */
  reset(): void {
    for (const other of this.#others.values()) this.#close(other);
    this.#left = SHARE.most;
  }

  stop(): void {
    for (const frame of this.#others.keys()) this.lost(frame);
  }

  #ask(frame: HTMLIFrameElement): Other | undefined {
    const { policy, text = '' } = this.#options;
    for (const one of this.#others.keys()) if (!one.isConnected) this.lost(one);
    const origin = /^https?:\/\/[^/]+/.exec(frame.src)?.[0] ?? '';
    if (origin === location.origin || !policy.origins.includes(origin)) return undefined;
    const { port1, port2 } = new MessageChannel();
    const other: Other = { document: new Comment(), port: port1, share: 0, rested: 0 };
    this.#others.set(frame, other);
    port1.onmessage = ({ data }) => {
      try {
        if (!other.port || this.#hear(frame, other, data)) return;
      } catch {
        // As good as gone.
      }
      this.#end(other);
      this.#news(frame);
    };
    // Only a page of this very origin is handed it.
    frame.contentWindow?.postMessage({ insyn: 'frame', policy: text }, origin, [port2]);
    return other;
  }

  /** False, or throws, where it is not to be heard any more. */
  #hear(frame: Element, other: Other, message: FromFramed): boolean {
    if (message.t === 'bye') return false;
    if (message.t === 'hello') {
      other.quirks = message.quirks === true;
      this.#news(frame);
      return true;
    }
    // On its way when it was told to end.
    if (!other.share || message.share !== other.share) return true;
    if (message.t === 'view') return message.shown !== 'not-in-policy';
    if (message.t === 'pointer') {
      this.#news(frame, message);
    } else {
      const { t, body } = message;
      if (!(body instanceof Uint8Array) || body.length > RESOURCE_BYTES) return false;
      if (t === 'resource') {
        if (this.#owed.delete(message.hash)) this.#options.send(message, [body.buffer]);
      } else if (other.body || !isOfShare(body, other.share)) {
        // It had no credit, or tells of what isn't its own.
        return false;
      } else if (t === 'keyframe' && other.told) {
        // All of it once more has to have other numbers.
        other.document = new Comment();
        this.#news(frame);
      } else {
        other.told = true;
        other.body = body;
        this.#news();
      }
    }
    return true;
  }

  /** The id of the document that it is to tell the kids of; 0 where there are no more numbers in this epoch. */
  #open(other: Other, context: Context, choices: boolean): Id {
    if (--this.#left < 0) return 0;
    this.#share = (this.#share % SHARE.most) + 1;
    other.share = this.#share;
    other.rested = Math.max(other.rested, performance.now()) + AGAIN_MS;
    this.#say(other, { t: 'begin', share: other.share, ...context, choices, hashes: [...this.#owed] });
    return other.share * SHARE.nodes + 1;
  }

  #close(other: Other): void {
    if (other.share) this.#say(other, { t: 'end' });
    Object.assign(other, { share: 0, body: undefined, told: false });
  }

  #end(other: Other): void {
    this.#close(other);
    other.port?.close();
    other.port = other.quirks = undefined;
  }

  #say({ port }: Other, message: ToFramed): void {
    port?.postMessage(message);
  }
}
