// Room: test. The small payloads and the frame header: round trips, and refusal of everything else.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pack, unpack } from '../../src/link/deflate.ts';
import * as parts from '../../src/link/parts.ts';
import { decodeFrame, encodeFrame, Kind, type KindName, LANES, laneOf, RELAYED } from '../../src/wire/frame.ts';

const bytes = (...values: number[]) => Uint8Array.from(values);
const hash = '00112233445566778899aabbccddeeff';

test('small payloads survive the way there and back', () => {
  const ack = { lane: 'state', epoch: 7, counter: 2 ** 40 } as const;
  assert.deepEqual(parts.decodeAck(parts.encodeAck(ack)), ack);
  assert.deepEqual(parts.decodeWant(parts.encodeWant([hash, hash])), [hash, hash]);
  assert.deepEqual(parts.decodePointer(parts.encodePointer(-4, 1e9)), { x: 0, y: 65535 });
  const chunk = { hash, type: 'image/svg+xml', total: 9, offset: 6, bytes: bytes(1, 2, 3) };
  assert.deepEqual(parts.decodeChunk(parts.encodeChunk(chunk)), chunk);
  for (const shown of ['visible', 'hidden-tab', 'not-in-policy'] as const) {
    assert.deepEqual(parts.decodeSeen(parts.encodeSeen(shown, 2 ** 40)), { seen: shown, answers: 2 ** 40 });
  }
});

test('small payloads that are off are refused whole', () => {
  const chunk = { hash, type: 'image/png', total: 3, offset: 0, bytes: bytes(1, 2, 3) };
  assert.equal(parts.decodeAck(bytes(1, 2, 3)), undefined);
  assert.equal(parts.decodeAck(bytes(9, ...Array(12).fill(0))), undefined, 'unknown lane');
  assert.equal(parts.decodeWant(bytes()), undefined);
  assert.equal(parts.decodeWant(bytes(...Array(17).fill(1))), undefined);
  assert.equal(parts.decodePointer(bytes(1)), undefined);
  assert.equal(parts.decodeSeen(bytes(4, ...Array(8).fill(0))), undefined);
  assert.equal(parts.decodeSeen(bytes(1)), undefined);
  assert.equal(parts.decodeSeen(bytes(1, ...Array(8).fill(255))), undefined, 'a counter beyond what is one');
  assert.equal(parts.decodeChunk(parts.encodeChunk({ ...chunk, offset: 1 })), undefined, 'past the end');
  assert.equal(parts.decodeChunk(parts.encodeChunk({ ...chunk, bytes: bytes() })), undefined, 'empty');
  assert.equal(parts.decodeChunk(parts.encodeChunk({ ...chunk, total: parts.RESOURCE_MOST + 1 })), undefined);
  assert.equal(parts.decodeChunk(parts.encodeChunk({ ...chunk, type: 'text/html<' })), undefined);
  assert.throws(() => parts.encodeWant(['nonsense']), TypeError);
});

test('frames survive the way there and back, each kind', () => {
  for (const kind of Object.keys(Kind) as KindName[]) {
    const relayed = kind in RELAYED;
    const frame = {
      kind,
      page: relayed ? 3 : 0,
      epoch: relayed && laneOf(kind) === 'state' ? 2 : 0,
      counter: relayed ? 2 ** 33 : 0,
      payload: bytes(1, 2),
    };
    assert.deepEqual(decodeFrame(encodeFrame(frame).buffer), frame, kind);
  }
});

test('frames that are off are refused', () => {
  const good = encodeFrame({ kind: 'delta', page: 1, epoch: 1, counter: 1, payload: bytes(1) });
  const changed = (at: number, value: number) => {
    const copy = good.slice();
    copy[at] = value;
    return decodeFrame(copy.buffer);
  };
  assert.ok(decodeFrame(good.buffer));
  assert.equal(decodeFrame(good.slice(0, 15).buffer), undefined, 'short');
  assert.equal(changed(0, 0x7f), undefined, 'unknown kind');
  assert.equal(changed(1, LANES.indexOf('control')), undefined, 'lane of another kind');
  assert.equal(changed(3, 0), undefined, 'no page');
  assert.equal(changed(7, 0), undefined, 'no epoch in the state lane');
  assert.equal(changed(15, 0), undefined, 'no counter');
  assert.equal(changed(8, 0xff), undefined, 'counter beyond what a number holds');
  const large = encodeFrame({ kind: 'pointer', page: 1, epoch: 1, counter: 1, payload: new Uint8Array(257) });
  assert.equal(decodeFrame(large.buffer), undefined, 'larger than its kind may be');
});

test('packing gives the bytes back, and stops at its limit', async () => {
  const text = new TextEncoder().encode('appointment '.repeat(5000));
  const packed = await pack(text);
  assert.ok(packed.length < text.length / 10, `${packed.length} bytes`);
  assert.deepEqual(await unpack(packed, text.length), text);
  const short = bytes(1, 2, 3);
  assert.deepEqual(await unpack(await pack(short), 3), short);
  await assert.rejects(unpack(packed, text.length - 1), RangeError);
  await assert.rejects(unpack(await pack(short), 2), RangeError);
  await assert.rejects(unpack(bytes(7, 1), 10), TypeError);
  await assert.rejects(unpack(bytes(1, 255, 255, 255), 10));
});
