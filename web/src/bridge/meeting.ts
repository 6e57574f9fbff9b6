// Room: bridge (Worker). How the applicant's end meets the agent's on one page: over the code that was typed, over what the page before
// left, or over four fresh digits, and what both then agreed on.

import type { Carried } from '../link/exchange.ts';
import type { ApplicantExchange, Beginning } from '../link/exchange-applicant.ts';
import type { Bound } from '../link/keys.ts';
import { utf8 } from '../link/octets.ts';
import type { Bytes } from '../wire/messages.ts';
import type { Status } from '../wire/server.ts';
import { PageExchange, type PageExchangeOptions } from './page-exchange.ts';

/** What a page begins with: the code that was typed, what the page before left, or neither. */
export type Opening =
  | { t: 'code'; bound: Bound; digits: Bytes }
  | { t: 'carried'; carried: Carried }
  | { t: 'nothing' };

export interface MeetingOptions extends Omit<PageExchangeOptions, 'unable' | 'need'> {
  opening: Opening;
  /** Insyn's origin, and the policy's hash, as this end knows them. */
  origin: string;
  policyHash: string;
  exchange(bound: Bound, beginning: Beginning): ApplicantExchange;
  /** Digits will be exchanged soon: loads what that needs. */
  warm(): void;
  /** `need` changed. */
  changed(): void;
  /** Nothing can come of this code any more: the page that had its digits went before they had matched. */
  left(): void;
}

export class Meeting {
  readonly #options: MeetingOptions;
  readonly #exchange: PageExchange;
  /** What to begin with, until it has begun. */
  #opening: Opening | undefined;
  #bound: Bound | undefined;
  #need: { again: boolean } | undefined;
  #joining = false;

  constructor(options: MeetingOptions) {
    this.#options = options;
    this.#opening = options.opening;
    this.#exchange = new PageExchange({
      ...options,
      // Nothing was sent, so fresh digits are still good: they can be typed again. Those of a code are not to be had a second time.
      unable: () => (this.#joining ? options.left() : this.#ask(true)),
      need: () => {
        options.warm();
        this.#ask(false);
      },
    });
  }

  /** Whether this end found that the codes matched. */
  get matched(): boolean {
    return this.#exchange.matched;
  }

  /** What the exchange is over: who looks is who both ends agreed on, whatever the server calls them later. */
  get bound(): Bound | undefined {
    return this.#bound;
  }

  /** Four digits are to be typed. `again`: those that were typed did not go out. */
  get need(): { again: boolean } | undefined {
    return this.#need;
  }

  /** The agent's side is there, if `peer`: begins, or says again what may not have been heard. */
  greet(status: Status, peer: boolean): void {
    this.#joining = status.state === 'joining';
    if (!this.#joining && status.state !== 'away') return;
    if (this.#joining && this.#opening?.t === 'nothing') this.#options.left();
    else if (peer) this.#exchange.greet(() => this.#begin(status));
  }

  receive(message: Bytes): void {
    this.#exchange.receive(message);
  }

  /** Four ASCII digits, if they are needed and are that. */
  digits(digits: string): void {
    if (!this.#need || !/^[0-9]{4}$/.test(digits)) return;
    this.#need = undefined;
    this.#exchange.digits(utf8(digits));
    this.#options.changed();
  }

  /** What is secret goes, also where nothing ever began. */
  close(): void {
    if (this.#opening?.t === 'code') this.#opening.digits.fill(0);
    this.#opening = undefined;
    this.#need = undefined;
    this.#exchange.close();
  }

  #ask(again: boolean): void {
    this.#need = { again };
    this.#options.changed();
  }

  #begin(status: Status): ApplicantExchange {
    const { origin, policyHash, exchange } = this.#options;
    const opening = this.#opening;
    this.#opening = undefined;
    if (opening?.t === 'code') {
      this.#bound = opening.bound;
      return exchange(opening.bound, { digits: opening.digits });
    }
    this.#bound = {
      routing: status.routing ?? '',
      origin,
      agentId: status.agent_id,
      agentName: status.agent,
      policyHash,
      statementHash: status.statement?.hash ?? '',
    };
    return exchange(this.#bound, opening?.t === 'carried' ? { carried: opening.carried } : undefined);
  }
}
