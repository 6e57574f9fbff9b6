// Room: mirror. What is true stays true: in rounds, a slice at a time, the page is compared with what was sent (a change
// that no observer told of), and what was sent is summed up for the view to compare with what it has.

import { SUM_IDS, sumNode } from '../wire/sum.ts';
import type { Op } from '../wire/tree.ts';
import type { Sent, Tree } from './capture.ts';

/** A round begins this long after the one before began, or once that one is through, in milliseconds. */
const ROUND_MS = 1000;
/** The most of a frame, in milliseconds. */
const SUM_MS = 3;
/** Nodes between two looks at the clock. */
const STRIDE = 32;

/** Walks over all that was sent, again and again. */
class Round {
  #nodes: Iterator<Sent> | undefined;
  #next: Sent | undefined;
  /** What has just been sent is true for now. */
  #began = performance.now();

  /** Calls `take` until the time or the round is over, or it refuses one, with which the next slice begins. `begins`: asked of a new round. */
  walk(tree: Tree, ms: number, take: (sent: Sent) => boolean, begins = () => true): void {
    const start = performance.now();
    if (!this.#nodes) {
      if (start - this.#began < ROUND_MS || !begins()) return;
      this.#began = start;
      this.#nodes = tree.all();
    }
    for (let count = 1; ; count++) {
      this.#next ??= this.#nodes.next().value;
      if (!this.#next) {
        this.#nodes = undefined;
        return;
      }
      // What was refused may have gone meanwhile.
      if (tree.get(this.#next.node) === this.#next && !take(this.#next)) return;
      this.#next = undefined;
      if (count % STRIDE === 0 && performance.now() - start >= ms) return;
    }
  }
}

export class Check {
  readonly #tree: Tree;
  readonly #compare = new Round();
  readonly #sum = new Round();
  /** Something was sent since the last round of sums began. */
  #news = true;

  constructor(tree: Tree) {
    this.#tree = tree;
  }

  /** Compares a slice with the page. Whether something was missed. All that the observer saw is noted before. */
  compare(ms: number): boolean {
    let missed = false;
    this.#compare.walk(this.#tree, ms, (sent) => {
      missed = this.#tree.compare(sent) || missed;
      return true;
    });
    return missed;
  }

  /**
   * The sum of the next slice, for the end of a delta; nothing between two rounds, nor where the view still has what is no longer in
   * the page. A round follows what was `told`, and no other: a page where nothing happens says nothing, or it would never count as idle.
   */
  sum(told: boolean): Op[] {
    this.#news ||= told;
    if (this.#tree.unfinished) return [];
    let from = 0;
    let to = 0;
    let sum = 0;
    const begins = () => {
      const news = this.#news;
      this.#news = false;
      return news;
    };
    this.#sum.walk(
      this.#tree,
      SUM_MS,
      ({ id, name, text, attributes, form, shadow, kids }) => {
        from ||= id;
        if (id - from >= SUM_IDS) return false;
        to = id;
        sum = sumNode(sum, id, text ?? name ?? '', attributes ?? [], form?.bits ?? 0, shadow?.id ?? 0, kids);
        return true;
      },
      begins,
    );
    return from ? [{ op: 'sum', from, to, sum }] : [];
  }
}
