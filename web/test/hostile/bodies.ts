// Room: test. Bodies that no mirror writes: trees that aren't any, numbers out of range, too much of everything, and bytes that are no
// body at all. Whether the view takes one is of no matter; that it can be used afterwards is.

import { Writer } from '../../src/wire/bytes.ts';
import type { Bytes } from '../../src/wire/messages.ts';
import { type Attribute, type Entry, encode, type Op } from '../../src/wire/tree.ts';
import { el, known, plain, splice, text } from '../support/tree.ts';

export interface Body {
  name: string;
  /** After a keyframe of a plain page whose body is node 4, with a paragraph 5 that has text 6. */
  kind: 'keyframe' | 'delta';
  bytes: Bytes;
}

export const pageOf = (rule: string, change: Partial<Extract<Op, { op: 'page' }>> = {}): Op => ({
  op: 'page',
  rule,
  label: 'x',
  title: 'x',
  quirks: false,
  width: 800,
  height: 600,
  ratio: 1,
  ...change,
});

const hosted = (host: Entry, id: number, ...kids: Entry[]): Entry => ({ ...host, shadow: { id, kids } }) as Entry;

function deep(levels: number, name: string, from: number): Entry {
  let entry = el(from, name);
  for (let n = 1; n < levels; n++) entry = el(from + n, name, [entry]);
  return entry;
}

/** A million levels, which no writer of ours reaches: the same bytes again and again. */
function bottomless(): Bytes {
  const start = encode([plain()]);
  const level = encode([plain(el(9, 'div', [el(10, 'div')]))]);
  const out = new Uint8Array(4_000_000);
  out.set(start.subarray(0, start.length - 1));
  const piece = level.subarray(start.length - 1, start.length + 6);
  for (let at = start.length; at + piece.length < out.length; at += piece.length) out.set(piece, at);
  return out;
}

function raw(write: (out: Writer) => void): Bytes {
  const out = new Writer();
  write(out);
  return out.finish();
}

export function bodies(rule: string): Body[] {
  const P = pageOf(rule);
  const keyframe = (name: string, ...ops: Op[]): Body => ({ name, kind: 'keyframe', bytes: encode(ops) });
  const delta = (name: string, ...ops: Op[]): Body => ({ name, kind: 'delta', bytes: encode(ops) });
  const bytes = (name: string, kind: Body['kind'], from: Bytes): Body => ({ name, kind, bytes: from });
  const custom = (name: string) => keyframe(`an element named ${name}`, P, plain(el(9, name)));
  const titled = (name: string, said: string) => keyframe(name, pageOf(rule, { title: said, label: said }), plain());
  const set = (name: string, id: number, ...attributes: Attribute[]) =>
    delta(name, { op: 'attributes', id, set: attributes, gone: [] });
  const dialogs = Array.from({ length: 3000 }, (_, n) =>
    el(
      10 + n,
      'dialog',
      [],
      [
        ['insyn-modal', ''],
        ['open', ''],
      ],
    ),
  );
  const popovers = Array.from({ length: 3000 }, (_, n) =>
    el(
      10 + n,
      'div',
      [],
      [
        ['insyn-popover', ''],
        ['popover', 'manual'],
      ],
    ),
  );
  return [
    ...[
      '__proto__',
      'constructor',
      'x-__proto__',
      'toString',
      'x-',
      '-x',
      'X-Y',
      'annotation-xml',
      'font-face',
      'insyn-x',
    ].map(custom),
    ...[
      'x-a>b',
      'x-a b',
      'x-a/onload=1',
      'x-\u0000',
      'x-é',
      'svg:script',
      'svg:x-y',
      'html:script',
      'math:script',
      ':script',
      'script:',
      'a:b:c',
      'x-a\u2028',
    ].map(custom),
    custom(`x-${'a'.repeat(70_000)}`),
    ...['__proto__', 'constructor', 'hasOwnProperty', `${rule} `, rule.toUpperCase(), `${rule}\0`, ''].map((name) =>
      keyframe(`a rule named ${name}`, pageOf(name), plain()),
    ),
    titled('a title with bidi controls', '\u202egnp.exe\u202c\u2066x\u2069\u200f'),
    titled('a title with control characters', '\0\u0007\u001b[31m\r\n\u2028'),
    titled('a title of markup', '<img src=x onerror=top.ran.push(0)>&lt;script>'),
    titled('a title of a million letters', 'W'.repeat(1_000_000)),
    titled('a title of combining marks', `e${'\u0301'.repeat(50_000)}`),
    titled('a title of lone surrogates', '\ud800\udfff\ud800'),
    keyframe('no root', P),
    keyframe('no page', plain()),
    keyframe('nothing'),
    keyframe('two roots', P, plain(), plain()),
    keyframe('two roots of two ids', P, plain(), { op: 'root', id: 90, kids: [el(91, 'html')] }),
    keyframe('a root without an element', P, { op: 'root', id: 1, kids: [text(2, 'x')] }),
    keyframe('a root of roots', P, { op: 'root', id: 1, kids: [el(2, 'html'), el(3, 'html')] }),
    keyframe('a document of text and html', P, { op: 'root', id: 1, kids: [text(2, 'x'), el(3, 'html')] }),
    keyframe('a document that is an SVG', P, {
      op: 'root',
      id: 1,
      kids: [el(2, 'svg:svg', [el(3, 'svg:style' as string)])],
    }),
    keyframe('a document that is a frame', P, { op: 'root', id: 1, kids: [hosted(el(2, 'iframe'), 3, el(4, 'html'))] }),
    keyframe('a document that is a dialog', P, {
      op: 'root',
      id: 1,
      kids: [el(2, 'dialog', [], [['insyn-modal', '']])],
    }),
    keyframe('one id twice', P, plain(el(9, 'p'), el(9, 'p'))),
    keyframe('an id of its parent', P, plain(el(4, 'p'))),
    keyframe('an id of zero', P, plain(el(0, 'p'))),
    keyframe('an id below zero', P, plain(el(-5, 'p'))),
    keyframe('an id past 32 bits', P, plain(el(2 ** 33, 'p'))),
    keyframe('an id past 53 bits', P, plain(el(2 ** 60, 'p'))),
    keyframe('a known node in a new tree', P, plain(known(4))),
    keyframe('a splice before there is a tree', splice(1, 0, 0, el(9, 'p')), P, plain()),
    keyframe('a shadow root in a br', P, plain(hosted(el(9, 'br'), 10, el(11, 'p')))),
    keyframe('a shadow root in an SVG', P, plain(hosted(el(9, 'svg:g'), 10, el(11, 'p')))),
    keyframe("a shadow root with its host's id", P, plain(hosted(el(9, 'div'), 9))),
    keyframe(
      'a frame in a frame in a frame',
      P,
      plain(
        [...Array(60).keys()].reduce<Entry>(
          (kid, n) =>
            hosted(el(100 + 2 * n, 'iframe'), 101 + 2 * n, el(1000 + 2 * n, 'html', [el(1001 + 2 * n, 'body', [kid])])),
          text(9, 'x'),
        ),
      ),
    ),
    keyframe(
      '2,000 frames',
      P,
      plain(...[...Array(2000).keys()].map((n) => hosted(el(100 + 2 * n, 'iframe'), 101 + 2 * n))),
    ),
    keyframe('frames without an inside', P, plain(el(9, 'iframe', [el(10, 'p')]))),
    keyframe('nested to the most', P, plain(deep(390, 'div', 100))),
    keyframe('nested one too deep', P, plain(deep(402, 'div', 100))),
    keyframe('nested links', P, plain(deep(390, 'a', 100))),
    keyframe('nested forms', P, plain(deep(390, 'form', 100))),
    keyframe('nested SVGs', P, plain(deep(390, 'svg:svg', 100))),
    keyframe('nested roots', P, plain(el(9, 'math:math', [deep(300, 'math:msqrt', 100)]))),
    bytes('a million levels', 'keyframe', bottomless()),
    keyframe('a list of a million', { ...plain(), kids: [] } as Op),
    bytes(
      'a list that is longer than its body',
      'keyframe',
      raw((out) => {
        out.byte(1);
        out.int(1);
        out.uint(2 ** 31);
      }),
    ),
    bytes(
      'a text that is longer than its body',
      'keyframe',
      raw((out) => {
        out.byte(4);
        out.int(1);
        out.uint(2 ** 40);
      }),
    ),
    bytes('a number without an end', 'keyframe', new Uint8Array(1000).fill(0xff)),
    bytes('zeros', 'keyframe', new Uint8Array(1_000_000)),
    bytes('an unknown operation', 'keyframe', new Uint8Array([99])),
    bytes('half a body', 'keyframe', encode([P, plain(text(9, 'half'))]).slice(0, 30)),
    bytes('a body and a half', 'keyframe', new Uint8Array([...encode([P, plain()]), 1, 2])),
    bytes(
      'not UTF-8',
      'keyframe',
      raw((out) => {
        out.byte(4);
        out.int(4);
        out.uint(3);
        for (const b of [0xff, 0xfe, 0xc0]) out.byte(b);
      }),
    ),
    bytes('200,000 pages', 'keyframe', encode([...Array.from({ length: 199_000 }, () => P), plain()])),
    bytes(
      '50,000 hashes',
      'keyframe',
      encode([
        P,
        plain(),
        ...Array.from(
          { length: 50_000 },
          (_, n): Op => ({ op: 'resource', number: n, hash: n.toString(16).padStart(32, '0'), type: 'image/png' }),
        ),
      ]),
    ),
    keyframe('a huge viewport', pageOf(rule, { width: 8192, height: 8192, ratio: 8 }), plain()),
    keyframe('no viewport', pageOf(rule, { width: 0, height: 0, ratio: 0 }), plain()),
    keyframe('3,000 modal dialogs', P, plain(...dialogs)),
    keyframe('3,000 popovers', P, plain(...popovers)),
    keyframe(
      'dialogs that are none',
      P,
      plain(
        el(
          9,
          'div',
          [],
          [
            ['insyn-modal', ''],
            ['insyn-popover', ''],
          ],
        ),
        el(10, 'svg:svg', [], [['insyn-modal', '']]),
      ),
    ),
    delta('a splice of nothing there', splice(99, 0, 0, el(20, 'p'))),
    delta('a splice past the end', splice(4, 5, 5)),
    delta('a splice of a text', splice(6, 0, 0, el(20, 'p'))),
    delta('a node below itself', splice(4, 0, 1), splice(5, 0, 0, known(5))),
    delta('a node below its kid', splice(4, 0, 1, el(20, 'p', [known(5)])), splice(5, 0, 1, known(20))),
    delta('the document below its body', splice(4, 0, 0, known(2))),
    delta('the document gone', splice(1, 0, 1)),
    delta('the head gone, and the body', splice(2, 0, 2)),
    delta('a second root', plain()),
    delta('everything twice', splice(4, 0, 1, known(5), known(5))),
    delta('a page that is another', pageOf('nowhere')),
    delta('scroll to the end of numbers', { op: 'scroll', id: 1, x: 2 ** 50, y: -(2 ** 50) }),
    delta('scroll of a text', { op: 'scroll', id: 6, x: 1, y: 1 }),
    delta('states of nobody', { op: 'states', hover: 999_999, active: 6, focus: 1, visible: true }),
    delta('focus that is taken', splice(4, 1, 0, el(20, 'input', [], [['tabindex', '1']])), {
      op: 'states',
      hover: 20,
      active: 20,
      focus: 20,
      visible: true,
    }),
    delta('text of an element', { op: 'text', id: 4, text: '<script>top.ran.push(0)</script>' }),
    delta('a form of a paragraph', { op: 'form', id: 5, state: { bits: 511, chosen: [1, 2, 3] } }),
    delta('form bits past the most', { op: 'form', id: 5, state: { bits: 4096, chosen: [] } }),
    delta('styles of a paragraph', { op: 'styles', id: 5, sheets: [] }),
    delta('a hash of letters', { op: 'resource', number: 1, hash: 'javascript:top.ran.push(0)', type: 'text/html' }),
    delta('a type of markup', { op: 'resource', number: 1, hash: 'a'.repeat(32), type: '"><script>' }),
    set('a link that leads', 5, ['href', 'javascript:top.ran.push(0)']),
    set('a link to an id that is none', 5, ['href', '#i1 onclick=x']),
    set('an id of the prototype', 5, ['id', '__proto__']),
    set('a name of the document', 5, ['name', 'cookie']),
    set('names that clobber', 5, ['id', 'i0'], ['name', 'i1']),
    set('a picture without a number', 5, ['insyn-src', 'http://127.0.0.1/']),
    set('a size of markup', 5, ['insyn-size', '1" onload="x']),
    set('text that would be edited', 5, ['contenteditable', 'true'], ['tabindex', '1']),
    set('a button that commands', 5, ['popovertarget', 'i1'], ['type', 'submit']),
    set('a part of markup', 5, ['part', '"><script>']),
    set('a language of markup', 5, ['lang', '"><script>']),
    set('a class of markup', 5, ['class', '"><script>top.ran.push(0)</script>']),
    set('a style over the console', 5, [
      'style',
      'position:fixed;inset:-9999px;z-index:2147483647;width:99999px;height:99999px;background:red;pointer-events:auto;cursor:wait',
    ]),
    set('a value of a function', 5, ['fill', 'url(javascript:top.ran.push(0))']),
    set('data of words', 5, ['values', 'javascript'], ['in', 'expression(1)']),
    set(
      'a column span past the most',
      5,
      ['colspan', '999999999'],
      ['rowspan', '999999999'],
      ['size', '999999999'],
      ['rows', '999999999'],
    ),
    delta('an attribute that is gone twice', { op: 'attributes', id: 5, set: [], gone: ['style', 'style', 'class'] }),
    delta('an attribute of nobody', { op: 'attributes', id: 5, set: [['onclick', 'top.ran.push(0)']], gone: [] }),
    delta("the view's own attributes", { op: 'attributes', id: 5, set: [['insyn-own' as string, '']], gone: [] }),
  ];
}
