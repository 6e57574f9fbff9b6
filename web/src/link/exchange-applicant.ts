// Room: link. The applicant's end of a page's exchange: over four digits, or over the secret that the page before left behind,
// and where that is not known any more over four fresh digits. Each secret is used once and erased.

import { fromHex, toHex } from '../wire/hex.ts';
import type { Bytes } from '../wire/messages.ts';
import type { CpaceRun } from './cpace.ts';
import {
  ADA,
  ADB,
  areDigits,
  type Carried,
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
import { CARRIED_BYTES, CHAIN_BYTES, channel, derive, exchangeId, sign, TAG_BYTES, verify } from './keys.ts';
import { concat } from './octets.ts';
import { agreed, binderKey, bound, confirmed, Offer } from './resume.ts';

/** What the page begins with: digits that were typed, what the page before left, or nothing. */
export type Beginning = { digits: Bytes } | { carried: Carried } | undefined;

type State =
  | { at: 'begin' }
  | { at: 'share'; run: CpaceRun }
  | { at: 'resume'; offer: Offer; first: Bytes; secret: Bytes; chain: string }
  /** Waits for digits to be typed. */
  | { at: 'need' }
  | { at: 'over' };

function isLost(bytes: Bytes): boolean {
  return bytes[0] === Message.lost && bytes.length === 1;
}

/** Messages are to be given one at a time. */
export class ApplicantExchange {
  readonly #options: ExchangeOptions;
  readonly #sid: Bytes;
  readonly #ci: Bytes;
  #beginning: Beginning;
  #state: State = { at: 'begin' };

  constructor(options: ExchangeOptions, beginning: Beginning) {
    this.#options = options;
    this.#beginning = beginning;
    this.#sid = exchangeId(options.session, options.page);
    this.#ci = channel(options.bound);
  }

  /** What to say first. */
  async start(): Promise<ExchangeStep> {
    const beginning = this.#beginning;
    this.#beginning = undefined;
    if (this.#state.at !== 'begin') return FAILED;
    if (beginning && 'digits' in beginning) return this.#share(beginning.digits);
    const chain = beginning && fromHex(beginning.carried.chain, CHAIN_BYTES);
    const secret = beginning && fromHex(beginning.carried.secret, CARRIED_BYTES);
    if (!chain || !secret) {
      this.#state = { at: 'need' };
      return { reply: message(Message.ask), need: 'digits' };
    }
    const offer = await Offer.make(this.#options.x25519);
    const unbound = message(Message.resume, chain, offer.shares);
    const binder = await sign(await binderKey(secret, this.#sid), bound(this.#ci, unbound));
    const first = concat(unbound, binder);
    this.#state = { at: 'resume', offer, first, secret, chain: toHex(chain) };
    return { reply: first };
  }

  /** Four fresh digits, typed because they were needed; they are erased. */
  async digits(digits: Bytes): Promise<ExchangeStep> {
    return this.#state.at === 'need' ? this.#share(digits) : {};
  }

  async receive(bytes: Bytes): Promise<ExchangeStep> {
    const state = this.#state;
    switch (state.at) {
      case 'share':
        // A late echo of what led to these digits.
        if (isLost(bytes)) return {};
        this.#state = { at: 'over' };
        return this.#answered(state.run, bytes);
      case 'resume':
        if (isLost(bytes)) {
          state.secret.fill(0);
          this.#state = { at: 'need' };
          return { need: 'digits' };
        }
        this.#state = { at: 'over' };
        return this.#resumed(state, bytes);
      case 'need':
        // Said again because we said again what it answers. Anything else can't be meant for us.
        return isLost(bytes) ? {} : FAILED;
      case 'begin':
        return FAILED;
      case 'over':
        return {};
      default:
        return state satisfies never;
    }
  }

  /** Nothing more is said: what is secret goes. */
  close(): void {
    if (this.#state.at === 'resume') this.#state.secret.fill(0);
    if (this.#beginning && 'digits' in this.#beginning) this.#beginning.digits.fill(0);
    this.#beginning = undefined;
    this.#state = { at: 'over' };
  }

  async #share(digits: Bytes): Promise<ExchangeStep> {
    if (!areDigits(digits)) {
      digits.fill(0);
      return FAILED;
    }
    const cpace = await this.#options.cpace().catch(() => undefined);
    if (!cpace) {
      digits.fill(0);
      return { unable: true };
    }
    const run = cpace.begin(digits, this.#ci, this.#sid, true);
    digits.fill(0);
    this.#state = { at: 'share', run };
    return { reply: message(Message.share, run.share) };
  }

  async #answered(run: CpaceRun, bytes: Bytes): Promise<ExchangeStep> {
    const [share, tag] = (bytes[0] === Message.answer && parts(bytes, SHARE_BYTES, TAG_BYTES)) || [];
    const isk = share && run.finish(share, ADA, ADB);
    if (!share || !tag || !isk) return FAILED;
    const key = await confirmationKey(this.#sid, isk);
    if (!(await verify(key, tag, confirms(share, ADB)))) {
      isk.fill(0);
      return FAILED;
    }
    const reply = message(Message.confirm, await sign(key, confirms(run.share, ADA)));
    const chain = toHex(await chainOf(isk, this.#sid));
    return this.#agree(isk, chain, reply);
  }

  async #resumed({ offer, first, secret, chain }: State & { at: 'resume' }, bytes: Bytes): Promise<ExchangeStep> {
    const end = bytes.length - TAG_BYTES;
    const [shares, tag] = [bytes.slice(1, Math.max(1, end)), bytes.slice(Math.max(1, end))];
    const shared = bytes[0] === Message.resumeAnswer && end > 1 ? await offer.finish(shares) : undefined;
    const page = shared && (await agreed(shared, secret, this.#sid, this.#ci, first, shares));
    secret.fill(0);
    if (!page) return FAILED;
    if (!(await verify(page.confirm, tag, confirmed('agent', first, shares)))) {
      page.secret.fill(0);
      return FAILED;
    }
    const reply = message(Message.resumeConfirm, await sign(page.confirm, confirmed('applicant', first, shares)));
    return this.#agree(page.secret, chain, reply);
  }

  async #agree(secret: Bytes, chain: string, reply: Bytes): Promise<ExchangeStep> {
    const { keys, next } = await derive(secret, this.#sid, 'applicant');
    const store = { chain, secret: toHex(next) };
    next.fill(0);
    return { reply, verdict: true, agreement: { keys, store } };
  }
}
