// Room: view. Resources by hash: style sheets as text, images and fonts as blob: or data: addresses. Types are checked by
// what the bytes begin with; nothing here ever asks a network.

import { CSS_TYPE, isOfType, SVG_TYPE } from '../wire/allow.ts';
import type { Bytes, Hash, ResourceType } from '../wire/messages.ts';
import { bearable } from './weight.ts';

/** Bytes kept for all pages of a session. */
const KEEP_BYTES = 64 << 20;

interface Kept {
  type: ResourceType;
  size: number;
  /** Of a style sheet. */
  text?: string;
  /** Of an image or font. */
  url?: string;
}

function dataUrl(bytes: Bytes): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 0x8000) text += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return `data:${SVG_TYPE};base64,${btoa(text)}`;
}

export class Cache {
  readonly #kept = new Map<Hash, Kept>();
  readonly #asked = new Set<Hash>();
  #bytes = 0;

  /** False where the bytes are not what they are said to be, or too much to show, or don't fit any more; then it isn't asked for again. */
  put(hash: Hash, type: ResourceType, bytes: Bytes): boolean {
    if (this.#kept.has(hash) || this.#bytes + bytes.length > KEEP_BYTES) return false;
    if (!isOfType(type, bytes) || !bearable(type, bytes)) return false;
    this.#asked.delete(hash);
    this.#bytes += bytes.length;
    const kept: Kept = { type, size: bytes.length };
    if (type === CSS_TYPE) kept.text = new TextDecoder().decode(bytes);
    // As a document, an SVG behind a blob: address would run its scripts on the console's origin.
    else kept.url = type === SVG_TYPE ? dataUrl(bytes) : URL.createObjectURL(new Blob([bytes], { type }));
    this.#kept.set(hash, kept);
    return true;
  }

  /** Forgets what nothing names any more. */
  drop(hash: Hash): void {
    const kept = this.#kept.get(hash);
    if (!kept?.url) return;
    if (kept.url?.startsWith('blob:')) URL.revokeObjectURL(kept.url);
    this.#bytes -= kept.size;
    this.#kept.delete(hash);
  }

  text(hash: Hash): string | undefined {
    return this.#kept.get(hash)?.text;
  }

  url(hash: Hash | undefined): string | undefined {
    return hash ? this.#kept.get(hash)?.url : undefined;
  }

  /** Of these hashes, those that are neither here nor asked for; from now on they are. */
  missing(hashes: Iterable<Hash>): Hash[] {
    const missing: Hash[] = [];
    for (const hash of hashes) {
      if (hash === '' || this.#kept.has(hash) || this.#asked.has(hash)) continue;
      this.#asked.add(hash);
      missing.push(hash);
    }
    return missing;
  }

  /** What was asked for may have been lost on the way: ask again. */
  askAgain(): void {
    this.#asked.clear();
  }

  clear(): void {
    for (const { url } of this.#kept.values()) if (url?.startsWith('blob:')) URL.revokeObjectURL(url);
    this.#kept.clear();
    this.#asked.clear();
    this.#bytes = 0;
  }
}
