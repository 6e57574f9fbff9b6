// Room: test. A page's seal: what one end seals the other opens, sizes go in steps, and everything else is refused by name.

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { derive, exchangeId } from '../../src/link/keys.ts';
import { concat, utf8 } from '../../src/link/octets.ts';
import { noCounters, PageSeal, sealedSize } from '../../src/link/seal.ts';
import { decodeFrame, encodeHeader, type Frame, type KindName, laneOf, RELAYED } from '../../src/wire/frame.ts';
import type { Bytes } from '../../src/wire/messages.ts';
import { pageKeys, SESSION, seals } from '../support/ends.ts';

const frame = (kind: KindName, counter: number, payload: Bytes = new Uint8Array(3)): Frame => ({
  kind,
  page: 1,
  epoch: laneOf(kind) === 'state' ? 1 : 0,
  counter,
  payload,
});

/** A message as the other end takes it in. */
function arrived(message: Bytes): Frame {
  const decoded = decodeFrame(message.slice().buffer);
  assert.ok(decoded, 'not a frame');
  return decoded;
}

test('what one end seals the other opens, in every lane and direction, of any size', async () => {
  const { applicant, agent } = await seals();
  let counter = 0;
  for (const [from, to, kinds] of [
    [applicant, agent, ['keyframe', 'delta', 'resource', 'state']],
    [agent, applicant, ['want', 'ack', 'state']],
  ] as const) {
    for (const kind of kinds) {
      for (const size of [0, 1, 59, 60, 61, 252, 253, 5000]) {
        const body = new Uint8Array(randomBytes(size));
        const most = RELAYED[kind].max;
        if (sealedSize(size) > most) continue;
        const message = await from.seal(frame(kind, ++counter, body));
        assert.equal(message.length, 16 + sealedSize(size));
        assert.deepEqual(await to.open(arrived(message)), body, `${kind} of ${size}`);
      }
    }
  }
});

test('sizes go in steps: small ones are all alike, others are an eighth longer at most', () => {
  assert.deepEqual([0, 1, 13, 60, 61, 252, 253, 508, 509].map(sealedSize), [80, 80, 80, 80, 272, 272, 528, 528, 784]);
  const steps = new Set<number>();
  for (let size = 0; size < 1 << 20; size += 17) {
    const padded = sealedSize(size) - 16;
    assert.ok(padded >= size + 4 && padded <= Math.max((size + 4) * 1.125, size + 4 + 256), `${size} became ${padded}`);
    steps.add(padded);
  }
  assert.ok(steps.size < 90, `${steps.size} different sizes up to 1 MiB`);
  for (const kind of ['pointer', 'ack', 'resync', 'state'] as const) assert.equal(RELAYED[kind].max, sealedSize(60));
});

test('a frame that came before, or was passed over, is refused by name', async () => {
  const { applicant, agent } = await seals();
  const [one, two, three] = await Promise.all([1, 2, 3].map((counter) => applicant.seal(frame('delta', counter))));
  assert.ok(one && two && three);
  assert.equal(typeof (await agent.open(arrived(one))), 'object');
  assert.equal(typeof (await agent.open(arrived(three))), 'object');
  assert.equal(await agent.open(arrived(three)), 'replayed');
  assert.equal(await agent.open(arrived(one)), 'replayed');
  assert.equal(await agent.open(arrived(two)), 'reordered');
});

test('any changed byte, of header or payload, is refused, and does not spend a counter', async () => {
  const { applicant, agent } = await seals();
  const message = await applicant.seal(frame('delta', 5, new Uint8Array(20)));
  let refused = 0;
  for (let at = 0; at < message.length; at++) {
    const changed = message.slice();
    changed[at] = (changed[at] ?? 0) ^ 1;
    const decoded = decodeFrame(changed.buffer);
    // Bytes 0 and 1 are kind and lane, which must fit each other; a frame that isn't one is not even looked at.
    if (!decoded) continue;
    const got = await agent.open(decoded);
    assert.ok(got === 'forged' || got === 'page', `byte ${at}: ${String(got)}`);
    refused++;
  }
  assert.ok(refused > message.length - 8);
  assert.equal(typeof (await agent.open(arrived(message))), 'object', 'the true one still opens');
});

test('frames of another session, page, lane or direction are refused by name', async () => {
  const { applicant, agent } = await seals();
  const keys = await pageKeys();
  const elsewhere = new PageSeal(keys.applicant, 'b'.repeat(26), 1, noCounters());
  assert.equal(await agent.open(arrived(await elsewhere.seal(frame('delta', 1)))), 'forged');
  const next = await seals(2);
  const later = await next.applicant.seal({ ...frame('delta', 1), page: 2 });
  assert.equal(await agent.open(arrived(later)), 'page');
  assert.equal(await agent.open({ ...arrived(later), page: 1 }), 'forged');
  const state = arrived(await applicant.seal(frame('state', 1)));
  assert.equal(await agent.open({ ...state, kind: 'resource' }), 'forged', 'another lane');
  const delta = arrived(await applicant.seal(frame('delta', 1)));
  assert.equal(await agent.open({ ...delta, kind: 'keyframe' }), 'forged', 'another kind of the same lane');
  assert.equal(await agent.open({ ...delta, epoch: 2 }), 'forged');
  assert.equal(await applicant.open(delta), 'forged', 'sent back to where it came from');
});

test('a frame too short to be sealed is refused by name, and a cut one by its tag', async () => {
  const { applicant, agent } = await seals();
  const message = await applicant.seal(frame('delta', 1, new Uint8Array(500)));
  const cut = (size: number): Frame => ({ ...arrived(message), payload: message.slice(16, 16 + size) });
  for (const size of [0, 1, 16, 79]) assert.equal(await agent.open(cut(size)), 'truncated');
  assert.equal(await agent.open(cut(80)), 'forged');
  assert.equal(await agent.open(cut(message.length - 17)), 'forged');
});

test('counters that the exchange used up are not taken again', async () => {
  const { applicant, agent } = await pageKeys();
  const to = new PageSeal(agent, SESSION, 1, { ...noCounters(), control: 2 });
  const from = new PageSeal(applicant, SESSION, 1, noCounters());
  assert.equal(await to.open(arrived(await from.seal(frame('state', 2)))), 'replayed');
  assert.equal(typeof (await to.open(arrived(await from.seal(frame('state', 3))))), 'object');
});

test('what the other end itself padded wrongly is refused', async () => {
  const { applicant, agent } = await pageKeys();
  const header = { kind: 'delta' as const, page: 1, epoch: 1 };
  for (const [counter, [length, size]] of [
    [3, 64],
    [61, 64],
    [3, 256],
    [300, 64],
    [2 ** 32 - 1, 64],
  ].entries()) {
    const to = new PageSeal(agent, SESSION, 1, noCounters());
    const plain = new Uint8Array(size ?? 0);
    new DataView(plain.buffer).setUint32(0, length ?? 0);
    const head = encodeHeader({ ...header, counter: counter + 1 });
    const iv = new Uint8Array(12);
    iv[11] = counter + 1;
    const additionalData = concat(head, utf8(SESSION));
    const sealed = await crypto.subtle.encrypt({ name: 'AES-GCM', iv, additionalData }, applicant.seal.state, plain);
    const got = await to.open({ ...header, counter: counter + 1, payload: new Uint8Array(sealed) });
    const right = length === 3 && size === 64;
    assert.equal(typeof got === 'string' ? got : got.length, right ? 3 : 'forged', `${length} in ${size}`);
  }
});

test('a page’s secret is erased once its keys are made', async () => {
  const secret = new Uint8Array(64).fill(7);
  await derive(secret, exchangeId(SESSION, 1), 'agent');
  assert.deepEqual(secret, new Uint8Array(64));
});
