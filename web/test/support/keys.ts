// Room: test. One page's keys at both ends, without an exchange. Runs in browsers too.

import { derive, exchangeId, type PageKeys } from '../../src/link/keys.ts';

export const SESSION = 'abcdefghijklmnopqrstuvwxya';

/** One page's keys at both ends, always the same ones for a page. */
export async function pageKeys(page = 1): Promise<Record<'applicant' | 'agent', PageKeys>> {
  const secret = () => new Uint8Array(64).fill(page);
  const sid = exchangeId(SESSION, page);
  return {
    applicant: (await derive(secret(), sid, 'applicant')).keys,
    agent: (await derive(secret(), sid, 'agent')).keys,
  };
}
