// Room: link. From a page's secret to its keys (docs/protocol.md, sections 1 and 4). All by WebCrypto, so that keys are handles and
// not bytes.

import { LANES, type Lane } from '../wire/frame.ts';
import type { Bytes } from '../wire/messages.ts';
import { concat, lvCat, utf8 } from './octets.ts';

/** The protocol's version, in every derivation. */
export const VERSION = 'insyn.v1';
/** Bytes of a page's secret, of the one for the next page, and of a chain's name. */
export const PAGE_SECRET_BYTES = 64;
export const CARRIED_BYTES = 32;
export const CHAIN_BYTES = 16;
const MAC = { name: 'HMAC', hash: 'SHA-512' } as const;
export const TAG_BYTES = 64;

export type SeatName = 'applicant' | 'agent';

/** What both ends must agree on besides the digits; hashes are 64 lower-case hexadecimal digits. */
export interface Bound {
  routing: string;
  origin: string;
  agentId: string;
  agentName: string;
  policyHash: string;
  statementHash: string;
}

/** CI of the exchange. */
export function channel(bound: Bound): Bytes {
  const { routing, origin, agentId, agentName, policyHash, statementHash } = bound;
  return lvCat(VERSION, routing, origin, agentId, agentName, policyHash, statementHash);
}

/** sid of the exchange on one page. */
export function exchangeId(session: string, page: number): Bytes {
  return concat(utf8(session), Uint8Array.of(page >> 8, page & 255));
}

/** HKDF-SHA-512. */
export async function kdf(secret: Bytes, salt: Bytes, info: Bytes, size: number): Promise<Bytes> {
  const key = await crypto.subtle.importKey('raw', secret, 'HKDF', false, ['deriveBits']);
  return new Uint8Array(await crypto.subtle.deriveBits({ name: 'HKDF', hash: 'SHA-512', salt, info }, key, size * 8));
}

/** Erases `key` once it is imported. */
export async function macKey(key: Bytes): Promise<CryptoKey> {
  const imported = await crypto.subtle.importKey('raw', key, MAC, false, ['sign', 'verify']);
  key.fill(0);
  return imported;
}

export async function sign(key: CryptoKey, message: Bytes): Promise<Bytes> {
  return new Uint8Array(await crypto.subtle.sign('HMAC', key, message));
}

/** Compares in constant time, as WebCrypto does. */
export function verify(key: CryptoKey, tag: Bytes, message: Bytes): Promise<boolean> {
  return crypto.subtle.verify('HMAC', key, tag, message);
}

/** One page's keys as one seat holds them: three to seal with and three to open with. */
export interface PageKeys {
  seal: Record<Lane, CryptoKey>;
  open: Record<Lane, CryptoKey>;
}

/** A page's keys, and the secret that the next page continues with. `secret` is erased. */
export async function derive(secret: Bytes, sid: Bytes, seat: SeatName): Promise<{ keys: PageKeys; next: Bytes }> {
  const base = await crypto.subtle.importKey('raw', secret, 'HKDF', false, ['deriveKey', 'deriveBits']);
  secret.fill(0);
  const hkdf = (...label: string[]) => ({
    name: 'HKDF',
    hash: 'SHA-512',
    salt: sid,
    info: lvCat(VERSION, ...label),
  });
  const key = (from: SeatName, lane: Lane, use: 'encrypt' | 'decrypt') =>
    crypto.subtle.deriveKey(hkdf('key', from, lane), base, { name: 'AES-GCM', length: 256 }, false, [use]);
  const three = async (from: SeatName, use: 'encrypt' | 'decrypt'): Promise<Record<Lane, CryptoKey>> => {
    const [control, state, resource] = await Promise.all(LANES.map((lane) => key(from, lane, use)));
    if (!control || !state || !resource) throw new Error('three lanes expected');
    return { control, state, resource };
  };
  const [seal, open, next] = await Promise.all([
    three(seat, 'encrypt'),
    three(seat === 'agent' ? 'applicant' : 'agent', 'decrypt'),
    crypto.subtle.deriveBits(hkdf('resume'), base, CARRIED_BYTES * 8),
  ]);
  return { keys: { seal, open }, next: new Uint8Array(next) };
}
