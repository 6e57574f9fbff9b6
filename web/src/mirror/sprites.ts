// Room: mirror. What `use` shows out of another file: read once a file, where the page's CSP lets us, and only the parts in
// use are copied. The view gets them beside the `use`, in a `defs`.

import { NAMESPACES } from '../wire/allow.ts';
import type { Resources } from './resources.ts';

/** The most elements of one part. */
const MOST_ELEMENTS = 2000;
const USED = /(url\(["']?#|^#)([^"')]+)/;

/** Where a `use` leads, in full; where it stays in its own document, only the part from # on. */
export function leadsTo(href: string, base: string): string {
  try {
    const { hash, href: whole } = new URL(href, base);
    return whole.slice(0, -hash.length || undefined) === base.replace(/#.*/, '') ? hash : whole;
  } catch {
    return '';
  }
}

export class Sprites {
  readonly #resources: Resources;
  readonly #came: () => void;
  readonly #files = new Map<string, XMLHttpRequest>();
  readonly #copies = new WeakMap<Element, { from: string; copy: Element }>();

  /** `came` is called when a file is here. */
  constructor(resources: Resources, came: () => void) {
    this.#resources = resources;
    this.#came = came;
  }

  /** The part of another file that a `use` shows, once that is here. It belongs to no page. */
  copy(use: Element): Element | undefined {
    const href = use.getAttribute('href') ?? use.getAttribute('xlink:href') ?? '';
    const from = leadsTo(href, use.baseURI);
    if (!/^https?:.*#/.test(from)) return undefined;
    const known = this.#copies.get(use);
    if (known?.from === from) return known.copy;
    const [url = '', id = ''] = from.split('#');
    let file = this.#files.get(url);
    if (!file && this.#resources.canFetch(url)) {
      // Parses without a sink that Trusted Types guard.
      file = new XMLHttpRequest();
      this.#files.set(url, file);
      file.open('GET', url);
      file.responseType = 'document';
      file.overrideMimeType('image/svg+xml');
      file.onload = this.#came;
      file.send();
    }
    const doc = file?.responseXML;
    const part = doc?.getElementById(decodeURIComponent(id));
    if (!doc || !part) return undefined;
    const copy = doc.createElementNS(NAMESPACES.svg, 'defs');
    const taken = new Set<Element>();
    const take = (element: Element | null): void => {
      if (!element || taken.has(element) || copy.getElementsByTagName('*').length > MOST_ELEMENTS) return;
      taken.add(element);
      const clone = element.cloneNode(true) as Element;
      copy.append(clone);
      for (const one of [clone, ...clone.querySelectorAll('*')]) {
        for (const attribute of one.attributes) {
          const [, , used] = USED.exec(attribute.value) ?? [];
          if (attribute.name === 'id') attribute.value = `${url}#${attribute.value}`;
          else if (used && (/href$/.test(attribute.name) || !attribute.value.startsWith('#'))) {
            attribute.value = attribute.value.replace(USED, `$1${url}#$2`);
            take(doc.getElementById(used));
          }
        }
      }
    };
    take(part);
    this.#copies.set(use, { from, copy });
    return copy;
  }

  stop(): void {
    for (const file of this.#files.values()) file.abort();
    this.#files.clear();
  }
}
