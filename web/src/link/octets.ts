// Room: link. Octet strings as the CPace draft writes them: concatenation, length-valued concatenation, comparison.

import type { Bytes } from '../wire/messages.ts';

const encoder = new TextEncoder();

export function utf8(text: string): Bytes {
  return encoder.encode(text);
}

export function concat(...parts: readonly Uint8Array[]): Bytes {
  const out = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

/** Each part behind its length as LEB128 (draft-irtf-cfrg-cpace-21, A.1.3); text is UTF-8. */
export function lvCat(...parts: readonly (Uint8Array | string)[]): Bytes {
  const pieces: Uint8Array[] = [];
  for (const part of parts) {
    const bytes = typeof part === 'string' ? utf8(part) : part;
    const length: number[] = [];
    let rest = bytes.length;
    for (; rest > 127; rest >>>= 7) length.push((rest & 127) | 128);
    length.push(rest);
    pieces.push(Uint8Array.from(length), bytes);
  }
  return concat(...pieces);
}

/** The inverse of lvCat for exactly `count` parts; undefined for anything else, lengths of two bytes and more included. */
export function lvSplit(bytes: Bytes, count: number): Bytes[] | undefined {
  const parts: Bytes[] = [];
  let at = 0;
  while (parts.length < count) {
    const length = bytes[at];
    if (length === undefined || length > 127 || at + 1 + length > bytes.length) return undefined;
    parts.push(bytes.subarray(at + 1, at + 1 + length));
    at += 1 + length;
  }
  return at === bytes.length ? parts : undefined;
}

export function same(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}
