// Room: test. The ten digits: made evenly, read in any script and spacing, and typing errors caught before they cost.

import assert from 'node:assert/strict';
import { webcrypto } from 'node:crypto';
import { test } from 'node:test';
import { checkDigit, formatCode, makeSecret, parseCode } from '../../src/wire/code.ts';

const random = (bytes: Uint8Array) => void webcrypto.getRandomValues(bytes);

/** Repeatable numbers, so that a failure can be looked at twice. */
function sequence(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

function nineDigits(next: () => number): string {
  return Array.from({ length: 9 }, () => Math.floor(next() * 10)).join('');
}

function withDigits(ten: string, zero: number): string {
  return Array.from(ten, (digit) => String.fromCodePoint(zero + Number(digit))).join('');
}

test('the check digit is the published one', () => {
  assert.equal(checkDigit('572'), '4');
  assert.throws(() => checkDigit('12a'), RangeError);
  assert.throws(() => checkDigit(''), RangeError);
});

test('every single wrong digit and every swap of neighbours is caught', () => {
  const next = sequence(7);
  for (let round = 0; round < 300; round++) {
    const nine = nineDigits(next);
    const ten = nine + checkDigit(nine);
    assert.equal(parseCode(ten).ok, true);
    for (let at = 0; at < 10; at++) {
      for (let digit = 0; digit < 10; digit++) {
        if (ten[at] === String(digit)) continue;
        const typed = ten.slice(0, at) + digit + ten.slice(at + 1);
        assert.deepEqual(parseCode(typed), { ok: false, error: 'check' });
      }
      if (at < 9 && ten[at] !== ten[at + 1]) {
        const typed = `${ten.slice(0, at)}${ten[at + 1]}${ten[at]}${ten.slice(at + 2)}`;
        assert.deepEqual(parseCode(typed), { ok: false, error: 'check' });
      }
    }
  }
});

test('any digits and any spacing come back as the same code', () => {
  const zeros = [0x30, 0x660, 0x6f0, 0x966, 0x9e6, 0xe50, 0x1040, 0xff10, 0x1d7ce];
  const between = ['', ' ', '\u00a0', '\u202f', '\u2009', '-', '\u2010', '\u2011', '\u2013', '\u2014', '\u2212'];
  between.push('\u200e', '\u200f', '\u2066', '\u2069', '\u200b', '\u00ad', '\t', '\n', '\u3000', '\ufeff');
  const next = sequence(11);
  for (let round = 0; round < 2000; round++) {
    const nine = nineDigits(next);
    const ten = nine + checkDigit(nine);
    const zero = zeros[Math.floor(next() * zeros.length)] ?? 0x30;
    const typed = Array.from(withDigits(ten, zero), (digit) => {
      return digit + (between[Math.floor(next() * between.length)] ?? '');
    }).join('');
    const want = { ok: true, routing: ten.slice(0, 5), secret: ten.slice(5, 9), check: ten.slice(9) };
    assert.deepEqual(parseCode(`\u200f ${typed}`), want);
    assert.deepEqual(parseCode(formatCode(ten)), want);
  }
});

test('random text never throws, and only ten digits are a code', () => {
  const alphabet = '0123456789 -٠١٢٣۴۵٦٧८৯１a½²Ⅷ.\u0000\ud835\udc00';
  const next = sequence(13);
  for (let round = 0; round < 5000; round++) {
    const text = Array.from({ length: Math.floor(next() * 14) }, () => alphabet[Math.floor(next() * alphabet.length)]);
    const parsed = parseCode(text.join(''));
    if (parsed.ok) {
      assert.equal(checkDigit(parsed.routing + parsed.secret), parsed.check);
      assert.equal(`${parsed.routing}${parsed.secret}${parsed.check}`.length, 10);
    }
  }
});

test('what is wrong is named', () => {
  assert.deepEqual(parseCode(''), { ok: false, error: 'length' });
  assert.deepEqual(parseCode('472 915 308'), { ok: false, error: 'length' });
  assert.deepEqual(parseCode('472 915 30866'), { ok: false, error: 'length' });
  assert.deepEqual(parseCode('472 915 3o86'), { ok: false, error: 'characters' });
  assert.deepEqual(parseCode('472½'), { ok: false, error: 'characters' });
  assert.deepEqual(parseCode('1'.repeat(1_000_000)), { ok: false, error: 'length' });
});

test('secret digits are even, and what would favour some is thrown away', () => {
  const drawn = [0xff, 0xff, 0xea, 0x60, 0xea, 0x5f];
  const scripted = makeSecret((bytes) => {
    bytes.set(drawn.splice(0, 2));
  });
  assert.equal(scripted, '9999');
  assert.equal(drawn.length, 0);
  const counts = new Array<number>(10).fill(0);
  for (let round = 0; round < 20_000; round++) {
    const secret = makeSecret(random);
    assert.match(secret, /^[0-9]{4}$/);
    const first = Number(secret[0]);
    counts[first] = (counts[first] ?? 0) + 1;
  }
  for (const count of counts) assert.ok(count > 1700 && count < 2300, `got ${count}, want about 2000`);
});

test('the code is shown in groups', () => {
  assert.equal(formatCode('4729153086'), '472 915 3086');
});
