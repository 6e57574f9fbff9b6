// Room: test. The report on somebody's own pages: the mirror itself runs over each, and what would be sent stands in lists.

import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { picture } from '../engine/fixture.ts';
import { type Product, startProduct } from './insyn.ts';

const folder = mkdtempSync(join(tmpdir(), 'insyn-pages-'));
const POLICY = {
  version: 'own-1',
  domain: 'agency.example',
  origins: ['https://www.agency.example'],
  fetch: [],
  pages: [
    { id: 'case', label: 'A case', path: '/case/*', text: 'labels' },
    { id: 'home', label: 'Home', path: '/*', text: 'show' },
  ],
  rules: [{ path: '/case/*', selector: '.amount', text: 'show' }],
};

let product: Product;
before(async () => {
  mkdirSync(join(folder, 'case'));
  mkdirSync(join(folder, 'deep/er'), { recursive: true });
  writeFileSync(join(folder, 'pic.png'), picture(8, 6, [1, 2, 3]));
  writeFileSync(
    join(folder, 'index.html'),
    `<!doctype html><title>Home page</title><style>@view-transition{navigation:auto}</style><h1>Welcome</h1>
    <p title="a hint">Write to anna@example.se</p><img src=pic.png><canvas width=30 height=20></canvas><p data-insyn=masked>x</p>`,
  );
  writeFileSync(
    join(folder, 'case/one.html'),
    '<!doctype html><title>Case</title><h1>Your case</h1><p>Private words</p><p class=amount>400 kr</p><input value=x>',
  );
  writeFileSync(join(folder, 'deep/er/page.html'), '<p>nothing');
  writeFileSync(
    join(folder, 'strict.html'),
    `<!doctype html><meta http-equiv=content-security-policy content="script-src 'none'"><p>strict`,
  );
  writeFileSync(join(folder, 'policy.json'), JSON.stringify(POLICY));
  product = await startProduct('--pages', folder, '--report', '--policy', join(folder, 'policy.json'));
});
after(async () => {
  await product.stop();
  rmSync(folder, { recursive: true });
});

test('each page of the folder is listed with what would be sent of it, under the policy given', {
  timeout: 120_000,
}, async () => {
  const page = await product.browser.newPage();
  await page.goto(`${product.host('www.agency')}/report/`);
  await page.waitForSelector('body[data-done]', { timeout: 90_000 });
  const sections = await page.$$eval('section', (all) =>
    all.map((one) => ({
      title: one.querySelector('h2')?.firstChild?.textContent ?? '',
      rule: one.querySelector('small')?.textContent ?? '',
      trouble: one.classList.contains('trouble'),
      text: one.textContent ?? '',
      lists: Array.from(one.querySelectorAll('details'), (list) => [
        list.querySelector('summary')?.textContent ?? '',
        ...Array.from(list.querySelectorAll('li'), (item) => item.textContent ?? ''),
      ]),
    })),
  );
  assert.deepEqual(
    sections.map(({ title }) => title),
    ['case/one.html', 'deep/er/page.html', 'index.html', 'strict.html'],
  );
  const [one, deep, home, strict] = sections;
  assert.equal(one?.rule, 'case · A case · labels, choices hide');
  assert.deepEqual(one?.lists[1], ['Words that the agent reads: 2', 'h1: Your case', 'p: 400 kr']);
  assert.deepEqual(one?.lists[3], ['Fields: 1', 'input: filled']);
  assert.ok(!one?.trouble && /Title: not told\. Masked texts: 1/.test(one?.text ?? ''), one?.text);
  assert.match(deep?.rule ?? '', /nothing is shown/);
  assert.deepEqual(home?.lists[0], ['To look at: 1', 'data-insyn="masked" is no mode: hidden']);
  assert.deepEqual(home?.lists[1], ['Words that the agent reads: 2', 'h1: Welcome', 'p: Write to ███████████████']);
  assert.deepEqual(home?.lists[2], ['Words in attributes: 1', 'p title: a hint']);
  assert.equal(home?.lists[4]?.[0], 'Pictures, read off a canvas: 2');
  assert.match(home?.lists[4]?.[1] ?? '', /^img, 8 x 6, image\/png, \d+ bytes$/);
  assert.match(home?.lists[4]?.[2] ?? '', /^img, 30 x 20/, 'what is drawn on the canvas');
  assert.match((home?.lists[5] ?? []).join('\n'), /hidden by a rule or a mark/);
  assert.match((home?.lists[6] ?? []).join('\n'), /@view-transition is not on the list/);
  assert.match(strict?.rule ?? '', /CSP does not let/);
});
