// Room: link (Worker). Loads CPace into a Worker when digits are there to be exchanged: from the same origin, under a name that
// carries the file's hash.

import type { Cpace } from './cpace.ts';

/** Where the bundle puts itself, and where the Worker takes it from. */
export const CPACE_GLOBAL = 'insynCpace';

/** Loads it once; the same again afterwards. Rejects with what the network throws, and may be tried again then. */
export async function loadCpace(): Promise<Cpace> {
  const known = () => (globalThis as unknown as Record<string, Cpace | undefined>)[CPACE_GLOBAL];
  if (!known()) importScripts(`/assets/${CPACE_FILE}`);
  const loaded = known();
  if (!loaded) throw new Error('CPace did not load');
  return loaded;
}
