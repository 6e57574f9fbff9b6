// Room: test. The occasion across pages: to another origin and back, reload, out to a foreign page and back, a lost
// line, a copied tab, and the ends that time brings.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { arrived, call, hangUp, type Product, seen, startProduct, until } from './insyn.ts';

let product: Product;
let hasty: Product;

before(async () => {
  product = await startProduct();
  hasty = await startProduct('--grace', '2s', '--idle', '4s', '--maximum', '8s');
});
after(async () => {
  await product.stop();
  await hasty.stop();
});

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

test('three pages within a second', async () => {
  const { console, page } = await call(product);
  const hop = (path: string) => page.goto(path, { waitUntil: 'commit' as never }).catch(() => undefined);
  await hop(`${product.host('my.agency')}/en/`);
  await hop(`${product.host('www.agency')}/en/`);
  await page.goto(`${product.host('www.agency')}/en/support`);
  await page.evaluate(() => document.querySelector('h1')?.append(' arrived'));
  await until('the last page', async () => (await seen(console)).includes('arrived'));
  await hangUp(console, page);
});

test('a foreign page shows nothing, and coming back within the grace time goes on', async () => {
  const { console, page } = await call(product);
  await page.goto(product.host('social'));
  const foreign = await page.evaluate(() => document.body.innerText.trim().slice(0, 40));
  await until('the curtain', async () =>
    /another|away|left|not be shown|other page/i.test(await console.evaluate(() => document.body.innerText)),
  );
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
  await until('the cookie to go', async () =>
    (await page.browserContext().cookies()).every((cookie) => cookie.name !== 'insyn'),
  );
  await hangUp(page);
});

const words = (text: RegExp) => async (console: import('puppeteer-core').Page) =>
  text.test(await console.evaluate(() => document.body.innerText));

test('time ends it: grace, idle, maximum', async () => {
  const away = await call(hasty);
  await away.page.goto('about:blank');
  await until('the end by grace', () => words(/away|did not come back|grace/i)(away.console));

  const idle = await call(hasty);
  await idle.page.goto(`${hasty.host('www.agency')}/en/`);
  await until(
    'the end by idling or by length',
    () => words(/ended|quiet|nothing happened|longest/i)(idle.console),
    20_000,
  );

  for (const reason of ['grace', 'idle|maximum']) {
    await until(`a closing line with ${reason}`, () => new RegExp(`"reason":"(${reason})"`).test(hasty.printed()));
  }
  await until('an empty registry', async () => {
    const text = await (await fetch(`http://127.0.0.1:${hasty.port}/metrics`)).text();
    return /^insyn_sessions_open 0$/m.test(text);
  });
  await hangUp(away.console, away.page, idle.console, idle.page);
});
