// Room: test. A fake applicant's end, in a document of Insyn's own origin: consents, exchanges and seals as the real one does, with the
// real one's code, and then says whatever it is told to.

import { hashOfPolicy, hashOfStatement } from '../../src/bridge/hashes.ts';
import { PageExchange } from '../../src/bridge/page-exchange.ts';
import { redeem } from '../../src/bridge/server.ts';
import { cpace } from '../../src/link/cpace.ts';
import { ApplicantExchange } from '../../src/link/exchange-applicant.ts';
import { type Arrived, Link, signalUrl } from '../../src/link/link.ts';
import { utf8 } from '../../src/link/octets.ts';
import { CHUNK_BYTES, decodeAck, decodeWant, encodeChunk, encodeSeen } from '../../src/link/parts.ts';
import { hasX25519 } from '../../src/link/resume.ts';
import { Kind, type RelayedKind } from '../../src/wire/frame.ts';
import type { Bytes, Hash } from '../../src/wire/messages.ts';

export interface Resource {
  type: string;
  /** Packed: a flag byte, and what it says. */
  packed: Bytes;
}

export class FakeApplicant {
  #link: Link | undefined;
  #live = false;
  /** What is answered where the console asks for a hash. */
  readonly resources = new Map<Hash, Resource>();
  /** The highest counter of the state lane that was said to be applied. */
  applied = 0;
  /** How often a keyframe was asked for. */
  resyncs = 0;
  ended = '';
  #sentState = 0;
  /** Done to each message on its way out, once. */
  spoil: ((message: Uint8Array) => Uint8Array | undefined) | undefined;

  /** Takes a code; resolves when the session is live and the console was told that the page can be seen. */
  async join(code: string): Promise<void> {
    const config = JSON.parse(document.getElementById('config')?.textContent ?? '');
    const [policyHash, statementHash] = await Promise.all([
      hashOfPolicy(config.policy),
      hashOfStatement(config.statement),
    ]);
    const routing = code.slice(0, 5);
    const answer = await redeem(routing, config.statement.version, config.statement.language);
    if (answer.t !== 'accepted') throw new Error(`the code was not taken: ${JSON.stringify(answer)}`);
    const { session, agentId, agentName } = answer;
    const bound = { routing, origin: location.origin, agentId, agentName, policyHash, statementHash };
    const x25519 = await hasX25519();
    const exchange = new PageExchange({
      send: (message) => this.#link?.send('exchange', 0, message),
      store: async () => undefined,
      key: (keys) => this.#link?.key(keys),
      verdict: (matched) => this.#link?.tell('verdict', matched ? 1 : 0),
      unable: () => undefined,
      failed: () => undefined,
      need: () => undefined,
    });
    await new Promise<void>((joined, failed) => {
      this.#link = new Link(
        signalUrl(location.origin, session, 1),
        session,
        1,
        {
          status: ({ state, peer }) => {
            if (state === 'joining' && peer) {
              const options = { session, page: 1, bound, cpace: async () => cpace, x25519 };
              exchange.greet(() => new ApplicantExchange(options, { digits: utf8(code.slice(5, 9)) }));
            }
            if (state !== 'live' || this.#live) return;
            this.#live = true;
            this.#seen(0);
            joined();
          },
          frame: (frame) => {
            if (frame.kind === 'exchange') exchange.receive(frame.payload);
            else this.#heard(frame);
          },
          resync: () => this.#lost(),
          gap: () => undefined,
          refused: () => undefined,
          broken: () => failed(new Error('broken')),
          line: () => this.#lost(),
          ended: (reason) => {
            this.ended = reason;
            failed(new Error(`ended: ${reason}`));
          },
        },
        { random: Math.random, socket: (url) => this.#socket(url) },
      );
    });
  }

  /** The rules' ids of the policy. */
  get rules(): string[] {
    const config = JSON.parse(document.getElementById('config')?.textContent ?? '');
    return JSON.parse(config.policy).pages.map(({ id }: { id: string }) => id);
  }

  send(kind: RelayedKind, epoch: number, payload: Bytes): number {
    const counter = this.#link?.send(kind, epoch, payload) ?? 0;
    if (kind === 'keyframe' || kind === 'delta') this.#sentState = counter;
    return counter;
  }

  /** Waits until the console has taken the last state frame, applied or not; whether it did in time. */
  async taken(ms = 3000): Promise<boolean> {
    const end = performance.now() + ms;
    while (this.applied < this.#sentState && performance.now() < end && this.ended === '') {
      await new Promise((done) => setTimeout(done, 10));
    }
    return this.applied >= this.#sentState;
  }

  /** The server dropped what was under way, as it does where too much is: no answer will come. */
  #lost(): void {
    this.applied = this.#sentState;
  }

  #seen(answers: number): void {
    this.#link?.send('state', 0, encodeSeen('visible', answers));
  }

  #heard({ kind, payload, counter }: Arrived): void {
    if (kind === 'state') this.#seen(counter);
    else if (kind === 'resync') this.resyncs++;
    else if (kind === 'ack') {
      const ack = decodeAck(payload);
      if (ack?.lane === 'state') this.applied = Math.max(this.applied, ack.counter);
    } else if (kind === 'want') {
      for (const hash of decodeWant(payload) ?? []) {
        const resource = this.resources.get(hash);
        if (resource) this.deliver(hash, resource);
      }
    }
  }

  deliver(hash: Hash, { type, packed }: Resource): void {
    for (let offset = 0; offset < packed.length; offset += CHUNK_BYTES) {
      const bytes = packed.slice(offset, offset + CHUNK_BYTES);
      this.#link?.send('resource', 0, encodeChunk({ hash, type, total: packed.length, offset, bytes }));
    }
  }

  #socket(url: string): WebSocket {
    const socket = new WebSocket(url, 'insyn.v1');
    const send = socket.send.bind(socket);
    socket.send = (data) => {
      const message = new Uint8Array(data as ArrayBuffer);
      if (!this.spoil || message[0] === Kind.exchange || (message[0] ?? 0) >= 0x80) {
        send(data);
        return;
      }
      const spoiled = this.spoil(message.slice());
      this.spoil = undefined;
      if (spoiled) send(spoiled as Uint8Array<ArrayBuffer>);
    };
    return socket;
  }
}
