// Room: test. Canaries in every place of a page that can hold a string, at first and later, in each mode: what leaves the
// mirror is exactly what the table says may. That some of it does keeps the test from passing over nothing.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser } from 'puppeteer-core';
import type { Policy } from '../../src/wire/policy.ts';
import { CONTENT, INITIAL, LATER, type Leaves } from './canaries.ts';
import { picture } from './fixture.ts';
import { launch, openStage, type Stage } from './stage.ts';

interface Planted {
  word: string;
  leaves: Leaves;
  place: string;
}

let count = 1000;
/** Words that are nowhere else, and stay as they are in names, addresses and CSS. */
function plant([leaves, place]: [Leaves, string]): Planted {
  return { word: `canary${++count}end`, leaves, place };
}
const filled = ({ word, place }: Planted): string => place.replaceAll('§', word);

/** Values that a control of their type takes. */
const VALUES: readonly [string, string][] = [
  ['number', '98765432123'],
  ['date', '1998-07-06'],
  ['month', '1997-03'],
  ['week', '1996-W27'],
  ['time', '03:47:11.123'],
  ['datetime-local', '1995-04-03T02:01:07'],
  ['color', '#1f2e3d'],
  ['range', '8642097'],
];

interface Page {
  path: string;
  policy: Partial<Policy>;
  initial: Planted[];
  later: Planted[];
  title: Planted;
  may: readonly Leaves[];
  region: string;
}

const page = (name: string, text: 'show' | 'labels' | 'hide', region: string, may: readonly Leaves[]): Page => ({
  path: `/${name}.html`,
  policy: { pages: [{ id: 'p', label: 'A page', path: '/**', text }] },
  initial: [...INITIAL, ...CONTENT.map((place): [Leaves, string] => ['text', place])].map((place) => plant([...place])),
  later: LATER.map((place) => plant([...place])),
  title: plant(['page', 'title']),
  may,
  region,
});

const PAGES: readonly Page[] = [
  page('show', 'show', '', ['text', 'page', 'label', 'name', 'sheet']),
  page('labels', 'labels', '', ['label', 'name', 'sheet']),
  page('mask', 'show', 'mask', ['page', 'name', 'sheet']),
  page('hide', 'show', 'hide', ['page', 'sheet']),
  page('nonsense', 'show', 'nonsense', ['page', 'sheet']),
  page('hidden', 'hide', '', ['sheet']),
];

const html = ({
  initial,
  title,
  region,
}: Page): string => `<!doctype html><html lang=en><head><title>${title.word}</title>
<script src=/source.js></script></head><body><div id=all${region ? ` data-insyn=${region}` : ''}>
${initial.map((place) => `<div>${filled(place)}</div>`).join('\n')}
${VALUES.map(([type, value]) => `<input type=${type} max=99999999999 value="${value}">`).join('')}
<div id=later></div></div></body></html>`;

let browser: Browser;
let stage: Stage;
before(async () => {
  browser = await launch();
  const routes = Object.fromEntries(PAGES.map((one) => [one.path, html(one)]));
  stage = await openStage(browser, {
    ...routes,
    '/s.css': { body: '.k{color:red}', type: 'text/css' },
    '/pic.png': { body: picture(8, 8, [1, 2, 3]), type: 'image/png' },
  });
});
after(async () => {
  await stage.close();
  await browser.close();
});

test('there are enough of them', () => {
  const never = [...INITIAL, ...LATER].filter(([leaves]) => leaves === 'never');
  assert.ok(
    never.length >= 120 && new Set(never.map(([, place]) => place)).size === never.length,
    String(never.length),
  );
});

for (const one of PAGES) {
  test(`what leaves the mirror is what may: ${one.path}`, async () => {
    await stage.page.evaluate(() => window.host.mirror?.stop());
    await stage.page.evaluate(() => {
      window.host.bodies = [];
      window.host.rest = [];
    });
    await stage.mirror(one.path, stage.policy(one.policy));
    const failed = await stage.page.evaluate(async (steps) => {
      const { host } = window;
      const win = host.source as unknown as typeof window;
      const failed: string[] = [];
      for (const step of steps) {
        const at = win.document.createElement('div');
        win.document.querySelector('#later')?.append(at);
        try {
          new win.Function('doc', 'win', 'at', step)(win.document, win, at);
        } catch (error) {
          failed.push(`${step}: ${error}`);
        }
      }
      await host.settle(2500);
      host.mirror?.resync();
      await host.settle(800);
      return failed;
    }, one.later.map(filled));
    assert.deepEqual(failed, []);
    const all = [...one.initial, ...one.later, one.title];
    const values: Planted[] = VALUES.map(([type, word]) => ({ word, leaves: 'never', place: type }));
    const found = await stage.page.evaluate(
      (words) => window.host.found(words),
      [...all, ...values].map(({ word }) => word),
    );
    const odd = [...all, ...values].filter(({ word, leaves }) => found.includes(word) !== one.may.includes(leaves));
    assert.deepEqual(
      odd.map(({ word, leaves, place }) => `${found.includes(word) ? 'left' : 'stayed'}, ${leaves}: ${place}`),
      [],
    );
  });
}

test('the search finds words in disguise', async () => {
  const word = 'canary42end';
  const disguises = [
    word,
    word.toUpperCase(),
    Buffer.from(`x${word}`).toString('base64'),
    Buffer.from(`xy${word}`).toString('base64url'),
    Buffer.from(word).toString('hex'),
    Array.from(word, (c) => `%${c.charCodeAt(0).toString(16)}`).join(''),
    Array.from(word, (c) => `\\${c.charCodeAt(0).toString(16)} `).join(''),
    Array.from(word).reverse().join(''),
    Array.from(word, (c) => `${c}\0`).join(''),
  ];
  const found = await stage.page.evaluate(
    (texts, wanted) =>
      texts.map((text) => {
        window.host.rest = [];
        window.host.bodies = [new TextEncoder().encode(`..${text}..`)];
        return window.host.found([wanted]).length;
      }),
    disguises,
    word,
  );
  assert.deepEqual(
    found,
    disguises.map(() => 1),
  );
});
