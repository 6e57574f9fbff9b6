// Room: wire. The ten digits that are read aloud: 5 routing (the server knows), 4 secret (never sent), 1 check (never sent).
// Made in the console, typed by the applicant in whatever digits and spacing their keyboard has.

export const ROUTING_DIGITS = 5;
export const SECRET_DIGITS = 4;
const CODE_DIGITS = ROUTING_DIGITS + SECRET_DIGITS + 1;

/**
 * H. M. Damm's quasigroup of order 10 ("Total anti-symmetrische Quasigruppen", 2004), row by row: one check digit that
 * catches every single wrong digit and every swap of neighbours.
 */
const DAMM = [
  '0317598642',
  '7092154863',
  '4206871359',
  '1750983426',
  '6123045978',
  '3674209581',
  '5869720134',
  '8945362017',
  '9438617205',
  '2581436790',
] as const;

function damm(digits: string): string {
  let interim = '0';
  for (const digit of digits) interim = DAMM[Number(interim)]?.[Number(digit)] ?? '';
  return interim;
}

/** The check digit over `digits`, which are ASCII digits, at least one; RangeError otherwise. */
export function checkDigit(digits: string): string {
  if (!/^[0-9]+$/.test(digits)) throw new RangeError('expected ASCII digits');
  return damm(digits);
}

/** Four secret digits, each of the 10,000 as likely; `fill` writes random bytes, as crypto.getRandomValues does. */
export function makeSecret(fill: (bytes: Uint8Array) => void): string {
  const bytes = new Uint8Array(2);
  for (;;) {
    fill(bytes);
    const value = ((bytes[0] ?? 0) << 8) | (bytes[1] ?? 0);
    // 60,000 is the largest multiple of 10,000 that two bytes hold; what lies above would favour low digits.
    if (value < 60_000) {
      bytes.fill(0);
      return String(value % 10_000).padStart(SECRET_DIGITS, '0');
    }
  }
}

/** Ten ASCII digits as they are shown and read aloud: `472 915 3086`. */
export function formatCode(ten: string): string {
  return `${ten.slice(0, 3)} ${ten.slice(3, 6)} ${ten.slice(6)}`;
}

/** `characters`: something is neither digit nor spacing; `length`: not ten digits; `check`: a typing error. */
export type CodeError = 'length' | 'check' | 'characters';

export type ParsedCode = { ok: true; routing: string; secret: string; check: string } | { ok: false; error: CodeError };

const DIGIT = /^\p{Nd}$/u;
/** What people, phones and text direction put between digits: spaces, dashes, the minus sign, invisible marks. */
const BETWEEN = /^[\s\p{Zs}\p{Pd}\p{Cf}\u2212]$/u;

/** 0 to 9. Unicode keeps each script's decimal digits in one run from zero to nine (The Unicode Standard, section 4.6). */
function digitValue(digit: string): number {
  let before = 0;
  for (let at = (digit.codePointAt(0) ?? 0) - 1; DIGIT.test(String.fromCodePoint(at)); at--) before++;
  return before % 10;
}

export type ParsedDigits = { ok: true; digits: string } | { ok: false; error: Exclude<CodeError, 'check'> };

/** Reads `count` digits, typed or pasted. Any script's decimal digits will do; nothing of it ever appears in an error. */
export function parseDigits(text: string, count: number): ParsedDigits {
  let digits = '';
  for (const character of text) {
    if (DIGIT.test(character)) digits += digitValue(character);
    else if (!BETWEEN.test(character)) return { ok: false, error: 'characters' };
    if (digits.length > count) return { ok: false, error: 'length' };
  }
  return digits.length === count ? { ok: true, digits } : { ok: false, error: 'length' };
}

/** Reads a whole code, as parseDigits does, and checks it. */
export function parseCode(text: string): ParsedCode {
  const read = parseDigits(text, CODE_DIGITS);
  if (!read.ok) return read;
  const { digits } = read;
  if (damm(digits) !== '0') return { ok: false, error: 'check' };
  const secretAt = ROUTING_DIGITS + SECRET_DIGITS;
  return {
    ok: true,
    routing: digits.slice(0, ROUTING_DIGITS),
    secret: digits.slice(ROUTING_DIGITS, secretAt),
    check: digits.slice(secretAt),
  };
}
