// Room: bridge. What the bridge's document asks of the server over HTTP: to take a code, whether this browser has a session, and
// to let go of the ticket. The secret digits have no part in any of it.

import type { Answer } from './form.ts';
import { isSession } from './store.ts';

const FALLBACK_WAIT_SECONDS = 30;
/** Milliseconds that letting go of a ticket may take, each of two times: the next code waits for it. */
const LET_GO_WAIT = 2500;
/** Milliseconds that the question for a session may take. */
const ELSEWHERE_WAIT = 10_000;
/** How long joining may take where the server does not say it. */
const JOIN_SECONDS = 30;

export type Redeemed =
  | { t: 'accepted'; session: string; agentId: string; agentName: string; joinSeconds: number }
  /** The statement is not in force any more. */
  | { t: 'outdated' }
  | Exclude<Answer, { t: 'accepted' }>;

/** `wait`: milliseconds that it may take at most. */
function ask(method: 'POST' | 'DELETE', path: string, body?: object, wait?: number): Promise<Response> {
  return fetch(path, {
    ...(wait === undefined ? {} : { signal: AbortSignal.timeout(wait) }),
    method,
    headers: { 'Insyn-Request': '1', ...(body ? { 'Content-Type': 'application/json' } : {}) },
    ...(body ? { body: JSON.stringify(body) } : {}),
    cache: 'no-store',
    // Said also by a page that goes.
    keepalive: method === 'DELETE',
    redirect: 'error',
  });
}

async function fields(response: Response): Promise<Record<string, unknown>> {
  const answer: unknown = await response.json().catch(() => undefined);
  return typeof answer === 'object' && answer !== null ? (answer as Record<string, unknown>) : {};
}

/** Gives the routing digits, and with them the consent under a statement. */
export async function redeem(routing: string, statement: string, language: string): Promise<Redeemed> {
  let response: Response;
  try {
    response = await ask('POST', '/consent', { routing, statement, language });
  } catch {
    return { t: 'refused', why: 'offline' };
  }
  if (response.ok) {
    const { session, agent, agent_id, join_by } = await fields(response);
    if (typeof session !== 'string' || !isSession(session)) return { t: 'refused', why: 'failed' };
    if (typeof agent !== 'string' || typeof agent_id !== 'string') return { t: 'refused', why: 'failed' };
    // By the server's own clock: this one may be minutes off.
    const seconds = (Number(join_by) - Date.parse(response.headers.get('Date') ?? '')) / 1000;
    const joinSeconds = seconds > 0 && seconds < 600 ? seconds : JOIN_SECONDS;
    return { t: 'accepted', session, agentId: agent_id, agentName: agent, joinSeconds };
  }
  if (response.status === 404) return { t: 'refused', why: 'unknown' };
  if (response.status === 429) {
    const seconds = Number(response.headers.get('Retry-After'));
    return { t: 'wait', seconds: seconds >= 1 && seconds <= 3600 ? Math.ceil(seconds) : FALLBACK_WAIT_SECONDS };
  }
  return response.status === 409 ? { t: 'outdated' } : { t: 'refused', why: 'failed' };
}

/** Clears the ticket of a session that is over, not that of a newer one. A connection that went stale meanwhile is no reason to keep it, so a failure is tried once more. */
export async function letGo(session: string): Promise<void> {
  const once = () => ask('DELETE', '/consent', { session }, LET_GO_WAIT);
  await once().catch(() => once().catch(() => undefined));
}

/** A session that this browser has a ticket for. */
export interface Elsewhere {
  session: string;
  /** Its last page; 0 before the first. */
  page: number;
  /** No page of the applicant's is there right now. */
  away: boolean;
  agent: string;
}

/** The session of this browser's ticket; `none` where there is none, `unknown` where the server can't be asked right now. */
export async function elsewhere(): Promise<Elsewhere | 'none' | 'unknown'> {
  const response = await ask('POST', '/session', undefined, ELSEWHERE_WAIT).catch(() => undefined);
  if (response?.status === 404) return 'none';
  if (!response?.ok) return 'unknown';
  const { session, page, away, agent } = await fields(response);
  if (typeof session !== 'string' || !isSession(session)) return 'unknown';
  if (typeof page !== 'number' || !Number.isInteger(page) || page < 0) return 'unknown';
  return { session, page, away: away === true, agent: typeof agent === 'string' ? agent : '' };
}
