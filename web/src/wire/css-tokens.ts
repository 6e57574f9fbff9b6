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

const NAME = /[-\w\u0080-\uffff]/;
const NAME_START = /[_a-zA-Z\u0080-\uffff]/;
const HEX = /[0-9a-fA-F]/;
const SPACE = /[ \t\n\r\f]/;
const NUMBER = /^[+-]?(?:\d+\.\d+|\d+|\.\d+)(?:[eE][+-]?\d+)?/;
/** Where a number may start; looking further only then. */
const NUMBER_START = /[-+.\d]/;

/** The CSS Syntax tokens of a text, comments left out. */
export function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  const validEscape = (i: number): boolean =>
    text[i] === '\\' && i + 1 < text.length && !/[\n\r\f]/.test(text[i + 1] ?? '');
  const startsName = (i: number): boolean => {
    const c = text[i] ?? '';
    if (c === '-') return NAME_START.test(text[i + 1] ?? '') || text[i + 1] === '-' || validEscape(i + 1);
    return NAME_START.test(c) || validEscape(i);
  };
  const escaped = (): string => {
    at++;
    let hex = '';
    while (hex.length < 6 && HEX.test(text[at] ?? '')) hex += text[at++];
    if (hex) {
      if (text[at] === '\r' && text[at + 1] === '\n') at++;
      if (SPACE.test(text[at] ?? '')) at++;
      const code = Number.parseInt(hex, 16);
      const invalid = code === 0 || code > 0x10ffff || (code >= 0xd800 && code < 0xe000);
      return String.fromCodePoint(invalid ? 0xfffd : code);
    }
    const point = String.fromCodePoint(text.codePointAt(at) ?? 0xfffd);
    at += point.length;
    return point;
  };
  const name = (): string => {
    let out = '';
    for (;;) {
      if (NAME.test(text[at] ?? '')) out += text[at++];
      else if (validEscape(at)) out += escaped();
      else return out;
    }
  };
  const string = (quote: string): Token => {
    let out = '';
    for (at++; at < text.length; ) {
      const c = text[at] ?? '';
      if (c === quote) {
        at++;
        break;
      }
      if (/[\n\r\f]/.test(c)) return { k: 'bad', v: '' };
      if (c === '\\' && at + 1 < text.length && /[\n\r\f]/.test(text[at + 1] ?? '')) {
        at += text[at + 1] === '\r' && text[at + 2] === '\n' ? 3 : 2;
      } else if (validEscape(at)) out += escaped();
      else {
        if (c !== '\\') out += c;
        at++;
      }
    }
    return { k: 'string', v: out };
  };
  /** The rest of `url(` where no quote follows. */
  const bareUrl = (): Token => {
    let out = '';
    for (;;) {
      const c = text[at];
      if (c === undefined) return { k: 'url', v: out };
      if (c === ')') {
        at++;
        return { k: 'url', v: out };
      }
      if (SPACE.test(c)) {
        while (SPACE.test(text[at] ?? '')) at++;
        if (text[at] === ')' || at >= text.length) continue;
      } else if (validEscape(at)) {
        out += escaped();
        continue;
      } else if (!/["'(\\]/.test(c)) {
        out += c;
        at++;
        continue;
      }
      while (at < text.length && text[at] !== ')') at += validEscape(at) ? 2 : 1;
      at++;
      return { k: 'bad', v: '' };
    }
  };

  while (at < text.length) {
    const c = text[at] ?? '';
    if (text.startsWith('/*', at)) {
      const end = text.indexOf('*/', at + 2);
      at = end < 0 ? text.length : end + 2;
      // Two names with only a comment between them stay two names.
      if (tokens[tokens.length - 1]?.k !== 'space') tokens.push({ k: 'delim', v: '/**/' });
    } else if (SPACE.test(c)) {
      while (SPACE.test(text[at] ?? '')) at++;
      tokens.push({ k: 'space', v: ' ' });
    } else if (c === '"' || c === "'") {
      tokens.push(string(c));
    } else if (c === '#' && (NAME.test(text[at + 1] ?? '') || validEscape(at + 1))) {
      at++;
      tokens.push({ k: 'hash', v: name() });
    } else if (c === '@' && startsName(at + 1)) {
      at++;
      tokens.push({ k: 'at', v: name().toLowerCase() });
    } else if (text.startsWith('<!--', at) || text.startsWith('-->', at)) {
      at += c === '<' ? 4 : 3;
      tokens.push({ k: 'space', v: ' ' });
    } else if (NUMBER_START.test(c) && NUMBER.test(text.slice(at, at + 64))) {
      let value = NUMBER.exec(text.slice(at, at + 64))?.[0] ?? '';
      at += value.length;
      if (startsName(at)) value += writeName(name());
      else if (text[at] === '%') value += text[at++];
      tokens.push({ k: 'number', v: value });
    } else if (startsName(at)) {
      const value = name();
      if (text[at] !== '(') tokens.push({ k: 'ident', v: value });
      else {
        at++;
        let next = at;
        while (SPACE.test(text[next] ?? '')) next++;
        if (value.toLowerCase() !== 'url' || /["']/.test(text[next] ?? '')) tokens.push({ k: 'function', v: value });
        else {
          at = next;
          tokens.push(bareUrl());
        }
      }
    } else {
      at++;
      tokens.push({ k: '([{'.includes(c) ? 'open' : ')]}'.includes(c) ? 'close' : c === '\\' ? 'bad' : 'delim', v: c });
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
