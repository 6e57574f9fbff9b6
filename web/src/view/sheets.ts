// Room: view. Style sheets of the view: text from the cache, through the sieve once more, as constructed sheets that are
// swapped in place when an image or font of theirs arrives.

import { type Sieve, sieveDeclarations, sieveSheet } from '../wire/css.ts';
import type { Hash } from '../wire/messages.ts';
import type { Sheet } from '../wire/tree.ts';
import type { Cache } from './cache.ts';
import { BASE_STYLE } from './nodes.ts';

type Root = Document | ShadowRoot;
/** Characters in all sheets of an epoch that differ. */
const MOST_TEXT = 8_000_000;

/** A window, and the sheet that comes first in each of its roots. */
interface Home {
  frame: Window & typeof globalThis;
  base: CSSStyleSheet;
  number: number;
}

interface Built {
  /** All that is told of it, and of which window it is. */
  said: string;
  sheet: CSSStyleSheet;
  from: Sheet;
  /** Characters of its text, once it is here; 0 where it is past the most. */
  size: number;
  /** How many roots have it. */
  roots: number;
  /** How many of its resources were here when it was last written; -1 before its text was. */
  written: number;
}

/** The view's end of the sieve: a resource that is here, a place in the same page, or nothing. */
export function resourceSieve(url: (number: number) => string | undefined): Sieve {
  return {
    url: (address) => {
      const number = /^insyn:(\d{1,9})$/.exec(address)?.[1];
      if (number !== undefined) return url(Number(number));
      return /^#i\d{1,9}$/.test(address) ? address : undefined;
    },
    id: (name) => name,
    text: (value) => value,
  };
}

export class Sheets {
  readonly #frame: Window & typeof globalThis;
  readonly #cache: Cache;
  /** Of the window of each frame: sheets are of one document each. */
  readonly #homes = new WeakMap<Window, Home>();
  #counted = 0;
  /** Whether the document shows this epoch. */
  #adopted = false;
  #roots = new Map<Root, Built[]>();
  /** By all that is told of it: a sheet that a thousand roots have is read once. */
  #built = new Map<string, Built>();
  #text = 0;
  #numbers = new Map<number, Hash>();
  /** How many numbers stand for a hash. */
  readonly #named = new Map<Hash, number>();
  /** Elements whose style attribute names resources. */
  #styled = new Map<Element, string>();

  constructor(frame: Window & typeof globalThis, cache: Cache) {
    this.#frame = frame;
    this.#cache = cache;
  }

  /** The hashes that this epoch has named so far. */
  *hashes(): Iterable<Hash> {
    for (const { from } of this.#built.values()) yield from.hash;
    yield* this.#numbers.values();
  }

  /** Whether all text is here. */
  get whole(): boolean {
    for (const { written } of this.#built.values()) if (written < 0) return false;
    return true;
  }

  url(number: number): string | undefined {
    return this.#cache.url(this.#numbers.get(number));
  }

  resource(number: number, hash: Hash): void {
    const old = this.#numbers.get(number);
    if (old === hash) return;
    this.#numbers.set(number, hash);
    this.#named.set(hash, (this.#named.get(hash) ?? 0) + 1);
    if (!old) return;
    const left = (this.#named.get(old) ?? 1) - 1;
    this.#named.set(old, left);
    // A canvas was drawn on: what it showed before is not asked for again.
    if (left === 0) {
      this.#named.delete(old);
      this.#cache.drop(old);
    }
  }

  set(root: Root | undefined, sheets: readonly Sheet[]): void {
    if (!root) return;
    const old = this.#roots.get(root) ?? [];
    const home = this.#home(root);
    const built = sheets.map((from) => this.#take(from, home));
    this.#roots.set(root, built);
    for (const one of old) this.#leave(one);
    for (const one of built) this.#write(one);
    if (root !== this.#frame.document || this.#adopted) this.#adopt(root);
  }

  /** The document takes this epoch's sheets. */
  adopt(doc: Document): void {
    this.#adopted = true;
    if (!this.#roots.has(doc)) this.#roots.set(doc, []);
    this.#adopt(doc);
  }

  drop(root: Root): void {
    for (const one of this.#roots.get(root) ?? []) this.#leave(one);
    this.#roots.delete(root);
  }

  /** What a root has belongs to another now, or the root is in another document. */
  moved(from: Root, to: Root): void {
    const sheets = (this.#roots.get(from) ?? []).map((built) => built.from);
    this.drop(from);
    this.set(to, sheets);
  }

  #home(root: Root): Home {
    const own = 'defaultView' in root ? root : root.ownerDocument;
    const frame = (own.defaultView as (Window & typeof globalThis) | null) ?? this.#frame;
    let home = this.#homes.get(frame);
    if (!home) {
      home = { frame, base: new frame.CSSStyleSheet(), number: this.#counted++ };
      home.base.replaceSync(BASE_STYLE);
      this.#homes.set(frame, home);
    }
    return home;
  }

  #take(from: Sheet, { frame, number }: Home): Built {
    const said = number + JSON.stringify(from);
    const built = this.#built.get(said) ?? {
      said,
      sheet: new frame.CSSStyleSheet({ media: from.media }),
      from,
      size: 0,
      roots: 0,
      written: -1,
    };
    built.roots++;
    this.#built.set(said, built);
    return built;
  }

  #leave(built: Built): void {
    if (--built.roots > 0) return;
    this.#text -= built.size;
    this.#built.delete(built.said);
  }

  styled(element: Element, value: string): void {
    if (value.includes('insyn:')) this.#styled.set(element, value);
    else this.#styled.delete(element);
  }

  unstyle(element: Element, name: string): void {
    if (name === 'style') this.#styled.delete(element);
  }

  /** Something arrived: write again what waits for it. */
  refresh(): void {
    for (const one of this.#built.values()) this.#write(one);
    const sieve = resourceSieve((number) => this.url(number));
    for (const [element, value] of this.#styled) {
      const style = sieveDeclarations(value, sieve);
      if (element.getAttribute('style') !== style) element.setAttribute('style', style);
    }
  }

  clear(): void {
    this.#roots = new Map();
    this.#built = new Map();
    this.#text = 0;
    this.#numbers = new Map();
    this.#named.clear();
    this.#styled = new Map();
  }

  #adopt(root: Root): void {
    root.adoptedStyleSheets = [this.#home(root).base, ...(this.#roots.get(root) ?? []).map(({ sheet }) => sheet)];
  }

  #write(built: Built): void {
    const text = this.#cache.text(built.from.hash);
    if (text === undefined) return;
    const { urls, ids } = built.from;
    const here = urls.filter((number) => this.url(number) !== undefined).length;
    if (here === built.written) return;
    if (built.written < 0 && this.#text + text.length <= MOST_TEXT) {
      built.size = text.length;
      this.#text += text.length;
    }
    built.written = here;
    // Past the most: it counts as here, and stays empty.
    if (built.size < text.length) return;
    const place = (name: string): string => {
      const number = /^i(\d{1,9})$/.exec(name)?.[1];
      return `i${number === undefined ? 0 : (ids[Number(number)] ?? 0)}`;
    };
    const sieve = resourceSieve((index) => {
      const number = urls[index];
      return number === undefined ? undefined : this.url(number);
    });
    built.sheet.replaceSync(
      sieveSheet(text, {
        ...sieve,
        url: (address, family) =>
          address.startsWith('#') ? `#${place(address.slice(1))}` : sieve.url(address, family),
        id: place,
        class: (name) => name.replace(/^insyn-(\d{1,9})$/, (_, number) => `insyn-${ids[Number(number)] ?? 0}`),
      }),
    );
  }
}
