// Room: bridge (Worker). Resources on their way out: packed, cut into chunks, one after the other, and begun again when what
// was under way is lost.

import { CHUNK_BYTES, type Chunk, RESOURCE_MOST } from '../link/parts.ts';
import type { Bytes, Hash } from '../wire/messages.ts';

/** Packed bytes that may wait. The console asks again for what it lacks at the next keyframe. */
export const RESOURCES_MOST = 32 << 20;

interface Outgoing {
  hash: Hash;
  type: string;
  packed: Bytes;
  offset: number;
  /** Counter of the last chunk, once it was sent. */
  last: number;
}

export class OutgoingResources {
  #waiting: Outgoing[] = [];
  #unacknowledged: Outgoing[] = [];
  #bytes = 0;

  /** Packed bytes that are held. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Whether it is under way already, so that nobody needs to pack it again. */
  has(hash: Hash): boolean {
    return [...this.#waiting, ...this.#unacknowledged].some((one) => one.hash === hash);
  }

  /** Refuses (false) what is there already, empty, or beyond a ceiling. */
  add(hash: Hash, type: string, packed: Bytes): boolean {
    const tooMuch = packed.length > RESOURCE_MOST || this.#bytes + packed.length > RESOURCES_MOST;
    if (tooMuch || packed.length === 0 || this.has(hash)) return false;
    this.#bytes += packed.length;
    this.#waiting.push({ hash, type, packed, offset: 0, last: 0 });
    return true;
  }

  /** The next chunk, or undefined. It counts as under way only with `sent`. */
  next(): Chunk | undefined {
    const one = this.#waiting[0];
    if (!one) return undefined;
    const { hash, type, packed, offset } = one;
    return { hash, type, total: packed.length, offset, bytes: packed.subarray(offset, offset + CHUNK_BYTES) };
  }

  /** The chunk that `next` gave went out under this counter. */
  sent(counter: number): void {
    const one = this.#waiting[0];
    if (!one) return;
    one.offset = Math.min(one.packed.length, one.offset + CHUNK_BYTES);
    if (one.offset < one.packed.length) return;
    one.last = counter;
    this.#waiting.shift();
    this.#unacknowledged.push(one);
  }

  /** Everything up to and including counter has arrived. */
  acknowledged(counter: number): void {
    this.#unacknowledged = this.#unacknowledged.filter((one) => {
      if (one.last > counter) return true;
      this.#bytes -= one.packed.length;
      return false;
    });
  }

  /** What was under way is lost: all of it begins again. */
  restart(): void {
    this.#waiting = [...this.#unacknowledged, ...this.#waiting];
    this.#unacknowledged = [];
    for (const one of this.#waiting) one.offset = 0;
  }

  clear(): void {
    this.#waiting = [];
    this.#unacknowledged = [];
    this.#bytes = 0;
  }
}
