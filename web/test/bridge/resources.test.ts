// Room: test. Resources on their way out: cut, put in line, begun again, and bounded.

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { OutgoingResources, RESOURCES_MOST } from '../../src/bridge/resources.ts';
import { CHUNK_BYTES, RESOURCE_MOST } from '../../src/link/parts.ts';

const hash = (digit: number): string => digit.toString(16).padStart(2, '0').repeat(16);
const random = (size: number) => new Uint8Array(randomBytes(size));

function drain(resources: OutgoingResources, from = 1): { hash: string; bytes: number[] }[] {
  const got: { hash: string; bytes: number[] }[] = [];
  for (let counter = from; ; counter++) {
    const chunk = resources.next();
    if (!chunk) return got;
    if (chunk.offset === 0) got.push({ hash: chunk.hash, bytes: [] });
    got.at(-1)?.bytes.push(...chunk.bytes);
    resources.sent(counter);
  }
}

test('chunks put together are the resources, one after the other', () => {
  const resources = new OutgoingResources();
  const first = random(CHUNK_BYTES * 2);
  const second = random(10);
  assert.equal(resources.add(hash(1), 'image/png', first), true);
  assert.equal(resources.add(hash(2), 'image/png', second), true);
  assert.deepEqual(drain(resources), [
    { hash: hash(1), bytes: [...first] },
    { hash: hash(2), bytes: [...second] },
  ]);
});

test('what is under way is held until it has arrived, and begins again when it is lost', () => {
  const resources = new OutgoingResources();
  resources.add(hash(1), 'image/png', random(CHUNK_BYTES * 3));
  resources.add(hash(2), 'image/png', random(5));
  drain(resources);
  assert.equal(resources.has(hash(1)), true);
  resources.acknowledged(3);
  assert.equal(resources.has(hash(1)), false);
  resources.restart();
  assert.deepEqual(
    drain(resources, 5).map((one) => one.hash),
    [hash(2)],
  );
  resources.acknowledged(5);
  assert.equal(resources.bytes, 0);
});

test('twice the same, empty, and beyond the ceilings is refused', () => {
  const resources = new OutgoingResources();
  assert.equal(resources.add(hash(1), 'image/png', new Uint8Array(0)), false);
  assert.equal(resources.add(hash(1), 'image/png', new Uint8Array(RESOURCE_MOST + 1)), false);
  for (let at = 0; at < RESOURCES_MOST / RESOURCE_MOST; at++) {
    assert.equal(resources.add(hash(at), 'image/png', new Uint8Array(RESOURCE_MOST)), true);
  }
  assert.equal(resources.add(hash(0), 'image/png', random(5)), false);
  assert.equal(resources.add(hash(99), 'image/png', random(5)), false);
  resources.clear();
  assert.equal(resources.add(hash(99), 'image/png', random(5)), true);
});
