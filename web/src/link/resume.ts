// Room: link. What both ends of a resumption compute: shares over two groups, the binder that shows who knows the secret, and
// from both the new page's secret with its tags (docs/protocol.md, section 3).

import type { Bytes } from '../wire/messages.ts';
import { kdf, macKey, PAGE_SECRET_BYTES, TAG_BYTES, VERSION } from './keys.ts';
import { lvCat, lvSplit } from './octets.ts';

type Group = 'X25519' | 'P-256';

const P256_BYTES = 65;
const X25519_BYTES = 32;
const SHARED_BYTES = 32;

interface Pair {
  group: Group;
  secret: CryptoKey;
  /** As it is sent. */
  point: Bytes;
}

function algorithm(group: Group): { name: string; namedCurve?: string } {
  return group === 'X25519' ? { name: 'X25519' } : { name: 'ECDH', namedCurve: 'P-256' };
}

async function pair(group: Group): Promise<Pair> {
  const made = await crypto.subtle.generateKey(algorithm(group), false, ['deriveBits']);
  if (!('privateKey' in made)) throw new TypeError('a key pair expected');
  return {
    group,
    secret: made.privateKey,
    point: new Uint8Array(await crypto.subtle.exportKey('raw', made.publicKey)),
  };
}

/** Whether this browser has X25519; asked once by each Worker. */
export async function hasX25519(): Promise<boolean> {
  return pair('X25519').then(
    () => true,
    () => false,
  );
}

/** The points that came: P-256 first, X25519 second, either may be empty; undefined where it is neither. */
function points(shares: Bytes): Record<Group, Bytes> | undefined {
  const [p256, x25519] = lvSplit(shares, 2) ?? [];
  if (!p256 || !x25519) return undefined;
  if (p256.length !== 0 && p256.length !== P256_BYTES) return undefined;
  if (x25519.length !== 0 && x25519.length !== X25519_BYTES) return undefined;
  return { 'P-256': p256, X25519: x25519 };
}

/** The shared secret with a point that came; undefined where that is no point, or leads to nothing secret. */
async function agree(own: Pair, point: Bytes): Promise<Bytes | undefined> {
  try {
    const theirs = await crypto.subtle.importKey('raw', point, algorithm(own.group), false, []);
    const bits = await crypto.subtle.deriveBits(
      { name: algorithm(own.group).name, public: theirs },
      own.secret,
      8 * SHARED_BYTES,
    );
    const shared = new Uint8Array(bits);
    return shared.some((byte) => byte !== 0) ? shared : undefined;
  } catch {
    return undefined;
  }
}

/** A's half: what it offers, and the shared secret with B's answer. */
export class Offer {
  readonly shares: Bytes;
  readonly #pairs: readonly Pair[];

  private constructor(pairs: readonly Pair[]) {
    this.#pairs = pairs;
    const point = (group: Group) => pairs.find((one) => one.group === group)?.point ?? new Uint8Array(0);
    this.shares = lvCat(point('P-256'), point('X25519'));
  }

  static async make(x25519: boolean): Promise<Offer> {
    return new Offer(await Promise.all([pair('P-256'), ...(x25519 ? [pair('X25519')] : [])]));
  }

  async finish(shares: Bytes): Promise<Bytes | undefined> {
    const theirs = points(shares);
    if (!theirs || theirs.X25519.length > 0 === theirs['P-256'].length > 0) return undefined;
    const group: Group = theirs.X25519.length > 0 ? 'X25519' : 'P-256';
    const own = this.#pairs.find((one) => one.group === group);
    return own ? agree(own, theirs[group]) : undefined;
  }
}

/** B's half, in one step; undefined where A's shares are none. */
export async function answer(shares: Bytes, x25519: boolean): Promise<{ shares: Bytes; shared: Bytes } | undefined> {
  const theirs = points(shares);
  if (!theirs) return undefined;
  const group: Group = x25519 && theirs.X25519.length > 0 ? 'X25519' : 'P-256';
  const own = await pair(group);
  const shared = await agree(own, theirs[group]);
  const empty = new Uint8Array(0);
  return shared && { shares: group === 'X25519' ? lvCat(empty, own.point) : lvCat(own.point, empty), shared };
}

/** The key of the binder for a page. */
export async function binderKey(secret: Bytes, sid: Bytes): Promise<CryptoKey> {
  return macKey(await kdf(secret, sid, lvCat(VERSION, 'binder'), TAG_BYTES));
}

/** What the binder is over: CI, and the first message up to it. */
export function bound(ci: Bytes, message: Bytes): Bytes {
  return lvCat(ci, message);
}

export interface Agreed {
  /** S_page. */
  secret: Bytes;
  /** The key of both tags. */
  confirm: CryptoKey;
}

/** The page's secret from the shared one, which is erased. `first` is A's whole first message. */
export async function agreed(
  shared: Bytes,
  carried: Bytes,
  sid: Bytes,
  ci: Bytes,
  first: Bytes,
  sharesB: Bytes,
): Promise<Agreed> {
  const secret = await kdf(shared, carried, lvCat(VERSION, 'page', sid, ci, first, sharesB), PAGE_SECRET_BYTES);
  shared.fill(0);
  return { secret, confirm: await macKey(await kdf(secret, sid, lvCat(VERSION, 'confirm'), TAG_BYTES)) };
}

/** What a seat's tag is over. */
export function confirmed(seat: 'applicant' | 'agent', first: Bytes, sharesB: Bytes): Bytes {
  return lvCat(seat, first, sharesB);
}
