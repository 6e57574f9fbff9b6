// Room: wire. What the server says in the clear, as JSON: status and ended (signaling/codec.go). The server is trusted for none of
// it: what is not exactly of this shape is nothing, since code that relies on a number being one can be led astray.

import { isReason, type Reason } from './reason.ts';

const STATES = ['offered', 'joining', 'live', 'paused', 'away', 'closed'] as const;
export type SessionState = (typeof STATES)[number];
const SEATS = ['applicant', 'agent'] as const;
const PAGE_MOST = 65535;
/** The last moment that a Date can hold (ECMA-262, 21.4.1.1). */
const TIME_MOST = 8.64e15;
/** Characters of any text in it. */
const TEXT_MOST = 256;

export interface StatementRef {
  version: string;
  hash: string;
  language: string;
}

/** Content-free proof of consent; times are Unix milliseconds, 0 where not yet. */
export interface Receipt {
  session: string;
  statement: StatementRef;
  policy: string;
  consented: number;
  ended: number;
  reason: Reason | '';
}

/** Whether a receipt is about what the ends agreed on: this session, and the policy and the statement with these hashes. */
export function agreesWith(
  receipt: Receipt,
  session: string,
  { policyHash, statementHash }: { policyHash: string; statementHash: string },
): boolean {
  return receipt.session === session && receipt.policy === policyHash && receipt.statement.hash === statementHash;
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
  statement?: StatementRef;
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

/** Throws on whatever isn't what is expected; the parsers below turn that into undefined. */
class Fields {
  readonly #value: Record<string, unknown>;

  constructor(value: unknown) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new TypeError('an object expected');
    this.#value = value as Record<string, unknown>;
  }

  has(name: string): boolean {
    return this.#value[name] !== undefined;
  }

  fields(name: string): Fields {
    return new Fields(this.#value[name]);
  }

  text(name: string): string {
    const value = this.#value[name];
    if (typeof value !== 'string' || value.length > TEXT_MOST) throw new TypeError(`${name}: a short text expected`);
    return value;
  }

  flag(name: string): boolean {
    const value = this.#value[name];
    if (typeof value !== 'boolean') throw new TypeError(`${name}: true or false expected`);
    return value;
  }

  /** A whole number from 0 up. */
  whole(name: string, most = Number.MAX_SAFE_INTEGER): number {
    const value = this.#value[name];
    if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0 || value > most) {
      throw new TypeError(`${name}: a whole number up to ${most} expected`);
    }
    return value;
  }

  /** A time, which is left out where there is none. */
  time(name: string): number {
    return this.has(name) ? this.whole(name, TIME_MOST) : 0;
  }

  one<T extends string>(name: string, of: readonly T[]): T {
    const value = of.find((known) => known === this.#value[name]);
    if (value === undefined) throw new TypeError(`${name}: one of a list expected`);
    return value;
  }
}

function statementOf(fields: Fields): StatementRef {
  return { version: fields.text('version'), hash: fields.text('hash'), language: fields.text('language') };
}

function receiptOf(fields: Fields): Receipt {
  const reason = fields.has('reason') ? fields.text('reason') : '';
  if (reason !== '' && !isReason(reason)) throw new TypeError('reason: a reason expected');
  return {
    session: fields.text('session'),
    statement: statementOf(fields.fields('statement')),
    policy: fields.text('policy'),
    consented: fields.time('consented'),
    ended: fields.time('ended'),
    reason,
  };
}

function maybeReceipt(fields: Fields): { receipt?: Receipt } {
  return fields.has('receipt') ? { receipt: receiptOf(fields.fields('receipt')) } : {};
}

function parse<T>(payload: Uint8Array, read: (fields: Fields) => T): T | undefined {
  try {
    return read(new Fields(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(payload))));
  } catch {
    return undefined;
  }
}

/** The payload of a status frame, or undefined. */
export function parseStatus(payload: Uint8Array): Status | undefined {
  return parse(payload, (fields) => ({
    session: fields.text('session'),
    seat: fields.one('seat', SEATS),
    state: fields.one('state', STATES),
    page: fields.whole('page', PAGE_MOST),
    peer: fields.flag('peer'),
    agent: fields.text('agent'),
    agent_id: fields.text('agent_id'),
    ...(fields.has('routing') ? { routing: fields.text('routing') } : {}),
    ...(fields.has('statement') ? { statement: statementOf(fields.fields('statement')) } : {}),
    expires: fields.time('expires'),
    ends: fields.time('ends'),
    grace: fields.time('grace'),
    ...maybeReceipt(fields),
  }));
}

/** The payload of the server's close frame, or undefined. */
export function parseEnded(payload: Uint8Array): Ended | undefined {
  return parse(payload, (fields) => {
    const reason = fields.text('reason');
    if (!isReason(reason)) throw new TypeError('reason: a reason expected');
    return { reason, ...maybeReceipt(fields) };
  });
}
