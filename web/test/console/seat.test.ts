// Room: test. The agent's seat with a fake socket: exchange, order, credit, resources, resync, line, end.

import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { RESOURCES } from '../../src/console/resources.ts';
import { AgentSeat, SEAT } from '../../src/console/seat.ts';
import { Chains } from '../../src/link/chains.ts';
import { pack } from '../../src/link/deflate.ts';
import type { Carried } from '../../src/link/exchange.ts';
import type { Beginning } from '../../src/link/exchange-applicant.ts';
import { decodeAck, decodeWant, encodeChunk, encodePointer, encodeSeen } from '../../src/link/parts.ts';
import { noCounters, PageSeal } from '../../src/link/seal.ts';
import { toHex } from '../../src/wire/hex.ts';
import type { Bytes, FromConsoleWorker } from '../../src/wire/messages.ts';
import { agentEnd, applicantEnd, BOUND, SESSION } from '../support/ends.ts';
import { settle as settled } from '../support/socket.ts';
import { FakeNetwork, statusOf } from './fake-socket.ts';

const text = (words: string): Bytes => new TextEncoder().encode(words) as Bytes;
const settle = async () => {
  await new Promise<void>((done) => setTimeout(done, 20));
  await settled();
};

async function until(holds: () => boolean): Promise<void> {
  for (let tries = 0; tries < 300 && !holds(); tries++) await settle();
}

const networks: FakeNetwork[] = [];
// A line that nobody ends would come back for ever.
afterEach(() => {
  for (const network of networks.splice(0)) network.last.lose(4501);
});

function bench() {
  const network = new FakeNetwork();
  networks.push(network);
  const posted: FromConsoleWorker[] = [];
  const clock = { now: 1000 };
  let exchanges = 0;
  const secret = text('5308');
  const held: { chains?: Chains } = {};
  const explode = { now: false };
  const seat = new AgentSeat({
    platform: network,
    exchange: (session, page, bound, chains, digits, allowed) => {
      exchanges++;
      held.chains = chains;
      if (explode.now) throw new TypeError('of the test');
      assert.deepEqual([session, bound], [SESSION, BOUND]);
      const end = agentEnd(chains, undefined, { page }, allowed);
      if (digits) end.digits(digits);
      return end;
    },
    fill: (bytes) => bytes.fill(9),
    now: () => clock.now,
    post: (message) => posted.push(message),
  });
  const { statementHash: _, ...own } = BOUND;
  seat.receive({ t: 'open', url: 'ws://desk/signal', session: SESSION, bound: own, secret });
  network.last.open();
  const of = <T extends FromConsoleWorker['t']>(t: T) =>
    posted.filter((message): message is Extract<FromConsoleWorker, { t: T }> => message.t === t);
  const acks = (lane: string) =>
    network.last
      .of('ack')
      .map((frame) => decodeAck(frame.payload))
      .filter((ack) => ack?.lane === lane)
      .map((ack) => ack?.counter);
  const carried: { is?: Carried } = {};
  const known = () => held.chains?.candidates(carried.is?.chain ?? '');
  return { network, seat, posted, of, acks, clock, secret, carried, known, explode, exchanges: () => exchanges };
}

type Meeting = ReturnType<typeof bench>;

/** Says what an applicant's end says, waits for the answer, until neither has anything new; the end's last step. */
async function converse(b: Meeting, page: number, begin: Beginning, counter = 1) {
  const { network } = b;
  const applicant = applicantEnd(begin, { page });
  let step = await applicant.start();
  let said = counter;
  while (step.reply) {
    const before = network.last.of('exchange').length;
    network.last.say('exchange', { page, counter: said++, payload: step.reply });
    await settled();
    const answer = network.last.of('exchange')[before];
    if (step.agreement) network.far.seal = new PageSeal(step.agreement.keys, SESSION, page, noCounters());
    if (step.agreement?.store) b.carried.is = step.agreement.store;
    if (!answer) break;
    step = await applicant.receive(answer.payload);
  }
  return { step, applicant };
}

/** Runs the applicant's half of the exchange on a page: over the code's digits on the first, over what it left on others. */
async function meet(b: Meeting, page: number) {
  const { is } = b.carried;
  await converse(b, page, page === 1 || !is ? { digits: text('5308') } : { carried: is });
  // What the exchange took of the lane's counters, the frames that follow do not have again.
  assert.ok(b.network.last.of('verdict').length > 0);
}

async function live() {
  const b = bench();
  b.network.last.sayJson('status', statusOf({ state: 'joining' }));
  await meet(b, 1);
  b.network.last.sayJson('status', statusOf({ state: 'live' }));
  return b;
}

const verdicts = (b: ReturnType<typeof bench>) => b.network.last.of('verdict').map((frame) => frame.payload[0]);

test('codes that match are told once, and once more for each new page', async () => {
  const b = await live();
  assert.deepEqual(verdicts(b), [1]);
  b.network.last.sayJson('status', statusOf({ state: 'away', page: 2 }));
  await meet(b, 2);
  assert.deepEqual(verdicts(b), [1, 1]);
  assert.equal(b.exchanges(), 2);
});

test('an exchange is taken only while the ends are to meet', async () => {
  const b = bench();
  await converse(b, 1, { digits: text('5308') });
  assert.equal(b.exchanges(), 0, 'before any status');
  b.network.last.sayJson('status', statusOf({ state: 'live' }));
  await converse(b, 1, { digits: text('5308') }, 10);
  assert.equal(b.exchanges(), 0, 'while live');
  b.network.last.sayJson('status', statusOf({ state: 'joining' }));
  await converse(b, 1, { digits: text('5308') }, 20);
  assert.deepEqual(verdicts(b), [1]);
});

test('the digits are used once: a wrong answer is told as a mismatch, and no second try is given on that page', async () => {
  const b = bench();
  b.network.last.sayJson('status', statusOf({ state: 'joining' }));
  const { applicant } = await converse(b, 1, { digits: text('5309') });
  assert.deepEqual(b.secret, new Uint8Array(4), 'erased with the answer');
  assert.deepEqual(verdicts(b), [], 'nothing was found out yet: the applicant did');
  b.network.last.say('exchange', { page: 1, counter: 2, payload: Uint8Array.of(3, ...new Uint8Array(64)) });
  await settled();
  assert.deepEqual(verdicts(b), [0]);
  const answers = b.network.last.of('exchange').length;
  await converse(b, 1, { digits: text('5308') }, 10);
  assert.equal(b.network.last.of('exchange').length, answers);
  assert.equal(b.exchanges(), 1);
  applicant.close();
});

test('the digits are erased when the applicant goes on to another page without using them, and at the end', async () => {
  const b = bench();
  b.network.last.sayJson('status', statusOf({ state: 'joining', page: 2 }));
  assert.deepEqual(b.secret, new Uint8Array(4));
  const c = bench();
  c.network.last.lose(4505);
  assert.deepEqual(c.secret, new Uint8Array(4));
});

test('a verdict reached while the line is down is told on the next one', async () => {
  const b = bench();
  b.network.last.sayJson('status', statusOf({ state: 'joining' }));
  b.network.last.say('exchange', { page: 1, counter: 1, payload: text('nonsense') });
  b.network.last.lose(1006);
  await until(() => b.network.sockets.length === 2);
  assert.deepEqual(verdicts(b), []);
  b.network.last.open();
  assert.deepEqual(verdicts(b), [0]);
});

test('a verdict that went out on a dead line is told again, until a status shows that it was heard', async () => {
  const b = bench();
  b.network.last.sayJson('status', statusOf({ state: 'joining' }));
  await meet(b, 1);
  assert.deepEqual(verdicts(b), [1], 'on a line that looks up');
  b.network.last.say('exchange', { page: 1, counter: 3, payload: Uint8Array.of(3, ...new Uint8Array(64)) });
  await settled();
  assert.deepEqual(verdicts(b), [1, 1], 'the applicant repeats itself');
  b.network.last.lose(1006);
  await until(() => b.network.sockets.length === 2);
  b.network.last.open();
  assert.deepEqual(verdicts(b), [1], 'on the next line');
  b.network.last.sayJson('status', statusOf({ state: 'paused' }));
  b.network.last.lose(1006);
  await until(() => b.network.sockets.length === 3);
  b.network.last.open();
  assert.deepEqual(verdicts(b), [], 'it was heard');
});

test('a page without a secret has four fresh digits shown, once, and they go when they are used', async () => {
  const b = await live();
  b.network.last.sayJson('status', statusOf({ state: 'away', page: 2 }));
  b.network.last.say('exchange', { page: 2, counter: 1, payload: Uint8Array.of(8) });
  b.network.last.say('exchange', { page: 2, counter: 2, payload: Uint8Array.of(8) });
  await settled();
  const shown = b.of('digits');
  assert.equal(shown.length, 1);
  assert.match(shown[0]?.digits ?? '', /^[0-9]{4}$/);
  await converse(b, 2, { digits: text(shown[0]?.digits ?? '') }, 3);
  assert.deepEqual(verdicts(b), [1, 1]);
  assert.deepEqual(b.of('digits').slice(1), [{ t: 'digits' }]);
});

test('digits that were answered and not confirmed are one guess: who asks for others on the next page has failed', async () => {
  for (const begin of [undefined, { carried: { chain: '00'.repeat(16), secret: '11'.repeat(32) } }]) {
    const b = await live();
    b.network.last.sayJson('status', statusOf({ state: 'away', page: 2 }));
    b.network.last.say('exchange', { page: 2, counter: 1, payload: Uint8Array.of(8) });
    await settled();
    const shown = b.of('digits').length;
    await converse(b, 2, { digits: text(b.of('digits')[0]?.digits === '0000' ? '0001' : '0000') }, 2);
    b.network.last.sayJson('status', statusOf({ state: 'away', page: 3 }));
    await converse(b, 3, begin);
    assert.deepEqual(verdicts(b), [1, 0]);
    assert.equal(b.of('digits').filter(({ digits }) => digits !== undefined).length, shown, 'other digits were shown');
    // Whatever the server does, nothing is taken any more.
    const before = b.exchanges();
    b.network.last.sayJson('status', statusOf({ state: 'away', page: 4 }));
    await converse(b, 4, b.carried.is && { carried: b.carried.is });
    assert.equal(b.exchanges(), before);
    assert.deepEqual(b.known(), [], 'what was known of the tab is erased');
    assert.equal(verdicts(b).includes(1, 1), false);
    await until(() => b.of('ended').length > 0);
    assert.deepEqual(
      b.of('ended'),
      [{ t: 'ended', reason: 'no_match', unproven: true, unheard: true }],
      'it ends by itself',
    );
  }
});

for (const [way, page] of [
  ['without a page', undefined],
  ['whose page is no number', 'x'],
  ['whose page is none', -1],
] as const) {
  test(`a status ${way} opens nothing: the digits that were erased are no digits`, async () => {
    const b = bench();
    b.network.last.sayJson('status', statusOf({ state: 'joining', page: 2 }));
    b.network.last.sayJson('status', { ...statusOf({ state: 'joining' }), page });
    await converse(b, 1, { digits: new Uint8Array(4) });
    await converse(b, 1, { digits: text('5308') }, 20);
    assert.equal(verdicts(b).includes(1), false);
    assert.deepEqual(b.of('ended'), [{ t: 'ended', reason: 'protocol', unheard: true }]);
    assert.deepEqual([...(b.network.last.of('close')[0]?.payload ?? [])], [4], 'the other side hears of it');
  });
}

test('the digits of the code are handed out once, and only as digits', async () => {
  const chains = new Chains();
  const erased = agentEnd(chains, undefined);
  erased.digits(new Uint8Array(4));
  const forged = await applicantEnd({ digits: text('5308') }).start();
  assert.deepEqual(await erased.receive(forged.reply ?? text('')), { verdict: false });
  assert.deepEqual(await applicantEnd({ digits: new Uint8Array(4) }).start(), { verdict: false });
});

test('a failed guess is told as one, whatever reason the server gives then', async () => {
  const b = bench();
  b.network.last.sayJson('status', statusOf({ state: 'joining' }));
  b.network.last.say('exchange', { page: 1, counter: 1, payload: text('nonsense') });
  await settled();
  b.network.last.sayJson('close', { reason: 'shutdown' });
  b.network.last.lose(4513);
  assert.deepEqual(b.of('ended'), [{ t: 'ended', reason: 'no_match' }]);
});

test('digits that were answered and never confirmed are told with the end', async () => {
  const b = bench();
  b.network.last.sayJson('status', statusOf({ state: 'joining' }));
  await converse(b, 1, { digits: text('5309') });
  b.network.last.sayJson('close', { reason: 'not_joined' });
  b.network.last.lose(4504);
  assert.deepEqual(b.of('ended'), [{ t: 'ended', reason: 'not_joined', unproven: true }]);
});

test('what is shown is right for 25 seconds after it was asked for, however late the answer is let through', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout', 'setInterval'] });
  const b = bench();
  const pass = async (seconds: number) => {
    for (let second = 0; second < seconds; second++) {
      b.clock.now += 1000;
      t.mock.timers.tick(1000);
    }
    await settled();
  };
  let counter = 2;
  const answer = (question: number | undefined) =>
    b.network.last.say('state', { page: 1, counter: ++counter, payload: encodeSeen('visible', question ?? 0) });
  b.network.last.sayJson('status', statusOf({ state: 'joining' }));
  await converse(b, 1, { digits: text('5308') });
  b.network.last.sayJson('status', statusOf({ state: 'live' }));
  await pass(24);
  const asked = () => b.network.last.of('state').map((frame) => frame.counter);
  assert.equal(asked().length, 3, 'at once, and every ten seconds');
  assert.deepEqual(b.of('quiet'), []);
  // What the server says does not count, nor does a frame that was sealed before it was asked for.
  b.network.last.say('beat');
  b.network.last.sayJson('status', statusOf({ state: 'away' }));
  b.network.last.sayJson('status', statusOf({ state: 'live' }));
  answer(0);
  answer(99);
  await pass(2);
  assert.deepEqual(b.of('quiet'), [{ t: 'quiet', quiet: true }]);
  // An answer to an old question that was kept back says nothing about now.
  answer(asked()[0]);
  await pass(1);
  assert.equal(b.of('quiet').length, 1);
  answer(asked().at(-1));
  await settled();
  assert.deepEqual(b.of('quiet').at(-1), { t: 'quiet', quiet: false });
  answer(asked().at(-1));
  await pass(26);
  assert.deepEqual(
    b.of('quiet').at(-1),
    { t: 'quiet', quiet: true },
    'one answer counts once, from when it was asked for',
  );
});

test('an end by the agent is one, whatever the server says, and nothing is taken after it', async () => {
  const b = await live();
  b.seat.receive({ t: 'close', leaving: false });
  b.network.last.say('keyframe', { page: 1, epoch: 1, counter: 1, payload: await pack(text('k')) });
  await settled();
  assert.equal(b.of('frame').length, 0);
  b.network.last.sayJson('close', { reason: 'shutdown' });
  b.network.last.lose(4513);
  assert.deepEqual(b.of('ended'), [{ t: 'ended', reason: 'ended' }]);
});

test('what throws where nothing should ends the session, and silences nothing', async () => {
  const b = bench();
  b.explode.now = true;
  b.network.last.sayJson('status', statusOf({ state: 'joining' }));
  b.network.last.say('exchange', { page: 1, counter: 1, payload: text('x') });
  await settled();
  assert.deepEqual(b.of('ended'), [{ t: 'ended', reason: 'protocol', unheard: true }]);
});

test('before the codes have matched no fresh digits are to be had', async () => {
  const b = bench();
  b.network.last.sayJson('status', statusOf({ state: 'joining', page: 2 }));
  b.network.last.say('exchange', { page: 2, counter: 1, payload: Uint8Array.of(8) });
  await settled();
  assert.deepEqual(b.of('digits'), []);
  assert.deepEqual(verdicts(b), [0]);
});

test('a receipt for other texts than those agreed on is not shown', async () => {
  const b = await live();
  const receipt = {
    session: SESSION,
    statement: { version: '1', hash: BOUND.statementHash, language: 'en' },
    policy: BOUND.policyHash,
    consented: 1,
    ended: 0,
    reason: '' as const,
  };
  b.network.last.sayJson('status', statusOf({ receipt }));
  assert.deepEqual(b.of('status').at(-1)?.status.receipt, receipt);
  b.network.last.sayJson('status', statusOf({ receipt: { ...receipt, policy: 'x' } }));
  assert.equal(b.of('status').at(-1)?.status.receipt, undefined);
  const statement = { ...receipt.statement, hash: 'x' };
  b.network.last.sayJson('status', statusOf({ receipt: { ...receipt, statement } }));
  assert.equal(b.of('status').at(-1)?.status.receipt, undefined);
});

test('what the applicant agreed to does not change within a session', async () => {
  const b = await live();
  const statement = { version: '2', hash: 'another', language: 'en' };
  b.network.last.sayJson('status', statusOf({ state: 'away', page: 2, statement }));
  // The bench wants what was agreed on at first for each exchange that is made.
  await meet(b, 2);
  assert.deepEqual(verdicts(b), [1, 1]);
});

test('an exchange that is answered after its page was left says nothing on the next one', async () => {
  const b = bench();
  b.network.last.sayJson('status', statusOf({ state: 'joining' }));
  const { reply } = await applicantEnd({ digits: text('5308') }).start();
  b.network.last.say('exchange', { page: 1, counter: 1, payload: reply ?? text('') });
  b.network.last.sayJson('status', statusOf({ state: 'joining', page: 2 }));
  await settled();
  assert.deepEqual(b.network.last.of('exchange'), []);
  assert.deepEqual(verdicts(b), []);
});

test('fresh digits go with the page that asked for them', async () => {
  const b = await live();
  b.network.last.sayJson('status', statusOf({ state: 'away', page: 2 }));
  b.network.last.say('exchange', { page: 2, counter: 1, payload: Uint8Array.of(8) });
  await settled();
  b.network.last.sayJson('status', statusOf({ state: 'away', page: 3 }));
  assert.deepEqual(b.of('digits').at(-1), { t: 'digits' });
  await meet(b, 3);
  assert.deepEqual(verdicts(b), [1, 1], 'the chain of the first page goes on');
});

test('the first frame under new keys makes the secret of the page before worthless', async () => {
  for (const frames of [0, 1]) {
    const b = await live();
    const old = b.carried.is;
    assert.ok(old);
    b.network.last.sayJson('status', statusOf({ state: 'away', page: 2 }));
    await meet(b, 2);
    b.network.last.sayJson('status', statusOf({ state: 'live', page: 2 }));
    if (frames > 0) b.network.last.say('state', { page: 2, counter: 3, payload: encodeSeen('visible', 0) });
    await settled();
    b.network.last.sayJson('status', statusOf({ state: 'away', page: 3 }));
    await converse(b, 3, { carried: old });
    assert.equal(b.of('digits').length, frames, frames > 0 ? 'still taken' : 'not taken any more');
  }
});

test('a frame that was changed on its way ends the session at once, and the server is told', async () => {
  const b = await live();
  const seal = b.network.far.seal;
  assert.ok(seal);
  const message = await seal.seal({ kind: 'keyframe', page: 1, epoch: 1, counter: 3, payload: await pack(text('k')) });
  message[20] = (message[20] ?? 0) ^ 1;
  b.network.last.onmessage?.({ data: message.buffer });
  await settled();
  assert.equal(b.of('frame').length, 0);
  assert.deepEqual(b.of('ended'), [{ t: 'ended', reason: 'tampered', unheard: true }]);
  assert.deepEqual([...(b.network.last.of('close')[0]?.payload ?? [])], [2]);
  b.network.last.lose(1006);
  await until(() => b.network.sockets.length === 2);
  b.network.last.open();
  assert.deepEqual([...(b.network.last.of('close')[0]?.payload ?? [])], [2], 'said again until the server has heard');
  b.network.last.lose(4515);
  assert.deepEqual(b.of('ended').at(-1), { t: 'ended', reason: 'tampered' });
});

test('of a million resources that a page names, as many are asked for as may be waited for', async () => {
  const b = await live();
  const hashes = Array.from({ length: 3 * RESOURCES.wanted }, (_, at) => at.toString(16).padStart(32, '0'));
  b.seat.receive({ t: 'want', hashes });
  await settled();
  const asked = b.network.last.of('want').reduce((sum, frame) => sum + (decodeWant(frame.payload)?.length ?? 0), 0);
  assert.equal(asked, RESOURCES.wanted);
});

test('frames are unfolded and handed on in order, though a large one takes longer', async () => {
  const b = await live();
  const large = new Uint8Array(3 << 20).map((_, at) => at % 251);
  const packed = await pack(large);
  b.network.last.say('keyframe', { page: 1, epoch: 1, counter: 1, payload: packed });
  b.network.last.say('delta', { page: 1, epoch: 1, counter: 2, payload: await pack(text('two')) });
  b.network.last.say('pointer', { page: 1, epoch: 1, counter: 3, payload: encodePointer(4, 5) });
  await until(() => b.of('pointer').length > 0);
  const got = b.posted
    .filter((m) => m.t === 'frame' || m.t === 'pointer')
    .map((m) => (m.t === 'frame' ? m.counter : m.t));
  assert.deepEqual(got, [1, 2, 'pointer']);
  assert.equal(b.of('frame')[0]?.body.length, large.length);
});

test('credit goes back when the page has applied a frame, not before', async () => {
  const b = await live();
  b.network.last.say('keyframe', { page: 1, epoch: 1, counter: 1, payload: await pack(text('k')) });
  b.network.last.say('delta', { page: 1, epoch: 1, counter: 2, payload: await pack(text('d')) });
  b.network.last.say('pointer', { page: 1, epoch: 1, counter: 3, payload: encodePointer(1, 1) });
  await until(() => b.of('pointer').length > 0);
  assert.deepEqual(b.acks('state'), []);
  b.seat.receive({ t: 'applied', epoch: 1, counter: 1 });
  await settled();
  assert.deepEqual(b.acks('state'), [1]);
  b.seat.receive({ t: 'applied', epoch: 1, counter: 2 });
  await settled();
  assert.deepEqual(b.acks('state'), [1, 3], 'the pointer behind it is credited along');
  b.seat.receive({ t: 'applied', epoch: 1, counter: 2 });
  await settled();
  assert.deepEqual(b.acks('state'), [1, 3]);
});

test('what does not unfold voids what follows until a keyframe, which is asked for once a second at most', async () => {
  const b = await live();
  const { network } = b;
  network.last.say('keyframe', { page: 1, epoch: 1, counter: 1, payload: await pack(text('k')) });
  network.last.say('delta', { page: 1, epoch: 1, counter: 2, payload: Uint8Array.of(9, 9, 9) });
  network.last.say('delta', { page: 1, epoch: 1, counter: 3, payload: await pack(text('void')) });
  await until(() => b.acks('state').includes(3) && network.last.of('resync').length > 0);
  assert.deepEqual(
    b.of('frame').map((frame) => frame.counter),
    [1],
  );
  assert.equal(network.last.of('resync').length, 1);
  assert.deepEqual(b.acks('state'), [2, 3], 'its credit goes back all the same');
  b.seat.receive({ t: 'resync' });
  b.seat.receive({ t: 'resync' });
  await settle();
  assert.equal(network.last.of('resync').length, 1);
  network.last.say('keyframe', { page: 1, epoch: 2, counter: 4, payload: await pack(text('k')) });
  await until(() => b.of('frame').length > 1);
  assert.deepEqual(
    b.of('frame').map((frame) => frame.counter),
    [1, 4],
  );
});

test('a gap in the state lane asks for a keyframe', async () => {
  const b = await live();
  b.network.last.say('keyframe', { page: 1, epoch: 1, counter: 1, payload: await pack(text('k')) });
  b.network.last.say('delta', { page: 1, epoch: 1, counter: 3, payload: await pack(text('late')) });
  await until(() => b.of('frame').length > 0 && b.network.last.of('resync').length > 0);
  assert.deepEqual(
    b.of('frame').map((frame) => frame.counter),
    [1],
  );
  assert.equal(b.network.last.of('resync').length, 1);
});

test('a frame that unfolds beyond its ceiling is dropped', async () => {
  const b = await live();
  const bomb = await pack(new Uint8Array(SEAT.frame + 1));
  assert.ok(bomb.length < 1 << 20);
  b.network.last.say('keyframe', { page: 1, epoch: 1, counter: 1, payload: bomb });
  await until(() => b.network.last.of('resync').length > 0);
  assert.equal(b.of('frame').length, 0);
  assert.equal(b.network.last.of('resync').length, 1);
});

test('frames that open faster than they unfold are held to the ceiling of what may wait', async (t) => {
  const b = await live();
  const junk = new Uint8Array(1000 << 10).fill(1);
  let release = () => {};
  const released = new Promise<void>((done) => {
    release = done;
  });
  const { DecompressionStream } = globalThis;
  t.after(() => Object.assign(globalThis, { DecompressionStream }));
  Object.assign(globalThis, {
    // Unfolds nothing until it is let go.
    DecompressionStream: class {
      constructor() {
        // biome-ignore lint/correctness/noConstructorReturn: a stand-in for a class of the platform
        return new TransformStream({ flush: () => released });
      }
    },
  });
  for (let counter = 1; counter <= 8; counter++) {
    b.network.last.say('keyframe', { page: 1, epoch: counter, counter, payload: junk });
  }
  await settled();
  release();
  await until(() => b.network.last.of('resync').length > 0);
  assert.equal(b.of('frame').length, 1 + Math.floor(SEAT.waiting / junk.length), 'one at work, the others waiting');
});

async function resource(words: string) {
  const bytes = text(words);
  const hash = toHex(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes), 0, 16));
  return { hash, packed: await pack(bytes), bytes };
}

test('a resource comes in chunks, is credited on arrival and checked against its hash', async () => {
  const b = await live();
  const { hash, packed, bytes } = await resource('body { color: teal }');
  b.seat.receive({ t: 'want', hashes: [hash] });
  await settled();
  assert.deepEqual(decodeWant(b.network.last.of('want')[0]?.payload ?? text('')), [hash]);
  const chunk = (offset: number, end: number) =>
    encodeChunk({ hash, type: 'text/css', total: packed.length, offset, bytes: packed.subarray(offset, end) });
  b.network.last.say('resource', { page: 1, counter: 1, payload: chunk(0, 7) });
  await settled();
  assert.deepEqual(b.acks('resource'), [1]);
  b.network.last.say('resource', { page: 1, counter: 2, payload: chunk(7, packed.length) });
  await until(() => b.of('resource').length > 0);
  assert.deepEqual(b.acks('resource'), [1, 2]);
  assert.deepEqual(b.of('resource'), [{ t: 'resource', hash, type: 'text/css', body: bytes }]);
});

test('a resource that nobody asked for, or that is not what its hash says, goes nowhere', async () => {
  const b = await live();
  const { hash, packed } = await resource('one');
  const other = await resource('two');
  const whole = (name: string) =>
    encodeChunk({ hash: name, type: 'text/css', total: packed.length, offset: 0, bytes: packed });
  b.network.last.say('resource', { page: 1, counter: 1, payload: whole(hash) });
  b.seat.receive({ t: 'want', hashes: [other.hash] });
  b.network.last.say('resource', { page: 1, counter: 2, payload: whole(other.hash) });
  await settle();
  assert.deepEqual(b.of('resource'), []);
});

test('a resource with a hole is asked for again', async () => {
  const b = await live();
  const { hash, packed } = await resource('a longer body for three chunks');
  b.seat.receive({ t: 'want', hashes: [hash] });
  const chunk = (offset: number) =>
    encodeChunk({ hash, type: 'text/css', total: packed.length, offset, bytes: packed.subarray(offset, offset + 8) });
  b.network.last.say('resource', { page: 1, counter: 1, payload: chunk(0) });
  b.network.last.say('resource', { page: 1, counter: 3, payload: chunk(16) });
  await settled();
  assert.equal(b.network.last.of('want').length, 2);
});

test('after a new page, what did not come is asked for with its first keyframe', async () => {
  const b = await live();
  const { hash } = await resource('late');
  b.seat.receive({ t: 'want', hashes: [hash] });
  b.seat.receive({ t: 'want', hashes: [hash] });
  await settled();
  assert.equal(b.network.last.of('want').length, 1, 'what is under way is not asked for twice');
  b.network.last.sayJson('status', statusOf({ state: 'away', page: 2 }));
  await meet(b, 2);
  b.network.last.say('keyframe', { page: 2, epoch: 1, counter: 1, payload: await pack(text('k')) });
  await until(() => b.of('frame').length > 0);
  assert.equal(b.network.last.of('want').length, 2);
});

test('a late "applied" of the page before gives no credit on the new one', async () => {
  const b = await live();
  b.network.last.say('keyframe', { page: 1, epoch: 7, counter: 1, payload: await pack(text('old')) });
  await until(() => b.of('frame').length > 0);
  b.network.last.sayJson('status', statusOf({ state: 'away', page: 2 }));
  await meet(b, 2);
  b.network.last.say('keyframe', { page: 2, epoch: 1, counter: 1, payload: await pack(text('new')) });
  await until(() => b.of('frame').length > 1);
  b.seat.receive({ t: 'applied', epoch: 7, counter: 1 });
  await settled();
  assert.deepEqual(b.acks('state'), []);
  b.seat.receive({ t: 'applied', epoch: 1, counter: 1 });
  await settled();
  assert.deepEqual(b.acks('state'), [1]);
});

test('the page hears whether the applicant can be seen, ahead of what waits', async () => {
  const b = await live();
  b.network.last.say('keyframe', { page: 1, epoch: 1, counter: 1, payload: await pack(text('k')) });
  b.network.last.say('state', { page: 1, counter: 3, payload: encodeSeen('hidden-tab', 0) });
  await settled();
  assert.deepEqual(b.of('view'), [{ t: 'view', shown: 'hidden-tab' }]);
});

test('an end asked for while the line is down is told when it is up again', async () => {
  const b = await live();
  b.network.last.lose(1006);
  b.seat.receive({ t: 'close', leaving: false });
  assert.equal(b.network.last.of('close').length, 0);
  await until(() => b.network.sockets.length === 2);
  b.network.last.open();
  assert.deepEqual([...(b.network.last.of('close')[0]?.payload ?? [])], [0]);
});

test('a console that leaves says so with its byte', async () => {
  const b = await live();
  b.seat.receive({ t: 'close', leaving: true });
  assert.deepEqual([...(b.network.last.of('close')[0]?.payload ?? [])], [1]);
});

test('the end carries reason and receipt, and nothing follows it', async () => {
  const b = await live();
  b.network.last.say('keyframe', { page: 1, epoch: 1, counter: 1, payload: await pack(text('k')) });
  b.network.last.sayJson('close', { reason: 'stopped' });
  b.network.last.lose(4500);
  await settle();
  assert.deepEqual(b.of('ended'), [{ t: 'ended', reason: 'stopped' }]);
  assert.equal(b.of('frame').length, 0);
});
