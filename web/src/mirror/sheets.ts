// Room: mirror. The style sheets of a document or shadow root, in order: read, sent through the sieve, named by the hash
// of what is left. Text comes by fetch where it may (CSSOM loses shorthands with var()), else from CSSOM.

import { type Sieve, sieveMedia, sieveSheet } from '../wire/css.ts';
import type { Hash } from '../wire/messages.ts';
import type { Sheet } from '../wire/tree.ts';
import type { Resources } from './resources.ts';

export type Root = Document | ShadowRoot;

interface Source {
  /** Says whether the sheet changed since it was read. */
  key: string;
  reading: boolean;
  ready?: { hash: Hash; urls: number[]; ids: number[] };
}

/** What the sheets need to know of the rest of the mirror. */
export interface Names {
  /** The new number of an id. */
  id(name: string): number;
  /** A string in `content` and the like as it may leave. */
  text(value: string): string;
}

/** Properties whose strings are names, not words. */
const NAMING = /^(font|grid|src$|syntax$|quotes$|will-change$|-webkit-locale$|--.*(font|family))/;

export class Sheets {
  readonly #resources: Resources;
  readonly #names: Names;
  readonly #ready: () => void;
  #sources = new Map<CSSStyleSheet, Source>();
  readonly #fetched = new Map<string, string | undefined>();
  #families = new Set<string>();
  /** What sheets asked about the browser and its person, and what they were told. */
  readonly #asked = new Map<string, { list: MediaQueryList; told: boolean }>();

  /** `ready` is called when a sheet has been read, and `list` says something new. */
  constructor(resources: Resources, names: Names, ready: () => void) {
    this.#resources = resources;
    this.#names = names;
    this.#ready = ready;
  }

  /** The sheets of a root that are ready, in order, and whether that is all of them. */
  list(root: Root): { sheets: Sheet[]; whole: boolean } {
    const sheets: Sheet[] = [];
    let whole = true;
    this.#listen();
    this.#families = new Set(Array.from(document.fonts, (face) => face.family.replace(/^["']|["']$/g, '')));
    for (const sheet of [...root.styleSheets, ...root.adoptedStyleSheets]) {
      if (sheet.disabled) continue;
      for (const { part, media, wrap } of this.#flat(sheet, '', [])) {
        const source = this.#source(part, wrap);
        if (source.ready)
          sheets.push({ media: media && sieveMedia(media, this.#sieve([], [], null)), ...source.ready });
        if (source.reading) whole = false;
      }
    }
    return { sheets, whole };
  }

  /** The text mode changed: what was sent through the sieve has to go through it again. */
  forget(): void {
    this.#sources = new Map();
  }

  /** Whether a media feature holds in this browser. */
  #media(feature: string): boolean {
    let asked = this.#asked.get(feature);
    if (!asked) {
      const list = matchMedia(feature);
      asked = { list, told: list.matches };
      this.#asked.set(feature, asked);
    }
    return asked.told;
  }

  /** Colour scheme, motion and the like changed: what was told of them has to be told anew. */
  #listen(): void {
    for (const asked of this.#asked.values()) {
      if (asked.list.matches === asked.told) continue;
      this.#asked.clear();
      this.forget();
      return;
    }
  }

  /** A sheet after those that it imports, each with what it was imported under. */
  #flat(sheet: CSSStyleSheet, outer: string, wrap: string[]): { part: CSSStyleSheet; media: string; wrap: string[] }[] {
    const own = sheet.media.mediaText;
    const media = outer && own && outer !== own ? `${outer} and ${own}` : outer || own;
    const list: { part: CSSStyleSheet; media: string; wrap: string[] }[] = [];
    if (wrap.length < 8) {
      for (const rule of rulesOf(sheet) ?? []) {
        if (!(rule instanceof CSSImportRule)) continue;
        const layer = rule.layerName === null ? [] : [`@layer ${rule.layerName}`];
        const supports = rule.supportsText ? [`@supports (${rule.supportsText})`] : [];
        if (rule.styleSheet) list.push(...this.#flat(rule.styleSheet, media, [...wrap, ...layer, ...supports, '']));
      }
    }
    list.push({ part: sheet, media, wrap });
    return list;
  }

  #source(sheet: CSSStyleSheet, wrap: string[]): Source {
    const rules = rulesOf(sheet);
    const owner = sheet.ownerNode instanceof HTMLStyleElement ? (sheet.ownerNode.textContent ?? '') : '';
    const last = rules && rules.length > 0 ? rules[rules.length - 1] : undefined;
    const key = `${owner}|${rules?.length}|${sheet.href ? '' : last?.cssText}`;
    let source = this.#sources.get(sheet);
    if (!source || source.key !== key) {
      source = { ...source, key, reading: true };
      this.#sources.set(sheet, source);
      this.#read(sheet, source, owner, wrap)
        .catch(() => undefined)
        .then(() => {
          source = Object.assign(source ?? {}, { key, reading: false });
          this.#ready();
        });
    }
    return source;
  }

  async #read(sheet: CSSStyleSheet, source: Source, owner: string, wrap: string[]): Promise<void> {
    const rules = rulesOf(sheet);
    let text: string | undefined;
    if (sheet.href && this.#resources.canFetch(sheet.href)) {
      if (!this.#fetched.has(sheet.href)) {
        const bytes = await this.#resources.fetch(sheet.href);
        this.#fetched.set(sheet.href, bytes && new TextDecoder().decode(bytes));
      }
      text = this.#fetched.get(sheet.href);
    } else if (owner.trim() && rules?.length) {
      // insertRule leaves the element's text behind; where the numbers differ, CSSOM is right.
      const probe = new CSSStyleSheet();
      probe.replaceSync(owner);
      const imports = Array.from(rules).filter((rule) => rule instanceof CSSImportRule).length;
      if (probe.cssRules.length === rules.length - imports) text = owner;
    }
    text ??= rules ? Array.from(rules, (rule) => rule.cssText).join('\n') : undefined;
    if (text === undefined) return;
    const open = wrap.filter(Boolean).map((rule) => `${rule}{`);
    const urls: number[] = [];
    const ids: number[] = [];
    const out = sieveSheet(open.join('') + text + '}'.repeat(open.length), this.#sieve(urls, ids, sheet.href));
    source.ready = { hash: await this.#resources.keepSheet(out), urls, ids };
  }

  /** The sieve of one sheet, which counts its urls and ids in the order they come. */
  #sieve(urls: number[], ids: number[], base: string | null): Sieve {
    const place = (list: number[], number: number): number => {
      const at = list.indexOf(number);
      return at < 0 ? list.push(number) - 1 : at;
    };
    return {
      url: (address, family) => {
        if (address.startsWith('#')) return `#i${place(ids, this.#names.id(address.slice(1)))}`;
        const url = absolute(address, base ?? document.baseURI);
        const number = url && this.#resources.number(url, family === undefined ? 'css' : 'font', family);
        return number === undefined || number === '' ? undefined : `insyn:${place(urls, number)}`;
      },
      id: (name) => `i${place(ids, this.#names.id(name))}`,
      text: (value, property) => (NAMING.test(property) || this.#families.has(value) ? value : this.#names.text(value)),
      media: (feature) => this.#media(feature),
    };
  }
}

/** The address of a resource, or undefined where it isn't one that can be had. */
export function absolute(address: string, base: string): string | undefined {
  try {
    const url = new URL(address, base);
    url.hash = '';
    return /^(https?|data):$/.test(url.protocol) ? url.href : undefined;
  } catch {
    return undefined;
  }
}

function rulesOf(sheet: CSSStyleSheet): CSSRuleList | undefined {
  try {
    return sheet.cssRules;
  } catch {
    // A sheet of another origin without CORS keeps its rules to itself.
    return undefined;
  }
}
