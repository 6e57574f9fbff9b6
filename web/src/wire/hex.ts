// Room: wire. Bytes as lower-case hexadecimal digits and back.

import type { Bytes } from './messages.ts';

export function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** The bytes of `size` pairs of lower-case digits; undefined for anything else. */
export function fromHex(text: string, size: number): Bytes | undefined {
  if (text.length !== 2 * size || !/^[0-9a-f]*$/.test(text)) return undefined;
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}
