// Room: test. A server that is not there: sockets whose frames the test reads and writes, and a clock that it moves.

import type { Platform } from '../../src/link/link.ts';
import { decodeFrame, encodeFrame, type Frame, type KindName } from '../../src/wire/frame.ts';
import type { SessionState, Status } from '../../src/wire/server.ts';

const empty = new Uint8Array(0);

export class FakeSocket {
  binaryType = '';
  readyState = 0;
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: ArrayBuffer }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;
  readonly sent: Frame[] = [];
  #counter = 0;

  send(data: Uint8Array<ArrayBuffer>): void {
    const frame = decodeFrame(data.slice().buffer);
    if (!frame) throw new Error('sent what is no frame');
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

  local(kind: KindName, payload: Uint8Array<ArrayBuffer> = empty): void {
    this.onmessage?.({ data: encodeFrame({ kind, page: 0, epoch: 0, counter: 0, payload }).buffer });
  }

  /** A control frame from the agent. */
  relay(kind: KindName, payload: Uint8Array<ArrayBuffer>, page = 1, counter = ++this.#counter): void {
    this.#counter = counter;
    this.onmessage?.({ data: encodeFrame({ kind, page, epoch: 0, counter, payload }).buffer });
  }

  json(kind: KindName, value: object): void {
    this.local(kind, new TextEncoder().encode(JSON.stringify(value)));
  }

  status(state: SessionState, peer = true): void {
    const status: Status = {
      session: 'ABCDEFGHIJKLMNOP',
      seat: 'applicant',
      state,
      page: 1,
      peer,
      agent: 'Kim Ek',
      expires: 0,
      ends: 0,
      grace: 0,
    };
    this.json('status', status);
  }

  kinds(): KindName[] {
    return this.sent.map((frame) => frame.kind);
  }

  of(kind: KindName): Frame[] {
    return this.sent.filter((frame) => frame.kind === kind);
  }
}

export function fakePlatform(): { platform: Platform; sockets: FakeSocket[] } {
  const sockets: FakeSocket[] = [];
  return {
    sockets,
    platform: {
      socket: () => {
        const socket = new FakeSocket();
        sockets.push(socket);
        return socket as unknown as WebSocket;
      },
      random: () => 0,
    },
  };
}
