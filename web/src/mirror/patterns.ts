// Room: mirror. Personal data by its shape, in every mode and wherever text leaves the page: what stands in one line is read
// as one text, in plain digits and without what can't be seen.

import type { PolicyPattern } from '../wire/policy.ts';

interface Pattern {
  shape: RegExp;
  /** How much of what has the shape is personal data, from its beginning; all of it where this is missing. */
  holds?: (match: string) => number;
}

/** What stands before and after a text in the same line, node by node, in the order of the page. */
export interface Beside {
  before: string[];
  after: string[];
}

const BLOCK = '█';
const WIDE = '〓';
/** As wide as they are high: a line may break at each of them. */
const IS_WIDE =
  /[\p{Ideographic}\p{Script=Hangul}\p{Script=Hiragana}\p{Script=Katakana}\p{Emoji_Presentation}\u3001-\u303f\uff01-\uff60]/u;
/** A line may break here too, and nothing is read from it. */
const BREAKS = /[\u200b\u00ad]/;
/** Takes no place of its own. */
const UNSEEN = /[\p{Cf}\p{M}]/u;

/** Every character that isn't space becomes one that says nothing, so that words keep their length and lines their breaks. */
export function mask(text: string): string {
  // Nothing in it is wide, unseen, or a place to break.
  if (!/[^\0-\xac\xae-\u02ff]/.test(text)) return text.replace(/\S/g, BLOCK);
  return text.replace(/\S/gu, (c) => (BREAKS.test(c) ? c : UNSEEN.test(c) ? '\u2060' : IS_WIDE.test(c) ? WIDE : BLOCK));
}

/** Whether the digits end in their Luhn check digit. */
export function luhn(digits: string): boolean {
  let sum = 0;
  for (let i = 0; i < digits.length; i++) {
    const digit = Number(digits[digits.length - 1 - i]);
    sum += i % 2 === 0 ? digit : digit * 2 - (digit > 4 ? 9 : 0);
  }
  return digits.length > 0 && sum % 10 === 0;
}

const digitsOf = (text: string): string => text.replace(/\D/g, '');

/**
 * A Swedish personal identity number, or coordination number (day + 60, and zeros where a date isn't known): a date, three
 * digits, a check digit.
 */
function personalNumber(match: string): number {
  const digits = digitsOf(match).slice(-10);
  const month = Number(digits.slice(2, 4));
  const day = Number(digits.slice(4, 6));
  const date = day > 59 ? day < 92 && month < 13 : day > 0 && day < 32 && month > 0 && month < 13;
  return date && luhn(digits) ? match.length : 0;
}

/** The longest card number that the match begins with: another number may follow it. */
function card(match: string): number {
  for (let end = match.length; end > 12; end--) {
    const digits = digitsOf(match.slice(0, end));
    if (digits.length > 12 && /\d$/.test(match.slice(0, end)) && !/^\d/.test(match.slice(end)) && luhn(digits))
      return end;
  }
  return 0;
}

const BUILT_IN: readonly Pattern[] = [
  { shape: /[\p{L}\p{N}._%+-]{1,64}@[\p{L}\p{N}-]{1,63}(\.[\p{L}\p{N}-]{1,63})+/gu },
  { shape: /(?<!\d)(\d\d)?\d\d[ -]?\d\d[ -]?\d\d ?[-+]? ?\d{4}(?!\d)/g, holds: personalNumber },
  { shape: /(?<!\d)\d{8} ?- ?\d\d(?!\d)/g },
  { shape: /(?<!\d)(?:[3-6]|2[2-7])(?:[ -]?\d){11,18}(?!\d)/g, holds: card },
  {
    shape: /(?<![\d.])[+0](?:[ ()/-]{0,3}\d){6,14}(?![\d.]\d)/g,
    holds: (match) => (digitsOf(match).length > 6 ? match.length : 0),
  },
];

const ATOM = String.raw`(?:[\p{L}\p{N} _#:@%&=,;'"!<>~/-]|\\[dw.^$*+?()[\]{}|/\\]|\[[\p{L}\p{N} _.,:;/#@+&=-]+\])`;
const PROPER = new RegExp(String.raw`^(?:${ATOM}(?:\?|\{\d\d?(?:,\d\d?)?\})?){1,40}$`, 'u');
/** In how many ways a pattern may be tried at one place. */
const MOST_WAYS = 256;

/** A policy's pattern; undefined where it isn't of the kind that consent/policy.go describes. */
function compile({ match }: PolicyPattern): Pattern | undefined {
  if (typeof match !== 'string' || !PROPER.test(match)) return undefined;
  let ways = 1;
  for (const [, from, to] of match.replace(/\\./g, 'x').matchAll(/\{(\d+)(?:,(\d+))?\}|\?/g)) {
    ways *= from === undefined ? 2 : to === undefined ? 1 : Number(to) - Number(from) + 1;
  }
  if (ways > MOST_WAYS) return undefined;
  try {
    return { shape: new RegExp(String.raw`(?<![\p{L}\p{N}])${match}(?![\p{L}\p{N}])`, 'giu') };
  } catch {
    return undefined;
  }
}

/** The value of a digit of any script: they come in tens, in order. */
function digit(c: string): string {
  const code = c.codePointAt(0) ?? 0;
  let value = 0;
  while (value < 9 && /\p{Nd}/u.test(String.fromCodePoint(code - value - 1))) value++;
  return String(value);
}

/** One character as it is read: plain digits, hyphens and letters; nothing for what can't be seen. */
function read(c: string): string {
  if (c < '\x7f' && c > ' ') return c;
  if (/\s/.test(c)) return ' ';
  if (UNSEEN.test(c)) return '';
  if (/[\p{Pd}\u2212]/u.test(c)) return '-';
  const plain = c.normalize('NFKC');
  return /^\p{Nd}$/u.test(plain) && plain > '9' ? digit(plain) : plain;
}

/** Whether a letter or digit stands on both sides of where two texts meet. */
const touch = (left = '', right = ''): boolean => /[\p{L}\p{N}]$/u.test(left) && /^[\p{L}\p{N}]/u.test(right);

export class Patterns {
  readonly #list: readonly Pattern[];
  /** A pattern of the policy's can't be parsed: then nothing may be shown. */
  readonly broken: boolean;
  readonly #own: boolean;

  constructor(policy: readonly PolicyPattern[] = []) {
    const own = policy.map(compile);
    this.broken = own.includes(undefined);
    this.#own = own.length > 0;
    this.#list = [...BUILT_IN, ...own.filter((pattern) => pattern !== undefined)];
  }

  /** Masks personal data; nothing else changes. */
  mask(text: string, { before, after }: Beside = { before: [], after: [] }): string {
    const parts = [...before, text, ...after];
    const at = before.length;
    const hidden = new Set<number>();
    // Where two nodes touch, the one is read without the other too: a digit beside a number may not be of it.
    for (let from = 0; from <= at; from++) {
      if (from > 0 && from < at && !touch(parts[from - 1], parts[from])) continue;
      const shift = parts.slice(from, at).join('').length;
      for (let to = at; to < parts.length; to++) {
        if (to > at && to < parts.length - 1 && !touch(parts[to], parts[to + 1])) continue;
        for (const [start, end] of this.#find(parts.slice(from, to + 1).join(''))) {
          for (let i = Math.max(start - shift, 0); i < end - shift; i++) hidden.add(i);
        }
      }
    }
    if (hidden.size === 0) return text;
    let out = '';
    let i = 0;
    for (const c of text) {
      out += hidden.has(i) ? mask(c) : c;
      i += c.length;
    }
    return out;
  }

  /** Where personal data stands in a text. */
  #find(text: string): [number, number][] {
    if (!this.#own && !/\p{N}|[@\uff20]/u.test(text)) return [];
    let plain = '';
    /** Of each character as it is read: where the one it was read from begins and ends. */
    const from: [number, number][] = [];
    let at = 0;
    for (const c of text) {
      const next = at + c.length;
      const as = read(c);
      if (as !== ' ' || !plain.endsWith(' ')) {
        plain += as;
        for (let i = 0; i < as.length; i++) from.push([at, next]);
      }
      at = next;
    }
    const found: [number, number][] = [];
    for (const { shape, holds } of this.#list) {
      shape.lastIndex = 0;
      for (let match = shape.exec(plain); match; match = shape.exec(plain)) {
        const [whole] = match;
        const length = holds ? holds(whole) : whole.length;
        const [start] = from[match.index] ?? [0];
        const [, end] = from[match.index + length - 1] ?? [0, 0];
        if (length > 0) found.push([start, end]);
        // What isn't one may hold one further on.
        shape.lastIndex = match.index + (length || String.fromCodePoint(plain.codePointAt(match.index) ?? 0).length);
      }
    }
    return found;
  }
}
