// Room: wire. Bytes as lower-case hexadecimal digits and back, and the hash that is written so.

import type { Bytes } from './messages.ts';

export function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** The bytes of `size` pairs of lower-case digits; undefined for anything else. */
export function fromHex(text: string, size: number): Bytes | undefined {
  if (text.length !== 2 * size || !/^[0-9a-f]*$/.test(text)) return undefined;
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

/** SHA-256, as 64 digits. */
export async function sha256(bytes: Bytes): Promise<string> {
  return toHex(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)));
}

/** Of a text, as UTF-8. */
export function sha256Of(text: string): Promise<string> {
  return sha256(new TextEncoder().encode(text));
}

/** Enough of a hash to compare it by eye or ear: `9f3b 7c21`. */
export function inGroups(hash: string): string {
  return `${hash.slice(0, 4)} ${hash.slice(4, 8)}`;
}
