// Room: test. The TypeScript ends of an exchange behind a pipe: one JSON object a line in, one a line out. The Go tests have
// their own ends talk to these (signaling/interop_test.go).

import { createInterface } from 'node:readline';
import { Chains } from '../../src/link/chains.ts';
import { cpace } from '../../src/link/cpace.ts';
import type { ExchangeStep } from '../../src/link/exchange.ts';
import { AgentExchange } from '../../src/link/exchange-agent.ts';
import { ApplicantExchange } from '../../src/link/exchange-applicant.ts';
import type { Bound, PageKeys } from '../../src/link/keys.ts';
import { utf8 } from '../../src/link/octets.ts';
import { noCounters, PageSeal } from '../../src/link/seal.ts';
import { decodeFrame, type KindName } from '../../src/wire/frame.ts';
import { toHex } from '../../src/wire/hex.ts';

interface Request {
  op: 'new' | 'start' | 'receive' | 'digits' | 'seal' | 'open';
  id: number;
  role: 'applicant' | 'agent';
  session: string;
  page: number;
  bound: Bound;
  digits?: string;
  resume?: { chain: string; secret: string };
  x25519: boolean;
  message: string;
  kind: KindName;
  epoch: number;
  counter: number;
  body: string;
  frame: string;
}

interface End {
  exchange: ApplicantExchange | AgentExchange;
  chains: Chains;
  session: string;
  page: number;
  seal?: PageSeal;
  chain?: string | undefined;
}

const ends = new Map<number, End>();
const chainsOf = new Map<string, Chains>();
/** By session: digits that an agent's end has answered and nobody has shown to know, as the console's Worker keeps it. */
const unproven = new Map<string, string | undefined>();

const bytes = (hex: string) => new Uint8Array(Buffer.from(hex, 'hex'));

function endOf(id: number): End {
  const end = ends.get(id);
  if (!end) throw new Error(`no end ${id}`);
  return end;
}

function begin({ id, role, session, page, bound, digits, resume, x25519 }: Request): object {
  const chains = chainsOf.get(session) ?? new Chains();
  chainsOf.set(session, chains);
  const options = { session, page, bound, cpace: async () => cpace, x25519 };
  const secret = digits === undefined ? undefined : utf8(digits);
  const beginning = secret ? { digits: secret } : resume && { carried: resume };
  const allowed = { fresh: true, unproven: unproven.get(session) };
  const exchange =
    role === 'agent' ? new AgentExchange(options, chains, secret, allowed) : new ApplicantExchange(options, beginning);
  ends.set(id, { exchange, chains, session, page });
  return { ok: true };
}

function take(end: End, { reply, verdict, need, agreement }: ExchangeStep): object {
  if (agreement) {
    const keys: PageKeys = agreement.keys;
    end.seal = new PageSeal(keys, end.session, end.page, noCounters());
    if (end.exchange instanceof AgentExchange) end.chain = end.exchange.chain;
  }
  return {
    ...(reply ? { reply: toHex(reply) } : {}),
    ...(verdict === undefined ? {} : { verdict }),
    ...(need ? { need } : {}),
    ...(agreement?.store ? { store: agreement.store } : {}),
  };
}

async function receive(end: End, message: Uint8Array<ArrayBuffer>): Promise<object> {
  const step = await end.exchange.receive(message);
  if (end.exchange instanceof AgentExchange) unproven.set(end.session, end.exchange.unproven);
  return take(end, step);
}

async function digits(end: End, typed: string): Promise<object> {
  if (end.exchange instanceof ApplicantExchange) return take(end, await end.exchange.digits(utf8(typed)));
  end.exchange.digits(utf8(typed));
  return {};
}

async function open(end: End, frame: string): Promise<object> {
  const decoded = decodeFrame(bytes(frame).buffer);
  if (!decoded || !end.seal) throw new Error('no frame, or no seal');
  const opened = await end.seal.open(decoded);
  if (typeof opened === 'string') return { refused: opened };
  if (end.chain) end.chains.settle(end.chain);
  return { body: toHex(opened) };
}

async function answer(request: Request): Promise<object> {
  if (request.op === 'new') return begin(request);
  const end = endOf(request.id);
  switch (request.op) {
    case 'start':
      return end.exchange instanceof ApplicantExchange ? take(end, await end.exchange.start()) : {};
    case 'receive':
      return receive(end, bytes(request.message));
    case 'digits':
      return digits(end, request.digits ?? '');
    case 'seal': {
      const { kind, epoch, counter, body } = request;
      if (!end.seal) throw new Error('no seal');
      const payload = bytes(body);
      return { frame: toHex(await end.seal.seal({ kind, page: end.page, epoch, counter, payload })) };
    }
    case 'open':
      return open(end, request.frame);
    default:
      return request.op satisfies never;
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  const said = await answer(JSON.parse(line)).catch((error: unknown) => ({ error: String(error) }));
  process.stdout.write(`${JSON.stringify(said)}\n`);
}
