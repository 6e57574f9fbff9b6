// Room: mirror. The style sheets of a document or shadow root, in order: read, sent through the sieve, named by the hash
// of what is left. Text comes by fetch where it may (CSSOM loses shorthands with var()), else from CSSOM.

import { type Sieve, sieveMedia, sievingSheet } from '../wire/css.ts';
import type { Hash } from '../wire/messages.ts';
import { sumText } from '../wire/sum.ts';
import type { Sheet } from '../wire/tree.ts';
import type { CustomFilter } from './custom.ts';
import {
  CSSConditionRule,
  CSSGroupingRule,
  CSSImportRule,
  CSSLayerStatementRule,
  CSSStyleRule,
  HTMLStyleElement,
} from './kinds.ts';
import type { Mode } from './mask.ts';
import { familyOf, type Resources } from './resources.ts';

export type Root = Document | ShadowRoot;

/** How long one look at the rules may take, in milliseconds. */
const LOOK_MS = 2;
/** The most of one task that goes to reading a sheet, in milliseconds. */
const READ_MS = 4;
/** How long a sheet that nobody lists any more is kept in mind, in milliseconds. */
const KEEP_MS = 10_000;

interface Source {
  /** Says at once whether rules came or went since the sheet was read. */
  key: string;
  reading: boolean;
  /** When it was listed last. */
  used: number;
  /** Of the text that was read: what the rules would be if no script had changed them. */
  probe?: CSSStyleSheet | undefined;
  /** Sum of all rules as they were read. */
  sum?: number | undefined;
  /** A script changed the rules: the text no longer tells. */
  live?: boolean;
  ready?: { hash: Hash; urls: number[]; ids: number[] };
}

export type Asks = Map<string, Map<string, string>>;

/** What the sheets need to know of the rest of the mirror. */
export interface Names {
  /** The new number of an id. */
  id(name: string): number;
  /** Class names leave as numbers. */
  classes: boolean;
  /** The mode of where a sheet stands. */
  mode(owner: Node): Mode;
  /** A string in `content` and the like as it may leave. */
  text(value: string, mode: Mode): string;
  /** Whether a custom property may leave. */
  custom: CustomFilter;
}

/** Properties whose strings are names, not words. */
const NAMING = /^(font|grid|src$|syntax$|will-change$|--.*font)/;
export class Sheets {
  readonly #resources: Resources;
  readonly #names: Names;
  readonly #ready: () => void;
  #sources = new Map<CSSStyleSheet, Source>();
  readonly #fetched = new Map<string, string | undefined>();
  #families = new Set<string>();
  /** What sheets asked about the browser and its person, and what they were told. */
  readonly #asked = new Map<string, { list: MediaQueryList; told: boolean }>();
  /** By attribute, what sheets ask of it, and the number for each; "" where attr() reads it. */
  readonly asks: Asks = new Map();
  readonly #newAsks = new Set<string>();
  #tour: Generator<void, void> | undefined;

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
    this.#families = new Set(Array.from((root.ownerDocument ?? root).fonts, familyOf));
    for (const sheet of [...root.styleSheets, ...root.adoptedStyleSheets]) {
      // Chromium doesn't call one of several to choose from disabled; which of them a script chose isn't told.
      const owner = sheet.ownerNode as HTMLLinkElement | null;
      if (sheet.disabled || owner?.relList?.contains('alternate')) continue;
      const mode = this.#names.mode(sheet.ownerNode ?? root);
      for (const { part, media, wrap } of this.#flat(sheet, '', [])) {
        const source = this.#source(part, wrap, root.baseURI, mode);
        if (source.ready)
          sheets.push({ media: media && sieveMedia(media, this.#sieve([], [], '', mode)), ...source.ready });
        if (source.reading) whole = false;
      }
    }
    return { sheets, whole };
  }

  /** Goes on comparing all rules with what was read, a little at a time: of `rule.style` no event tells. */
  look(): void {
    const end = performance.now() + LOOK_MS;
    this.#tour ??= this.#compare();
    for (let steps = 1; steps % 8 || performance.now() < end; steps++) {
      if (!this.#tour.next().done) continue;
      this.#tour = undefined;
      return;
    }
  }

  *#compare(): Generator<void, void> {
    for (const [sheet, source] of this.#sources) {
      if (performance.now() - source.used > KEEP_MS) this.#sources.delete(sheet);
      const rules = rulesOf(sheet);
      if (source.reading || !rules) continue;
      if (source.probe) source.sum = yield* sumOf(source.probe.cssRules);
      source.probe = undefined;
      const sum = yield* sumOf(rules);
      if (sum === source.sum || this.#sources.get(sheet) !== source) continue;
      source.live = true;
      source.key = '';
      this.#ready();
    }
  }

  /** Attributes of which something is asked since the last time. */
  newAsks(): string[] {
    const names = [...this.#newAsks];
    this.#newAsks.clear();
    return names;
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
        if (rule instanceof CSSLayerStatementRule) continue;
        if (!(rule instanceof CSSImportRule)) break;
        const layer = rule.layerName === null ? [] : [`@layer ${rule.layerName}`];
        const supports = rule.supportsText ? [`@supports (${rule.supportsText})`] : [];
        if (rule.styleSheet) list.push(...this.#flat(rule.styleSheet, media, [...wrap, ...layer, ...supports, '']));
      }
    }
    list.push({ part: sheet, media, wrap });
    return list;
  }

  #source(sheet: CSSStyleSheet, wrap: string[], base: string, mode: Mode): Source {
    const rules = rulesOf(sheet);
    const last = rules?.[rules.length - 1];
    const key = `${mode}|${rules?.length}|${last instanceof CSSGroupingRule ? '' : last?.cssText}`;
    let source = this.#sources.get(sheet);
    if (!source || source.key !== key) {
      const read: Source = { ...source, key, reading: true, used: 0 };
      source = read;
      this.#sources.set(sheet, read);
      this.#read(sheet, read, wrap, base, mode)
        .catch(() => undefined)
        .then(() => {
          read.reading = false;
          this.#ready();
        });
    }
    source.used = performance.now();
    return source;
  }

  async #read(sheet: CSSStyleSheet, source: Source, wrap: string[], base: string, mode: Mode): Promise<void> {
    const rules = rulesOf(sheet);
    let text: string | undefined;
    if (source.live) text = undefined;
    else if (!sheet.href) {
      text = sheet.ownerNode instanceof HTMLStyleElement ? sheet.ownerNode.textContent?.trim() || undefined : undefined;
    } else if (this.#resources.canFetch(sheet.href)) {
      if (!this.#fetched.has(sheet.href)) {
        const bytes = await this.#resources.fetch(sheet.href);
        this.#fetched.set(sheet.href, bytes && new TextDecoder().decode(bytes));
      }
      text = this.#fetched.get(sheet.href);
    }
    if (text !== undefined && rules) {
      source.probe = new CSSStyleSheet();
      source.probe.replaceSync(text);
      // insertRule leaves the text behind; where the numbers differ, CSSOM is right.
      const imports = Array.from(rules).filter((rule) => rule instanceof CSSImportRule).length;
      if (source.probe.cssRules.length !== rules.length - imports) text = undefined;
    }
    if (text === undefined) {
      if (!rules) return;
      text = Array.from(rules, (rule) => rule.cssText).join('\n');
      source.probe = undefined;
      source.sum = await unhurried(sumOf(rules));
    }
    const open = wrap.filter(Boolean).map((rule) => `${rule}{`);
    const urls: number[] = [];
    const ids: number[] = [];
    const sieve = this.#sieve(urls, ids, sheet.href ?? base, mode);
    // A file is the same for everyone; what a script wrote may hold what somebody typed.
    if (sheet.href && source.probe) delete sieve.custom;
    const out = await unhurried(sievingSheet(open.join('') + text + '}'.repeat(open.length), sieve));
    source.ready = { hash: await this.#resources.keepSheet(out), urls, ids };
  }

  /** The sieve of one sheet, which counts its urls and ids in the order they come. */
  #sieve(urls: number[], ids: number[], base: string, mode: Mode): Sieve {
    const place = (list: number[], number: number): number => {
      const at = list.indexOf(number);
      return at < 0 ? list.push(number) - 1 : at;
    };
    return {
      url: (address, family) => {
        if (address.startsWith('#')) return `#i${place(ids, this.#names.id(address.slice(1)))}`;
        const url = absolute(address, base);
        const number = url && this.#resources.number(url, family === undefined ? 'css' : 'font', family);
        return number === undefined || number === '' ? undefined : `insyn:${place(urls, number)}`;
      },
      id: (name) => `i${place(ids, this.#names.id(name))}`,
      text: (value, property) =>
        NAMING.test(property) || this.#families.has(value) ? value : this.#names.text(value, mode),
      attribute: (name, selector) => {
        // A rule that the browser didn't take matches nothing, and would throw where it is asked.
        if (selector && !CSS.supports(`selector(${selector})`)) return 'i0';
        const asks = this.asks.get(name) ?? new Map<string, string>();
        this.asks.set(name, asks);
        const number = asks.get(selector) ?? `i${sumText(0, name + selector) % 1e9}`;
        if (!asks.has(selector)) this.#newAsks.add(name);
        asks.set(selector, number);
        return number;
      },
      media: (feature) => this.#media(feature),
      custom: (property, value, names) => this.#names.custom(property, value, names, mode === 'show'),
      ...(this.#names.classes && { class: (name: string) => `insyn-${place(ids, this.#names.id(`.${name}`))}` }),
    };
  }
}

/** Takes steps to their end, for a few milliseconds of a task each. */
async function unhurried<T>(steps: Generator<void, T>): Promise<T> {
  for (;;) {
    await new Promise((done) => setTimeout(done, 0));
    for (const end = performance.now() + READ_MS; performance.now() < end; ) {
      const { value, done } = steps.next();
      if (done) return value;
    }
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

/** Each rule's text by itself, those in @media, @layer and the like included. */
function* texts(rules: CSSRuleList): Iterable<string> {
  for (const rule of rules) {
    if (rule instanceof CSSGroupingRule && !(rule instanceof CSSStyleRule)) {
      yield rule instanceof CSSConditionRule ? rule.conditionText : '';
      yield* texts(rule.cssRules);
    } else if (!(rule instanceof CSSImportRule)) yield rule.cssText;
  }
}

/** A sum over all rules, one a step. */
function* sumOf(rules: CSSRuleList): Generator<void, number> {
  let sum = 0;
  for (const text of texts(rules)) {
    sum = sumText(sum, text);
    yield;
  }
  return sum;
}

function rulesOf(sheet: CSSStyleSheet): CSSRuleList | undefined {
  try {
    return sheet.cssRules;
  } catch {
    // A sheet of another origin without CORS keeps its rules to itself.
    return undefined;
  }
}
