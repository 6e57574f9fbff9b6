// Room: console (Worker). How the agent's end meets the applicant's: one exchange for each of the applicant's pages, over the code's
// digits on the first one, over what the page before left behind on the others, over fresh digits where that isn't to be had.

import type { Chains } from '../link/chains.ts';
import type { AgentExchange, Allowed } from '../link/exchange-agent.ts';
import type { Bound, PageKeys } from '../link/keys.ts';
import { utf8 } from '../link/octets.ts';
import { makeSecret } from '../wire/code.ts';
import type { AgentBound, Bytes } from '../wire/messages.ts';
import { agreesWith, type Receipt, type Status } from '../wire/server.ts';

export interface MeetingOptions {
  chains: Chains;
  session: string;
  bound: AgentBound;
  /** The code's secret digits, ASCII; erased with their use. */
  secret: Bytes;
  exchange(page: number, bound: Bound, digits: Bytes | undefined, allowed: Allowed): AgentExchange;
  /** Fills with random bytes. */
  fill(bytes: Uint8Array): void;
  send(message: Bytes): void;
  /** Before the verdict: from now on there is a seal. */
  key(keys: PageKeys): void;
  matched(): void;
  /** A guess failed, and the server is to be told. Nothing more is taken, on no page. */
  failed(): void;
  /** Four digits to show, or undefined: no more. */
  show(digits: string | undefined): void;
}

/** Messages are to be given one at a time. */
export class Meeting {
  readonly #options: MeetingOptions;
  /** The code's digits, until they are handed out, once. */
  #secret: Bytes | undefined;
  #statementHash: string | undefined;
  #exchange: AgentExchange | undefined;
  #verdict: boolean | undefined;
  /** The server has not shown yet that it heard the verdict: a line may be dead long before it says so. */
  #unheard = false;
  #chain: string | undefined;
  /** The chain of digits that were answered and that nobody has shown to know yet, on whatever page. */
  #unproven: string | undefined;
  #failed = false;
  #shown = false;
  #turns = 0;

  constructor(options: MeetingOptions) {
    this.#options = options;
    this.#secret = options.secret;
  }

  /** Digits were answered, and nobody has shown to know them. */
  get unproven(): boolean {
    return this.#unproven !== undefined;
  }

  /** The applicant went to a new page: what was agreed on for the one before is over. */
  turn(page: number): void {
    this.#turns++;
    if (page > 1) this.#forget();
    this.#exchange?.close();
    this.#exchange = undefined;
    if (!this.#failed) this.#verdict = undefined;
    this.#unheard = false;
    this.#chain = undefined;
    this.#show(undefined);
  }

  /** A message of the present page's exchange. Taken only while the ends are to meet. */
  async receive(page: number, message: Bytes, status: Status | undefined): Promise<void> {
    if (status?.state !== 'joining' && status?.state !== 'away') return;
    // One exchange for each page, whatever the server passes on afterwards. Who repeats a message got no further by it.
    if (this.#verdict !== undefined) {
      this.tell();
      return;
    }
    const turns = this.#turns;
    this.#exchange ??= this.#begin(page, status);
    const exchange = this.#exchange;
    const step = await exchange.receive(message);
    if (turns !== this.#turns) return;
    this.#unproven = exchange.unproven;
    if (step.agreement) {
      this.#chain = exchange.chain;
      this.#options.key(step.agreement.keys);
    }
    if (step.need) this.#fresh(exchange);
    if (step.reply) this.#options.send(step.reply);
    if (step.verdict === undefined) return;
    exchange.close();
    this.#verdict = step.verdict;
    this.#show(undefined);
    if (step.verdict) {
      this.#unheard = true;
      this.tell();
    } else {
      this.#failed = true;
      this.#options.chains.clear();
      this.#options.failed();
    }
  }

  /** Whether a receipt is about the texts that the ends agreed on. */
  owns(receipt: Receipt): boolean {
    const { bound, session } = this.#options;
    const statementHash = this.#statementHash;
    return statementHash !== undefined && agreesWith(receipt, session, { ...bound, statementHash });
  }

  /** Says again that the codes matched, if that may not have been heard. */
  tell(): void {
    if (this.#unheard) this.#options.matched();
  }

  /** The server shows that it heard the verdict. */
  heard(): void {
    this.#unheard = false;
  }

  /** A frame under the present page's keys has opened: the tab has stored what goes with them. */
  opened(): void {
    if (this.#chain !== undefined) this.#options.chains.settle(this.#chain);
    this.#chain = undefined;
  }

  /** Nothing of it is needed any more. */
  close(): void {
    this.#turns++;
    this.#exchange?.close();
    this.#forget();
    this.#options.chains.clear();
    this.#show(undefined);
  }

  #begin(page: number, status: Status): AgentExchange {
    // What the applicant agreed to does not change within a session.
    this.#statementHash ??= status.statement?.hash ?? '';
    const bound = { ...this.#options.bound, statementHash: this.#statementHash };
    const allowed = { fresh: status.state === 'away', unproven: this.#unproven };
    const digits = page === 1 ? this.#secret : undefined;
    this.#secret = undefined;
    return this.#options.exchange(page, bound, digits, allowed);
  }

  #forget(): void {
    this.#secret?.fill(0);
    this.#secret = undefined;
  }

  #fresh(exchange: AgentExchange): void {
    const digits = makeSecret(this.#options.fill);
    exchange.digits(utf8(digits));
    this.#show(digits);
  }

  #show(digits: string | undefined): void {
    if (digits === undefined && !this.#shown) return;
    this.#shown = digits !== undefined;
    this.#options.show(digits);
  }
}
