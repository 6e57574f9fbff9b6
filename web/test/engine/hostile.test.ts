// Room: test. The applicant's side as an enemy's: bodies and resources that a mirror would never send. The view answers,
// refuses, and can be used again.

import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import type { Browser } from 'puppeteer-core';
import { bearable } from '../../src/view/weight.ts';
import { sniff } from '../../src/wire/allow.ts';
import { BODY_CHARS } from '../../src/wire/bytes.ts';
import { type Sieve, sieveDeclarations } from '../../src/wire/css.ts';
import type { Bytes, ResourceType } from '../../src/wire/messages.ts';
import { decode, type Entry, encode, MOST, type Op } from '../../src/wire/tree.ts';
import { el, known, plain, splice, text } from '../support/tree.ts';
import { picture } from './fixture.ts';
import { launch, openStage, type Stage } from './stage.ts';

const PAGE: Op = { op: 'page', rule: 'r', label: 'L', title: '', quirks: false, width: 800, height: 600, ratio: 1 };
const hover = (id: number): Op => ({ op: 'states', hover: id, active: 0, focus: 0, visible: false });
const latin = (from: string): Bytes => Uint8Array.from(from, (c) => c.charCodeAt(0));

let browser: Browser;
let stage: Stage;
let epoch = 0;
const errors: string[] = [];
before(async () => {
  browser = await launch();
  stage = await openStage(browser, {
    '/plain.html': '<!doctype html><title>p</title><script src=/source.js></script><p>plain</p>',
    '/typed.html': `<!doctype html><title>p</title><script src=/source.js></script><input id=a><input id=b type=password>
<input type=button value="Press me"><output aria-label=secretoutput></output>
<select><option aria-label=secretoption>x</option></select><div contenteditable aria-label=secretedit>x</div>
<div role=group aria-label=openlabel>x</div>`,
  });
  stage.page.on('pageerror', (error) => errors.push(String(error)));
  await stage.mirror('/plain.html');
  await stage.page.evaluate(() => {
    window.host.mirror?.stop();
    window.host.mirror = undefined;
  });
});
beforeEach(async () => {
  await stage.page.evaluate(() => {
    window.host.resyncs = 0;
  });
});
after(async () => {
  await stage.close();
  await browser.close();
});

/** Hands bodies to the view, and waits until it has shown them; how many it refused. */
function frames(...bodies: [kind: 'keyframe' | 'delta', ops: Op[]][]): Promise<number> {
  const sent = bodies.map(([kind, ops]) => ({
    kind,
    epoch: kind === 'keyframe' ? ++epoch : epoch,
    body: [...encode(ops)],
  }));
  return stage.page.evaluate(async (all) => {
    for (const { kind, epoch, body } of all) window.host.view?.frame(kind, epoch, 1, new Uint8Array(body));
    await new Promise((done) => setTimeout(done, 50));
    return window.host.resyncs;
  }, sent);
}
const shown = (): Promise<string> =>
  stage.page.evaluate(() => window.host.frame.contentDocument?.body?.textContent ?? 'nothing');

test('a knot in the tree is refused, and nothing more is applied before the next keyframe', {
  timeout: 20_000,
}, async () => {
  const tree = plain(el(5, 'div', [el(6, 'div', [el(7, 'p', [text(8, 'x')])])]));
  const tied: Op[][] = [
    [splice(6, 0, 0, known(5))],
    [splice(4, 0, 1), splice(6, 0, 0, known(5))],
    [splice(4, 0, 1), splice(6, 0, 0, el(20, 'div', [known(5)]))],
    [splice(4, 0, 0, known(6))],
    [splice(4, 0, 1, known(5), known(6))],
    [splice(8, 0, 0, text(20, 'y'))],
  ];
  for (const ops of tied) {
    assert.equal(
      await frames(['keyframe', [PAGE, tree]], ['delta', ops], ['delta', [hover(6)]]),
      2,
      JSON.stringify(ops),
    );
    const marked = await stage.page.evaluate(
      () => window.host.frame.contentDocument?.querySelectorAll('[insyn-hover]').length,
    );
    assert.equal(marked, 0);
    await stage.page.evaluate(() => {
      window.host.resyncs = 0;
    });
  }
  // What a mirror sends where a page turns a tree inside out is none.
  assert.equal(
    await frames(
      ['keyframe', [PAGE, tree]],
      ['delta', [splice(4, 0, 1, known(6)), splice(5, 0, 1), splice(6, 0, 1, known(5), known(7))]],
      ['delta', [hover(5)]],
    ),
    0,
  );
  assert.equal(await frames(['keyframe', [PAGE, tree]], ['delta', [splice(4, 0, 1, known(7))]]), 0);
  assert.equal(await shown(), 'x');
});

test('a body that fails half-way voids its epoch', async () => {
  const broken = el(20, 'br', []);
  if (broken.kind === 'element') broken.shadow = { id: 21, kids: [] };
  const refused = await frames(
    ['keyframe', [PAGE, plain(el(5, 'p', [text(6, 'old')]))]],
    ['delta', [splice(4, 0, 0, broken)]],
    ['delta', [{ op: 'text', id: 6, text: 'new' }]],
  );
  assert.equal(refused, 2);
  assert.equal(await shown(), 'old');
  assert.equal(await frames(['keyframe', [PAGE, plain(text(6, 'next'))]]), 2);
  assert.equal(await shown(), 'next');
});

test('a page keeps its element, may change it, and the view clears whatever it holds', async () => {
  const tree = plain(text(6, 'hello'));
  assert.equal(await frames(['keyframe', [PAGE, tree]], ['delta', [splice(1, 0, 1)]]), 1);
  assert.equal(await shown(), 'hello');
  assert.equal(
    await frames(
      ['keyframe', [PAGE, tree]],
      ['delta', [splice(1, 0, 1, el(9, 'html', [el(10, 'body', [text(11, 'changed')])]))]],
    ),
    1,
  );
  assert.equal(await shown(), 'changed');
  const left = await stage.page.evaluate(() => {
    window.host.frame.contentDocument?.replaceChildren();
    window.host.view?.clear();
    return window.host.frame.contentDocument?.documentElement.outerHTML;
  });
  assert.equal(left, '<html></html>');
  assert.equal(await frames(['keyframe', [PAGE, tree]]), 1);
  assert.equal(await shown(), 'hello');
});

test('an SVG is found going forward', { timeout: 20_000 }, () => {
  const start = performance.now();
  assert.equal(sniff(latin(`${'<!---->'.repeat(60)}x`)), undefined);
  assert.equal(sniff(latin(`${' '.repeat(2000)}x`)), undefined);
  assert.ok(performance.now() - start < 200);
  for (const head of [
    '',
    '\xef\xbb\xbf',
    ' <?xml version="1.0"?>\n<!DOCTYPE svg PUBLIC "x" "y"><!-- a --> ',
    '<!----><!-- b -->',
  ]) {
    assert.equal(sniff(latin(`${head}<svg xmlns="">`)), 'image/svg+xml', head);
  }
  for (const not of ['<svgx>', '<svg', '<!-- <svg >', '<!DOCTYPE html><svg>', 'x<svg>'])
    assert.equal(sniff(latin(not)), undefined, not);
});

test('a short body does not stand for a long one', () => {
  const long = 'abcdefgh'.repeat(8000);
  const many = Array.from({ length: 200 }, (_, n) => text(10 + n, long));
  assert.ok(200 * long.length > BODY_CHARS);
  assert.throws(() => decode(encode([plain(...many)])), RangeError);
  assert.ok(decode(encode([plain(...many.slice(0, 100))])));
  const wide: Op = { op: 'attributes', id: 4, set: [['points', '1 '.repeat(40_000)]], gone: [] };
  assert.throws(() => decode(encode([wide])), TypeError);
  const form: Op = { op: 'form', id: 4, state: { bits: 0, chosen: [] } };
  const styles: Op = { op: 'styles', id: 1, sheets: [] };
  for (const op of [PAGE, hover(4), form, styles]) {
    assert.throws(() => decode(encode([op, op])), RangeError, op.op);
    assert.ok(decode(encode([op])));
  }
});

test('what a page has too much of is cut on its way out', () => {
  const [page, said] = decode(
    encode([
      { ...PAGE, width: 15_360, ratio: 10 },
      { op: 'text', id: 4, text: 'x'.repeat(MOST.text + 1) },
    ]),
  );
  assert.deepEqual([page?.op === 'page' && page.width, page?.op === 'page' && page.ratio], [8192, 8]);
  assert.equal(said?.op === 'text' && said.text.length, MOST.text);
  const sheets = Array.from({ length: 300 }, () => ({ hash: 'a'.repeat(32), media: '', urls: [], ids: [] }));
  const [styles] = decode(encode([{ op: 'styles', id: 1, sheets }]));
  assert.equal(styles?.op === 'styles' && styles.sheets.length, MOST.sheets);
});

test('a use shows no other use, and all together no more than a page may have', async () => {
  const use = (id: number, of: number): Entry => el(id, 'svg:use', [], [['href', `#i${of}`]]);
  const group = (id: number, name: number, kids: Entry[]): Entry => el(id, 'svg:g', kids, [['id', `i${name}`]]);
  const rects = Array.from({ length: 2000 }, (_, n) => el(1000 + n, 'svg:rect'));
  await frames([
    'keyframe',
    [
      PAGE,
      plain(
        el(5, 'svg:svg', [
          group(10, 1, [el(11, 'svg:rect')]),
          group(12, 2, [use(13, 1)]),
          group(14, 3, rects),
          use(20, 1),
          use(21, 2),
          ...Array.from({ length: 120 }, (_, n) => use(30 + n, 3)),
        ]),
      ),
    ],
  ]);
  const led = (): Promise<string[]> =>
    stage.page.evaluate(() =>
      Array.from(
        window.host.frame.contentDocument?.querySelectorAll('use') ?? [],
        (one) => one.getAttribute('href') ?? '',
      ),
    );
  const hrefs = await led();
  assert.deepEqual(hrefs.slice(0, 3), ['#i1', '#i1', '#']);
  assert.equal(hrefs.filter((href) => href === '#i3').length, 99);
  // One that comes later, into what is shown already, counts as well.
  await frames(['delta', [splice(10, 0, 0, use(200, 3))]]);
  assert.deepEqual((await led()).slice(0, 3), ['#', '#', '#']);
});

test('a sheet that many roots have is read once', async () => {
  const hash = 'c'.repeat(32);
  const sheet = { hash, media: '', urls: [], ids: [] };
  const hosts = Array.from({ length: 300 }, (_, n): Entry => {
    const host = el(10 + 3 * n, 'div');
    if (host.kind === 'element') host.shadow = { id: 11 + 3 * n, kids: [el(12 + 3 * n, 'b')] };
    return host;
  });
  const styles = hosts.map((_, n): Op => ({ op: 'styles', id: 11 + 3 * n, sheets: [sheet] }));
  const big: Op = {
    op: 'styles',
    id: 1,
    sheets: Array.from({ length: 9 }, (_, n) => ({ hash: 'd'.repeat(32), media: '', urls: [n], ids: [] })),
  };
  await frames(['keyframe', [PAGE, plain(...hosts), ...styles, big]]);
  const got = await stage.page.evaluate(
    async (small, large) => {
      const bytes = (text: string) => new TextEncoder().encode(text);
      window.host.view?.resource(small, 'text/css', bytes('b{color:rgb(1, 2, 3)}'));
      window.host.view?.resource(large, 'text/css', bytes('a{color:red}'.repeat(100_000)));
      await new Promise((done) => setTimeout(done, 3000));
      const doc = window.host.frame.contentDocument;
      const roots = Array.from(doc?.querySelectorAll('div') ?? [], (div) => div.shadowRoot?.adoptedStyleSheets[1]);
      const b = doc?.querySelectorAll('div')[299]?.shadowRoot?.querySelector('b');
      return {
        sheets: new Set(roots).size,
        color: b && doc?.defaultView?.getComputedStyle(b).color,
        rules: doc?.adoptedStyleSheets.slice(1).map((one) => one.cssRules.length > 0),
      };
    },
    hash,
    'd'.repeat(32),
  );
  assert.deepEqual(got, { sheets: 1, color: 'rgb(1, 2, 3)', rules: [1, 1, 1, 1, 1, 1, 0, 0, 0].map(Boolean) });
});

test('a picture that costs too much is refused by its head', () => {
  const png = (width: number, height: number): Bytes => {
    const bytes = new Uint8Array(picture(1, 1, [1, 2, 3]));
    new DataView(bytes.buffer).setUint32(16, width);
    new DataView(bytes.buffer).setUint32(20, height);
    return bytes;
  };
  const le = (n: number): string => String.fromCharCode(n & 255, n >> 8);
  const be = (n: number): string => String.fromCharCode(n >> 8, n & 255);
  const gif = (n: number, m: number): string => `GIF89a${le(n)}${le(n)}\0\0\0!\xf9\x01x\0,\0\0\0\0${le(m)}${le(m)}\0`;
  const jpeg = (n: number): string => `\xff\xd8\xff\xe0\0\x04ab\xff\xc4\0\x04ab\xff\xff\xc2\0\x0b\x08${be(n)}${be(n)}`;
  const webp = (n: number): string => `RIFF....WEBPVP8X\x0a\0\0\0\0\0\0\0${le(n)}\0${le(n)}\0`;
  const avif = (n: number): string => `\0\0\0\x1cftypavif\0\0\0\x14ispe\0\0\0\0\0\0${be(n)}\0\0${be(n)}`;
  const bmp = (n: number): string => `BM....\0\0\0\0........${le(n)}\0\0${le(n)}\0\0`;
  const svg = (inner: string): string => `<svg xmlns="http://www.w3.org/2000/svg">${inner}</svg>`;
  const cases: [ResourceType, Bytes, boolean][] = [
    ['image/png', png(4000, 4000), true],
    ['image/png', png(16_000, 16_000), false],
    ['image/gif', latin(gif(4000, 4000)), true],
    ['image/gif', latin(gif(16_000, 1)), false],
    ['image/gif', latin(gif(1, 16_000)), false],
    ['image/jpeg', latin(jpeg(4000)), true],
    ['image/jpeg', latin(jpeg(16_000)), false],
    ['image/webp', latin(webp(4000)), true],
    ['image/webp', latin(webp(16_000)), false],
    ['image/avif', latin(avif(4000)), true],
    ['image/avif', latin(avif(16_000)), false],
    ['image/bmp', latin(bmp(4000)), true],
    ['image/bmp', latin(bmp(16_000)), false],
    ['image/png', latin('\x89PNG\r\n\x1a\n'), false],
    ['font/woff2', latin('wOF2'), true],
    ['image/svg+xml', latin(svg('<path d="M0 0"/><useful/>')), true],
    ['image/svg+xml', latin(`<?xml version="1.0" encoding="UTF-8"?>${svg('')}`), true],
    ['image/svg+xml', latin(svg('<use href="#a"/>')), false],
    ['image/svg+xml', latin(svg('<x:use\nhref="#a"/>')), false],
    ['image/svg+xml', latin(svg('<foreignObject>')), false],
    ['image/svg+xml', latin(`<!DOCTYPE svg [<!ENTITY a "b">]>${svg('')}`), false],
    ['image/svg+xml', latin(`<?xml version="1.0" encoding='utf-16'?>${svg('')}`), false],
  ];
  for (const [n, [type, bytes, fine]] of cases.entries()) assert.equal(bearable(type, bytes), fine, `${n} ${type}`);
});

test('a style attribute keeps all of its declarations, as browsers write them', () => {
  const same: Sieve = { url: (address) => address, id: (name) => name, text: (value) => value };
  const cases: [string, string][] = [
    ['color: red; width: 55px;', 'color: red;width: 55px;'],
    [' ;; --a: x; --b: 5; color: red', '--a: x;--b: 5;color: red;'],
    ['color:red;/* x */ width: 5px;}\nheight: 6px', 'color:red;width: 5px;height: 6px;'],
  ];
  for (const [from, to] of cases) assert.equal(sieveDeclarations(from, same), to, from);
});

test('what was typed into a field stays, whatever the page makes of the field; so does what names a choice', async () => {
  await stage.mirror(
    '/typed.html',
    stage.policy({ pages: [{ id: 'all', label: 'A', path: '/**', text: 'labels', choices: 'hide' }] }),
  );
  const got = await stage.page.evaluate(async () => {
    const { host } = window;
    const fields = ['#a', '#b'].map((id) => host.source.document.querySelector(id) as HTMLInputElement);
    for (const [n, field] of fields.entries()) field.value = `canary${n}`;
    await host.settle();
    for (const field of fields) field.type = 'button';
    await host.settle();
    // The same once more, from the beginning.
    host.mirror?.resync();
    await host.settle();
    const buttons = Array.from(host.frame.contentDocument?.querySelectorAll('input') ?? [], (one) => one.value);
    const leaked = host.leaked(['canary0', 'canary1', 'secretoutput', 'secretoption', 'secretedit', 'openlabel']);
    host.mirror?.stop();
    return { buttons, leaked };
  });
  assert.deepEqual(got, { buttons: ['', '', 'Press me'], leaked: ['openlabel'] });
  assert.deepEqual(errors, []);
});

test('sums that span too much, or come in numbers, are refused; a false one costs a keyframe now and then', async () => {
  const tree = plain(el(5, 'p', [text(6, 'x')]));
  const sum = (from: number, to: number): Op => ({ op: 'sum', from, to, sum: 7 });
  for (const ops of [[sum(1, 1 << 20)], [sum(1, 2), sum(1, 3)]]) {
    assert.throws(() => decode(encode(ops)), RangeError);
  }
  await stage.page.evaluate(() => window.host.view?.clear());
  const many = Array.from({ length: 50 }, (): ['delta', Op[]] => ['delta', [sum(1, 8000)]]);
  assert.equal(await frames(['keyframe', [PAGE, tree]], ...many), 1);
  assert.equal(await shown(), 'x', 'what is shown goes on');
});
