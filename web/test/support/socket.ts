// Room: test. A socket without a network: what one end sent, frame by frame, and a way to hand it what the server would
// say. Bridge, console and link each add their own words.

import { decodeFrame, encodeFrame, type Frame, type KindName } from '../../src/wire/frame.ts';

export class FakeSocket {
  binaryType = '';
  readyState = 0;
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;
  readonly sent: Frame[] = [];

  send(data: Uint8Array<ArrayBuffer>): void {
    const frame = decodeFrame(data.slice().buffer);
    if (!frame) throw new TypeError('sent what is no frame');
    this.sent.push(frame);
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

  /** A frame arrives; what isn't said is that of a local frame without a payload. */
  say(kind: KindName, part: Partial<Frame> = {}): void {
    const frame = { kind, page: 0, epoch: 0, counter: 0, payload: new Uint8Array(0), ...part };
    this.onmessage?.({ data: encodeFrame(frame).buffer });
  }

  sayJson(kind: KindName, value: object): void {
    this.say(kind, { payload: new TextEncoder().encode(JSON.stringify(value)) });
  }

  /** Of what was sent, the frames of one kind. */
  of(kind: KindName): Frame[] {
    return this.sent.filter((frame) => frame.kind === kind);
  }
}
