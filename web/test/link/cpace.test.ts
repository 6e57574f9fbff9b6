// Room: test. CPace against the vectors that draft-irtf-cfrg-cpace-21 publishes (appendix B.3, and A.1 for the strings).

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { calculateGenerator, cpace, generatorString, scalarMultVerify } from '../../src/link/cpace.ts';
import { lvCat, lvSplit, utf8 } from '../../src/link/octets.ts';
import { toHex } from '../../src/wire/hex.ts';
import { WEB } from '../support/browser.ts';

const vectors = JSON.parse(readFileSync(join(WEB, 'test/link/cpace-vectors.json'), 'utf8'));
const bytes = (hex: string) => new Uint8Array(Buffer.from(hex, 'hex'));
const { prs, ci, sid, ADa, ADb } = Object.fromEntries(
  ['prs', 'ci', 'sid', 'ADa', 'ADb'].map((name) => [name, bytes(vectors[name])]),
) as Record<string, Uint8Array<ArrayBuffer>>;
assert.ok(prs && ci && sid && ADa && ADb);
const littleEndian = (hex: string) => BigInt(`0x${toHex(bytes(hex).reverse())}`);

test('strings are length-valued as the draft says', () => {
  for (const { of, is } of vectors.lv_cat) assert.equal(toHex(lvCat(...of.map(bytes))), is);
  assert.deepEqual(lvSplit(lvCat('12', ''), 2), [utf8('12'), new Uint8Array(0)]);
  for (const bad of [lvCat('12'), lvCat('12', '', ''), Uint8Array.of(2, 49), lvCat(new Uint8Array(200), '')]) {
    assert.equal(lvSplit(bad, 2), undefined);
  }
});

test('the generator is the one that the draft publishes', () => {
  assert.equal(toHex(generatorString(prs, ci, sid)), vectors.generator_string);
  assert.equal(toHex(calculateGenerator(prs, ci, sid).toBytes()), vectors.g);
});

test('shares and ISK are the ones that the draft publishes, at both ends', () => {
  const ends = { ya: true, yb: false };
  for (const [scalar, initiator] of Object.entries(ends)) {
    const run = cpace.begin(prs, ci, sid, initiator, () => bytes(vectors[scalar]));
    assert.equal(toHex(run.share), vectors[initiator ? 'Ya' : 'Yb']);
    const theirs = bytes(vectors[initiator ? 'Yb' : 'Ya']);
    assert.equal(toHex(run.finish(theirs, ADa, ADb) ?? ADa), vectors.ISK_IR);
    assert.equal(run.finish(theirs, ADa, ADb), undefined, 'a run finishes once');
  }
  assert.equal(toHex(scalarMultVerify(littleEndian(vectors.ya), bytes(vectors.Yb)) ?? ADa), vectors.K);
});

test('points that are none, and the neutral one, abort', () => {
  const { s, X, is, invalid } = vectors.vfy;
  assert.equal(toHex(scalarMultVerify(littleEndian(s), bytes(X)) ?? ADa), is);
  for (const [name, point] of Object.entries<string>(invalid)) {
    assert.equal(scalarMultVerify(littleEndian(s), bytes(point)), undefined, name);
    const run = cpace.begin(prs, ci, sid, true);
    assert.equal(run.finish(bytes(point), ADa, ADb), undefined, name);
  }
});

test('scalars keep below the group order, and zero is drawn again', () => {
  const draws = [new Uint8Array(32), new Uint8Array(32).fill(255)];
  const run = cpace.begin(prs, ci, sid, true, () => draws.shift() ?? new Uint8Array(32).fill(1));
  const largest = (1n << 252n) - 1n;
  assert.equal(toHex(run.share), toHex(calculateGenerator(prs, ci, sid).multiply(largest).toBytes()));
  assert.equal(draws.length, 0);
});
