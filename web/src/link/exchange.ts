// Room: link. Where it is decided whether the codes matched. Both ends run one exchange for a code, and one for each new
// page. Today a match means that the two ends found each other through the relay and heard each other answer; the
// key exchange over the secret digits takes this place without a change around it.

import type { Bytes } from '../wire/messages.ts';

export interface ExchangeStep {
  /** What to send to the other end. */
  reply?: Bytes;
  /** Present once this end has decided: true the codes matched, false they did not. The exchange is over with it. */
  verdict?: boolean;
}

export interface Exchange {
  /** What the applicant's side sends first; the agent's side has nothing to say yet. */
  start(): Promise<ExchangeStep>;
  receive(message: Bytes): Promise<ExchangeStep>;
}

const VERSION = 1;
const NONCE_BYTES = 16;

function message(step: number, ...nonces: Uint8Array[]): Bytes {
  const out = new Uint8Array(2 + nonces.length * NONCE_BYTES);
  out[0] = VERSION;
  out[1] = step;
  nonces.forEach((nonce, index) => {
    out.set(nonce, 2 + index * NONCE_BYTES);
  });
  return out;
}

function same(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}

/** Three messages: (1, A) from the applicant, (2, B, A) from the agent, (3, B) from the applicant. */
export class GreetingExchange implements Exchange {
  readonly #seat: 'applicant' | 'agent';
  readonly #nonce: Uint8Array;
  #over = false;

  constructor(seat: 'applicant' | 'agent', random: (bytes: number) => Uint8Array) {
    this.#seat = seat;
    this.#nonce = random(NONCE_BYTES);
  }

  async start(): Promise<ExchangeStep> {
    return this.#seat === 'applicant' ? { reply: message(1, this.#nonce) } : {};
  }

  async receive(bytes: Bytes): Promise<ExchangeStep> {
    if (this.#over) return {};
    const step = bytes[0] === VERSION ? bytes[1] : undefined;
    const first = bytes.subarray(2, 2 + NONCE_BYTES);
    if (this.#seat === 'agent' && step === 1 && bytes.length === 2 + NONCE_BYTES) {
      return { reply: message(2, this.#nonce, first) };
    }
    if (this.#seat === 'applicant' && step === 2 && bytes.length === 2 + 2 * NONCE_BYTES) {
      this.#over = true;
      const verdict = same(bytes.subarray(2 + NONCE_BYTES), this.#nonce);
      return verdict ? { reply: message(3, first), verdict } : { verdict };
    }
    this.#over = true;
    return {
      verdict: this.#seat === 'agent' && step === 3 && bytes.length === 2 + NONCE_BYTES && same(first, this.#nonce),
    };
  }
}
