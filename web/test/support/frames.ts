// Room: test. WebSocket frames as a server reads them (RFC 6455, section 5.2): unmasked, one by one, messages put together.

export const BINARY = 2;
export const CLOSE = 8;

export interface WireFrame {
  opcode: number;
  payload: Buffer;
}

/** Whole frames at the start of `bytes`, and what is left. */
function split(bytes: Buffer): { frames: (WireFrame & { last: boolean })[]; rest: Buffer } {
  const frames: (WireFrame & { last: boolean })[] = [];
  let rest = bytes;
  while (rest.length >= 2) {
    const short = (rest[1] ?? 0) & 0x7f;
    const at = short === 127 ? 10 : short === 126 ? 4 : 2;
    const masked = ((rest[1] ?? 0) & 0x80) !== 0;
    const start = masked ? at + 4 : at;
    if (rest.length < start) break;
    const size = short === 127 ? Number(rest.readBigUInt64BE(2)) : short === 126 ? rest.readUInt16BE(2) : short;
    if (rest.length < start + size) break;
    const mask = masked ? rest.subarray(at, start) : undefined;
    const payload = Buffer.from(rest.subarray(start, start + size));
    if (mask) for (let i = 0; i < size; i++) payload[i] = (payload[i] ?? 0) ^ (mask[i % 4] ?? 0);
    frames.push({ opcode: (rest[0] ?? 0) & 0x0f, last: ((rest[0] ?? 0) & 0x80) !== 0, payload });
    rest = rest.subarray(start + size);
  }
  return { frames, rest };
}

/** Takes bytes as they come, gives whole messages and control frames as they are complete. */
export class FrameReader {
  #pending: Buffer = Buffer.alloc(0);
  #parts: Buffer[] = [];
  #opcode = 0;

  read(bytes: Buffer): WireFrame[] {
    const { frames, rest } = split(Buffer.concat([this.#pending, bytes]));
    this.#pending = Buffer.from(rest);
    const whole: WireFrame[] = [];
    for (const { opcode, last, payload } of frames) {
      if (opcode >= CLOSE) {
        whole.push({ opcode, payload });
        continue;
      }
      if (opcode !== 0) this.#opcode = opcode;
      this.#parts.push(payload);
      if (!last) continue;
      whole.push({ opcode: this.#opcode, payload: Buffer.concat(this.#parts) });
      this.#parts = [];
    }
    return whole;
  }
}

/** One unmasked frame, as a server sends it. */
export function wireFrame(opcode: number, payload: Buffer): Buffer {
  const { length } = payload;
  const head =
    length < 126
      ? Buffer.from([0x80 | opcode, length])
      : length < 65536
        ? Buffer.from([0x80 | opcode, 126, length >> 8, length & 255])
        : Buffer.concat([Buffer.from([0x80 | opcode, 127]), Buffer.alloc(8)]);
  if (length >= 65536) head.writeBigUInt64BE(BigInt(length), 2);
  return Buffer.concat([head, payload]);
}
