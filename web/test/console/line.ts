// Room: test. The server's end of a WebSocket, as much of RFC 6455 as the console's line needs.

import { createHash } from 'node:crypto';
import type { Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { BINARY, FrameReader, wireFrame } from '../support/frames.ts';

const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

export interface TestLine {
  /** Binary messages that came. */
  heard: ArrayBuffer[];
  say(message: Uint8Array): void;
}

function lineOver(socket: Duplex): TestLine {
  const heard: ArrayBuffer[] = [];
  const reader = new FrameReader();
  socket.on('error', () => socket.destroy());
  socket.on('data', (part: Buffer) => {
    for (const { opcode, payload } of reader.read(part)) {
      if (opcode === BINARY) heard.push(new Uint8Array(payload).buffer);
    }
  });
  return {
    heard,
    say: (message) => void socket.write(wireFrame(BINARY, Buffer.from(message))),
  };
}

/** Accepts every WebSocket and gives them out in order; `cut` ends them all, which closing the server does not. */
export function acceptLines(server: Server): { next(): Promise<TestLine>; cut(): void } {
  const lines: TestLine[] = [];
  const sockets: Duplex[] = [];
  const waiting: ((line: TestLine) => void)[] = [];
  server.on('upgrade', (request, socket) => {
    sockets.push(socket);
    const key = createHash('sha1').update(`${request.headers['sec-websocket-key']}${GUID}`).digest('base64');
    socket.write(
      'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
        `Sec-WebSocket-Accept: ${key}\r\nSec-WebSocket-Protocol: insyn.v1\r\n\r\n`,
    );
    const line = lineOver(socket);
    const first = waiting.shift();
    if (first) first(line);
    else lines.push(line);
  });
  return {
    cut: () => {
      for (const socket of sockets) socket.destroy();
    },
    next: () => {
      const line = lines.shift();
      return line ? Promise.resolve(line) : new Promise((done) => waiting.push(done));
    },
  };
}
