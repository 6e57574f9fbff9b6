// Room: test. Bytes, bodies and the CSS sieve: there and back again, and nothing but clean errors for anything else.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sniff } from '../../src/wire/allow.ts';
import { Reader, Writer } from '../../src/wire/bytes.ts';
import { type Sieve, sieveDeclarations, sieveMedia, sieveSheet, sieveValue } from '../../src/wire/css.ts';
import { decode, encode, type Op } from '../../src/wire/tree.ts';

const OPS: Op[] = [
  { op: 'page', rule: 'r', label: 'Läge', title: '', quirks: false, width: 800, height: 600, ratio: 1.25 },
  {
    op: 'root',
    id: 1,
    kids: [
      {
        kind: 'element',
        id: 2,
        name: 'html',
        attributes: [['lang', 'sv']],
        form: { bits: 3, chosen: [1, 4] },
        shadow: { id: 3, kids: [{ kind: 'text', id: 4, text: '' }] },
        kids: [
          { kind: 'element', id: 5, name: 'x-card', attributes: [['id', 'i7']], kids: [] },
          { kind: 'element', id: 6, name: 'svg:linearGradient', attributes: [['x1', '0']], kids: [] },
        ],
      },
    ],
  },
  { op: 'splice', id: 2, start: 1, removed: 1, entries: [{ kind: 'known', id: 5 }] },
  {
    op: 'attributes',
    id: 5,
    set: [
      ['class', 'a b'],
      ['insyn-i7', 'å'],
    ],
    gone: ['id', 'insyn-i8'],
  },
  { op: 'text', id: 4, text: 'text ██ 🙂' },
  { op: 'form', id: 2, state: { bits: 0, chosen: [] } },
  { op: 'scroll', id: 1, x: -20, y: 1000 },
  { op: 'states', hover: 2, active: 0, focus: 5, visible: true },
  { op: 'resource', number: 3, hash: '0123456789abcdef0123456789abcdef', type: 'image/png' },
  { op: 'styles', id: 1, sheets: [{ hash: 'f'.repeat(32), media: 'print', urls: [0, 9], ids: [7] }] },
  { op: 'sum', from: 1, to: 6, sum: 0xffff_ffff },
  { op: 'far', share: 127 },
];

function pseudo(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

test('numbers and strings come back as they went', () => {
  const out = new Writer();
  const numbers = [0, 1, 127, 128, 300, 65535, 2 ** 31, 2 ** 32 - 1];
  for (const number of numbers) out.uint(number);
  for (const number of numbers.slice(0, 6)) out.int(-number);
  for (const text of ['', 'å', 'å', '\ud800']) out.text(text);
  const reader = new Reader(out.finish());
  for (const number of numbers) assert.equal(reader.uint(), number);
  for (const number of numbers.slice(0, 6)) assert.equal(reader.int(), number === 0 ? 0 : -number);
  for (const text of ['', 'å', 'å', '\ufffd']) assert.equal(reader.text(), text);
  assert.ok(reader.over);
});

test('a body comes back as it went', () => {
  assert.deepEqual(decode(encode(OPS)), OPS);
});

test('a broken body yields nothing but RangeError or TypeError', () => {
  const random = pseudo(7);
  const whole = encode(OPS);
  let refused = 0;
  for (let n = 0; n < 20_000; n++) {
    const body = n % 2 ? Uint8Array.from({ length: Math.floor(random() * 60) }, () => random() * 256) : whole.slice();
    for (let k = 0; k < 3; k++) body[Math.floor(random() * body.length)] = random() * 256;
    const cut = n % 4 === 0 ? body.subarray(0, random() * body.length) : body;
    try {
      // What does parse is proper: it says the same again.
      const ops = decode(cut);
      assert.deepEqual(decode(encode(ops)), ops);
    } catch (error) {
      refused++;
      assert.ok(error instanceof RangeError || error instanceof TypeError, String(error));
    }
  }
  assert.ok(refused > 10_000, `only ${refused} refused`);
});

test('nesting and attributes have their limits', () => {
  let deep: Op = { op: 'root', id: 1, kids: [] };
  for (let n = 0; n < 500; n++) {
    const { kids } = deep as Extract<Op, { op: 'root' }>;
    deep = { op: 'root', id: 1, kids: [{ kind: 'element', id: 600 - n, name: 'div', attributes: [], kids }] };
  }
  assert.throws(() => decode(encode([deep])), RangeError);
  const body = (name: string, value: string): Op[] => [{ op: 'attributes', id: 1, set: [[name, value]], gone: [] }];
  assert.throws(() => decode(encode(body('onclick', 'x'))), RangeError);
  assert.throws(() => decode(encode(body('src', 'x'))), RangeError);
  assert.throws(() => decode(encode(body('href', 'javascript:1'))), TypeError);
  assert.throws(() => decode(encode(body('id', 'name'))), TypeError);
  const element = (name: string): Op[] => [
    { op: 'root', id: 1, kids: [{ kind: 'element', id: 2, name, attributes: [], kids: [] }] },
  ];
  for (const name of ['script', 'iframe', 'link', 'svg:script', 'a b-c']) {
    assert.throws(() => decode(encode(element(name))), TypeError, name);
  }
});

const sieve: Sieve = {
  url: (address, family) => (address.startsWith('evil') ? undefined : `insyn:${address}${family ?? ''}`),
  id: (name) => `i-${name}`,
  text: (value, property) => (property === 'content' ? value.toUpperCase() : value),
};

const SHEETS: [string, string][] = [
  ['a{color:red}', 'a{color:red;}'],
  ['#x.y:hover>b{}', '#i-x.y[insyn-hover]>b{}'],
  ['a/* canary */b{}', 'a/**/b{}'],
  ['@import url(x);@charset "x";a{}', 'a{}'],
  ['a{background:URL( x.png )}', 'a{background:url("insyn:x.png");}'],
  ['a{background:u\\72l(evil)}', 'a{background:url("data:,");}'],
  ['a{background:url("x" var(--b))}', 'a{}'],
  [
    'a{background:image-set("x" 1x, url(y) type("image/png"))}',
    'a{background:image-set(url("insyn:x") 1x, url("insyn:y") type("image/png"));}',
  ],
  ['a{content:"a\\"b\\a c"}', 'a{content:"A\\22 B\\a C";}'],
  ['@font-face{src:url(f);font-family:"My Font"}', '@font-face{src:url("insyn:fMy Font");font-family:"My Font";}'],
  ['a{--x:{b:c};d:e}', 'a{--x:{b:c};d:e;}'],
  ['a{b:c;&:focus{d:e}@media print{f:g}}', 'a{b:c;&[insyn-focus]{d:e;}@media print{f:g;}}'],
  ['[data-x="secret"],[type=text i],[id=q]{}', '[data-x=""],[type="text" i],[id="i-q"]{}'],
  ['[aria-label=secret],[role=secret],[lang=sv]{}', '[aria-label=""],[role=""],[lang="sv"]{}'],
  ['x-y::part(a b):hover,[slot=q],[part~=q]{}', 'x-y::part( i-a i-b)[insyn-hover],[slot="i-q"],[part~="i-q"]{}'],
  ['a{content:counters(x, "secret")}', 'a{content:counters(x, "SECRET");}'],
  ['a:link,a:visited,x-y:defined{}', 'a:any-link,a[insyn-visited],x-y:not([insyn-undefined]){}'],
  ['@unknown x{a{b:c}}d{e:f}', 'd{e:f;}'],
  ['a{b:c', 'a{b:c;}'],
  ['a{b:(c}d{e:f}', 'a{}d{e:f;}'],
  ['}a{b:c}', 'a{b:c;}'],
  ['a{b:"c\nd;e:f}g{h:i}', 'a{e:f;}g{h:i;}'],
  ['@layer a,b;@layer c{d{e:f}}', '@layer a,b;@layer c{d{e:f;}}'],
  ['.a\\:b{w:calc(1px + -2e3em)}', '.a\\3a b{w:calc(1px + -2e3em);}'],
];

test('only attributes of the table, and numbers for others, have a name', () => {
  const body = (name: string): Op[] => [{ op: 'attributes', id: 1, set: [[name, 'x']], gone: [] }];
  assert.deepEqual(decode(encode(body('insyn-i12'))), body('insyn-i12'));
  for (const name of ['onclick', 'src', 'insyn-i', 'insyn-i1 ', 'data-x', '']) {
    assert.throws(() => decode(encode(body(name))), RangeError, name);
  }
});

test('what selectors and attr() ask of attributes is asked by number, and of values nothing is', () => {
  const asked: string[] = [];
  const sieve: Sieve = {
    url: () => undefined,
    id: () => 'i1',
    text: (value) => value,
    attribute: (name, selector) => `i${asked.push(`${name} ${selector}`)}`,
  };
  const css = 'a[href^="x" i],[data-K=v],[title],[value="1"],[checked]{content:attr( data-l ) attr(value) attr(title)}';
  assert.equal(
    sieveSheet(css, sieve),
    'a[insyn-is~="i1"],[insyn-is~="i2"],[title],[value="1"],[checked]{content:attr( insyn-i3 ) attr(value) attr(title);}',
  );
  assert.deepEqual(asked, ['href [ href^="x" i]', 'data-k [ data-K= v]', 'data-l ']);
});

test('of two colour schemes the one that is used stays', () => {
  const css = ':root{color-scheme:light dark}p{color-scheme:dark}';
  const seen = (dark: boolean): string => sieveSheet(css, { ...sieve, media: () => dark }).replaceAll(' ', '');
  assert.equal(seen(true), ':root{color-scheme:dark;}p{color-scheme:dark;}');
  assert.equal(seen(false), ':root{color-scheme:light;}p{color-scheme:dark;}');
});

test('style sheets come out of the sieve as they should', () => {
  for (const [text, want] of SHEETS) assert.equal(sieveSheet(text, sieve), want, text);
  assert.equal(sieveDeclarations('color:red;background:url(x)', sieve), 'color:red;background:url("insyn:x");');
  assert.equal(sieveValue('url(#a)', 'fill', { ...sieve, url: (a) => a }), 'url("#a")');
});

test('what came out of the sieve goes through it unchanged, whatever went in', () => {
  const random = pseudo(11);
  const bits = ['a', '{', '}', '(', ')', '[', ']', ':', ';', 'url(', '"', "'", '\\', '/*', '*/', '@media ', '#i', ' '];
  bits.push('--x', '1px', '\n', ',', '@font-face', 'image-set(', '\\75rl(', '<!--', '%', '!important', ':hover', '=');
  const same: Sieve = { url: (address) => address, id: (name) => name, text: (value) => value };
  for (let n = 0; n < 20_000; n++) {
    const text = Array.from({ length: 25 }, () => bits[Math.floor(random() * bits.length)]).join('');
    const once = sieveSheet(text, { ...same, url: () => undefined });
    const bare = once.replaceAll('url("data:,")', '').replace(/"[^"]*"/g, '""');
    assert.ok(!/(?<![-\w]|\\[0-9a-f]{1,6} )url\(/.test(bare), once);
    assert.equal(sieveSheet(sieveSheet(once, same), same), sieveSheet(once, same), text);
  }
});

test('types come from the bytes', () => {
  const bytes = (text: string): Uint8Array => Uint8Array.from(text, (c) => c.charCodeAt(0));
  assert.equal(sniff(bytes('\x89PNG\r\n\x1a\nrest')), 'image/png');
  assert.equal(sniff(bytes('RIFF\0\0\0\0WEBPVP8 ')), 'image/webp');
  assert.equal(sniff(bytes('\0\0\0\x20ftypavif')), 'image/avif');
  assert.equal(sniff(bytes('wOF2....')), 'font/woff2');
  assert.equal(sniff(bytes('<?xml version="1.0"?>\n<!-- x --><svg xmlns="">')), 'image/svg+xml');
  assert.equal(sniff(bytes('<html><svg>')), undefined);
  assert.equal(sniff(bytes('GIF87')), undefined);
});

test('what a sheet asks about the browser and its person is answered where the page is', () => {
  const asked: string[] = [];
  const sieve: Sieve = {
    url: () => undefined,
    id: (name) => name,
    text: (value) => value,
    media: (feature) => {
      asked.push(feature);
      return feature !== '(scripting:none)';
    },
  };
  assert.equal(
    sieveSheet('@media (min-width: 9px) and (scripting: none) {a{b:c}}', sieve),
    '@media (min-width: 9px) and (min-width:9999999px) {a{b:c;}}',
  );
  assert.equal(sieveMedia('not all and (prefers-color-scheme: dark)', sieve), 'not all and (min-width:0)');
  assert.equal(sieveMedia('screen {', sieve), 'not all');
  assert.deepEqual(asked, ['(scripting:none)', '(prefers-color-scheme:dark)']);
});
