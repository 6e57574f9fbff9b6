// Room: test. The applicant's seat over a fake socket: exchange, credit, order, overtaking, resync, pause, loss, end.

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { afterEach, test } from 'node:test';
import { deflateRawSync } from 'node:zlib';
import type { Opening } from '../../src/bridge/meeting.ts';
import type { FromWorker } from '../../src/bridge/messages.ts';
import { RESTART_EVERY } from '../../src/bridge/restarts.ts';
import { ApplicantSeat, SEAT } from '../../src/bridge/seat.ts';
import { cpace } from '../../src/link/cpace.ts';
import { unpack } from '../../src/link/deflate.ts';
import type { Carried } from '../../src/link/exchange.ts';
import type { AgentExchange } from '../../src/link/exchange-agent.ts';
import { FAREWELL_MS } from '../../src/link/farewell.ts';
import { LINK } from '../../src/link/link.ts';
import { decodeChunk, decodeSeen, encodeAck, encodeWant } from '../../src/link/parts.ts';
import { noCounters, PageSeal } from '../../src/link/seal.ts';
import { WINDOW } from '../../src/link/window.ts';
import type { Bytes, ToMirror } from '../../src/wire/messages.ts';
import { agentEnd, applicantEnd, BOUND, Chains, carriedFrom, meet, SESSION } from '../support/ends.ts';
import { type Far, settle } from '../support/socket.ts';
import { type FakeSocket, fakePlatform } from './fake.ts';

const policy = '{}';
const HASH = '00112233445566778899aabbccddeeff';

const random = (size: number): Bytes => new Uint8Array(randomBytes(size));
const bytes = (text: string): Bytes => new TextEncoder().encode(text);

// Packing runs on threads of its own, whose time a busy machine stretches. Here it runs on this one, so that waiting is a
// matter of turns of the event loop and not of time.
Object.defineProperty(globalThis, 'CompressionStream', {
  value: class {
    constructor() {
      const parts: Uint8Array[] = [];
      // biome-ignore lint/correctness/noConstructorReturn: a stand-in for a class of the platform
      return new TransformStream<Uint8Array, Uint8Array>({
        transform: (part) => void parts.push(part),
        flush: (out) => out.enqueue(new Uint8Array(deflateRawSync(Buffer.concat(parts)))),
      });
    }
  },
});
const benches: Bench[] = [];

afterEach(() => {
  for (const bench of benches.splice(0)) bench.seat.receive({ t: 'bye' });
});

class Bench {
  readonly told: ToMirror[] = [];
  readonly posted: FromWorker[] = [];
  readonly secret = bytes('1234');
  readonly kept: Carried[] = [];
  warmed = 0;
  /** Whether the curve can be loaded. */
  loads = true;
  /** Whether what is to be stored is, at once. */
  stores = true;
  readonly far: Far = {};
  readonly chains: Chains;
  agent: AgentExchange;
  readonly sockets: FakeSocket[];
  readonly seat: ApplicantSeat;
  readonly page: number;
  #answered = 0;
  now = 10_000;
  gone = false;

  constructor(page = 1, attached = true, opening?: Opening, chains = new Chains()) {
    const fake = fakePlatform(this.far);
    this.sockets = fake.sockets;
    this.page = page;
    this.chains = chains;
    this.agent = agentEnd(chains, opening ? undefined : '1234', { page });
    this.seat = new ApplicantSeat({
      url: 'ws://x/signal',
      session: SESSION,
      page,
      policy,
      policyHash: BOUND.policyHash,
      origin: BOUND.origin,
      graceMs: 60_000,
      opening: opening ?? { t: 'code', bound: BOUND, digits: this.secret },
      exchange: (bound, beginning) =>
        applicantEnd(beginning, { page, bound }, async () => {
          if (!this.loads) throw new TypeError('did not load');
          return cpace;
        }),
      store: (carried) => {
        this.kept.push(carried);
        return this.stores ? Promise.resolve() : new Promise(() => undefined);
      },
      warm: () => {
        this.warmed++;
      },
      platform: fake.platform,
      now: () => this.now,
      post: (message) => this.posted.push(message),
      gone: () => {
        this.gone = true;
      },
    });
    if (attached) this.attach();
    benches.push(this);
  }

  attach(): void {
    this.seat.attach((message) => this.told.push(message));
  }

  get socket(): FakeSocket {
    const last = this.sockets.at(-1);
    if (!last) throw new Error('no socket');
    return last;
  }

  /** Answers what the exchange said last as the agent would, until it says nothing new. */
  async answer(): Promise<void> {
    await settle();
    for (;;) {
      const last = this.socket.of('exchange')[this.#answered];
      if (!last) return;
      this.#answered++;
      const { reply, agreement } = await this.agent.receive(last.payload);
      if (agreement) this.far.seal = new PageSeal(agreement.keys, SESSION, this.page, noCounters());
      if (reply) this.socket.relay('exchange', reply, this.page);
      await settle();
    }
  }

  async live(): Promise<this> {
    this.socket.open();
    this.socket.status('joining');
    await this.answer();
    this.socket.status('live');
    return this;
  }

  keyframe(epoch: number, body: Bytes = bytes('page')): void {
    this.seat.receive({ t: 'keyframe', epoch, body });
  }

  delta(epoch: number, body: Bytes = bytes('step')): void {
    this.seat.receive({ t: 'delta', epoch, body });
  }

  ack(lane: 'state' | 'resource', counter: number): void {
    this.socket.relay('ack', encodeAck({ lane, epoch: 0, counter }));
  }

  count(t: ToMirror['t']): number {
    return this.told.filter((message) => message.t === t).length;
  }

  /** The last word about credit. */
  get credit(): boolean | undefined {
    const last = this.told.findLast((message) => message.t === 'credit');
    return last?.t === 'credit' ? last.open : undefined;
  }

  get state(): string | undefined {
    const last = this.told.findLast((message) => message.t === 'status');
    return last?.t === 'status' ? last.state : undefined;
  }
}

test('the exchange waits for the peer, the verdict follows, and the secret is erased', async () => {
  const bench = new Bench();
  bench.socket.open();
  bench.socket.status('joining', false);
  await settle();
  assert.deepEqual(bench.socket.sent, []);
  assert.deepEqual(bench.secret, bytes('1234'));
  bench.socket.status('joining');
  await settle();
  assert.deepEqual(bench.socket.kinds(), ['exchange']);
  assert.deepEqual(bench.secret, new Uint8Array(4), 'it is used, and gone');
  await bench.answer();
  assert.deepEqual(bench.socket.kinds(), ['exchange', 'exchange', 'verdict']);
  assert.deepEqual(bench.socket.of('verdict')[0]?.payload, Uint8Array.of(1));
  assert.equal(bench.count('go'), 0);
  bench.socket.status('live');
  bench.socket.status('live');
  assert.deepEqual(
    bench.told.map((message) => message.t).filter((t) => t !== 'status'),
    ['go', 'credit'],
  );
  assert.equal(bench.credit, true);
});

test('a wrong answer is told as a mismatch', async () => {
  const bench = new Bench();
  bench.socket.open();
  bench.socket.status('joining');
  await settle();
  bench.socket.relay('exchange', random(97));
  await settle();
  assert.deepEqual(bench.socket.of('verdict')[0]?.payload, Uint8Array.of(0));
  bench.socket.status('live');
  assert.equal(bench.count('go'), 0);
});

test('a server that says live without an exchange gets nothing', async () => {
  const bench = new Bench();
  bench.socket.open();
  bench.socket.status('live');
  bench.keyframe(1);
  await settle();
  assert.equal(bench.count('go'), 0);
  assert.deepEqual(bench.socket.kinds(), []);
});

test('an exchange that a broken line cut is continued word for word, not begun again', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const bench = new Bench();
  bench.socket.open();
  bench.socket.status('joining');
  await settle();
  const first = bench.socket.of('exchange')[0]?.payload;
  bench.socket.lose(1006);
  t.mock.timers.tick(LINK.firstWait);
  bench.socket.open();
  bench.socket.status('joining');
  await settle();
  assert.deepEqual(bench.socket.of('exchange')[0]?.payload, first);
  await bench.answer();
  assert.equal(bench.socket.of('verdict').length, 1);
});

test('what may have been lost with a half-dead line is said again at each sign of the agent, word for word', async () => {
  const bench = new Bench();
  bench.socket.open();
  bench.socket.status('joining');
  await settle();
  bench.socket.status('joining');
  await settle();
  const [first, again] = bench.socket.of('exchange');
  assert.deepEqual(again?.payload, first?.payload);
  await bench.answer();
  bench.socket.status('joining');
  const third = bench.socket.of('exchange').slice(2);
  assert.equal(third.length, 2);
  assert.deepEqual(third[1]?.payload, third[0]?.payload);
  bench.socket.status('joining', false);
  assert.equal(bench.socket.of('exchange').length, 4, 'nobody is there to hear it');
  bench.socket.status('live');
  bench.socket.status('live');
  assert.equal(bench.socket.of('exchange').length, 4, 'said again after the codes had matched');
});

test('the exchange waits for the page to be attached', async () => {
  const bench = new Bench(1, false);
  bench.socket.open();
  bench.socket.status('joining');
  await settle();
  assert.deepEqual(bench.socket.sent, []);
  bench.attach();
  await settle();
  assert.deepEqual(bench.socket.kinds(), ['exchange']);
});

test('a new page runs the exchange while away', async () => {
  const chains = new Chains();
  const carried = carriedFrom(
    (await meet(applicantEnd({ digits: bytes('1234') }), agentEnd(chains, '1234'))).applicant,
  );
  const bench = new Bench(2, true, { t: 'carried', carried }, chains);
  bench.socket.open();
  bench.socket.status('away');
  await settle();
  assert.equal(bench.state, 'away');
  assert.equal(bench.socket.of('exchange')[0]?.page, 2);
  await bench.answer();
  bench.socket.status('live');
  assert.equal(bench.count('go'), 1);
});

test('state frames keep their order, packed, and unpack to what the mirror said', async () => {
  const bench = await new Bench().live();
  const large = new Uint8Array(20_000).fill(7);
  bench.keyframe(1, large.slice());
  bench.delta(1, bytes('a'));
  bench.delta(1, bytes('b'));
  await settle();
  const frames = bench.socket.sent.filter((frame) => frame.epoch > 0);
  assert.deepEqual(
    frames.map((frame) => [frame.kind, frame.counter]),
    [
      ['keyframe', 1],
      ['delta', 2],
      ['delta', 3],
    ],
  );
  assert.ok((frames[0]?.payload.length ?? 0) < 500, 'the keyframe is deflated');
  const bodies = await Promise.all(frames.map((frame) => unpack(frame.payload, 1 << 20)));
  assert.deepEqual(bodies, [large, bytes('a'), bytes('b')]);
});

test('credit closes with the window and opens with the acknowledgement', async () => {
  const bench = await new Bench().live();
  bench.keyframe(1, random(WINDOW.start + 1));
  await settle();
  assert.equal(bench.credit, false);
  bench.ack('state', 1);
  await settle();
  assert.equal(bench.credit, true);
});

test('deltas overtake resources, which keep to a window of their own', async () => {
  const bench = await new Bench().live();
  bench.keyframe(1);
  bench.seat.receive({ t: 'resource', hash: HASH, type: 'image/png', body: random(200_000) });
  await settle();
  const before = bench.socket.of('resource').length;
  assert.ok(before >= 2 && before <= 3, `got ${before} chunks under way, want as many as the window holds`);
  assert.equal(bench.credit, true, 'resources do not take the credit of the state lane');
  bench.delta(1);
  bench.delta(1);
  bench.ack('resource', before);
  await settle();
  const kinds = bench.socket.kinds();
  assert.equal(bench.socket.of('delta').length, 2);
  assert.ok(kinds.lastIndexOf('delta') < kinds.lastIndexOf('resource'));
  assert.equal(kinds.slice(0, kinds.lastIndexOf('delta')).filter((kind) => kind === 'resource').length, before);
  for (let counter = before; counter < 20; counter++) {
    bench.ack('resource', counter + 1);
    await settle();
  }
  const chunks = bench.socket.of('resource').map((frame) => decodeChunk(frame.payload));
  assert.equal(
    chunks.reduce((sum, chunk) => sum + (chunk?.bytes.length ?? 0), 0),
    200_001,
  );
});

test('the server may ask for a keyframe once a second, and not for what it cannot have dropped', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const bench = await new Bench().live();
  bench.socket.local('serverResync');
  assert.equal(bench.count('resync'), 0, 'nothing was sent yet');
  bench.keyframe(1);
  await settle();
  for (let ask = 0; ask < 5; ask++) bench.socket.local('serverResync');
  assert.equal(bench.count('resync'), 0, 'a second has not passed since the beginning');
  bench.now += RESTART_EVERY;
  t.mock.timers.tick(RESTART_EVERY);
  assert.equal(bench.count('resync'), 1);
  bench.delta(1);
  await settle();
  assert.equal(bench.socket.of('delta').length, 0, 'a delta before the keyframe says nothing');
  bench.keyframe(2);
  await settle();
  assert.equal(bench.socket.of('keyframe').at(-1)?.epoch, 2);
  bench.now += RESTART_EVERY;
  bench.socket.local('serverResync');
  assert.equal(bench.count('resync'), 2);
});

test('a lost line takes the credit, comes back by itself and begins with a keyframe', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const bench = await new Bench().live();
  bench.keyframe(1, random(WINDOW.start + 1));
  bench.seat.receive({ t: 'resource', hash: HASH, type: 'image/png', body: random(100) });
  await settle();
  bench.socket.lose(1006);
  assert.equal(bench.credit, false);
  assert.equal(bench.state, 'away');
  bench.delta(1);
  t.mock.timers.tick(LINK.firstWait);
  assert.equal(bench.sockets.length, 2);
  bench.socket.open();
  bench.socket.status('live');
  assert.equal(bench.count('go'), 1);
  assert.equal(bench.count('resync'), 1);
  assert.equal(bench.credit, true, 'what was under way is not waited for');
  await settle();
  assert.deepEqual(bench.socket.kinds(), ['resource'], 'what was not acknowledged goes again; the old delta does not');
});

test('pause stops at once, whatever the server does, and resuming begins with a keyframe', async () => {
  const bench = await new Bench().live();
  bench.keyframe(1);
  bench.seat.receive({ t: 'pause' });
  assert.equal(bench.state, 'paused', 'the banner waits for the server');
  bench.delta(1);
  await settle();
  assert.equal(bench.credit, false);
  assert.deepEqual(
    bench.socket.kinds().filter((kind) => kind === 'keyframe' || kind === 'delta' || kind === 'pause'),
    ['pause'],
    'also what was being packed is not sent',
  );
  bench.socket.status('live');
  assert.equal(bench.state, 'paused', 'a status from before the pause changes nothing');
  bench.socket.status('paused');
  bench.seat.receive({ t: 'resume' });
  assert.equal(bench.credit, false);
  bench.socket.status('live');
  assert.equal(bench.state, 'live');
  assert.equal(bench.credit, true);
  assert.equal(bench.count('resync'), 1);
});

test('a pause also ends what was promised to be sent later', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const bench = await new Bench().live();
  bench.keyframe(1);
  await settle();
  bench.socket.local('serverResync');
  bench.seat.receive({ t: 'pause' });
  t.mock.timers.tick(RESTART_EVERY);
  assert.equal(bench.count('resync'), 0);
});

test('a pause pressed while the line was down is told on the next one', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const bench = await new Bench().live();
  bench.socket.lose(1006);
  bench.seat.receive({ t: 'pause' });
  t.mock.timers.tick(LINK.firstWait);
  bench.socket.open();
  bench.socket.status('live');
  assert.deepEqual(bench.socket.kinds(), ['pause']);
  assert.equal(bench.credit, false);
});

test('what is shown is told when it changes and when the session goes on', async () => {
  const bench = await new Bench().live();
  bench.seat.receive({ t: 'view', shown: 'hidden-tab' });
  bench.socket.status('paused');
  await settle();
  assert.deepEqual(
    bench.socket.of('state').map((frame) => frame.payload[0]),
    [1, 3],
    'the pause is said by this end itself, sealed',
  );
});

test('what is shown is told again to whoever asks for a resync', async () => {
  const bench = await new Bench().live();
  bench.seat.receive({ t: 'view', shown: 'hidden-tab' });
  bench.now += RESTART_EVERY;
  bench.socket.local('serverResync');
  bench.socket.relay('resync', new Uint8Array(0));
  await settle();
  assert.deepEqual(
    bench.socket.of('state').map((frame) => frame.payload[0]),
    [1, 1, 1],
  );
});

test('a flood of unproven resyncs costs one a second, of everything', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const bench = await new Bench().live();
  bench.seat.receive({ t: 'view', shown: 'visible' });
  bench.keyframe(1);
  bench.seat.receive({ t: 'resource', hash: HASH, type: 'image/png', body: random(100) });
  await settle();
  const count = () => [bench.count('resync'), bench.socket.of('state').length, bench.socket.of('resource').length];
  const before = count();
  for (let second = 1; second <= 2; second++) {
    for (let ask = 0; ask < 50; ask++) bench.socket.local('serverResync');
    bench.now += RESTART_EVERY;
    t.mock.timers.tick(RESTART_EVERY);
    bench.keyframe(1 + second);
    await settle();
    assert.deepEqual(
      count(),
      before.map((times) => times + second),
    );
  }
});

test('a page outside of the policy is told to the form', async () => {
  const bench = await new Bench().live();
  bench.seat.receive({ t: 'view', shown: 'not-in-policy' });
  assert.deepEqual(bench.posted.at(-1), { t: 'phase', phase: 'live', agent: 'Kim Ek', covered: false });
});

test('what the console wants reaches the mirror, but not what is under way', async () => {
  const bench = await new Bench().live();
  const other = 'ff'.repeat(16);
  bench.seat.receive({ t: 'resource', hash: HASH, type: 'image/png', body: random(100_000) });
  await settle();
  bench.socket.relay('want', encodeWant([HASH, other]));
  bench.socket.relay('want', encodeWant([HASH]));
  await settle();
  const wants = bench.told.filter((message) => message.t === 'want');
  assert.deepEqual(wants, [{ t: 'want', hashes: [other] }]);
});

test('a delta too large for a frame becomes a keyframe', async () => {
  const bench = await new Bench().live();
  bench.keyframe(1);
  bench.delta(1, random(300_000));
  await settle();
  assert.equal(bench.socket.of('delta').length, 0);
  assert.equal(bench.count('resync'), 1);
});

test('stop is told, stops at once, and ends with the receipt', async () => {
  const bench = await new Bench().live();
  const receipt = {
    session: SESSION,
    statement: { version: '1', hash: BOUND.statementHash, language: 'en' },
    policy: BOUND.policyHash,
    consented: 1,
    ended: 2,
    reason: 'stopped',
  };
  bench.seat.receive({ t: 'stop' });
  bench.keyframe(1);
  await settle();
  assert.deepEqual(bench.socket.of('close')[0]?.payload, Uint8Array.of(0));
  assert.equal(bench.socket.of('keyframe').length, 0);
  bench.socket.sayJson('close', { reason: 'stopped', receipt });
  bench.socket.lose(4500);
  assert.deepEqual(bench.told.at(-1), { t: 'ended', reason: 'stopped', receipt });
  assert.deepEqual(bench.posted.slice(-2), [
    { t: 'ended', reason: 'stopped' },
    { t: 'over', reason: 'stopped' },
  ]);
  assert.equal(bench.gone, true);
});

test('a receipt for another session, or other texts than those agreed on, is not handed on', async () => {
  const statement = { version: '1', hash: BOUND.statementHash, language: 'en' };
  const right = { session: SESSION, statement, policy: BOUND.policyHash, consented: 1, ended: 2, reason: 'ended' };
  for (const wrong of [{ policy: 'x' }, { statement: { ...statement, hash: 'x' } }, { session: 'b'.repeat(26) }]) {
    const bench = await new Bench().live();
    bench.socket.sayJson('close', { reason: 'ended', receipt: { ...right, ...wrong } });
    bench.socket.lose(4501);
    assert.deepEqual(bench.told.at(-1), { t: 'ended', reason: 'ended' }, Object.keys(wrong)[0]);
  }
});

test('stop holds without a line, and is told when the line comes back', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const bench = await new Bench().live();
  bench.socket.lose(1006);
  bench.seat.receive({ t: 'stop' });
  t.mock.timers.tick(SEAT.stop);
  assert.deepEqual(bench.posted.at(-1), { t: 'ended', reason: 'stopped' });
  assert.equal(bench.gone, false);
  bench.socket.open();
  assert.deepEqual(bench.socket.kinds(), ['close']);
  bench.socket.status('live');
  assert.equal(bench.posted.filter((message) => message.t === 'ended').length, 1);
  assert.ok(!bench.posted.some((message) => message.t === 'over'), 'the ticket is still needed');
  bench.socket.lose(4500);
  assert.deepEqual(bench.posted.at(-1), { t: 'over', reason: 'stopped' });
  assert.equal(bench.gone, true);
});

test('a stop that nobody ever confirms is over after the farewell', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const bench = await new Bench().live();
  bench.socket.lose(1006);
  bench.seat.receive({ t: 'stop' });
  t.mock.timers.tick(SEAT.stop);
  t.mock.timers.tick(FAREWELL_MS);
  assert.deepEqual(bench.posted.at(-1), { t: 'over', reason: 'stopped' });
  assert.equal(bench.gone, true);
});

test('a line that never opens ends by the grace time', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const bench = new Bench();
  for (let second = 0; second < 60; second++) t.mock.timers.tick(1000);
  assert.deepEqual(bench.posted.slice(-2), [
    { t: 'ended', reason: 'grace' },
    { t: 'over', reason: 'grace' },
  ]);
  assert.equal(bench.gone, true);
});

test('the page goes: the line is let go without a word', async () => {
  const bench = await new Bench().live();
  const before = bench.socket.sent.length;
  bench.seat.receive({ t: 'bye' });
  assert.equal(bench.socket.readyState, 3);
  assert.equal(bench.socket.sent.length, before);
  assert.equal(bench.gone, true);
});

test('an end before the codes matched erases the secret', async () => {
  const bench = new Bench();
  bench.socket.open();
  bench.socket.sayJson('close', { reason: 'not_joined' });
  bench.socket.lose(4504);
  assert.deepEqual(bench.secret, new Uint8Array(4));
  assert.deepEqual(bench.posted.at(-2), { t: 'ended', reason: 'not_joined' });
});

const away = async (opening: Opening, page = 2, chains = new Chains()) => {
  const bench = new Bench(page, true, opening, chains);
  bench.socket.open();
  bench.socket.status('away');
  await settle();
  return bench;
};

test('the secret for the next page is stored before the confirmation goes', async () => {
  const bench = new Bench();
  bench.stores = false;
  bench.socket.open();
  bench.socket.status('joining');
  await bench.answer();
  assert.equal(bench.kept.length, 1);
  assert.equal(bench.socket.of('exchange').length, 1, 'the confirmation went without waiting');
  assert.equal(bench.socket.of('verdict').length, 0);
});

test('a page without a secret asks for digits, and goes on with those that are typed', async () => {
  const bench = await away({ t: 'nothing' });
  assert.deepEqual(bench.socket.of('exchange')[0]?.payload, Uint8Array.of(8));
  assert.deepEqual(bench.told.at(-1), { t: 'hold', need: 'digits', agent: 'Kim Ek' });
  bench.socket.status('away');
  assert.deepEqual(bench.told.at(-1), { t: 'hold', need: 'digits', agent: 'Kim Ek' }, 'still needed');
  bench.agent.digits(bytes('0042'));
  bench.seat.receive({ t: 'digits', digits: 'wxyz' });
  bench.seat.receive({ t: 'digits', digits: '0042' });
  assert.equal(bench.told.at(-1)?.t, 'status', 'the hold is taken back');
  bench.seat.receive({ t: 'digits', digits: '0043' });
  await bench.answer();
  assert.deepEqual(bench.socket.of('verdict')[0]?.payload, Uint8Array.of(1));
  bench.socket.status('live');
  assert.equal(bench.count('go'), 1);
  assert.equal(bench.kept.length, 1, 'a new chain begins');
});

test('wrong fresh digits are told as a mismatch', async () => {
  const bench = await away({ t: 'nothing' });
  bench.agent.digits(bytes('0042'));
  bench.seat.receive({ t: 'digits', digits: '0043' });
  await bench.answer();
  assert.deepEqual(bench.socket.of('verdict')[0]?.payload, Uint8Array.of(0));
  assert.equal(bench.kept.length, 0);
});

test('a secret that the desk does not know any more leads to digits on the same page', async () => {
  const carried = { chain: '00'.repeat(16), secret: '11'.repeat(32) };
  const bench = await away({ t: 'carried', carried });
  await bench.answer();
  assert.deepEqual(bench.told.at(-1), { t: 'hold', need: 'digits', agent: 'Kim Ek' });
  bench.agent.digits(bytes('0042'));
  bench.seat.receive({ t: 'digits', digits: '0042' });
  await bench.answer();
  assert.deepEqual(bench.socket.of('verdict')[0]?.payload, Uint8Array.of(1));
});

test('a session whose codes did not match ends, also where the server says nothing', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const bench = new Bench();
  bench.socket.open();
  bench.socket.status('joining');
  await settle();
  bench.socket.relay('exchange', random(97));
  await settle();
  assert.deepEqual(bench.posted.at(-1), { t: 'forget' }, 'at once');
  bench.socket.status('joining');
  t.mock.timers.tick(SEAT.stop);
  assert.deepEqual(bench.posted.at(-1), { t: 'ended', reason: 'no_match' });
  // The verdict may have been lost with the line: it is said on the next one.
  bench.socket.lose(1006);
  t.mock.timers.tick(LINK.firstWait);
  bench.socket.open();
  assert.deepEqual(bench.socket.of('verdict')[0]?.payload, Uint8Array.of(0));
  t.mock.timers.tick(FAREWELL_MS);
  assert.deepEqual(bench.posted.at(-1), { t: 'over', reason: 'no_match' });
  assert.equal(bench.gone, true);
});

test('who looks is who was agreed on, whatever the server says later', async () => {
  const bench = await new Bench().live();
  bench.socket.status('live', true, 'Somebody Else');
  const last = bench.told.findLast((message) => message.t === 'status');
  assert.equal(last?.t === 'status' && last.agent, BOUND.agentName);
});

test('the agent’s end is answered what it may show, with the number of its question', async () => {
  const bench = await new Bench().live();
  bench.seat.receive({ t: 'view', shown: 'visible' });
  await settle();
  const before = bench.socket.of('state').length;
  bench.socket.relay('state', new Uint8Array(0), 1, 41);
  await settle();
  assert.equal(bench.socket.of('state').length, before + 1);
  const said = decodeSeen(bench.socket.of('state').at(-1)?.payload ?? new Uint8Array(0));
  assert.deepEqual(said, { seen: 'visible', answers: 41 });
});

test('what digits need did not load: they can be typed again, and nothing was guessed', async () => {
  const bench = await away({ t: 'nothing' });
  assert.equal(bench.warmed, 1);
  bench.loads = false;
  bench.seat.receive({ t: 'digits', digits: '0042' });
  await settle();
  assert.deepEqual(bench.told.at(-1), { t: 'hold', need: 'digits', agent: 'Kim Ek', again: true });
  assert.deepEqual(bench.socket.kinds(), ['exchange'], 'no verdict');
  bench.loads = true;
  bench.agent.digits(bytes('0042'));
  bench.seat.receive({ t: 'digits', digits: '0042' });
  await bench.answer();
  assert.deepEqual(bench.socket.of('verdict')[0]?.payload, Uint8Array.of(1));
});

test('a failed guess is told as one, whatever reason the server gives then', async () => {
  const bench = new Bench();
  bench.socket.open();
  bench.socket.status('joining');
  await settle();
  bench.socket.relay('exchange', random(97));
  await settle();
  bench.socket.sayJson('close', { reason: 'shutdown' });
  bench.socket.lose(4513);
  assert.deepEqual(bench.told.at(-1), { t: 'ended', reason: 'no_match' });
});

test('a status that is none ends the session, since nothing can be relied on then', async () => {
  const bench = await new Bench().live();
  bench.socket.sayJson('status', { state: 'live', page: 'x' });
  assert.deepEqual(bench.told.at(-1), { t: 'ended', reason: 'protocol' });
});

test('a page reloaded before the codes had matched tells the server so, since nothing can come of the code', async () => {
  const bench = new Bench(2, true, { t: 'nothing' });
  bench.socket.open();
  bench.socket.status('joining');
  await settle();
  assert.deepEqual(bench.socket.kinds(), ['close']);
  assert.deepEqual(bench.socket.of('close')[0]?.payload, Uint8Array.of(1));
});

test('a page reloaded after it had stored, while the desk had not heard the confirmation, is joined', async () => {
  const chains = new Chains();
  const applicant = applicantEnd({ digits: bytes('1234') });
  const { reply } = await applicant.start();
  const answer = await agentEnd(chains, '1234').receive(reply ?? bytes(''));
  const carried = carriedFrom(await applicant.receive(answer.reply ?? bytes('')));
  const bench = new Bench(2, true, { t: 'carried', carried }, chains);
  bench.socket.open();
  bench.socket.status('joining');
  await bench.answer();
  assert.deepEqual(bench.socket.of('verdict')[0]?.payload, Uint8Array.of(1));
});

test('a frame that was changed on its way ends the session at once, and the server is told', async () => {
  const bench = await new Bench().live();
  const seal = bench.far.seal;
  assert.ok(seal);
  const frame = { kind: 'want' as const, page: 1, epoch: 0, counter: 9, payload: encodeWant([HASH]) };
  const message = await seal.seal(frame);
  message[message.length - 1] = (message.at(-1) ?? 0) ^ 1;
  bench.socket.onmessage?.({ data: message.buffer });
  await settle();
  assert.deepEqual(bench.told.at(-1), { t: 'ended', reason: 'tampered' });
  assert.deepEqual(bench.socket.of('close')[0]?.payload, Uint8Array.of(2));
  bench.keyframe(2);
  await settle();
  assert.equal(bench.socket.of('keyframe').length, 0, 'nothing is sent any more');
  bench.socket.lose(4510);
  assert.deepEqual(bench.posted.at(-1), { t: 'over', reason: 'tampered' });
});

test('a policy that the page does not pin ends the session for that reason, at once', async () => {
  const bench = await new Bench().live();
  bench.seat.receive({ t: 'distrust' });
  assert.deepEqual(bench.told.at(-1), { t: 'ended', reason: 'policy' });
  assert.deepEqual(bench.socket.of('close')[0]?.payload, Uint8Array.of(3));
});

test('digits that nobody asked for go nowhere', async () => {
  const bench = new Bench();
  bench.socket.open();
  bench.socket.status('joining');
  await settle();
  bench.seat.receive({ t: 'digits', digits: '0042' });
  await settle();
  assert.equal(bench.socket.of('exchange').length, 1);
  await bench.answer();
  assert.deepEqual(bench.socket.of('verdict')[0]?.payload, Uint8Array.of(1));
});

test('nothing but exchange messages is said before the codes have matched, and nothing else is heard', async () => {
  const bench = new Bench();
  bench.socket.open();
  bench.socket.status('joining');
  bench.seat.receive({ t: 'view', shown: 'visible' });
  bench.keyframe(1);
  bench.socket.relay('want', new Uint8Array(80));
  await settle();
  assert.deepEqual(bench.socket.kinds(), ['exchange']);
  assert.equal(bench.count('want'), 0);
  assert.equal(bench.gone, false, 'a frame without keys is dropped, not feared');
});
