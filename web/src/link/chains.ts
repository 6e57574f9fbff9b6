// Room: link. What the console holds of the pages before: for each chain the secret that the applicant's tab is known to have
// stored, and the one it may have stored by now. Nothing of it outlives the console's Worker.

import type { Bytes } from '../wire/messages.ts';
import { same } from './octets.ts';

/** One for each of the agency's origins where a browser keeps storage apart by them, and some more. */
export const CHAINS_MOST = 8;

interface Chain {
  present: Bytes | undefined;
  pending: Bytes | undefined;
}

export class Chains {
  /** By hexadecimal name; the one used longest ago comes first. */
  readonly #chains = new Map<string, Chain>();

  /** The secrets that a page may come with, the pending one first. */
  candidates(name: string): Bytes[] {
    const chain = this.#chains.get(name);
    return [chain?.pending, chain?.present].filter((secret) => secret !== undefined);
  }

  /** The tab has shown that it has stored `proven`; `next` is what it will store if it hears our answer. */
  advance(name: string, proven: Bytes | undefined, next: Bytes): void {
    const chain = this.#chains.get(name) ?? { present: undefined, pending: undefined };
    for (const old of [chain.present, chain.pending]) {
      if (old && !(proven && same(old, proven))) old.fill(0);
    }
    this.#chains.delete(name);
    this.#chains.set(name, { present: proven, pending: next });
    for (const [oldest, { present, pending }] of this.#chains) {
      if (this.#chains.size <= CHAINS_MOST) break;
      present?.fill(0);
      pending?.fill(0);
      this.#chains.delete(oldest);
    }
  }

  /** The first frame under the new keys has opened: the tab has stored what was pending. */
  settle(name: string): void {
    const chain = this.#chains.get(name);
    if (!chain?.pending) return;
    chain.present?.fill(0);
    chain.present = chain.pending;
    chain.pending = undefined;
  }

  clear(): void {
    for (const { present, pending } of this.#chains.values()) {
      present?.fill(0);
      pending?.fill(0);
    }
    this.#chains.clear();
  }
}
