// Room: test. A socket without a network: what one end sent, frame by frame, and a way to hand it what the server would
// say. Where the test holds the far end's seal, sealed frames are opened and sealed with it. Bridge, console and link each add
// their own words.

import type { PageSeal } from '../../src/link/seal.ts';
import { decodeFrame, encodeFrame, type Frame, isRelayed, type KindName } from '../../src/wire/frame.ts';

/** The far end, which outlives a socket. */
export interface Far {
  seal?: PageSeal | undefined;
}

/**
 * Lets everything that is under way come to its end, ciphers on their own threads included: that many turns, and no less than some
 * time, since a busy machine stretches what threads do.
 */
export async function settle(): Promise<void> {
  const enough = performance.now() + 40;
  for (let turn = 0; turn < 60 || performance.now() < enough; turn++) {
    await crypto.subtle.digest('SHA-256', new Uint8Array(1));
    await new Promise((done) => setImmediate(done));
  }
}

function isSealed(kind: KindName): boolean {
  return isRelayed(kind) && kind !== 'exchange';
}

export class FakeSocket {
  binaryType = '';
  readyState = 0;
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;
  /** Payloads of sealed frames are opened a moment later, if the far end's seal is there. */
  readonly sent: Frame[] = [];
  readonly far: Far;
  #opening: Promise<void> = Promise.resolve();
  #saying: Promise<void> = Promise.resolve();

  constructor(far: Far = {}) {
    this.far = far;
  }

  send(data: Uint8Array<ArrayBuffer>): void {
    const frame = decodeFrame(data.slice().buffer);
    if (!frame) throw new TypeError('sent what is no frame');
    this.sent.push(frame);
    const { seal } = this.far;
    if (!seal || !isSealed(frame.kind)) return;
    const arrived = { ...frame };
    this.#opening = this.#opening.then(async () => {
      const opened = await seal.open(arrived);
      if (typeof opened === 'string') throw new TypeError(`sent what is refused: ${opened}`);
      frame.payload = opened;
    });
  }

  close(): void {
    this.readyState = 3;
  }

  open(): void {
    this.readyState = 1;
    this.onopen?.();
  }

  /** The server closes the connection, or it breaks. */
  lose(code: number): void {
    this.readyState = 3;
    this.onclose?.({ code });
  }

  /** A frame arrives, a sealed one a moment later; what isn't said is that of a local frame without a payload. */
  say(kind: KindName, part: Partial<Frame> = {}): void {
    const frame: Frame = { kind, page: 0, epoch: 0, counter: 0, payload: new Uint8Array(0), ...part };
    const { seal } = this.far;
    if (!seal || !isSealed(kind)) {
      this.onmessage?.({ data: encodeFrame(frame).buffer });
      return;
    }
    this.#saying = this.#saying.then(async () => {
      const message = await seal.seal(frame);
      this.onmessage?.({ data: message.buffer });
    });
  }

  sayJson(kind: KindName, value: object): void {
    this.say(kind, { payload: new TextEncoder().encode(JSON.stringify(value)) });
  }

  /** Of what was sent, the frames of one kind. */
  of(kind: KindName): Frame[] {
    return this.sent.filter((frame) => frame.kind === kind);
  }
}
