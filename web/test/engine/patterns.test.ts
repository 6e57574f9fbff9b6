// Room: test. Personal data by its shape: numbers with their check digits, in any script and dress, split over nodes, and
// the agency's own patterns, of which a dangerous one hides.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { luhn, mask, Patterns } from '../../src/mirror/patterns.ts';

const patterns = new Patterns();

test('personal data is masked by its shape, and little else', () => {
  const hidden = [
    '811228-9874',
    '19811228-9874',
    '198112289874',
    '8112289874',
    '811228+9874',
    '811228–9874',
    '811228−9874',
    '811228 9874',
    '811228 - 9874',
    '1981-12-28-9874',
    '81 12 28 9874',
    '701063-2391',
    '19701063 2391',
    '７０１０６３－２３９１',
    '٧٠١٠٦٣-٢٣٩١',
    '۷۰۱۰۶۳۲۳۹۱',
    '7\u200b0\u20601063\u00ad-2391',
    '7️⃣01063-2391',
    'anna.svensson@example.se',
    'anna＠example.se',
    'anna\u00ad.svensson@exa\u200bmple.se',
    '070-123 45 67',
    '070\u00a0123\u202f45\u200967',
    '+46 70 123 45 67',
    '+46 (0)70-123 45 67',
    '٠٧٠ ١٢٣ ٤٥ ٦٧',
    '4111 1111 1111 1111',
    '4111111111111111',
    '3782 822463 10005',
    '12345678-90',
    '12345678 – 90',
  ];
  for (const text of hidden) assert.equal(patterns.mask(`x ${text} y`), `x ${mask(text)} y`, text);
  const shown = ['2026-11-22', '08.00-16.00', 'Room 12', '1234567890123456', 'page 3 of 10', '22 November 2026'];
  shown.push('811228-9875', '811328-9872', '2019 2020 2021 2022 2023', '719811228-9874', 'a @ b', '100 000 000 SEK');
  for (const text of shown) assert.equal(patterns.mask(text), text);
  assert.ok(luhn('8112289874') && !luhn('8112289875'));
});

test('a number is found behind another one', () => {
  assert.equal(patterns.mask('1 4111 1111 1111 1111 12/28'), '1 ████ ████ ████ ████ 12/28');
  assert.equal(patterns.mask('12 34 811228-9874'), '12 34 ███████████');
});

test('and where it is split over nodes, whatever stands beside it', () => {
  const split = (text: string, before: string[], after: string[]) => patterns.mask(text, { before, after });
  assert.equal(split('1228-', ['1981'], ['9874']), '█████');
  assert.equal(split('1981', [], ['1228', '-', '9874']), '████');
  assert.equal(split('1981', ['7'], ['1228-9874']), '████', 'a digit before is of another number');
  assert.equal(split('9874', ['No', '198112', '28-'], ['5', '6']), '████', 'and one after it');
  assert.equal(split('Call 070', [], ['-123 ', '45 67 now']), 'Call ███');
  assert.equal(split('anna', [], ['@', 'example.se']), '████');
  assert.equal(split('1981', ['7'], [' ', '12']), '1981');
});

test('what is masked keeps where lines may break, and nothing else', () => {
  assert.equal(mask('Åsa B\n🙂'), '███ █\n〓');
  assert.equal(mask('a\u00adb\u200bc e\u0301 申請'), '█\u00ad█\u200b█ █\u2060 〓〓');
  assert.ok(!/\p{Cf}/u.test(mask('\u{e0061}\u{e0062}').replaceAll('\u2060', '')), 'tags are letters in disguise');
});

test("the agency's own patterns", () => {
  const own = new Patterns([
    { name: 'diary', match: 'DNR \\d{4}/[A-Z]{2,3}-?\\d{3}' },
    { name: 'dotted', match: '\\d{2}\\.\\d{2}' },
  ]);
  assert.ok(!own.broken);
  assert.equal(own.mask('see dnr ２０２６/abc–123.'), 'see ███ 〓〓〓〓████████.');
  assert.equal(own.mask('xdnr 2026/abc123'), 'xdnr 2026/abc123');
  assert.equal(own.mask('r 20', { before: ['dn'], after: ['26/ab-123'] }), '█ ██');
  assert.equal(own.mask('12.50'), '█████');
});

test('a pattern that is not of the few kinds is broken, and so is a dangerous one', () => {
  const bad = [
    '(a+)+',
    'a*',
    '\\d+',
    'a|b',
    '(?=a)',
    '^a',
    'a$',
    '.',
    '\\b',
    '\\1',
    '[^a]',
    '[z-a]',
    '[a',
    'a{3,2}',
    '',
  ];
  bad.push('\\d{0,64}\\d{0,64}', 'a?'.repeat(9), 'a{1,}', 'a{100}', 'a{2}{3}', 'a??', '\\p{L}', 'a'.repeat(41));
  for (const match of bad) assert.ok(new Patterns([{ name: 'x', match }]).broken, match);
  const hostile = [{ name: 'x' }, { name: 'x', match: 5 }] as unknown as { name: string; match: string }[];
  for (const one of hostile) assert.ok(new Patterns([one]).broken);
});
