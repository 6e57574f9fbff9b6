// Room: test. One seat's line against a socket of the test's own: counters, gaps, seals, coming back, the beat, the end.

import assert from 'node:assert/strict';
import { beforeEach, mock, test } from 'node:test';
import { LINK, Link, type LinkEvents } from '../../src/link/link.ts';
import { noCounters, PageSeal } from '../../src/link/seal.ts';
import { SendWindow, WINDOW } from '../../src/link/window.ts';
import type { Frame, KindName } from '../../src/wire/frame.ts';
import { pageKeys, SESSION } from '../support/ends.ts';
import { FakeSocket as Base, type Far, settle } from '../support/socket.ts';

class FakeSocket extends Base {
  arrive(kind: KindName, fields: Partial<Frame> = {}): void {
    const local = ['status', 'serverResync', 'close', 'beat'].includes(kind);
    this.say(kind, local ? fields : { page: 1, counter: 1, ...fields });
  }
}

let sockets: FakeSocket[] = [];
let said: string[] = [];
let far: Far = {};

const events: LinkEvents = {
  status: (status) => said.push(`status ${status.state}`),
  frame: (frame) => said.push(`${frame.kind} ${frame.epoch}/${frame.counter}`),
  resync: () => said.push('resync'),
  gap: () => said.push('gap'),
  refused: (why) => said.push(why),
  broken: () => said.push('broken'),
  line: (up) => said.push(up ? 'up' : 'down'),
  ended: (reason, receipt) => said.push(`ended ${reason} ${receipt?.session ?? ''}`),
};

function link(page?: number): Link {
  return new Link('ws://x/signal', SESSION, page, events, {
    socket: () => {
      const socket = new FakeSocket(far);
      sockets.push(socket);
      return socket as unknown as WebSocket;
    },
    random: () => 0,
  });
}

/** The line is open and has agreed on keys: the applicant's on its page, the agent's after a first exchange message. */
async function keyed(page?: number, heard = page ?? 1): Promise<Link> {
  const line = link(page);
  last().open();
  if (page === undefined) last().say('exchange', { page: heard, counter: 1 });
  said.pop();
  await key(line, page === undefined ? 'agent' : 'applicant', heard);
  said = [];
  return line;
}

async function key(line: Link, seat: 'agent' | 'applicant', page: number): Promise<void> {
  const keys = await pageKeys(page);
  line.key(keys[seat]);
  far.seal = new PageSeal(keys[seat === 'agent' ? 'applicant' : 'agent'], SESSION, page, noCounters());
}

const last = () => {
  const socket = sockets.at(-1);
  assert.ok(socket);
  return socket;
};
const json = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));

const status = {
  session: SESSION,
  seat: 'agent',
  state: 'live',
  page: 1,
  peer: true,
  agent: 'Kim Ek',
  agent_id: 'kim',
};
const receipt = {
  session: 'S',
  statement: { version: '1', hash: 'h', language: 'en' },
  policy: 'p',
  consented: 1,
};

beforeEach(() => {
  sockets = [];
  said = [];
  far = {};
  mock.timers.reset();
  mock.timers.enable({ apis: ['setTimeout'] });
});

test('counters rise by lane, and nothing is sent while the line is down or before there are keys', async () => {
  const line = link(4);
  assert.equal(line.send('exchange', 0, new Uint8Array(1)), 0);
  last().open();
  assert.equal(line.send('state', 0, new Uint8Array(1)), 0);
  assert.equal(line.send('exchange', 0, new Uint8Array(1)), 1);
  await key(line, 'applicant', 4);
  assert.deepEqual([line.send('keyframe', 1, new Uint8Array(1)), line.send('resource', 0, new Uint8Array(1))], [1, 1]);
  assert.deepEqual([line.send('delta', 1, new Uint8Array(1)), line.send('state', 0, new Uint8Array(1))], [2, 2]);
  await settle();
  assert.deepEqual(
    last().sent.map((frame) => [frame.kind, frame.page, frame.counter, frame.payload.length]),
    [
      ['exchange', 4, 1, 1],
      ['keyframe', 4, 1, 1],
      ['resource', 4, 1, 1],
      ['delta', 4, 2, 1],
      ['state', 4, 2, 1],
    ],
  );
  line.close();
});

test('what waits to be sealed for a lane can be taken back', async () => {
  const line = await keyed(1);
  line.send('keyframe', 1, new Uint8Array(1));
  line.send('resource', 0, new Uint8Array(1));
  line.send('state', 0, new Uint8Array(1));
  line.discard('state');
  line.send('keyframe', 2, new Uint8Array(1));
  await settle();
  assert.deepEqual(
    last().sent.map((frame) => [frame.kind, frame.epoch]),
    [
      ['resource', 0],
      ['state', 0],
      ['keyframe', 2],
    ],
  );
  line.close();
});

test('a gap in the state lane voids deltas until a keyframe of a higher epoch', async () => {
  const line = await keyed();
  last().arrive('keyframe', { epoch: 1, counter: 1 });
  last().arrive('delta', { epoch: 1, counter: 2 });
  last().arrive('delta', { epoch: 1, counter: 4 });
  last().arrive('delta', { epoch: 1, counter: 5 });
  last().arrive('keyframe', { epoch: 1, counter: 6 });
  last().arrive('keyframe', { epoch: 2, counter: 7 });
  last().arrive('delta', { epoch: 2, counter: 8 });
  await settle();
  assert.deepEqual(said, ['keyframe 1/1', 'delta 1/2', 'gap', 'keyframe 2/7', 'delta 2/8']);
  line.close();
});

test('repeated and reordered frames are refused in every lane, by name', async () => {
  const line = await keyed();
  last().arrive('exchange', { counter: 2 });
  last().arrive('exchange', { counter: 2 });
  last().arrive('resource', { counter: 3 });
  last().arrive('resource', { counter: 2 });
  last().arrive('keyframe', { epoch: 1, counter: 2 });
  last().arrive('keyframe', { epoch: 2, counter: 2 });
  await settle();
  assert.deepEqual(said, ['exchange 0/2', 'resource 0/3', 'reordered', 'keyframe 1/2', 'replayed']);
  line.close();
});

test('a sealed frame before there are keys, and one of another page, is refused by name', async () => {
  const line = link();
  last().open();
  last().arrive('exchange', { counter: 1 });
  last().arrive('keyframe', { epoch: 1, payload: new Uint8Array(80) });
  await settle();
  await key(line, 'agent', 1);
  last().arrive('keyframe', { page: 2, epoch: 1 });
  await settle();
  assert.deepEqual(said, ['up', 'exchange 0/1', 'early', 'page']);
  line.close();
});

test('a new page of the applicant begins all counters again, and needs keys of its own', async () => {
  const line = await keyed();
  last().arrive('keyframe', { epoch: 5, counter: 9 });
  line.send('ack', 0, new Uint8Array(1));
  await settle();
  last().arrive('exchange', { page: 2, counter: 1 });
  assert.equal(line.send('ack', 0, new Uint8Array(1)), 0, 'no keys for the new page yet');
  await key(line, 'agent', 2);
  last().arrive('keyframe', { page: 2, epoch: 1, counter: 1 });
  assert.equal(line.send('ack', 0, new Uint8Array(1)), 1);
  await settle();
  assert.equal(last().sent.at(-1)?.page, 2);
  assert.deepEqual(said, ['keyframe 5/9', 'exchange 0/1', 'keyframe 1/1']);
  line.close();
});

test('exchange frames use up counters of the control lane, and sealed ones begin above', async () => {
  const line = link(1);
  last().open();
  last().say('exchange', { page: 1, counter: 1 });
  last().say('exchange', { page: 1, counter: 2 });
  await key(line, 'applicant', 1);
  last().arrive('ack', { counter: 2 });
  last().arrive('ack', { counter: 3 });
  await settle();
  assert.deepEqual(said, ['up', 'exchange 0/1', 'exchange 0/2', 'replayed', 'ack 0/3']);
  line.close();
});

test('a line that was closed seals and opens nothing', async () => {
  const line = await keyed(1);
  line.send('keyframe', 1, new Uint8Array(1));
  last().arrive('ack', { counter: 1 });
  line.close();
  await settle();
  assert.deepEqual(said, []);
  assert.deepEqual(last().sent, []);
});

test('what the server says keeps its place behind frames that are still being opened', async () => {
  const line = await keyed();
  const seal = far.seal;
  assert.ok(seal);
  const header = { kind: 'keyframe' as const, page: 1, epoch: 1, counter: 1 };
  const message = await seal.seal({ ...header, payload: new Uint8Array(1 << 19) });
  last().onmessage?.({ data: message.buffer });
  last().arrive('status', { payload: json(status) });
  last().arrive('close', { payload: json({ reason: 'idle' }) });
  last().lose(4507);
  assert.deepEqual(said, []);
  await settle();
  assert.deepEqual(said, ['keyframe 1/1', 'status live', 'ended idle ']);
  line.close();
});

test('a flood of frames is held to the ceiling of what may wait to be opened', async () => {
  const line = await keyed();
  const junk = new Uint8Array(1 << 20);
  delete far.seal;
  for (let counter = 1; counter <= 20; counter++) last().arrive('keyframe', { epoch: counter, counter, payload: junk });
  const most = LINK.unopened / junk.length;
  for (let tries = 0; tries < 50 && said.length < most; tries++) await settle();
  await settle();
  assert.deepEqual(
    said,
    Array.from({ length: most }, () => 'forged'),
  );
  line.close();
});

test('a lost socket comes back, each time later, and with its counters and keys', async () => {
  const line = await keyed(1);
  line.send('keyframe', 1, new Uint8Array(1));
  await settle();
  last().lose(1006);
  mock.timers.tick(LINK.firstWait);
  assert.equal(sockets.length, 2);
  last().lose(1006);
  mock.timers.tick(LINK.firstWait);
  assert.equal(sockets.length, 2, 'waits twice as long the second time');
  mock.timers.tick(LINK.firstWait);
  assert.equal(sockets.length, 3);
  last().open();
  assert.equal(line.send('keyframe', 2, new Uint8Array(1)), 2);
  await settle();
  assert.equal(last().of('keyframe')[0]?.payload.length, 1, 'opened by the far end');
  assert.deepEqual(said, ['down', 'down', 'up']);
  line.close();
});

test('silence ends a connection, a beat is answered and keeps it', () => {
  const line = link(1);
  last().open();
  mock.timers.tick(LINK.silence - 1);
  last().arrive('beat');
  assert.equal(last().sent.at(-1)?.kind, 'beat');
  mock.timers.tick(LINK.silence - 1);
  assert.deepEqual(said, ['up']);
  mock.timers.tick(1);
  assert.deepEqual(said, ['up', 'down']);
  line.close();
});

test('a close code of 4500 and more is the end, with reason and receipt', () => {
  link(1);
  last().open();
  last().arrive('close', { payload: json({ reason: 'idle', receipt }) });
  last().lose(4507);
  mock.timers.tick(60_000);
  assert.equal(sockets.length, 1);
  assert.deepEqual(said, ['up', 'ended idle S']);
});

test('a session is given up after the time without a connection, and not while there is one', () => {
  link(1);
  last().open();
  mock.timers.tick(LINK.silence - 1);
  last().arrive('beat');
  for (let passed = 0; passed <= LINK.giveUp; passed += 10_000) {
    mock.timers.tick(10_000);
    last().arrive('beat');
  }
  assert.deepEqual(said, ['up']);
  last().lose(1006);
  for (let passed = 0; passed < LINK.giveUp; passed += 1000) {
    assert.ok(!said.includes('ended grace '), `given up after ${passed} ms`);
    mock.timers.tick(1000);
  }
  assert.equal(said.at(-1), 'ended grace ');
  const tries = sockets.length;
  mock.timers.tick(60_000);
  assert.equal(sockets.length, tries);
  assert.equal(said.at(-1), 'ended grace ');
});

test('what is no frame is dropped', () => {
  const line = link(1);
  last().open();
  last().onmessage?.({ data: 'text' });
  last().onmessage?.({ data: new ArrayBuffer(3) });
  assert.deepEqual(said, ['up']);
  line.close();
});

test('what the server says is taken exactly, or for nothing', () => {
  link(1);
  last().open();
  said = [];
  for (const bad of [
    'no object',
    [],
    null,
    { ...status, page: undefined },
    { ...status, state: undefined },
    { ...status, page: 'x' },
    { ...status, page: 1.5 },
    { ...status, page: 65536 },
    { ...status, page: -1 },
    { ...status, state: 'elsewhere' },
    { ...status, agent: ['a'] },
    { ...status, agent: 'a'.repeat(300) },
    { ...status, peer: 1 },
    { ...status, statement: { hash: 5 } },
    { ...status, receipt: { ...receipt, policy: 7 } },
    { ...status, receipt: { ...receipt, reason: 'whim' } },
  ]) {
    last().arrive('status', { payload: json(bad) });
    assert.deepEqual(said, ['broken'], JSON.stringify(bad));
    said = [];
  }
  last().arrive('status', { payload: json({ ...status, more: 'is not looked at', receipt }) });
  assert.deepEqual(said, ['status live']);
  last().arrive('close', { payload: json({ reason: 'whim' }) });
  last().lose(4507);
  assert.deepEqual(said, ['status live', 'ended idle '], 'the close code says it then');
});

test('the window opens as answers stay quick, and closes as they grow slow', () => {
  const window = new SendWindow();
  assert.ok(window.open);
  window.sent(1, WINDOW.start * 2, 0);
  assert.ok(!window.open, 'one large frame closes it');
  window.acknowledged(1, 50);
  window.sent(2, WINDOW.start * 2, 100);
  assert.ok(window.open, 'grown by what was acknowledged');
  window.acknowledged(2, 900);
  window.sent(3, WINDOW.start * 2, 1000);
  assert.ok(!window.open, 'halved');
  window.forget();
  assert.ok(window.open);
  assert.equal(window.bytes, 0);
});
