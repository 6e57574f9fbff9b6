// Room: link. Tasks one after the other. One that throws doesn't silence those behind it, and is told.

export class Queue {
  readonly #failed: () => void;
  #last: Promise<void> = Promise.resolve();
  #waiting = 0;

  /** `failed` is told each time that a task threw: something is wrong here that no task expected. */
  constructor(failed: () => void) {
    this.#failed = failed;
  }

  /** Nothing waits or is at work. */
  get empty(): boolean {
    return this.#waiting === 0;
  }

  add(task: () => void | Promise<void>): void {
    this.#waiting++;
    this.#last = this.#last.then(async () => {
      try {
        await task();
      } catch {
        try {
          this.#failed();
        } catch {
          // Whoever is told has nothing better to do either; those behind must go on.
        }
      } finally {
        this.#waiting--;
      }
    });
  }
}
