// Room: test. Which pictures may differ by more than the rest, by how many percent, and why.

/** By the name of a comparison: that of its page, with the number of the stage after it. */
export const EXCEPTIONS: Readonly<Record<string, { most: number; why: string }>> = {
  'fonts-2': {
    most: 0.2,
    why: 'a FontFace made by script tells nobody where it comes from; the next font of the family list is shown',
  },
};
