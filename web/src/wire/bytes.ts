// Room: wire. Numbers and strings to bytes and back: varints, zigzag, UTF-8, each string once per body. The reader is
// strict: it checks a length before it allocates, and on anything odd throws RangeError or TypeError.

import type { Bytes } from './messages.ts';

const MOST_UINT = 0xffff_ffff;
/** Characters in all strings of a body, each counted as often as it is named: two bytes may name a long one again. */
export const BODY_CHARS = 8_000_000;

export class Writer {
  #bytes = new Uint8Array(4096);
  #at = 0;
  readonly #strings = new Map<string, number>();
  readonly #encoder = new TextEncoder();

  #room(more: number): void {
    if (this.#at + more <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(this.#bytes.length * 2, this.#at + more));
    grown.set(this.#bytes.subarray(0, this.#at));
    this.#bytes = grown;
  }

  byte(value: number): void {
    this.#room(1);
    this.#bytes[this.#at++] = value;
  }

  /** A whole number from 0 to 2^32 - 1; anything else is brought into that range. */
  uint(value: number): void {
    let rest = value > 0 ? Math.min(MOST_UINT, Math.round(value)) : 0;
    this.#room(5);
    while (rest > 127) {
      this.#bytes[this.#at++] = (rest % 128) | 128;
      rest = Math.floor(rest / 128);
    }
    this.#bytes[this.#at++] = rest;
  }

  /** A whole number from -2^31 to 2^31 - 1. */
  int(value: number): void {
    const whole = Math.round(value) || 0;
    this.uint(whole < 0 ? -2 * whole - 1 : 2 * whole);
  }

  /** A string; the second time it is a reference. Lone surrogates become U+FFFD. */
  text(value: string): void {
    const known = this.#strings.get(value);
    if (known !== undefined) {
      this.uint(known);
      return;
    }
    this.#strings.set(value, this.#strings.size + 1);
    const encoded = this.#encoder.encode(value);
    this.byte(0);
    this.uint(encoded.length);
    this.#room(encoded.length);
    this.#bytes.set(encoded, this.#at);
    this.#at += encoded.length;
  }

  finish(): Bytes {
    return this.#bytes.slice(0, this.#at);
  }
}

export class Reader {
  readonly #bytes: Uint8Array;
  #at = 0;
  readonly #strings: string[] = [];
  #chars = 0;
  readonly #decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get over(): boolean {
    return this.#at === this.#bytes.length;
  }

  byte(): number {
    const value = this.#bytes[this.#at++];
    if (value === undefined) throw new RangeError('body ends early');
    return value;
  }

  uint(): number {
    let value = 0;
    for (let factor = 1; factor <= 128 ** 4; factor *= 128) {
      const byte = this.byte();
      value += (byte & 127) * factor;
      if (byte < 128) {
        if (value > MOST_UINT) break;
        return value;
      }
    }
    throw new RangeError('number too large');
  }

  int(): number {
    const value = this.uint();
    return value % 2 === 1 ? -(value + 1) / 2 : value / 2;
  }

  text(): string {
    const known = this.uint();
    if (known !== 0) {
      const value = this.#strings[known - 1];
      if (value === undefined) throw new RangeError('string not given before');
      this.#spend(value);
      return value;
    }
    const length = this.uint();
    const end = this.#at + length;
    if (end > this.#bytes.length) throw new RangeError('string longer than the body');
    const value = this.#decoder.decode(this.#bytes.subarray(this.#at, end));
    this.#at = end;
    this.#strings.push(value);
    this.#spend(value);
    return value;
  }

  #spend(value: string): void {
    this.#chars += value.length;
    if (this.#chars > BODY_CHARS) throw new RangeError('more text than a body may have');
  }

  /** A count of things that take at least one byte each, so that a lie about it costs nothing. */
  count(): number {
    const value = this.uint();
    if (value > this.#bytes.length - this.#at) throw new RangeError('more things than bytes');
    return value;
  }
}
