// Room: wire. What the server says in the clear, as JSON: status and ended (signaling/codec.go), and a strict reader.

import type { Reason } from './reason.ts';

export type SessionState = 'offered' | 'joining' | 'live' | 'paused' | 'away' | 'closed';

/** Content-free proof of consent; times are Unix milliseconds, 0 where not yet. */
export interface Receipt {
  session: string;
  statement: { version: string; hash: string; language: string };
  policy: string;
  consented: number;
  ended: number;
  reason: Reason | '';
}

/** Whether a receipt is about what the ends agreed on: the policy and the statement with these hashes. */
export function agreesWith(receipt: Receipt, bound: { policyHash: string; statementHash: string }): boolean {
  return receipt.policy === bound.policyHash && receipt.statement?.hash === bound.statementHash;
}

export interface Status {
  session: string;
  seat: 'applicant' | 'agent';
  state: SessionState;
  /** The applicant's page; 0 before there is one. */
  page: number;
  /** Whether the other seat has a connection. */
  peer: boolean;
  /** The agent's display name and id. */
  agent: string;
  agent_id: string;
  /** The routing digits, once they were redeemed. */
  routing?: string;
  /** What the applicant agreed to, once they have. */
  statement?: { version: string; hash: string; language: string };
  /** Unix milliseconds: end of the code, of the session at most, and of the grace time; 0 where it doesn't apply. */
  expires: number;
  ends: number;
  grace: number;
  receipt?: Receipt;
}

export interface Ended {
  reason: Reason;
  receipt?: Receipt;
}

/** The JSON object in a payload, or undefined. The server is trusted for shape, not for being there. */
export function readJson<T>(payload: Uint8Array): T | undefined {
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(payload));
    return typeof value === 'object' && value !== null ? (value as T) : undefined;
  } catch {
    return undefined;
  }
}
