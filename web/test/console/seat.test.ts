// Room: test. The agent's seat with a fake socket: exchange, order, credit, resources, resync, line, end.

import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { RESOURCES } from '../../src/console/resources.ts';
import { AgentSeat, SEAT } from '../../src/console/seat.ts';
import { pack } from '../../src/link/deflate.ts';
import { GreetingExchange } from '../../src/link/exchange.ts';
import { decodeAck, decodeWant, encodeChunk, encodePointer, encodeShown, toHex } from '../../src/link/parts.ts';
import type { Bytes, FromConsoleWorker } from '../../src/wire/messages.ts';
import { FakeNetwork, statusOf } from './fake-socket.ts';

const text = (words: string): Bytes => new TextEncoder().encode(words) as Bytes;
const settle = () => new Promise<void>((done) => setTimeout(done, 20));

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
  const exchange = (seat: 'agent' | 'applicant') =>
    new GreetingExchange(seat, (bytes) => crypto.getRandomValues(new Uint8Array(bytes)));
  let exchanges = 0;
  const seat = new AgentSeat({
    platform: network,
    exchange: () => {
      exchanges++;
      return exchange('agent');
    },
    now: () => clock.now,
    post: (message) => posted.push(message),
  });
  seat.receive({ t: 'open', url: 'ws://desk/signal', session: 's', routing: '47291', agent: 'a', secret: '5308' });
  network.last.open();
  const of = <T extends FromConsoleWorker['t']>(t: T) =>
    posted.filter((message): message is Extract<FromConsoleWorker, { t: T }> => message.t === t);
  const acks = (lane: string) =>
    network.last
      .of('ack')
      .map((frame) => decodeAck(frame.payload))
      .filter((ack) => ack?.lane === lane)
      .map((ack) => ack?.counter);
  return { network, seat, posted, of, acks, clock, exchange, exchanges: () => exchanges };
}

/** Runs the applicant's half of the exchange on a page, beginning with `counter`; the verdict bytes that the seat told. */
async function meet(b: ReturnType<typeof bench>, page: number, counter = 1) {
  const { network } = b;
  const applicant = b.exchange('applicant');
  const before = network.last.of('exchange').length;
  const first = await applicant.start();
  assert.ok(first.reply);
  network.last.say('exchange', { page, counter, payload: first.reply });
  await until(() => network.last.of('exchange').length > before);
  const answer = network.last.of('exchange').slice(before)[0];
  assert.ok(answer, 'the agent answers the greeting');
  const third = await applicant.receive(answer.payload);
  assert.ok(third.reply);
  const told = network.last.of('verdict').length;
  network.last.say('exchange', { page, counter: counter + 1, payload: third.reply });
  await until(() => network.last.of('verdict').length > told);
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

test('an exchange that overtakes the status of its page is not begun again by it', async () => {
  const b = bench();
  const applicant = b.exchange('applicant');
  const first = await applicant.start();
  b.network.last.say('exchange', { page: 1, counter: 1, payload: first.reply ?? text('') });
  await until(() => b.network.last.of('exchange').length > 0);
  b.network.last.sayJson('status', statusOf({ state: 'joining', page: 1 }));
  const third = await applicant.receive(b.network.last.of('exchange')[0]?.payload ?? text(''));
  b.network.last.say('exchange', { page: 1, counter: 2, payload: third.reply ?? text('') });
  await until(() => verdicts(b).length > 0);
  assert.deepEqual(verdicts(b), [1]);
});

test('a wrong answer is told as a mismatch, and no second try is given on that page', async () => {
  const b = bench();
  b.network.last.sayJson('status', statusOf({ state: 'joining' }));
  b.network.last.say('exchange', { page: 1, counter: 1, payload: text('nonsense') });
  await until(() => verdicts(b).length > 0);
  assert.deepEqual(verdicts(b), [0]);
  const again = await b.exchange('applicant').start();
  b.network.last.say('exchange', { page: 1, counter: 2, payload: again.reply ?? text('') });
  await settle();
  assert.equal(b.network.last.of('exchange').length, 0);
  assert.equal(b.exchanges(), 1);
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
  const again = await b.exchange('applicant').start();
  b.network.last.say('exchange', { page: 1, counter: 3, payload: again.reply ?? text('') });
  await until(() => verdicts(b).length > 1);
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

test('of a million resources that a page names, as many are asked for as may be waited for', async () => {
  const b = await live();
  const hashes = Array.from({ length: 3 * RESOURCES.wanted }, (_, at) => at.toString(16).padStart(32, '0'));
  b.seat.receive({ t: 'want', hashes });
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
  assert.deepEqual(b.acks('state'), [1]);
  b.seat.receive({ t: 'applied', epoch: 1, counter: 2 });
  assert.deepEqual(b.acks('state'), [1, 3], 'the pointer behind it is credited along');
  b.seat.receive({ t: 'applied', epoch: 1, counter: 2 });
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

test('a flood of frames is held to the ceiling of what may wait', async () => {
  const b = await live();
  // All zero: packed plainly, since the first byte says so.
  const noise = new Uint8Array(1000 << 10);
  for (let counter = 1; counter <= 8; counter++) {
    b.network.last.say('keyframe', { page: 1, epoch: counter, counter, payload: noise });
  }
  await until(() => b.network.last.of('resync').length > 0);
  assert.equal(b.of('frame').length, Math.floor(SEAT.waiting / noise.length));
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
  assert.deepEqual(decodeWant(b.network.last.of('want')[0]?.payload ?? text('')), [hash]);
  const chunk = (offset: number, end: number) =>
    encodeChunk({ hash, type: 'text/css', total: packed.length, offset, bytes: packed.subarray(offset, end) });
  b.network.last.say('resource', { page: 1, counter: 1, payload: chunk(0, 7) });
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
  assert.equal(b.network.last.of('want').length, 2);
});

test('after a new page, what did not come is asked for with its first keyframe', async () => {
  const b = await live();
  const { hash } = await resource('late');
  b.seat.receive({ t: 'want', hashes: [hash] });
  b.seat.receive({ t: 'want', hashes: [hash] });
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
  assert.deepEqual(b.acks('state'), []);
  b.seat.receive({ t: 'applied', epoch: 1, counter: 1 });
  assert.deepEqual(b.acks('state'), [1]);
});

test('the page hears whether the applicant can be seen, ahead of what waits', async () => {
  const b = await live();
  b.network.last.say('keyframe', { page: 1, epoch: 1, counter: 1, payload: await pack(text('k')) });
  b.network.last.say('state', { page: 1, counter: 3, payload: encodeShown('hidden-tab') });
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
