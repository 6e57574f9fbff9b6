// Room: link. Payloads compressed before they are sealed, with a ceiling on what they unfold to.

import type { Bytes } from '../wire/messages.ts';

const PLAIN = 0;
const DEFLATED = 1;
/** Below this the answer of the compressor is larger or barely smaller, and costs a task switch. */
const WORTH_IT_BYTES = 256;

async function pipe(bytes: Bytes, through: CompressionStream | DecompressionStream, most: number): Promise<Bytes> {
  const reader = new Blob([bytes]).stream().pipeThrough(through).getReader();
  const parts: Uint8Array[] = [];
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    size += value.length;
    if (size > most) {
      await reader.cancel();
      throw new RangeError('unfolds to more than its limit');
    }
    parts.push(value);
  }
  const out = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

function flagged(flag: number, bytes: Bytes): Bytes {
  const out = new Uint8Array(bytes.length + 1);
  out[0] = flag;
  out.set(bytes, 1);
  return out;
}

/** A flag byte and the bytes, deflated where that makes them smaller. */
export async function pack(bytes: Bytes, compressible = true): Promise<Bytes> {
  if (!compressible || bytes.length < WORTH_IT_BYTES) return flagged(PLAIN, bytes);
  const deflated = await pipe(bytes, new CompressionStream('deflate-raw'), Number.MAX_SAFE_INTEGER);
  return deflated.length < bytes.length ? flagged(DEFLATED, deflated) : flagged(PLAIN, bytes);
}

/** The bytes that `pack` was given; rejects on anything else, and before they grow beyond `most` bytes. */
export async function unpack(payload: Bytes, most: number): Promise<Bytes> {
  const rest = payload.subarray(1);
  if (payload[0] === PLAIN) {
    if (rest.length > most) throw new RangeError('larger than its limit');
    return rest.slice();
  }
  if (payload[0] !== DEFLATED) throw new TypeError('unknown packing');
  return pipe(rest, new DecompressionStream('deflate-raw'), most);
}
