// Room: link. The small payloads, byte by byte: ack, want, resource chunks, pointer, state, resync. Strict both ways.

import type { Lane } from '../wire/frame.ts';
import { LANES } from '../wire/frame.ts';
import { fromHex, toHex } from '../wire/hex.ts';
import type { Bytes, Hash, Seen } from '../wire/messages.ts';

export const HASH_BYTES = 16;
/** Bytes of a resource in one frame: small enough for a delta to overtake on a slow line. */
export const CHUNK_BYTES = 16 << 10;
/** The most a resource may weigh, packed. */
export const RESOURCE_MOST = 8 << 20;

const SEEN: readonly Seen[] = ['visible', 'hidden-tab', 'not-in-policy', 'paused'];

export interface Ack {
  lane: Lane;
  epoch: number;
  counter: number;
}

export function encodeAck(ack: Ack): Bytes {
  const out = new Uint8Array(13);
  const view = new DataView(out.buffer);
  view.setUint8(0, LANES.indexOf(ack.lane));
  view.setUint32(1, ack.epoch);
  view.setBigUint64(5, BigInt(ack.counter));
  return out;
}

export function decodeAck(bytes: Bytes): Ack | undefined {
  if (bytes.length !== 13) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const lane = LANES[view.getUint8(0)];
  const counter = Number(view.getBigUint64(5));
  return lane && Number.isSafeInteger(counter) ? { lane, epoch: view.getUint32(1), counter } : undefined;
}

function bytesOf(hash: Hash): Bytes {
  const bytes = fromHex(hash, HASH_BYTES);
  if (!bytes) throw new TypeError('not a hash');
  return bytes;
}

export function encodeWant(hashes: readonly Hash[]): Bytes {
  const out = new Uint8Array(hashes.length * HASH_BYTES);
  hashes.forEach((hash, index) => {
    out.set(bytesOf(hash), index * HASH_BYTES);
  });
  return out;
}

export function decodeWant(bytes: Bytes): Hash[] | undefined {
  if (bytes.length === 0 || bytes.length % HASH_BYTES !== 0) return undefined;
  const hashes: Hash[] = [];
  for (let at = 0; at < bytes.length; at += HASH_BYTES) hashes.push(toHex(bytes.subarray(at, at + HASH_BYTES)));
  return hashes;
}

export interface Chunk {
  hash: Hash;
  type: string;
  /** Size of the whole packed resource, and where this chunk begins in it. */
  total: number;
  offset: number;
  bytes: Bytes;
}

/** hash 16, total u32, offset u32, length of type u8, type in ASCII, bytes. */
export function encodeChunk(chunk: Chunk): Bytes {
  const type = new TextEncoder().encode(chunk.type);
  const out = new Uint8Array(HASH_BYTES + 9 + type.length + chunk.bytes.length);
  const view = new DataView(out.buffer);
  out.set(bytesOf(chunk.hash));
  view.setUint32(HASH_BYTES, chunk.total);
  view.setUint32(HASH_BYTES + 4, chunk.offset);
  view.setUint8(HASH_BYTES + 8, type.length);
  out.set(type, HASH_BYTES + 9);
  out.set(chunk.bytes, HASH_BYTES + 9 + type.length);
  return out;
}

export function decodeChunk(payload: Bytes): Chunk | undefined {
  if (payload.length < HASH_BYTES + 9) return undefined;
  const view = new DataView(payload.buffer, payload.byteOffset);
  const total = view.getUint32(HASH_BYTES);
  const offset = view.getUint32(HASH_BYTES + 4);
  const start = HASH_BYTES + 9 + view.getUint8(HASH_BYTES + 8);
  if (start > payload.length || total > RESOURCE_MOST) return undefined;
  const type = String.fromCharCode(...payload.subarray(HASH_BYTES + 9, start));
  const bytes = payload.subarray(start);
  if (bytes.length === 0 || offset + bytes.length > total || !/^[a-z]+\/[a-z0-9.+-]+$/.test(type)) return undefined;
  return { hash: toHex(payload.subarray(0, HASH_BYTES)), type, total, offset, bytes };
}

/** Viewport coordinates in CSS pixels, each clamped to 0..65535. */
export function encodePointer(x: number, y: number): Bytes {
  const out = new Uint8Array(4);
  const view = new DataView(out.buffer);
  view.setUint16(0, Math.max(0, Math.min(65535, Math.round(x))));
  view.setUint16(2, Math.max(0, Math.min(65535, Math.round(y))));
  return out;
}

export function decodePointer(bytes: Bytes): { x: number; y: number } | undefined {
  if (bytes.length !== 4) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  return { x: view.getUint16(0), y: view.getUint16(2) };
}

/** `answers`: the counter of the agent's newest question that had come, 0 before the first. */
export function encodeSeen(seen: Seen, answers: number): Bytes {
  const out = new Uint8Array(9);
  out[0] = SEEN.indexOf(seen);
  new DataView(out.buffer).setBigUint64(1, BigInt(answers));
  return out;
}

export function decodeSeen(bytes: Bytes): { seen: Seen; answers: number } | undefined {
  const seen = bytes.length === 9 ? SEEN[bytes[0] ?? -1] : undefined;
  if (!seen) return undefined;
  const answers = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(1));
  return Number.isSafeInteger(answers) ? { seen, answers } : undefined;
}
