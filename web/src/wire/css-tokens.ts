// Room: wire. CSS text to tokens (CSS Syntax Level 3, section 4) and names and strings back to text (CSSOM, serializing).
// Escapes are decoded, comments are gone: what comes after sees only what a browser would see.

export type Kind =
  | 'space'
  | 'ident'
  | 'function'
  | 'at'
  | 'hash'
  | 'string'
  | 'url'
  | 'number'
  | 'delim'
  | 'open'
  | 'close'
  | 'bad';

export interface Token {
  k: Kind;
  /** Decoded name or content; for numbers and delims the text itself. */
  v: string;
}

const { raw } = String;
const SPACE = raw`[ \t\n\r\f]`;
const ESCAPE = raw`\\(?:[\da-fA-F]{1,6}(?:\r\n|${SPACE})?|[^\n\r\f\da-fA-F])`;
const NAME_CHARS = raw`-\w\x80-\uffff`;
/** Each loop ends in what can't fail: going back into it would take for ever over a row of letters. */
const NAME_REST = raw`(?:[${NAME_CHARS}]+|${ESCAPE})*`;
const NAME = raw`(?:--|-?(?:[a-zA-Z_\x80-\uffff]|${ESCAPE}))${NAME_REST}`;
const TOKEN = new RegExp(
  [
    raw`(\/\*[\s\S]*?(?:\*\/|$))`,
    raw`(${SPACE}+|<!--|-->)`,
    raw`(["'])`,
    raw`#((?:[${NAME_CHARS}]|${ESCAPE})${NAME_REST})`,
    raw`@(${NAME})`,
    raw`([+-]?(?:\d+\.\d+|\d+|\.\d+)(?:[eE][+-]?\d+)?)(?:(%)|(${NAME}))?`,
    raw`(${NAME})(\()?`,
    raw`[\s\S]`,
  ].join('|'),
  'y',
);
const IN_STRING = raw`${ESCAPE}|\\(?:\r\n|[\n\r\f])`;
const STRINGS: Readonly<Record<string, RegExp>> = {
  '"': new RegExp(raw`((?:[^"\\\n\r\f]+|${IN_STRING})*)("|\\?$)?`, 'y'),
  "'": new RegExp(raw`((?:[^'\\\n\r\f]+|${IN_STRING})*)('|\\?$)?`, 'y'),
};
/** What of `url(` a string follows, which makes it a function like others. */
const QUOTED = new RegExp(raw`${SPACE}*["']`, 'y');
const BARE = new RegExp(raw`${SPACE}*((?:[^"'()\\ \t\n\r\f]+|${ESCAPE})*)${SPACE}*`, 'y');
const BARE_END = /\)|$/y;
const BAD_REST = /(?:[^)\\]+|\\[^\n\r\f]|\\)*\)?/y;

const STRIDE = 64;

function decoded(text: string): string {
  return text.replace(
    /\\(?:([\da-fA-F]{1,6})(?:\r\n|[ \t\n\r\f])?|(\r\n|[\n\r\f])|([\s\S]|$))/g,
    (_, hex: string | undefined, line: string | undefined, char: string) => {
      if (!hex) return line ? '' : char;
      const code = Number.parseInt(hex, 16);
      const invalid = code === 0 || code > 0x10ffff || (code >= 0xd800 && code < 0xe000);
      return String.fromCodePoint(invalid ? 0xfffd : code);
    },
  );
}

/** The CSS Syntax tokens of a text, comments left out, a few with each step. */
export function* tokenizing(text: string): Generator<void, Token[]> {
  const tokens: Token[] = [];
  let at = 0;
  /** What a sticky pattern matches here; goes on behind it. */
  const match = (pattern: RegExp): readonly (string | undefined)[] | undefined => {
    pattern.lastIndex = at;
    const found = pattern.exec(text);
    if (found) at = pattern.lastIndex;
    return found ?? undefined;
  };
  /** The rest of `url(` where no quote follows. */
  const bareUrl = (): Token => {
    const address = match(BARE)?.[1] ?? '';
    if (match(BARE_END)) return { k: 'url', v: decoded(address) };
    match(BAD_REST);
    return { k: 'bad', v: '' };
  };

  for (let count = 1; at < text.length; count++) {
    if (count % STRIDE === 0) yield;
    const [all = '', comment, space, quote, hash, rule, number, percent, unit, name, open] = match(TOKEN) ?? [];
    if (comment) {
      // Two names with only a comment between them stay two names.
      if (tokens[tokens.length - 1]?.k !== 'space') tokens.push({ k: 'delim', v: '/**/' });
    } else if (space) tokens.push({ k: 'space', v: ' ' });
    else if (quote) {
      const [, string = '', end] = match(STRINGS[quote] ?? TOKEN) ?? [];
      tokens.push(end === undefined && at < text.length ? { k: 'bad', v: '' } : { k: 'string', v: decoded(string) });
    } else if (hash) tokens.push({ k: 'hash', v: decoded(hash) });
    else if (rule) tokens.push({ k: 'at', v: decoded(rule).toLowerCase() });
    else if (number) tokens.push({ k: 'number', v: number + (unit ? writeName(decoded(unit)) : (percent ?? '')) });
    else if (name) {
      const value = decoded(name);
      if (!open) tokens.push({ k: 'ident', v: value });
      else if (value.toLowerCase() !== 'url') tokens.push({ k: 'function', v: value });
      else {
        const from = at;
        const quoted = match(QUOTED);
        at = from;
        tokens.push(quoted ? { k: 'function', v: value } : bareUrl());
      }
    } else {
      const kind = '([{'.includes(all) ? 'open' : ')]}'.includes(all) ? 'close' : all === '\\' ? 'bad' : 'delim';
      tokens.push({ k: kind, v: all });
    }
  }
  return tokens;
}

function hexEscape(c: string): string {
  return `\\${(c.codePointAt(0) ?? 0xfffd).toString(16)} `;
}

/** An identifier as CSS text (CSSOM, serialize an identifier). */
export function writeName(name: string, start = true): string {
  const escaped = name.replace(/[^-\w\u0080-\uffff]/g, hexEscape);
  if (!start) return escaped;
  return escaped
    .replace(/^-?\d/, (c) => (c.length === 2 ? `-${hexEscape(c[1] ?? '')}` : hexEscape(c)))
    .replace(/^-$/, '\\-');
}

export function writeString(value: string): string {
  return `"${value.replace(/["\\<\p{Cc}]/gu, hexEscape)}"`;
}
