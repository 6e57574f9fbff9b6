// Room: test. The occasion across pages: to another origin and back, reload, out to a foreign page and back, a lost
// line, a copied tab, and the ends that time brings.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Page } from 'puppeteer-core';
import { arrived, bridge, call, hangUp, type Product, seen, startProduct, until } from './insyn.ts';

let product: Product;

before(async () => {
  product = await startProduct();
});
after(() => product.stop());

/** What covers the view: none, dimmed or full. */
const cover = (console: Page) => console.$eval('.stage', (element) => (element as HTMLElement).dataset.cover);

/** What a screen reader finds on the applicant's page, the banner's closed root included. */
const heard = async (page: Page) => JSON.stringify(await page.accessibility.snapshot({ interestingOnly: false }));

test('www to my and back, and a reload, in one occasion', async () => {
  const { console, page } = await call(product);
  await page.goto(`${product.host('my.agency')}/en/`);
  const there = await page.$eval('h1', (element) => element.textContent ?? '');
  await until('My Page in the view', async () => (await seen(console)).includes(there));
  await page.goBack();
  await until('the support page again', async () => (await seen(console)).includes('08.00'));
  await page.reload();
  await until('a fresh keyframe', async () => {
    await page.evaluate(() => document.querySelector('h1')?.setAttribute('class', 'x'));
    return (await seen(console)).includes('08.00');
  });
  await page.evaluate(() => document.querySelector('h1')?.append(' after reload'));
  await until('changes after the reload', async () => (await seen(console)).includes('after reload'));
  await hangUp(console, page);
});

test('a page that comes back out of the browser’s history is mirrored as it was left, and goes on', async () => {
  const { console, page } = await call(product);
  await page.evaluate(() => {
    addEventListener('pageshow', (event) => {
      document.body.dataset.kept = String(event.persisted);
    });
    document.querySelector('h1')?.append(' as it was left');
  });
  await until('the change', async () => (await seen(console)).includes('as it was left'));
  await page.goto(`${product.host('www.agency')}/en/about`);
  const other = await page.$eval('h1', (element) => element.textContent ?? '');
  await until('the other page', async () => (await seen(console)).includes(other));
  await page.goBack();
  assert.equal(await page.evaluate(() => document.body.dataset.kept), 'true', 'it was not kept, but loaded anew');
  await until('the page as it was left', async () => (await seen(console)).includes('as it was left'));
  await page.evaluate(() => document.querySelector('h1')?.append(' and goes on'));
  await until('what changes then', async () => (await seen(console)).includes('as it was left and goes on'));
  await hangUp(console, page);
});

test('three pages, each as soon as the one before has taken its turn', async () => {
  const { console, page } = await call(product);
  const client = await page.createCDPSession();
  const storedPage = () =>
    bridge(page).then((frame) => frame.evaluate(() => JSON.parse(sessionStorage.insyn ?? '{}').page));
  const before = Number(await storedPage());
  // In the middle of the exchange: a page takes its number before it is known to the other end.
  for (const [n, path] of ['www.agency/en/', 'my.agency/en/', 'www.agency/en/support'].entries()) {
    const [host, ...rest] = path.split('/');
    await client.send('Page.navigate', { url: `${product.host(host ?? '')}/${rest.join('/')}` });
    await until(`page ${path} to take its turn`, async () => Number(await storedPage()) === before + n + 1);
  }
  await until('the last page', async () => (await seen(console)).includes('08.00'));
  await page.evaluate(() => document.querySelector('h1')?.append(' arrived'));
  await until('a change on it', async () => (await seen(console)).includes('arrived'));
  await hangUp(console, page);
});

test('a foreign page shows nothing, and coming back within the grace time goes on', async () => {
  const { console, page } = await call(product);
  await page.goto(product.host('social'));
  const foreign = await page.evaluate(() => document.body.innerText.trim().slice(0, 40));
  await until('the curtain', async () => (await cover(console)) === 'full');
  assert.match(await console.$eval('.curtain', (element) => element.textContent ?? ''), /left|another page|away/i);
  await new Promise((done) => setTimeout(done, 2500));
  assert.ok(!(await arrived(console)).includes(foreign), 'the foreign page reached the desk');
  await page.goBack();
  await until('the support page again', async () => (await seen(console)).includes('08.00'));
  await hangUp(console, page);
});

test('a dropped line on a living page comes back by itself', async () => {
  const { console, page } = await call(product);
  product.line.cut();
  await page.evaluate(() => document.querySelector('h1')?.append(' while cut'));
  await new Promise((done) => setTimeout(done, 1000));
  product.line.mend();
  await until('what changed meanwhile', async () => (await seen(console)).includes('while cut'));
  await page.evaluate(() => document.querySelector('h1')?.append(' and later'));
  await until('what changes after', async () => (await seen(console)).includes('and later'));
  await hangUp(console, page);
});

test('a copied tab shows nothing and takes nothing over', async () => {
  const { console, page } = await call(product);
  const copied = new Promise<import('puppeteer-core').Page | null>((done) => page.once('popup', done));
  await page.evaluate((url) => void window.open(url), `${product.host('www.agency')}/en/`);
  const copy = await copied;
  assert.ok(copy);
  await copy.evaluate(() => document.querySelector('h1')?.append(' the copy'));
  await new Promise((done) => setTimeout(done, 3000));
  assert.ok(!(await arrived(console)).includes('the copy'));
  await page.bringToFront();
  await page.evaluate(() => document.querySelector('h1')?.append(' the first'));
  await until('the first tab goes on', async () => (await seen(console)).includes('the first'));
  await hangUp(console, page);
});

test('closing the console ends the session and tells the applicant', async () => {
  const { console, page } = await call(product);
  await console.close({ runBeforeUnload: false });
  await until('the applicant to be told', async () => /has ended. Nothing was kept/.test(await heard(page)));
  await until('the cookie to go', async () =>
    (await page.browserContext().cookies()).every((cookie) => cookie.name !== 'insyn'),
  );
  await hangUp(page);
});

for (const [reason, flags, away] of [
  ['grace', ['--grace', '2s'], true],
  ['idle', ['--idle', '3s'], false],
  ['maximum', ['--maximum', '4s'], false],
] as const) {
  test(`time ends it: ${reason}; both are told, nothing stays`, async () => {
    const hasty = await startProduct(...flags);
    try {
      const { console, page } = await call(hasty);
      // A page without anything that moves, so that idling is possible.
      await page.goto(away ? 'about:blank' : `${hasty.host('www.agency')}/en/about`);
      await console.waitForSelector('aria/Receipt', { timeout: 20_000 });
      assert.match(hasty.printed(), new RegExp(`"reason":"${reason}"`));
      assert.equal(await console.$('iframe'), null, 'the view is gone');
      if (!away) await until('the applicant to be told', async () => /Nothing was kept/.test(await heard(page)));
      const metrics = await (await fetch(`http://127.0.0.1:${hasty.port}/metrics`)).text();
      assert.match(metrics, /^insyn_sessions_open 0$/m);
      assert.match(metrics, /^insyn_bytes_held 0$/m);
    } finally {
      await hasty.stop();
    }
  });
}
