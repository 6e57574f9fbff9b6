// Room: mirror. What of the page's text may leave it: the mode of each region (policy rules and data-insyn), the words
// that stay readable under `labels`, and the patterns that mask personal data in every mode.

import type { Policy } from '../wire/policy.ts';
import { matchesPath } from '../wire/policy.ts';
import { attribute, find, matches } from './native.ts';
import { type Beside, mask, Patterns } from './patterns.ts';

export type Mode = 'show' | 'labels' | 'mask' | 'hide';

/** What a node takes over from its parent. */
export interface Context {
  mode: Mode;
  /** Under `labels`: within something that stays readable. */
  label: boolean;
}

/** From weak to strong: on one element the strongest wins. */
export const STRENGTH: readonly Mode[] = ['show', 'labels', 'mask', 'hide'];
const strength = (mode: Mode): number => STRENGTH.indexOf(mode);

/** What is in two regions at once, a slot's and its own place's, is in the stronger one. */
export function stronger(a: Context, b: Context): Context {
  if (a.mode === b.mode) return { mode: a.mode, label: a.label || b.label };
  return strength(a.mode) > strength(b.mode) ? a : b;
}

/** Whether words may be read there. */
export function readable({ mode, label }: Context): boolean {
  return mode === 'show' || (mode === 'labels' && label);
}

/** What stays readable under `labels`. */
const LABELS =
  'h1,h2,h3,h4,h5,h6,label,legend,button,a[href],summary,th,nav,caption,dt,[role=heading],[role=alert],[role=status],' +
  '[role=button],[role=link],[role=tab],[role=navigation],[aria-live=polite],[aria-live=assertive]';
/** What does not, wherever it stands: it says what was or may be chosen. */
export const NEVER_LABELS =
  'option,optgroup,output,datalist,[contenteditable],[role=option],:not(input)[role=combobox],[aria-haspopup=listbox]';
/** Of that, what does where the page's rule shows choices. */
const CHOICES = 'option,optgroup,[role=option],[role=combobox],[aria-haspopup=listbox]';

const SAYING = `${LABELS},${NEVER_LABELS}`;

type Root = Document | ShadowRoot;

export class Masks {
  readonly #policy: Policy;
  readonly #patterns: Patterns;
  readonly #pathOf: (doc: Document) => string;
  /** By path: frames may lie elsewhere than the page. */
  readonly #rules = new Map<string, { selector: string; mode: Mode }[]>();
  readonly #moody: boolean;
  /** Attributes that rules and descriptions ask about. */
  readonly #asks = new Set(['data-insyn', 'id', 'aria-describedby', 'aria-errormessage']);
  #choices = false;
  /** Where a region begins, and its mode. */
  #own = new Map<Element, Mode>();
  /** Elements that describe another, or say what is wrong with it. */
  #describing = new Set<Element>();

  /** `pathOf`: where a document lies. */
  constructor(policy: Policy, pathOf: (doc: Document) => string) {
    this.#policy = policy;
    this.#patterns = new Patterns(policy.patterns);
    this.#pathOf = pathOf;
    const selectors = policy.rules.map(({ selector }) => selector);
    // What has an escape, a comment, a namespace or a word after a colon may ask about anything.
    this.#moody = selectors.some((selector) => /[:\\|]|\/\*|style/i.test(selector));
    for (const selector of selectors) {
      if (selector.includes('.')) this.#asks.add('class');
      for (const [, name = ''] of selector.matchAll(/\[\s*([^\]\s~^$*=]+)/g)) this.#asks.add(name.toLowerCase());
    }
  }

  /** Whether a rule may come to hold, or no longer, by what no mutation tells but that of a style. */
  get moody(): boolean {
    return this.#moody;
  }

  /** Whether a region may begin or end where an attribute of this name changed. */
  decides(name: string): boolean {
    return this.#moody || this.#asks.has(name);
  }

  /** The text as it may leave; `beside` is what stands in the same line. */
  text(text: string, context: Context, beside?: Beside): string {
    return readable(context) ? this.#patterns.mask(text, beside) : mask(text);
  }

  /** The page has another path. */
  turn(choices: boolean): void {
    this.#choices = choices;
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
    if (this.#patterns.broken) rules.push({ selector: 'body', mode: 'hide' });
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
      if (!known || strength(mode) > strength(known)) own.set(element, mode);
    };
    for (const element of find(root, '[data-insyn]')) {
      const said = attribute(element, 'data-insyn') ?? '';
      if (said !== 'consent') put(element, STRENGTH.find((mode) => mode === said) ?? 'hide');
    }
    for (const { selector, mode } of this.#rulesFor(this.#pathOf(root.ownerDocument ?? (root as Document)))) {
      for (const element of find(root, selector)) put(element, mode);
    }
    for (const element of find(root, '[aria-describedby],[aria-errormessage]')) {
      for (const name of ['aria-describedby', 'aria-errormessage']) {
        for (const id of attribute(element, name)?.split(/\s+/) ?? []) {
          const target = id ? root.getElementById(id) : null;
          if (target) describing.add(target);
        }
      }
    }
  }

  /** The mode of an element within that of its parent: only `labels` and `show` open each other. */
  mode(element: Element, parent: Mode): Mode {
    const own = this.#own.get(element) ?? parent;
    return strength(parent) > strength('labels') && strength(parent) > strength(own) ? parent : own;
  }

  /** The context of an element within its parent's. */
  context(element: Element, parent: Context): Context {
    const mode = this.mode(element, parent.mode);
    if (mode !== 'labels') return { mode, label: false };
    const inherited = parent.label && mode === parent.mode;
    const described = this.#describing.has(element);
    // Most have neither a role nor a name that says anything.
    if (!matches(element, SAYING)) return { mode, label: inherited || described };
    if (matches(element, NEVER_LABELS)) return { mode, label: this.#choices && matches(element, CHOICES) };
    return { mode, label: inherited || described || matches(element, LABELS) };
  }
}
