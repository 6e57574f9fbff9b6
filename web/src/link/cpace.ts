// Room: link. CPace, the balanced PAKE (draft-irtf-cfrg-cpace-21) over ristretto255 and SHA-512, initiator and responder. A
// bundle of its own that a Worker loads when digits are there to be exchanged: the curve is most of it.

import { ristretto255, ristretto255_hasher } from '@noble/curves/ed25519.js';
import { bytesToNumberLE } from '@noble/curves/utils.js';
import { sha512 } from '@noble/hashes/sha2.js';
import type { Bytes } from '../wire/messages.ts';
import { concat, lvCat } from './octets.ts';

/** One side's run: what to send, and how to finish once. */
export interface CpaceRun {
  /** Ya or Yb, 32 bytes. */
  readonly share: Bytes;
  /**
   * ISK, 64 bytes, with the other side's share and both sides' associated data; undefined where that share is no element, or
   * the result would be the neutral one: abort. Only the first call gives anything.
   */
  finish(theirs: Bytes, ada: Bytes, adb: Bytes): Bytes | undefined;
}

export interface Cpace {
  /** Begins a run. `initiator`: this side is A. `random` gives that many random bytes. */
  begin(
    prs: Bytes,
    ci: Bytes,
    sid: Bytes,
    initiator: boolean,
    random?: (size: number) => Uint8Array<ArrayBufferLike>,
  ): CpaceRun;
}

const { Point } = ristretto255;
type Element = InstanceType<typeof Point>;

const DSI = 'CPaceRistretto255';
/** H.s_in_bytes of SHA-512. */
const S_IN_BYTES = 128;
const SHARE_BYTES = 32;

/** generator_string of appendix A.2: DSI and PRS fill the hash's first block. */
export function generatorString(prs: Bytes, ci: Bytes, sid: Bytes): Bytes {
  const used = 1 + lvCat(prs).length + lvCat(DSI).length;
  return lvCat(DSI, prs, new Uint8Array(Math.max(0, S_IN_BYTES - used)), ci, sid);
}

/** G.calculate_generator of section 8.3; the hasher does what RFC 9496 4.3.4 calls element derivation. */
export function calculateGenerator(prs: Bytes, ci: Bytes, sid: Bytes): Element {
  const derive = ristretto255_hasher.deriveToCurve;
  if (!derive) throw new Error('ristretto255 without a map');
  return derive(sha512(generatorString(prs, ci, sid)));
}

/** G.scalar_mult_vfy: undefined stands for G.I, upon which both sides abort. */
export function scalarMultVerify(scalar: bigint, encoded: Uint8Array): Bytes | undefined {
  if (encoded.length !== SHARE_BYTES) return undefined;
  let point: Element;
  try {
    point = Point.fromBytes(encoded);
  } catch {
    return undefined;
  }
  const product = point.multiply(scalar);
  return product.is0() ? undefined : new Uint8Array(product.toBytes());
}

/** G.sample_scalar as section 8.3 recommends: below 2^252, which is below the group's order; 0 is drawn again. */
function sampleScalar(random: (size: number) => Uint8Array<ArrayBufferLike>): bigint {
  for (;;) {
    const bytes = Uint8Array.from(random(SHARE_BYTES));
    bytes[SHARE_BYTES - 1] = (bytes[SHARE_BYTES - 1] ?? 0) & 0x0f;
    const scalar = bytesToNumberLE(bytes);
    bytes.fill(0);
    if (scalar !== 0n) return scalar;
  }
}

export const cpace: Cpace = {
  begin(prs, ci, sid, initiator, random = (size) => crypto.getRandomValues(new Uint8Array(size))) {
    // A bigint can't be overwritten. It is let go with the one finish that there is.
    let scalar: bigint | undefined = sampleScalar(random);
    const share = new Uint8Array(calculateGenerator(prs, ci, sid).multiply(scalar).toBytes());
    return {
      share,
      finish(theirs, ada, adb) {
        const y = scalar;
        scalar = undefined;
        const k = y === undefined ? undefined : scalarMultVerify(y, theirs);
        if (!k) return undefined;
        const [ya, yb] = initiator ? [share, theirs] : [theirs, share];
        const isk = sha512(concat(lvCat(`${DSI}_ISK`, sid, k), lvCat(ya, ada), lvCat(yb, adb)));
        k.fill(0);
        return new Uint8Array(isk);
      },
    };
  },
};
