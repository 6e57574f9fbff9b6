// Room: mirror. What isn't at its beginning. Events tell of scrolling; what a page had scrolled before the mirror came is looked
// for once, a slice at a time, since asking thirty thousand elements takes longer than a page may be held up.

import { Document, Element } from './kinds.ts';

/** Milliseconds that one slice may take, and that lie between two. */
const SLICE_MS = 3;
const PAUSE_MS = 15;

export class Places {
  readonly #places = new Set<Node>();
  readonly #found: (node: Node) => void;
  #sweep: Iterator<Node> | undefined;
  #next: ReturnType<typeof setTimeout> | undefined;
  #swept = false;

  /** `found` is called with what the first slice did not come by. */
  constructor(found: (node: Node) => void) {
    this.#found = found;
  }

  add(node: Node): void {
    this.#places.add(node);
  }

  /** What may not be at its beginning. `nodes` are looked at the first time. */
  *all(nodes: Iterable<Node>): Iterable<Node> {
    if (!this.#swept) {
      this.#swept = true;
      this.#sweep = nodes[Symbol.iterator]();
      this.#slice((node) => this.#places.add(node));
    }
    for (const node of this.#places) {
      if (node.isConnected) yield node;
      else this.#places.delete(node);
    }
  }

  stop(): void {
    clearTimeout(this.#next);
    this.#sweep = undefined;
    this.#places.clear();
  }

  #slice(found: (node: Node) => void): void {
    const end = performance.now() + SLICE_MS;
    for (let count = 1; this.#sweep; count++) {
      const { value, done } = this.#sweep.next();
      if (done) this.#sweep = undefined;
      else if (value instanceof Document || (value instanceof Element && away(value))) found(value);
      if (count % 64 === 0 && performance.now() > end) break;
    }
    if (!this.#sweep) return;
    this.#next = setTimeout(
      () =>
        this.#slice((node) => {
          this.#places.add(node);
          this.#found(node);
        }),
      PAUSE_MS,
    );
  }
}

/** What the document itself is scrolled by is the document's. */
function away(element: Element): boolean {
  return (element.scrollTop || element.scrollLeft) !== 0 && element !== element.ownerDocument.scrollingElement;
}
