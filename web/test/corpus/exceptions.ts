// Room: test. Which pictures may differ by more than the rest, by how many percent, and why.

/** By the name of a comparison: that of its page, with the number of the stage after it. */
export const EXCEPTIONS: Readonly<Record<string, { most: number; why: string }>> = {};
