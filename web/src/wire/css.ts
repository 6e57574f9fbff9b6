// Room: wire. The CSS sieve: keeps what is known and writes it again from the tokens, so that no escape or comment hides
// anything. Mirror and view run the same code with different answers for url and id.

import { attributeType, fits } from './allow.ts';
import { type Kind, type Token, tokenizing, writeName, writeString } from './css-tokens.ts';
import { drain } from './steps.ts';

/** What becomes of the three things in CSS that name something of the page. */
export interface Sieve {
  /** The new address for a url; undefined writes one that loads nothing. `family` is the @font-face it stands in. */
  url(address: string, family: string | undefined): string | undefined;
  /** The new name for an id in a selector. */
  id(name: string): string;
  /** The new content of a string in `property`: the name in lower case, "" outside of a declaration. */
  text(value: string, property: string): string;
  /** The new name for a class; missing where class names stay. */
  class?(name: string): string;
  /** Whether a custom property may have this value, as it is written now; `names` are the identifiers in it. */
  custom?(property: string, value: string, names: readonly string[]): boolean;
  /** The number for what a selector asks of the attribute `name`; for what attr() reads of it, where it asks "". */
  attribute?(name: string, selector: string): string;
  /** What a media feature about the browser or its person says where the page is; undefined leaves it as it is. */
  media?(feature: string): boolean | undefined;
}

const NOTHING = 'data:,';

/** States of an element in the applicant's hands; the view sets them as attributes, of the same specificity. */
const STATES: ReadonlySet<string> = new Set(
  `hover focus focus-visible focus-within active target valid invalid user-valid user-invalid placeholder-shown indeterminate
   visited fullscreen autofill -webkit-autofill in-range out-of-range`.split(/\s+/),
);
/** At-rules that cross. */
export const RULE_BLOCKS: ReadonlySet<string> = new Set(
  `media supports layer container scope starting-style font-face page property counter-style font-palette-values
   keyframes -webkit-keyframes position-try`.split(/\s+/),
);
const DRAWN = ':is(canvas,:where([insyn-kind="canvas"]))';
/** What nothing is ever asked of: the state of a control, as the page was written. */
const NEVER_ASKED = /^(value|checked|selected)$/;

/** Media features that the agent's browser would answer for itself, and not for the applicant's. */
const THEIRS =
  /^(scripting|prefers-[a-z-]+|forced-colors|inverted-colors|(any-)?(hover|pointer)|(min-|max-)?resolution|-webkit-(min-|max-)?device-pixel-ratio|(dynamic-range|color-gamut|display-mode|update))$/;
const ALWAYS = '(min-width:0)';
const NEVER = '(min-width:9999999px)';

/** Properties whose value is whatever somebody writes. */
const CUSTOM = /^(--|initial-value$)/;

const CLOSER: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };
/** Functions that take a string as an address. */
const IMAGES = /^(-webkit-)?(image-set|image|cross-fade)$/;
/** An address, where none belongs. */
function loads({ k, v }: Token): boolean {
  return k === 'url' || (k === 'function' && /^(url|src)$/i.test(v));
}

class Rewriter {
  readonly #tokens: Token[];
  readonly #sieve: Sieve;
  #at = 0;
  #out: string[] = [];
  #family: string | undefined;
  #depth = 0;

  constructor(tokens: Token[], sieve: Sieve) {
    this.#tokens = tokens;
    this.#sieve = sieve;
  }

  *sheet(): Generator<void, string> {
    while (this.#at < this.#tokens.length) {
      yield* this.#items();
      this.#at++;
    }
    return this.#out.join('');
  }

  declarations(): string {
    while (this.#at < this.#tokens.length) {
      const from = this.#at;
      // Browsers write a space after each ";".
      if (this.#tokens[from]?.k === 'space' || this.#is('delim', ';') || this.#is('delim', '/**/')) this.#at++;
      else if (this.#isDeclaration()) this.#declaration();
      else this.#skip();
      if (this.#at === from) this.#at++;
    }
    return this.#out.join('');
  }

  media(): string {
    return this.#prelude(true) && this.#at >= this.#tokens.length ? this.#out.join('').trim() : 'not all';
  }

  value(property: string): string {
    const length = this.#value(property) ? this.#out.length : 0;
    return this.#at < this.#tokens.length ? '' : this.#out.slice(0, length).join('').trim();
  }

  #is(kind: Kind, value: string, at = this.#at): boolean {
    const token = this.#tokens[at];
    return token?.k === kind && token.v === value;
  }

  /** Rules and declarations up to a closing brace, which stays, or the end. */
  *#items(): Generator<void, void> {
    while (this.#at < this.#tokens.length && !this.#is('close', '}')) {
      const token = this.#tokens[this.#at];
      const from = this.#at;
      if (token?.k === 'at') yield* this.#atRule(token.v);
      else if (token?.k === 'space' || this.#is('delim', ';') || this.#is('delim', '/**/')) this.#at++;
      else if (this.#isDeclaration()) this.#declaration();
      else yield* this.#rule();
      if (this.#at === from) this.#at++;
    }
  }

  /** Whether a declaration starts here, rather than a (nested) rule: `a:hover {` begins like one. */
  #isDeclaration(): boolean {
    let at = this.#at;
    const first = this.#tokens[at++];
    if (first?.k !== 'ident') return false;
    while (this.#tokens[at]?.k === 'space') at++;
    if (!this.#is('delim', ':', at)) return false;
    if (first.v.startsWith('--')) return true;
    for (let depth = 0; at < this.#tokens.length; at++) {
      const token = this.#tokens[at];
      if (token?.k === 'function' || (token?.k === 'open' && token.v !== '{')) depth++;
      else if (token?.k === 'open') return false;
      else if (token?.k === 'close' && token.v === '}') return true;
      else if (token?.k === 'close') depth--;
      else if (depth <= 0 && this.#is('delim', ';', at)) return true;
    }
    return true;
  }

  #declaration(): void {
    const mark = this.#out.length;
    const written = this.#tokens[this.#at++]?.v ?? '';
    const property = written.startsWith('--') ? written : written.toLowerCase();
    while (!this.#is('delim', ':')) this.#at++;
    this.#at++;
    this.#out.push(writeName(property), ':');
    const from = this.#at;
    if (property === 'color-scheme') this.#scheme();
    const whole = this.#value(property) && (!CUSTOM.test(property) || this.#custom(property, from, mark));
    if (whole) this.#out.push(';');
    else this.#out.length = mark;
    if (this.#is('delim', ';')) this.#at++;
  }

  #custom(property: string, from: number, mark: number): boolean {
    const names = this.#tokens
      .slice(from, this.#at)
      .filter(({ k, v }) => k === 'ident' || (k === 'hash' && !/^[\da-f]{3,8}$/i.test(v)));
    return (
      this.#sieve.custom?.(
        property,
        this.#out.slice(mark + 2).join(''),
        names.map(({ v }) => v),
      ) ?? true
    );
  }

  /** Of `light dark`, leaves the one that is used where the page is. */
  #scheme(): void {
    const at: Record<string, number> = {};
    for (let i = this.#at; this.#tokens[i]?.k === 'ident' || this.#tokens[i]?.k === 'space'; i++) {
      at[this.#tokens[i]?.v.toLowerCase() ?? ''] = i;
    }
    const dark = 'light' in at && 'dark' in at ? this.#sieve.media?.('(prefers-color-scheme:dark)') : undefined;
    const other = at[dark ? 'light' : 'dark'];
    if (dark !== undefined && other !== undefined) this.#tokens[other] = { k: 'space', v: ' ' };
  }

  /** Writes a value up to ";" or an unmatched closer, which stay. False where it has to be dropped. */
  #value(property: string): boolean {
    /** What closes each open bracket, and the function that opened it. */
    const open: { closer: string; name: string }[] = [];
    let whole = true;
    for (; this.#at < this.#tokens.length; this.#at++) {
      const token = this.#tokens[this.#at];
      if (!token) break;
      const inside = open[open.length - 1];
      if (open.length === 0 && (this.#is('delim', ';') || token.k === 'close')) break;
      if (token.k === 'close' && token.v === '}' && inside?.closer !== '}') {
        return false;
      }
      if (token.k === 'bad') whole = false;
      else if (token.k === 'url') this.#url(token.v);
      else if (token.k === 'function') {
        const name = token.v.toLowerCase();
        if (name === 'url' || name === 'src') whole = this.#quotedUrl() && whole;
        else {
          // A string from elsewhere would be an address here.
          if (/^(var|attr|env|if|inherit|--.*)$/.test(name) && open.some((one) => IMAGES.test(one.name))) whole = false;
          if (name === 'attr') this.#attr();
          open.push({ closer: ')', name });
          this.#out.push(writeName(token.v), '(');
        }
      } else if (token.k === 'open') {
        open.push({ closer: CLOSER[token.v] ?? '', name: '' });
        this.#out.push(token.v);
      } else if (token.k === 'close') {
        if (open.pop()?.closer !== token.v) whole = false;
        this.#out.push(token.v);
      } else if (token.k === 'string') {
        if (IMAGES.test(inside?.name ?? '')) this.#url(token.v);
        else if (/^(format|type|tech|local)$/.test(inside?.name ?? '')) this.#out.push(writeString(token.v));
        else this.#out.push(writeString(this.#sieve.text(token.v, property)));
      } else this.#plain(token);
    }
    while (open.length) this.#out.push(open.pop()?.closer ?? '');
    return whole;
  }

  #plain(token: Token): void {
    if (token.k === 'ident') this.#out.push(writeName(token.v));
    else if (token.k === 'hash') this.#out.push('#', writeName(token.v, false));
    else if (token.k === 'at') this.#out.push('@', writeName(token.v));
    else this.#out.push(token.v);
  }

  #url(address: string): void {
    this.#out.push('url(', writeString(this.#sieve.url(address, this.#family) ?? NOTHING), ')');
  }

  /** `url("…")` or `src("…")`: exactly one string, nothing else. Ends on the closing bracket. */
  #quotedUrl(): boolean {
    let address: string | undefined;
    for (this.#at++; this.#at < this.#tokens.length; this.#at++) {
      const token = this.#tokens[this.#at];
      if (token?.k === 'string' && address === undefined) address = token.v;
      else if (this.#is('close', ')')) break;
      else if (token?.k !== 'space') {
        this.#at--;
        return false;
      }
    }
    this.#url(address ?? '');
    return true;
  }

  /** `attr(name …)` of what does not cross as it is. */
  #attr(): void {
    let at = this.#at + 1;
    while (this.#tokens[at]?.k === 'space') at++;
    const v = this.#tokens[at]?.v.toLowerCase() ?? '';
    if (!this.#is('ident', v, at) || attributeType(v) || NEVER_ASKED.test(v)) return;
    const number = this.#sieve.attribute?.(v, '');
    if (number) this.#tokens[at] = { k: 'ident', v: `insyn-${number}` };
  }

  *#atRule(name: string): Generator<void, void> {
    if (!RULE_BLOCKS.has(name)) {
      this.#skip();
      return;
    }
    const mark = this.#out.length;
    this.#at++;
    this.#out.push('@', name);
    const whole = name === 'scope' ? this.#selector() : this.#prelude(name === 'media');
    if (!whole) {
      this.#out.length = mark;
      this.#skip();
    } else if (this.#is('open', '{')) {
      this.#family = name === 'font-face' ? this.#familyAhead() : this.#family;
      yield* this.#block();
      if (name === 'font-face') this.#family = undefined;
    } else {
      if (name === 'layer') this.#out.push(';');
      else this.#out.length = mark;
      if (this.#is('delim', ';')) this.#at++;
    }
  }

  #familyAhead(): string | undefined {
    for (let at = this.#at; at < this.#tokens.length && !this.#is('close', '}', at); at++) {
      if (!(this.#tokens[at]?.k === 'ident' && this.#tokens[at]?.v.toLowerCase() === 'font-family')) continue;
      let family = '';
      for (at++; at < this.#tokens.length && !this.#is('delim', ';', at) && !this.#is('close', '}', at); at++) {
        const token = this.#tokens[at];
        if (token?.k === 'string' || token?.k === 'ident') family += `${family && ' '}${token.v}`;
      }
      return family;
    }
    return undefined;
  }

  *#rule(): Generator<void, void> {
    yield;
    const mark = this.#out.length;
    const whole = this.#selector();
    if (whole && this.#is('open', '{')) yield* this.#block();
    else {
      this.#out.length = mark;
      this.#skip();
    }
  }

  *#block(): Generator<void, void> {
    this.#at++;
    if (++this.#depth > 64) {
      // Deeper than any style sheet: leave it out, without recursing into it.
      this.#out.push('{}');
      this.#at--;
      this.#skip();
    } else {
      this.#out.push('{');
      yield* this.#items();
      this.#out.push('}');
      this.#at++;
    }
    this.#depth--;
  }

  /** Writes up to "{" or ";" at the top level, which stay. False where it has to be dropped. */
  #prelude(media = false): boolean {
    let depth = 0;
    for (; this.#at < this.#tokens.length; this.#at++) {
      if (media && this.#feature()) continue;
      const token = this.#tokens[this.#at];
      if (!token) break;
      if (depth === 0 && (this.#is('open', '{') || this.#is('delim', ';') || token.k === 'close')) return true;
      if (token.k === 'bad' || loads(token) || this.#is('open', '{')) return false;
      if (token.k === 'function') {
        depth++;
        this.#out.push(writeName(token.v), '(');
      } else if (token.k === 'string') this.#out.push(writeString(this.#sieve.text(token.v, '')));
      else {
        if (token.k === 'open') depth++;
        if (token.k === 'close') depth--;
        this.#plain(token);
      }
    }
    return depth === 0;
  }

  /** `(feature)` or `(feature: value)` as it is where the page is. Ends on the closing bracket. */
  #feature(): boolean {
    if (!this.#is('open', '(')) return false;
    let end = this.#at + 1;
    let text = '';
    for (; end < this.#tokens.length && !this.#is('close', ')', end); end++) {
      const token = this.#tokens[end];
      if (token?.k === 'space') continue;
      if (token?.k !== 'ident' && token?.k !== 'number' && !(token?.k === 'delim' && token.v === ':')) return false;
      text += token.v.toLowerCase();
    }
    const matches = THEIRS.test(text.split(':')[0] ?? '') ? this.#sieve.media?.(`(${text})`) : undefined;
    if (matches === undefined) return false;
    this.#out.push(matches ? ALWAYS : NEVER);
    this.#at = end;
    return true;
  }

  /** A selector up to "{" or ";" at the top level: ids renumbered, states of the applicant's as attributes. */
  #selector(): boolean {
    let depth = 0;
    for (; this.#at < this.#tokens.length; this.#at++) {
      const token = this.#tokens[this.#at];
      if (!token) break;
      if (depth === 0 && (this.#is('open', '{') || this.#is('delim', ';') || this.#is('close', '}'))) return true;
      if (token.k === 'bad' || loads(token) || this.#is('open', '{')) return false;
      if (token.k === 'hash') this.#out.push('#', writeName(this.#sieve.id(token.v)));
      // What is drawn on one comes as a picture.
      else if (this.#is('ident', 'canvas') && this.#sieve.attribute) this.#out.push(DRAWN);
      else if (this.#is('delim', ':')) this.#pseudo();
      else if (this.#is('delim', '.')) this.#class();
      else if (this.#is('open', '[')) this.#attribute();
      else if (token.k === 'function' && token.v.toLowerCase() === 'part') this.#parts();
      else if (token.k === 'function' || token.k === 'open') {
        depth++;
        this.#out.push(token.k === 'function' ? `${writeName(token.v)}(` : token.v);
      } else if (token.k === 'string') this.#out.push(writeString(this.#sieve.text(token.v, '')));
      else {
        if (token.k === 'close' && --depth < 0) return false;
        this.#plain(token);
      }
    }
    return depth === 0;
  }

  #pseudo(): void {
    const next = this.#tokens[this.#at + 1];
    const name = next?.k === 'ident' ? next.v.toLowerCase() : '';
    if (STATES.has(name)) this.#out.push(`[insyn-${name.replace('-webkit-', '')}]`);
    else if (name === 'link') this.#out.push(':any-link');
    else if (name === 'defined') this.#out.push(':not([insyn-undefined])');
    else {
      this.#out.push(':');
      if (this.#is('delim', ':', this.#at + 1)) {
        this.#at++;
        this.#out.push(':');
      }
      return;
    }
    this.#at++;
  }

  #class(): void {
    const next = this.#tokens[this.#at + 1];
    this.#out.push('.');
    if (next?.k !== 'ident' || !this.#sieve.class) return;
    this.#out.push(writeName(this.#sieve.class(next.v)));
    this.#at++;
  }

  /** `part(a b)`: the names of parts are renumbered. Ends on the closing bracket. */
  #parts(): void {
    this.#out.push('part(');
    for (this.#at++; this.#at < this.#tokens.length && !this.#is('close', ')'); this.#at++) {
      const token = this.#tokens[this.#at];
      if (token?.k === 'ident') this.#out.push(' ', writeName(this.#sieve.id(token.v)));
    }
    this.#out.push(')');
  }

  /** `[name op value flag]`: only values that tell nothing of the page's data stay; what else is asked, the mirror answers. */
  #attribute(): void {
    const from = this.#at + 1;
    let end = from;
    while (end < this.#tokens.length && !this.#is('close', ']', end)) end++;
    const parts = this.#tokens.slice(from, end).filter(({ k }) => k !== 'space');
    const name = parts.find(({ k }) => k === 'ident')?.v.toLowerCase() ?? '';
    const exact = parts[1]?.v === '=' || parts[1]?.v === '~';
    const said = parts.findIndex(({ k }, index) => index > 0 && (k === 'string' || k === 'ident'));
    const kept = this.#attributeValue(name, parts[said]?.v ?? '', exact);
    if (name && !(said < 0 ? attributeType(name) && name !== 'name' : kept) && !NEVER_ASKED.test(name)) {
      const asked = parts.map(({ k, v }) => (k === 'string' ? writeString(v) : k === 'ident' ? ` ${writeName(v)}` : v));
      const number = this.#sieve.attribute?.(name, `[${asked.join('')}]`);
      if (number) {
        this.#out.push(`[insyn-is~="${number}"]`);
        this.#at = end;
        return;
      }
    }
    this.#out.push('[');
    for (const [index, token] of parts.entries()) {
      if (index === said) this.#out.push(writeString(kept));
      else if (said > 0 && index > said && token.k === 'ident') this.#out.push(' ', writeName(token.v));
      else if (token.k === 'ident' || token.k === 'delim') this.#plain(token);
    }
    this.#out.push(']');
    this.#at = end;
  }

  #attributeValue(name: string, value: string, exact: boolean): string {
    const type = attributeType(name);
    if (name === 'insyn-is') return fits('ids', value) ? value : '';
    if (type === 'id' || type === 'names') return exact && name !== 'name' ? this.#sieve.id(value) : '';
    if (type === 'class') {
      const now = this.#sieve.class?.(value) ?? value;
      return exact || now === value ? now : '';
    }
    return (type === 'word' || type === 'data' || type === 'lang') && fits(type, value) ? value : '';
  }

  /** Past the rest of a rule or declaration: a ";", or a whole block. */
  #skip(): void {
    let depth = 0;
    for (; this.#at < this.#tokens.length; this.#at++) {
      const token = this.#tokens[this.#at];
      if (token?.k === 'open' || token?.k === 'function') depth++;
      else if (token?.k === 'close') {
        if (depth === 0) {
          if (token.v === '}') return;
        } else if (--depth === 0 && token.v === '}') {
          this.#at++;
          return;
        }
      } else if (depth === 0 && this.#is('delim', ';')) {
        this.#at++;
        return;
      }
    }
  }
}

function rewriter(text: string, sieve: Sieve): Rewriter {
  return new Rewriter(drain(tokenizing(text)), sieve);
}

/** A whole style sheet through the sieve, about a rule with each step. Never throws; what it doesn't know is left out. */
export function* sievingSheet(text: string, sieve: Sieve): Generator<void, string> {
  return yield* new Rewriter(yield* tokenizing(text), sieve).sheet();
}

/** The same at once. */
export function sieveSheet(text: string, sieve: Sieve): string {
  return drain(sievingSheet(text, sieve));
}

/** A media query list through the sieve; one that isn't matches nothing. */
export function sieveMedia(text: string, sieve: Sieve): string {
  return rewriter(text, sieve).media();
}

/** The declarations of a style attribute through the sieve. */
export function sieveDeclarations(text: string, sieve: Sieve): string {
  return rewriter(text, sieve).declarations();
}

/** One value, as in the attribute fill="url(#a)"; "" where it isn't one. */
export function sieveValue(text: string, property: string, sieve: Sieve): string {
  return rewriter(text, sieve).value(property);
}
