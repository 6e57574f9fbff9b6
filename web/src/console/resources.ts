// Room: console (Worker). Resources under way: which were asked for, what has come of them, and whether the whole is what
// its hash says. Nothing that was not asked for is held, and nothing beyond the ceilings.

import { unpack } from '../link/deflate.ts';
import { type Chunk, encodeWant, HASH_BYTES } from '../link/parts.ts';
import { OVERHEAD_BYTES } from '../link/seal.ts';
import { RELAYED } from '../wire/frame.ts';
import { sha256 } from '../wire/hex.ts';
import type { Bytes, Hash } from '../wire/messages.ts';

/** Ceilings, and milliseconds before the same resource is asked for again. */
export const RESOURCES = {
  /** Asked for and not here yet; the one asked for longest ago makes room. */
  wanted: 4096,
  /** Packed bytes of all that is half here. */
  partial: 16 << 20,
  /** What one resource unfolds to. */
  unpacked: 16 << 20,
  askAgain: 5000,
  /** Requests for one resource that keeps arriving with holes. */
  tries: 3,
};

const HASHES_PER_WANT = Math.floor((RELAYED.want.max - OVERHEAD_BYTES) / HASH_BYTES);

interface Wanted {
  askedAt: number;
  tries: number;
}

/** A resource as it came: complete, still packed. */
export interface Whole {
  hash: Hash;
  type: string;
  packed: Bytes;
}

interface Partial {
  type: string;
  packed: Bytes;
  got: number;
}

export class Resources {
  readonly #now: () => number;
  readonly #wanted = new Map<Hash, Wanted>();
  readonly #partial = new Map<Hash, Partial>();
  #partialBytes = 0;
  #interrupted = false;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Notes what the view lacks and returns what should be asked for now: what was asked for just before is under way. */
  ask(hashes: readonly Hash[]): Hash[] {
    const now = this.#now();
    const fresh: Hash[] = [];
    for (const hash of hashes) {
      const wanted = this.#wanted.get(hash);
      if (wanted && now - wanted.askedAt < RESOURCES.askAgain) continue;
      this.#wanted.delete(hash);
      this.#wanted.set(hash, { askedAt: now, tries: 1 });
      fresh.push(hash);
      // A hostile page may name a million; what is beyond the ceiling would be forgotten again before it comes.
      if (fresh.length === RESOURCES.wanted) break;
    }
    for (const oldest of this.#wanted.keys()) {
      if (this.#wanted.size <= RESOURCES.wanted) break;
      this.#forget(oldest);
    }
    return fresh;
  }

  /** The line broke or the page went: what is half here will not be completed. */
  interrupted(): void {
    this.#partial.clear();
    this.#partialBytes = 0;
    this.#interrupted = true;
  }

  /** After an interruption, once: what was asked for and did not come. The page may know it, or says nothing. */
  lost(): Hash[] {
    if (!this.#interrupted) return [];
    this.#interrupted = false;
    const now = this.#now();
    for (const wanted of this.#wanted.values()) wanted.askedAt = now;
    return [...this.#wanted.keys()];
  }

  /** Hashes as payloads of want frames. */
  requests(hashes: readonly Hash[]): Bytes[] {
    const payloads: Bytes[] = [];
    for (let at = 0; at < hashes.length; at += HASHES_PER_WANT) {
      payloads.push(encodeWant(hashes.slice(at, at + HASHES_PER_WANT)));
    }
    return payloads;
  }

  /** `whole` with the last chunk; `again` names a resource that has a hole and must be asked for anew. */
  add(chunk: Chunk): { whole?: Whole; again?: Hash } {
    const { hash, type, total, offset, bytes } = chunk;
    const wanted = this.#wanted.get(hash);
    if (!wanted) return {};
    if (offset === 0) {
      this.#release(hash);
      if (this.#partialBytes + total > RESOURCES.partial) return {};
      this.#partial.set(hash, { type, packed: new Uint8Array(total), got: 0 });
      this.#partialBytes += total;
    }
    const partial = this.#partial.get(hash);
    if (!partial) return {};
    if (partial.got !== offset || partial.packed.length !== total || partial.type !== type) {
      this.#release(hash);
      if (wanted.tries >= RESOURCES.tries) return {};
      wanted.tries++;
      wanted.askedAt = this.#now();
      return { again: hash };
    }
    partial.packed.set(bytes, offset);
    partial.got += bytes.length;
    if (partial.got < total) return {};
    this.#forget(hash);
    return { whole: { hash, type, packed: partial.packed } };
  }

  /** The bytes, or undefined where they do not unfold or are not what the hash names. */
  async open(whole: Whole): Promise<Bytes | undefined> {
    const body = await unpack(whole.packed, RESOURCES.unpacked).catch(() => undefined);
    if (!body) return undefined;
    return (await sha256(body)).slice(0, 2 * HASH_BYTES) === whole.hash ? body : undefined;
  }

  #release(hash: Hash): void {
    this.#partialBytes -= this.#partial.get(hash)?.packed.length ?? 0;
    this.#partial.delete(hash);
  }

  #forget(hash: Hash): void {
    this.#release(hash);
    this.#wanted.delete(hash);
  }
}
