// Room: console. The one place that turns what the desk's API refused into the agent's words.

import { ApiError } from './api.ts';
import { texts } from './texts.ts';

export function wordsFor(error: unknown): string {
  if (!(error instanceof ApiError)) return texts.errors.refused;
  if (error.status === 0) return texts.errors.offline;
  if (error.status === 401) return texts.errors.signedOut;
  if (error.status === 429) return texts.errors.many;
  if (error.status === 503) return texts.errors.full;
  return texts.errors.refused;
}

/** Whether the sign-in is gone, so that only signing in again helps. */
export function isSignedOut(error: unknown): boolean {
  return error instanceof ApiError && error.status === 401;
}
