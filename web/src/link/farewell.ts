// Room: link. How an end leaves a session that it wants over: its word is enough for itself. The server is told on each line until it
// has heard, and the line is kept for a while, so that the other side hears of it too.

import type { Reason } from '../wire/reason.ts';

/** How long the line is kept after an end that nobody confirmed, in milliseconds. */
export const FAREWELL_MS = 30_000;

/** Once. */
export class Farewell {
  #said: { reason: Reason; say: () => void } | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** Why this end wants it over, whatever the server says then; undefined where it does not. */
  get reason(): Reason | undefined {
    return this.#said?.reason;
  }

  /** Says so now. `told`: after `wait` milliseconds, at once where that is 0. `gone`: nobody confirmed it. */
  begin(reason: Reason, say: () => void, wait: number, told: () => void, gone: () => void): void {
    this.#said = { reason, say };
    say();
    const over = () => {
      told();
      this.#timer = setTimeout(gone, FAREWELL_MS);
    };
    if (wait === 0) over();
    else this.#timer = setTimeout(over, wait);
  }

  /** A new line: the server may not have heard. */
  again(): void {
    this.#said?.say();
  }

  /** Confirmed, or of no use any more. */
  stop(): void {
    clearTimeout(this.#timer);
  }
}
