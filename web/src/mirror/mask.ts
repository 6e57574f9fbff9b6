// Room: mirror. What of the page's text may leave it: the mode of each region (policy rules and data-insyn), the words
// that stay readable under `labels`, and the patterns that mask personal data in every mode.

import type { Policy } from '../wire/policy.ts';
import { matchesPath } from '../wire/policy.ts';

export type Mode = 'show' | 'labels' | 'mask' | 'hide';

/** What a node takes over from its parent. */
export interface Context {
  mode: Mode;
  /** Under `labels`: within something that stays readable. */
  label: boolean;
}

/** From weak to strong: on one element the strongest wins; between elements the closer one. */
export const STRENGTH: readonly Mode[] = ['show', 'labels', 'mask', 'hide'];

/** What stays readable under `labels`. */
const LABELS =
  'h1,h2,h3,h4,h5,h6,label,legend,button,a[href],summary,th,nav,caption,dt,[role=heading],[role=alert],[role=status],' +
  '[role=button],[role=link],[role=tab],[role=navigation],[aria-live=polite],[aria-live=assertive]';
/** What does not, wherever it stands: it says what was or may be chosen. */
export const NEVER_LABELS = 'option,optgroup,output,datalist,[contenteditable]';
/** Of that, what does where the page's rule shows choices. */
const CHOICES = 'option,optgroup';

const BLOCK = '█';

/** Every character that isn't space becomes a block, so that lines keep their length and break where they did. */
export function mask(text: string): string {
  return text.replace(/\S/gu, BLOCK);
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

/** A Swedish personal identity or coordination number: a date (day + 60 for the latter), three digits, a check digit. */
function personalNumber(match: string): boolean {
  const digits = match.replace(/\D/g, '').slice(-10);
  const month = Number(digits.slice(2, 4));
  const day = Number(digits.slice(4, 6)) % 60;
  return month >= 1 && month <= 12 && day >= 1 && day <= 31 && luhn(digits);
}

/** Personal data by shape, and a closer look where the shape alone says too little. */
const PATTERNS: readonly { shape: RegExp; holds?: (match: string) => boolean }[] = [
  { shape: /[\p{L}\p{N}._%+-]+@[\p{L}\p{N}-]+(\.[\p{L}\p{N}-]+)+/gu },
  { shape: /(?<!\d)(\d{2})?\d{6}\s?[-+–]?\s?\d{4}(?!\d)/g, holds: personalNumber },
  { shape: /(?<!\d)\d{8}\s?[-–]\s?\d{2}(?!\d)/g },
  {
    shape: /(?<!\d)\d(?:[ -]?\d){12,18}(?!\d)/g,
    holds: (match) => luhn(match.replace(/\D/g, '')),
  },
  {
    shape: /(?<![\d.])(?:\+|0)\d*(?:[ ()/–-]{0,3}\d){6,14}(?![\d.]\d)/g,
    holds: (match) => {
      const digits = match.replace(/\D/g, '').length;
      return digits >= 7 && digits <= 15;
    },
  },
];

/** Masks personal data by its pattern; nothing else changes. */
export function sieveText(text: string): string {
  if (!/\d{2}|@/.test(text)) return text;
  return PATTERNS.reduce(
    (rest, { shape, holds }) => rest.replace(shape, (match) => (!holds || holds(match) ? mask(match) : match)),
    text,
  );
}

/** The text as it may leave. */
export function shownText(text: string, { mode, label }: Context): string {
  return mode === 'show' || (mode === 'labels' && label) ? sieveText(text) : mask(text);
}

type Root = Document | ShadowRoot;

export class Masks {
  readonly #policy: Policy;
  readonly #pathOf: (doc: Document) => string;
  /** By path: frames may lie elsewhere than the page. */
  readonly #rules = new Map<string, { selector: string; mode: Mode }[]>();
  #choices = false;
  /** Where a region begins, and its mode. */
  #own = new Map<Element, Mode>();
  /** Elements that describe another, or say what is wrong with it. */
  #describing = new Set<Element>();

  /** `pathOf`: where a document lies. */
  constructor(policy: Policy, pathOf: (doc: Document) => string) {
    this.#policy = policy;
    this.#pathOf = pathOf;
  }

  /** The page has another path. */
  turn(choices: boolean): void {
    this.#choices = choices;
    this.#own = new Map();
    this.#describing = new Set();
  }

  /** The rules for a path. A rule that can't be parsed hides the page. */
  #rulesFor(path: string): { selector: string; mode: Mode }[] {
    const known = this.#rules.get(path);
    if (known) return known;
    const rules = this.#policy.rules
      .filter((rule) => rule.path === undefined || matchesPath(rule.path, path))
      .map(({ selector, text }): { selector: string; mode: Mode } => {
        try {
          document.createDocumentFragment().querySelector(selector);
          return { selector, mode: STRENGTH.includes(text) ? text : 'hide' };
        } catch {
          return { selector: 'body', mode: 'hide' };
        }
      });
    this.#rules.set(path, rules);
    return rules;
  }

  /** Finds the regions anew; returns the elements whose own mode or part in a description changed. */
  refresh(roots: Iterable<Root>): Set<Element> {
    const own = new Map<Element, Mode>();
    const describing = new Set<Element>();
    for (const root of roots) this.#scan(root, own, describing);
    const changed = new Set<Element>();
    for (const [element, mode] of own) if (this.#own.get(element) !== mode) changed.add(element);
    for (const element of this.#own.keys()) if (!own.has(element)) changed.add(element);
    for (const element of describing) if (!this.#describing.has(element)) changed.add(element);
    for (const element of this.#describing) if (!describing.has(element)) changed.add(element);
    this.#own = own;
    this.#describing = describing;
    return changed;
  }

  /** Finds the regions of a root that was met just now, before anything of it is read. */
  add(root: Root): void {
    this.#scan(root, this.#own, this.#describing);
  }

  #scan(root: Root, own: Map<Element, Mode>, describing: Set<Element>): void {
    const put = (element: Element, mode: Mode): void => {
      const known = own.get(element);
      if (!known || STRENGTH.indexOf(mode) > STRENGTH.indexOf(known)) own.set(element, mode);
    };
    for (const element of root.querySelectorAll('[data-insyn]')) {
      const said = element.getAttribute('data-insyn') ?? '';
      if (said !== 'consent') put(element, STRENGTH.find((mode) => mode === said) ?? 'hide');
    }
    for (const { selector, mode } of this.#rulesFor(this.#pathOf(root.ownerDocument ?? (root as Document)))) {
      for (const element of root.querySelectorAll(selector)) put(element, mode);
    }
    for (const element of root.querySelectorAll('[aria-describedby],[aria-errormessage]')) {
      for (const name of ['aria-describedby', 'aria-errormessage']) {
        for (const id of element.getAttribute(name)?.split(/\s+/) ?? []) {
          const target = id ? root.getElementById(id) : null;
          if (target) describing.add(target);
        }
      }
    }
  }

  /** The context of an element within its parent's. */
  context(element: Element, parent: Context): Context {
    const mode = parent.mode === 'hide' ? 'hide' : (this.#own.get(element) ?? parent.mode);
    if (mode !== 'labels') return { mode, label: false };
    if (element.matches(NEVER_LABELS)) return { mode, label: this.#choices && element.matches(CHOICES) };
    const inherited = parent.label && mode === parent.mode;
    return { mode, label: inherited || this.#describing.has(element) || element.matches(LABELS) };
  }
}
