// Room: test. A socket without a network: what the seat sent, and a way to say what the server would.

import type { Platform } from '../../src/link/link.ts';
import { decodeFrame, encodeFrame, type Frame, type KindName } from '../../src/wire/frame.ts';
import type { Bytes } from '../../src/wire/messages.ts';
import type { Status } from '../../src/wire/server.ts';

export class FakeSocket {
  readyState = 0;
  binaryType = '';
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;
  readonly url: string;
  readonly sent: Frame[] = [];

  constructor(url: string) {
    this.url = url;
  }

  send(data: Uint8Array<ArrayBuffer>): void {
    const frame = decodeFrame(data.slice().buffer);
    if (!frame) throw new TypeError('sent what is not a frame');
    this.sent.push(frame);
  }

  close(): void {
    this.readyState = 3;
  }

  open(): void {
    this.readyState = 1;
    this.onopen?.();
  }

  /** The server closes with a code. */
  lose(code: number): void {
    this.readyState = 3;
    this.onclose?.({ code });
  }

  say(kind: KindName, part: Partial<Frame> = {}): void {
    const frame = { kind, page: 0, epoch: 0, counter: 0, payload: new Uint8Array(0), ...part };
    this.onmessage?.({ data: encodeFrame(frame).buffer });
  }

  sayJson(kind: KindName, value: object): void {
    this.say(kind, { payload: new TextEncoder().encode(JSON.stringify(value)) as Bytes });
  }

  take(kind: KindName): Frame[] {
    return this.sent.filter((frame) => frame.kind === kind);
  }
}

export class FakeNetwork implements Platform {
  readonly sockets: FakeSocket[] = [];

  socket(url: string): WebSocket {
    const socket = new FakeSocket(url);
    this.sockets.push(socket);
    return socket as unknown as WebSocket;
  }

  random(): number {
    return 0;
  }

  get last(): FakeSocket {
    const socket = this.sockets.at(-1);
    if (!socket) throw new Error('no socket was opened');
    return socket;
  }
}

export function statusOf(part: Partial<Status>): Status {
  return {
    session: 'ABCDEFGHIJKLMNOP',
    seat: 'agent',
    state: 'live',
    page: 1,
    peer: true,
    agent: 'Kim',
    expires: 0,
    ends: 0,
    grace: 0,
    ...part,
  };
}
