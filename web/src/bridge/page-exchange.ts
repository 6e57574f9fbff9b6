// Room: bridge (Worker). One page's exchange, as the applicant's seat runs it: once, whatever the server says. What was said
// last is said again on a new line, word for word, which is no second guess.

import type { Exchange, ExchangeStep } from '../link/exchange.ts';
import type { Bytes } from '../wire/messages.ts';

export interface PageExchangeOptions {
  exchange(): Exchange;
  /** Erased once there is a verdict, or with `close`. */
  secret: Bytes | undefined;
  send(message: Bytes): void;
  verdict(matched: boolean): void;
}

export class PageExchange {
  readonly #options: PageExchangeOptions;
  #exchange: Exchange | undefined;
  #said: Bytes | undefined;
  #verdict: boolean | undefined;
  #steps: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(options: PageExchangeOptions) {
    this.#options = options;
  }

  /** Whether this end found that the codes matched. */
  get matched(): boolean {
    return this.#verdict === true;
  }

  /** The agent's side is there: begins, or says again what may not have been heard. */
  greet(): void {
    if (!this.#exchange) {
      this.#exchange = this.#options.exchange();
      this.#take((exchange) => exchange.start());
      return;
    }
    if (this.#said) this.#options.send(this.#said);
    if (this.#verdict !== undefined) this.#options.verdict(this.#verdict);
  }

  receive(message: Bytes): void {
    this.#take((exchange) => exchange.receive(message));
  }

  /** Nothing more is said, and the secret is gone. */
  close(): void {
    this.#closed = true;
    this.#options.secret?.fill(0);
  }

  #take(step: (exchange: Exchange) => Promise<ExchangeStep>): void {
    const exchange = this.#exchange;
    if (!exchange) return;
    this.#steps = this.#steps.then(async () => {
      if (this.#verdict !== undefined || this.#closed) return;
      const { reply, verdict } = await step(exchange).catch((): ExchangeStep => ({ verdict: false }));
      if (this.#closed) return;
      if (reply) {
        this.#said = reply;
        this.#options.send(reply);
      }
      if (verdict === undefined) return;
      this.#verdict = verdict;
      this.#options.secret?.fill(0);
      this.#options.verdict(verdict);
    });
  }
}
