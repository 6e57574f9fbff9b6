// Room: bridge (Worker). Beginning anew because somebody asks for it: at most once a second, since the server's asking proves nothing.

/** Milliseconds between two. */
export const RESTART_EVERY = 1000;

export interface RestartsOptions {
  now(): number;
  /** Begins anew. `all`: resources too, and the word about what is shown. */
  act(all: boolean): void;
}

export class Restarts {
  readonly #options: RestartsOptions;
  #last = Number.NEGATIVE_INFINITY;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #all = false;

  constructor(options: RestartsOptions) {
    this.#options = options;
  }

  /** Begins anew now, or as soon as a second has passed since the last time. */
  ask(all: boolean): void {
    this.#all ||= all;
    if (this.#timer !== undefined) return;
    const wait = this.#last + RESTART_EVERY - this.#options.now();
    if (wait <= 0) this.#act();
    else this.#timer = setTimeout(() => this.#act(), wait);
  }

  /** Something began anew of its own accord. */
  done(): void {
    this.cancel();
    this.#last = this.#options.now();
  }

  cancel(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#all = false;
  }

  #act(): void {
    const all = this.#all;
    this.done();
    this.#options.act(all);
  }
}
