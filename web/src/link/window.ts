// Room: link. Credit: how many bytes may be under way unacknowledged, found from how long acknowledgements take.

/** Start, floor and ceiling of the window, in bytes. */
export const WINDOW = { start: 32 << 10, least: 8 << 10, most: 512 << 10 };
/** A queue somewhere on the way has formed when an answer takes this much longer than the quickest one did. */
const QUEUED_MS = 200;

/**
 * One lane's window at the sender. The step is mosh's and LEDBAT's idea: grow while answers come as quickly as they ever
 * did, shrink as soon as they don't, so that what is sent is still fresh when it arrives.
 */
export class SendWindow {
  #limit = WINDOW.start;
  #quickest = Number.POSITIVE_INFINITY;
  #bytes = 0;
  readonly #underWay: { counter: number; bytes: number; at: number }[] = [];

  /** Something may be sent. One frame larger than the window may go when nothing is under way. */
  get open(): boolean {
    return this.#bytes === 0 || this.#bytes < this.#limit;
  }

  /** Bytes under way. */
  get bytes(): number {
    return this.#bytes;
  }

  sent(counter: number, bytes: number, now: number): void {
    this.#underWay.push({ counter, bytes, at: now });
    this.#bytes += bytes;
  }

  /** Everything up to and including counter was applied. */
  acknowledged(counter: number, now: number): void {
    let newest: { at: number; bytes: number } | undefined;
    while (this.#underWay[0] && this.#underWay[0].counter <= counter) {
      newest = this.#underWay.shift();
      if (newest) this.#bytes -= newest.bytes;
    }
    if (!newest) return;
    const took = now - newest.at;
    this.#quickest = Math.min(this.#quickest, took);
    const grown = took > this.#quickest + QUEUED_MS ? this.#limit / 2 : this.#limit + newest.bytes;
    this.#limit = Math.min(WINDOW.most, Math.max(WINDOW.least, grown));
  }

  /** What was under way is lost: the line broke, or everything was dropped for a resync. */
  forget(): void {
    this.#underWay.length = 0;
    this.#bytes = 0;
  }
}
