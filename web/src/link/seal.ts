// Room: link. Sealing one page's frames and opening them: AES-256-GCM under a key for each direction and lane, sizes padded to
// steps, counters that only rise, and each refusal by its name (docs/protocol.md, section 4).

import { encodeHeader, type Frame, HEADER_BYTES, type Lane, laneOf } from '../wire/frame.ts';
import type { Bytes } from '../wire/messages.ts';
import type { PageKeys } from './keys.ts';
import { concat, utf8 } from './octets.ts';

const LENGTH_BYTES = 4;
const SEAL_BYTES = 16;
/** Bytes that sealing takes of a payload at least. */
export const OVERHEAD_BYTES = LENGTH_BYTES + SEAL_BYTES;
/** The smallest step, and the second. */
const LEAST = 64;
const SECOND = 256;
/** Passed-over counters that are remembered for a lane, so that a late frame can be told from one that came twice. */
const REMEMBERED = 64;

/** Why a frame was not opened. The last two are nobody's accident: the relay changed what it carried. */
export type Refusal = 'early' | 'page' | 'replayed' | 'reordered' | 'truncated' | 'forged';

/** Whether a refusal shows that somebody on the way interfered. */
export function isTampering(refusal: Refusal): boolean {
  return refusal === 'truncated' || refusal === 'forged';
}

/** The size that `size` bytes are padded to. */
function step(size: number): number {
  if (size <= LEAST) return LEAST;
  if (size <= SECOND) return SECOND;
  const unit = Math.max(SECOND, 2 ** (Math.floor(Math.log2(size)) - 3));
  return Math.ceil(size / unit) * unit;
}

/** Bytes of the payload that `content` bytes are sealed into. */
export function sealedSize(content: number): number {
  return step(LENGTH_BYTES + content) + SEAL_BYTES;
}

interface Seen {
  last: number;
  skipped: Set<number>;
}

/** One page's seal, at one end. Calls of `seal` for one lane must have rising counters; `open` must not overlap. */
export class PageSeal {
  readonly page: number;
  readonly #keys: PageKeys;
  readonly #session: Bytes;
  readonly #seen: Record<Lane, Seen>;

  /** `after`: the counters that unsealed frames of this page already used up, per lane. */
  constructor(keys: PageKeys, session: string, page: number, after: Record<Lane, number>) {
    this.#keys = keys;
    this.#session = utf8(session);
    this.page = page;
    const seen = (lane: Lane): Seen => ({ last: after[lane], skipped: new Set() });
    this.#seen = { control: seen('control'), state: seen('state'), resource: seen('resource') };
  }

  /** The whole frame, header and sealed payload, as one message. */
  async seal({ payload, ...header }: Frame): Promise<Bytes> {
    const head = encodeHeader(header);
    const plain = new Uint8Array(step(LENGTH_BYTES + payload.length));
    new DataView(plain.buffer).setUint32(0, payload.length);
    plain.set(payload, LENGTH_BYTES);
    const sealed = await crypto.subtle.encrypt(
      this.#algorithm(head, header.counter),
      this.#keys.seal[laneOf(header.kind)],
      plain,
    );
    const out = new Uint8Array(HEADER_BYTES + sealed.byteLength);
    out.set(head);
    out.set(new Uint8Array(sealed), HEADER_BYTES);
    return out;
  }

  /** The content of a frame, or why there is none. Its counter counts as seen only if there is. */
  async open({ payload, ...header }: Frame): Promise<Bytes | Refusal> {
    const lane = laneOf(header.kind);
    const seen = this.#seen[lane];
    if (header.page !== this.page) return 'page';
    if (header.counter <= seen.last) return seen.skipped.has(header.counter) ? 'reordered' : 'replayed';
    if (payload.length < LEAST + SEAL_BYTES) return 'truncated';
    let plain: Bytes;
    try {
      const algorithm = this.#algorithm(encodeHeader(header), header.counter);
      plain = new Uint8Array(await crypto.subtle.decrypt(algorithm, this.#keys.open[lane], payload));
    } catch {
      return 'forged';
    }
    const length = new DataView(plain.buffer).getUint32(0);
    // Sealed by the other end itself, so this is its mistake and not the relay's; but it is not what was agreed on.
    if (step(LENGTH_BYTES + length) !== plain.length) return 'forged';
    pass(seen, header.counter);
    return plain.subarray(LENGTH_BYTES, LENGTH_BYTES + length);
  }

  #algorithm(head: Bytes, counter: number): AesGcmParams {
    const iv = new Uint8Array(12);
    new DataView(iv.buffer).setBigUint64(4, BigInt(counter));
    return { name: 'AES-GCM', iv, additionalData: concat(head, this.#session) };
  }
}

/** Notes a counter, and those that it passed over. */
function pass(seen: Seen, counter: number): void {
  for (let missed = Math.max(seen.last + 1, counter - REMEMBERED); missed < counter; missed++) seen.skipped.add(missed);
  for (const oldest of seen.skipped) {
    if (seen.skipped.size <= REMEMBERED) break;
    seen.skipped.delete(oldest);
  }
  seen.last = counter;
}

/** No counter used yet. */
export function noCounters(): Record<Lane, number> {
  return { control: 0, state: 0, resource: 0 };
}
