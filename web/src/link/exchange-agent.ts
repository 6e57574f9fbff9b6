// Room: link. The agent's end of a page's exchange: answers once, over the digits it shows or over a secret that it handed to the
// page before. The digits are erased with the answer, whatever comes of it.

import { toHex } from '../wire/hex.ts';
import type { Bytes } from '../wire/messages.ts';
import type { Chains } from './chains.ts';
import {
  ADA,
  ADB,
  areDigits,
  chainOf,
  confirmationKey,
  confirms,
  type ExchangeOptions,
  type ExchangeStep,
  FAILED,
  Message,
  message,
  parts,
  SHARE_BYTES,
} from './exchange.ts';
import { CHAIN_BYTES, channel, derive, exchangeId, type PageKeys, sign, TAG_BYTES, verify } from './keys.ts';
import { concat, same } from './octets.ts';
import { agreed, answer, binderKey, bound, confirmed } from './resume.ts';

/** What this page's exchange may be over, beside the digits of the code. */
export interface Allowed {
  /** Fresh digits may be asked for. */
  fresh: boolean;
  /**
   * Digits were answered on a page before, and nobody has shown yet to know them: the name of the chain that this began. Who goes
   * on must show it with that chain's secret; everything else is a guess that failed.
   */
  unproven: string | undefined;
}

/** Waits for the other end's tag, which is checked with this. */
interface Waiting {
  kind: number;
  key: CryptoKey;
  over: Bytes;
  keys: PageKeys;
  chain: string;
}

/** Messages are to be given one at a time. */
export class AgentExchange {
  readonly #options: ExchangeOptions;
  readonly #chains: Chains;
  readonly #allowed: Allowed;
  readonly #sid: Bytes;
  readonly #ci: Bytes;
  /** The digits that are shown, until they are used. */
  #digits: Bytes | undefined;
  /** The message that was answered last, and the answer: the same one again gets the same again. */
  #heard: Bytes | undefined;
  #said: Bytes | undefined;
  #waiting: Waiting | undefined;
  #unproven: string | undefined;
  #over = false;

  /** `digits`: those of the code, on the first page. They are erased. */
  constructor(options: ExchangeOptions, chains: Chains, digits: Bytes | undefined, allowed: Allowed) {
    this.#options = options;
    this.#chains = chains;
    this.#digits = digits;
    this.#allowed = allowed;
    this.#unproven = allowed.unproven;
    this.#sid = exchangeId(options.session, options.page);
    this.#ci = channel(options.bound);
  }

  /** The chain that was agreed on, to be settled by the first frame. */
  get chain(): string | undefined {
    return this.#waiting?.chain;
  }

  /** The chain of digits that were answered, until somebody has shown to know them: on this page, or `allowed` on the next. */
  get unproven(): string | undefined {
    return this.#unproven;
  }

  /** Fresh digits are shown, because a step said that they are needed. */
  digits(digits: Bytes): void {
    this.#digits?.fill(0);
    this.#digits = digits;
  }

  async receive(bytes: Bytes): Promise<ExchangeStep> {
    if (this.#over) return {};
    if (this.#heard && same(bytes, this.#heard)) return this.#said ? { reply: this.#said } : {};
    const waiting = this.#waiting;
    if (waiting) {
      this.#over = true;
      const [tag] = (bytes[0] === waiting.kind && parts(bytes, TAG_BYTES)) || [];
      const matched = tag !== undefined && (await verify(waiting.key, tag, waiting.over));
      if (matched) this.#unproven = undefined;
      return matched ? { verdict: true, agreement: { keys: waiting.keys } } : FAILED;
    }
    const step = await this.#first(bytes);
    // The other end says it again with the next status, and it is tried again then.
    if (step.unable) return {};
    this.#heard = bytes;
    this.#said = step.reply;
    if (step.verdict === false) this.#over = true;
    return step;
  }

  /** Nothing more is said, and the digits are gone. */
  close(): void {
    this.#digits?.fill(0);
    this.#digits = undefined;
    this.#over = true;
  }

  #first(bytes: Bytes): Promise<ExchangeStep> {
    switch (bytes[0]) {
      case Message.share:
        return this.#share(bytes);
      case Message.resume:
        return this.#resume(bytes);
      case Message.ask:
        return Promise.resolve(bytes.length === 1 ? this.#need() : FAILED);
      default:
        return Promise.resolve(FAILED);
    }
  }

  /** Digits are shown, once for a page. While a guess is open there are no others: they would be another guess. */
  #need(reply?: Bytes): ExchangeStep {
    if (this.#unproven !== undefined || (!this.#allowed.fresh && !this.#digits)) return FAILED;
    return { ...(reply ? { reply } : {}), ...(this.#digits ? {} : { need: 'digits' as const }) };
  }

  async #share(bytes: Bytes): Promise<ExchangeStep> {
    const [theirs] = parts(bytes, SHARE_BYTES) ?? [];
    // Before the digits are taken: what does not load has not used them up.
    const cpace = await this.#options.cpace().catch(() => undefined);
    if (!cpace) return { unable: true };
    const digits = this.#digits;
    this.#digits = undefined;
    // A share without digits being shown is nobody's who heard them.
    if (!theirs || !digits || !areDigits(digits) || this.#unproven !== undefined) {
      digits?.fill(0);
      return FAILED;
    }
    const run = cpace.begin(digits, this.#ci, this.#sid, false);
    digits.fill(0);
    const isk = run.finish(theirs, ADA, ADB);
    if (!isk) return FAILED;
    const key = await confirmationKey(this.#sid, isk);
    const tag = await sign(key, confirms(run.share, ADB));
    const chain = toHex(await chainOf(isk, this.#sid));
    const { keys, next } = await derive(isk, this.#sid, 'agent');
    this.#chains.advance(chain, undefined, next);
    this.#unproven = chain;
    this.#waiting = { kind: Message.confirm, key, over: confirms(theirs, ADA), keys, chain };
    return { reply: message(Message.answer, run.share, tag) };
  }

  async #resume(bytes: Bytes): Promise<ExchangeStep> {
    const end = bytes.length - TAG_BYTES;
    if (end < 1 + CHAIN_BYTES) return FAILED;
    const [unbound, binder] = [bytes.slice(0, end), bytes.slice(end)];
    const chain = toHex(unbound.subarray(1, 1 + CHAIN_BYTES));
    if (this.#unproven !== undefined && chain !== this.#unproven) return FAILED;
    for (const secret of this.#chains.candidates(chain)) {
      if (await verify(await binderKey(secret, this.#sid), binder, bound(this.#ci, unbound))) {
        this.#unproven = undefined;
        return this.#known(bytes, unbound.slice(1 + CHAIN_BYTES), chain, secret);
      }
    }
    return this.#need(message(Message.lost));
  }

  async #known(first: Bytes, shares: Bytes, chain: string, secret: Bytes): Promise<ExchangeStep> {
    const own = await answer(shares, this.#options.x25519);
    if (!own) return FAILED;
    const page = await agreed(own.shared, secret, this.#sid, this.#ci, first, own.shares);
    const tag = await sign(page.confirm, confirmed('agent', first, own.shares));
    const { keys, next } = await derive(page.secret, this.#sid, 'agent');
    this.#chains.advance(chain, secret, next);
    this.#waiting = {
      kind: Message.resumeConfirm,
      key: page.confirm,
      over: confirmed('applicant', first, own.shares),
      keys,
      chain,
    };
    return { reply: concat(message(Message.resumeAnswer), own.shares, tag) };
  }
}
