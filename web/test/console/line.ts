// Room: test. The server's end of a WebSocket, as much of RFC 6455 as the console's line needs: small unfragmented frames.

import { createHash } from 'node:crypto';
import type { Server } from 'node:http';
import type { Duplex } from 'node:stream';

const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
const BINARY = 2;

export interface TestLine {
  /** Binary messages that came. */
  heard: ArrayBuffer[];
  say(message: Uint8Array): void;
}

/** Whole frames at the start of `bytes`: each payload with its opcode, and what is left. RFC 6455, section 5.2. */
function parse(bytes: Buffer): { frames: { opcode: number; payload: Buffer }[]; rest: Buffer } {
  const frames: { opcode: number; payload: Buffer }[] = [];
  let rest = bytes;
  while (rest.length >= 2) {
    const short = (rest[1] ?? 0) & 0x7f;
    if (short === 127) throw new Error('a frame too long for this test');
    const at = short === 126 ? 4 : 2;
    if (rest.length < at + 4) break;
    const size = short === 126 ? rest.readUInt16BE(2) : short;
    if (rest.length < at + 4 + size) break;
    const mask = rest.subarray(at, at + 4);
    const payload = Buffer.from(
      rest.subarray(at + 4, at + 4 + size).map((byte, index) => byte ^ (mask[index % 4] ?? 0)),
    );
    frames.push({ opcode: (rest[0] ?? 0) & 0x0f, payload });
    rest = rest.subarray(at + 4 + size);
  }
  return { frames, rest };
}

function lineOver(socket: Duplex): TestLine {
  const heard: ArrayBuffer[] = [];
  let pending = Buffer.alloc(0);
  socket.on('error', () => socket.destroy());
  socket.on('data', (part: Buffer) => {
    const { frames, rest } = parse(Buffer.concat([pending, part]));
    pending = Buffer.from(rest);
    for (const { opcode, payload } of frames) if (opcode === BINARY) heard.push(new Uint8Array(payload).buffer);
  });
  return {
    heard,
    say: (message) => {
      const head = Buffer.from([0x80 | BINARY, 126, message.length >> 8, message.length & 0xff]);
      socket.write(Buffer.concat([head, message]));
    },
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
