// Room: link. What crosses in exchange frames before there are keys (docs/protocol.md, sections 2 and 3), and what both ends of it
// share. The ends are exchange-applicant.ts and exchange-agent.ts.

import type { Bytes } from '../wire/messages.ts';
import type { Cpace } from './cpace.ts';
import { type Bound, CHAIN_BYTES, kdf, macKey, type PageKeys, VERSION } from './keys.ts';
import { concat, lvCat, utf8 } from './octets.ts';

/** First byte of each message. */
export const Message = {
  share: 0x01,
  answer: 0x02,
  confirm: 0x03,
  resume: 0x04,
  resumeAnswer: 0x05,
  resumeConfirm: 0x06,
  lost: 0x07,
  ask: 0x08,
} as const;

export const SHARE_BYTES = 32;
const DIGITS = 4;

/** Whether these are four ASCII digits: what else could stand there, erased ones above all, somebody might know. */
export function areDigits(digits: Bytes): boolean {
  return digits.length === DIGITS && digits.every((digit) => digit >= 0x30 && digit <= 0x39);
}

/** What a page hands to the next one by way of the tab's storage: a chain's name and its secret, hexadecimal. */
export interface Carried {
  chain: string;
  secret: string;
}

/** What an end has agreed on: its page's keys, and at the applicant's end what must be stored before `reply` is sent. */
export interface Agreement {
  keys: PageKeys;
  store?: Carried;
}

export interface ExchangeStep {
  /** What to send to the other end. */
  reply?: Bytes;
  /** Four digits are needed: to be typed here, or to be shown here. */
  need?: 'digits';
  /** What digits need did not load. Nothing was sent, and no guess made. */
  unable?: true;
  /** Present once this end has decided: true the codes matched, false they did not. The exchange is over with it. */
  verdict?: boolean;
  agreement?: Agreement;
}

/** What both ends know from the start. */
export interface ExchangeOptions {
  session: string;
  page: number;
  bound: Bound;
  /** Loads CPace; called only where digits are exchanged. */
  cpace(): Promise<Cpace>;
  /** Whether this browser has X25519. */
  x25519: boolean;
}

export const FAILED: ExchangeStep = { verdict: false };

/** One message: its first byte, and what follows. */
export function message(first: number, ...parts: Uint8Array[]): Bytes {
  return concat(Uint8Array.of(first), ...parts);
}

/** What follows the first byte, cut into parts of these sizes; undefined if it isn't exactly as long. */
export function parts(bytes: Bytes, ...sizes: number[]): Bytes[] | undefined {
  if (bytes.length !== 1 + sizes.reduce((sum, size) => sum + size, 0)) return undefined;
  let at = 1;
  return sizes.map((size) => {
    const part = bytes.slice(at, at + size);
    at += size;
    return part;
  });
}

export const ADA = utf8('applicant');
export const ADB = utf8('agent');

/** The key of CPace's key confirmation (section 10.4 of the draft): H(b"CPaceMac" || sid || ISK). */
export async function confirmationKey(sid: Bytes, isk: Bytes): Promise<CryptoKey> {
  const input = concat(utf8('CPaceMac'), sid, isk);
  const key = new Uint8Array(await crypto.subtle.digest('SHA-512', input));
  input.fill(0);
  return macKey(key);
}

/** What a tag of CPace's key confirmation is over. */
export function confirms(share: Bytes, ad: Bytes): Bytes {
  return lvCat(share, ad);
}

/** The name of the chain that an exchange over digits begins. */
export function chainOf(isk: Bytes, sid: Bytes): Promise<Bytes> {
  return kdf(isk, sid, lvCat(VERSION, 'chain'), CHAIN_BYTES);
}
