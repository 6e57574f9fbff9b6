// Room: test. Both ends of an exchange in one process, and the seal of a page on both sides.

import assert from 'node:assert/strict';
import { Chains } from '../../src/link/chains.ts';
import { cpace } from '../../src/link/cpace.ts';
import type { Carried, ExchangeStep } from '../../src/link/exchange.ts';
import { AgentExchange, type Allowed } from '../../src/link/exchange-agent.ts';
import { ApplicantExchange, type Beginning } from '../../src/link/exchange-applicant.ts';
import type { Bound, PageKeys } from '../../src/link/keys.ts';
import { utf8 } from '../../src/link/octets.ts';
import { noCounters, PageSeal } from '../../src/link/seal.ts';
import type { Bytes } from '../../src/wire/messages.ts';
import { pageKeys, SESSION } from './keys.ts';

export const BOUND: Bound = {
  routing: '47291',
  origin: 'https://insyn.agency.example',
  agentId: 'kim',
  agentName: 'Kim Ek',
  policyHash: '0123456789abcdef'.repeat(4),
  statementHash: 'fedcba9876543210'.repeat(4),
};

interface How {
  session: string;
  page: number;
  bound: Bound;
  x25519: boolean;
}

const usual: How = { session: SESSION, page: 1, bound: BOUND, x25519: true };
const load = async () => cpace;

export function applicantEnd(beginning: Beginning, how: Partial<How> = {}, cpace = load): ApplicantExchange {
  return new ApplicantExchange({ ...usual, ...how, cpace }, beginning);
}

export function agentEnd(
  chains: Chains,
  digits: string | undefined,
  how: Partial<How> = {},
  allowed: Partial<Allowed> = {},
): AgentExchange {
  const shown = digits === undefined ? undefined : utf8(digits);
  return new AgentExchange({ ...usual, ...how, cpace: load }, chains, shown, {
    fresh: true,
    unproven: undefined,
    ...allowed,
  });
}

export interface Met {
  applicant: ExchangeStep;
  agent: ExchangeStep;
  /** Every message, in the order they crossed. */
  messages: Bytes[];
}

/** Passes messages to and fro until nobody has anything to say; `change` may alter one on its way. */
export async function meet(
  applicant: ApplicantExchange,
  agent: AgentExchange,
  change: (message: Bytes, index: number) => Bytes = (message) => message,
): Promise<Met> {
  const messages: Bytes[] = [];
  let mine = await applicant.start();
  let theirs: ExchangeStep = {};
  while (mine.reply) {
    messages.push(mine.reply);
    theirs = await agent.receive(change(mine.reply.slice(), messages.length - 1));
    if (!theirs.reply) break;
    messages.push(theirs.reply);
    mine = await applicant.receive(change(theirs.reply.slice(), messages.length - 1));
  }
  return { applicant: mine, agent: theirs, messages };
}

/** What the applicant's end was told to store. */
export function carriedFrom(step: ExchangeStep): Carried {
  const store = step.agreement?.store;
  assert.ok(store, 'nothing to store');
  return store;
}

export function keysFrom(step: ExchangeStep): PageKeys {
  assert.ok(step.agreement, 'no keys');
  return step.agreement.keys;
}

/** The seal of one page at both ends, from a secret of the test's own. */
export async function seals(page = 1, session = SESSION): Promise<Record<'applicant' | 'agent', PageSeal>> {
  const { applicant, agent } = await pageKeys(page);
  return {
    applicant: new PageSeal(applicant, session, page, noCounters()),
    agent: new PageSeal(agent, session, page, noCounters()),
  };
}

export { Chains, pageKeys, SESSION };
