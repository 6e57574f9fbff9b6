// Room: bridge (Worker). One page's exchange, as the applicant's seat runs it: once, whatever the server says. What was said
// last is said again on a new line, word for word, which is no second guess.

import type { Carried, ExchangeStep } from '../link/exchange.ts';
import type { ApplicantExchange } from '../link/exchange-applicant.ts';
import type { PageKeys } from '../link/keys.ts';
import { Queue } from '../link/queue.ts';
import type { Bytes } from '../wire/messages.ts';

export interface PageExchangeOptions {
  send(message: Bytes): void;
  /** Keeps what the next page continues with; it is kept, or can't be, once the promise settles. */
  store(carried: Carried): Promise<void>;
  /** Before the verdict: from now on there is a seal. */
  key(keys: PageKeys): void;
  verdict(matched: boolean): void;
  /** This end could not begin: what digits need did not load. It may be tried again. */
  unable(): void;
  /** Something threw that should not have. */
  failed(): void;
  /** Four digits are needed, and the session can't go on without them. */
  need(): void;
}

export class PageExchange {
  readonly #options: PageExchangeOptions;
  #exchange: ApplicantExchange | undefined;
  #said: Bytes | undefined;
  #verdict: boolean | undefined;
  readonly #steps: Queue;
  #closed = false;

  constructor(options: PageExchangeOptions) {
    this.#options = options;
    this.#steps = new Queue(() => {
      if (!this.#closed) options.failed();
    });
  }

  /** Whether this end found that the codes matched. */
  get matched(): boolean {
    return this.#verdict === true;
  }

  /** The agent's side is there: begins, or says again what may not have been heard. */
  greet(begin: () => ApplicantExchange): void {
    if (!this.#exchange) {
      this.#exchange = begin();
      this.#take((exchange) => exchange.start());
      return;
    }
    if (this.#said) this.#options.send(this.#said);
    if (this.#verdict !== undefined) this.#options.verdict(this.#verdict);
  }

  receive(message: Bytes): void {
    this.#take((exchange) => exchange.receive(message));
  }

  /** Four digits were typed; they are erased. */
  digits(digits: Bytes): void {
    this.#take((exchange) => exchange.digits(digits));
  }

  /** Nothing more is said, and what is secret is gone. */
  close(): void {
    this.#closed = true;
    this.#exchange?.close();
  }

  #take(step: (exchange: ApplicantExchange) => Promise<ExchangeStep>): void {
    const exchange = this.#exchange;
    if (!exchange) return;
    this.#steps.add(async () => {
      if (this.#verdict !== undefined || this.#closed) return;
      const taken = await step(exchange);
      if (taken.unable && !this.#closed) this.#options.unable();
      // Stored first: once our tag is out, the console may take this secret for the one that the next page comes with.
      if (taken.agreement?.store && !this.#closed) await this.#options.store(taken.agreement.store);
      if (this.#closed) return;
      if (taken.agreement) this.#options.key(taken.agreement.keys);
      if (taken.reply) {
        this.#said = taken.reply;
        this.#options.send(taken.reply);
      }
      if (taken.need) this.#options.need();
      if (taken.verdict === undefined) return;
      this.#verdict = taken.verdict;
      this.#options.verdict(taken.verdict);
    });
  }
}
