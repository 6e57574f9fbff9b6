// Room: wire. Work that can be taken in steps, for whom it may not hold up, taken all at once.

/** What steps come to. */
export function drain<T>(steps: Generator<void, T>): T {
  for (;;) {
    const { value, done } = steps.next();
    if (done) return value;
  }
}
