// Room: test. Where the secret of the page before isn't to be had, four fresh digits take its place: on the way to another origin
// in a browser that keeps storage apart by it, with a lost secret, in another tab. And pages that go in the middle of things.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Page } from 'puppeteer-core';
import {
  agent,
  applicant,
  arrived,
  banner,
  bridge,
  call,
  form,
  hangUp,
  newCode,
  type Product,
  seen,
  startProduct,
  submit,
  until,
} from './insyn.ts';

let product: Product;

before(async () => {
  product = await startProduct();
});
after(() => product.stop());

const visible = (page: Page) => page.evaluate(() => document.body.innerText);
const heard = async (page: Page) => JSON.stringify(await page.accessibility.snapshot({ interestingOnly: false }));
const my = () => `${product.host('my.agency')}/en/`;
const support = () => `${product.host('www.agency')}/en/support`;

/** The digits that the desk shows. */
function freshDigits(console: Page): Promise<string> {
  return until('four digits at the desk', async () => {
    const shown = await console.$('aria/Four digits[role="status"]');
    const digits = (await shown?.evaluate((element) => element.textContent ?? ''))?.replace(/\D/g, '') ?? '';
    return digits.length === 4 ? digits : undefined;
  });
}

async function type(page: Page, digits: string): Promise<void> {
  const field = await until('the field', () => page.$('aria/Four digits[role="textbox"]'));
  await field.type(digits);
  await field.press('Enter');
}

/**
 * What WebKit does: the storage of the bridge's origin is kept apart by the origin of the page around it. Runs in every document of a
 * tab, before its scripts.
 */
function apart(): void {
  if (!location.hostname.startsWith('insyn.')) return;
  const around = location.ancestorOrigins?.[0] ?? '';
  const { getItem, setItem, removeItem } = Storage.prototype;
  Storage.prototype.getItem = function (key) {
    return getItem.call(this, around + key);
  };
  Storage.prototype.setItem = function (key, value) {
    setItem.call(this, around + key, value);
  };
  Storage.prototype.removeItem = function (key) {
    removeItem.call(this, around + key);
  };
}

test('storage kept apart by origin: four digits once for each origin, and none on the way back', async () => {
  const console = await agent(product);
  const code = await newCode(console);
  const page = await applicant(product);
  await page.evaluateOnNewDocument(apart);
  await page.goto(support());
  await submit(page, code);
  await until('the support page', async () => (await seen(console)).includes('08.00'));

  await page.goto(my());
  await (await banner(page, 'Continue here')).click();
  const digits = await freshDigits(console);
  assert.ok(!(await arrived(console)).includes('Log in'), 'something was shown before the digits');
  await type(page, digits);
  await until('My Page', async () => (await seen(console)).includes('Log in'));

  await page.goto(support());
  await until('back without digits', async () => (await seen(console)).includes('08.00'));
  await page.goto(my());
  await until('and there again', async () => (await seen(console)).includes('Log in'));
  assert.match(await (await fetch(`http://127.0.0.1:${product.port}/metrics`)).text(), /^insyn_sessions_open 1$/m);
  await hangUp(console, page);
});

test('a secret that the desk does not know is asked for at once, in the same tab', async () => {
  const { console, page } = await call(product);
  await (await bridge(page)).evaluate(() => {
    const kept = JSON.parse(sessionStorage.getItem('insyn') ?? '{}');
    sessionStorage.setItem('insyn', JSON.stringify({ ...kept, carried: { ...kept.carried, secret: '00'.repeat(32) } }));
  });
  await page.goto(my());
  await type(page, await freshDigits(console));
  await until('My Page', async () => (await seen(console)).includes('Log in'));
  await page.reload();
  await page.evaluate(() => document.querySelector('h1')?.append(' later'));
  await until('the next page, over the new secret', async () => (await seen(console)).includes('later'));
  await hangUp(console, page);
});

test('wrong fresh digits end the session, and both are told', async () => {
  const { console, page } = await call(product);
  await (await bridge(page)).evaluate(() => sessionStorage.clear());
  await page.goto(my());
  await (await banner(page, 'Continue here')).click();
  const digits = await freshDigits(console);
  await type(page, String((Number(digits) + 1) % 10_000).padStart(4, '0'));
  await until('the desk to be told', async () => /did not match/.test(await visible(console)));
  await until('the applicant to be told', async () => /did not match/.test(await heard(page)));
  assert.match(product.printed(), /"reason":"no_match"/);
  await hangUp(console, page);
});

test('another tab is asked while the first is elsewhere, and a stop there is heard', async () => {
  const { console, page } = await call(product);
  const other = await page.browserContext().newPage();
  await other.goto(my());
  await new Promise((done) => setTimeout(done, 1500));
  assert.equal(await other.$('aria/Continue here[role="button"]'), null, 'asked while the first tab has it');
  await page.goto(product.host('social'));
  await other.reload();
  await banner(other, 'Continue here');
  assert.equal(
    await console.$('aria/Four digits[role="status"]'),
    null,
    'digits before anybody said that they are needed',
  );
  await (await banner(other, 'Stop')).click();
  await until('the desk to be told', async () => /stopped/i.test(await visible(console)));
  await until('the applicant to be told', async () => /Nothing was kept/.test(await heard(other)));
  await hangUp(console, page);
});

test('a new code typed while the banner asks begins a new session', async () => {
  const { console, page } = await call(product);
  const other = await page.browserContext().newPage();
  await page.goto(product.host('social'));
  await other.goto(support());
  await banner(other, 'Continue here');
  const colleague = await agent(product, 'Sam Lind');
  await submit(other, await newCode(colleague));
  await until('the view at the other desk', async () => (await seen(colleague)).includes('08.00'));
  await until('the first desk to be told', async () => /another session/i.test(await visible(console)));
  await hangUp(console, page, colleague);
});

test('going on here without a connection is offered again, and works once there is one', async () => {
  const { console, page } = await call(product);
  await (await bridge(page)).evaluate(() => sessionStorage.clear());
  await page.goto(my());
  const go = await banner(page, 'Continue here');
  product.line.cut();
  await go.click();
  await new Promise((done) => setTimeout(done, 300));
  product.line.mend();
  await (await banner(page, 'Continue here')).click();
  await type(page, await freshDigits(console));
  await until('My Page', async () => (await seen(console)).includes('Log in'));
  await hangUp(console, page);
});

test('a page number that somebody on the domain made up in the cookie costs nothing', async () => {
  const { console, page } = await call(product);
  await page.evaluate(() => {
    // biome-ignore lint/suspicious/noDocumentCookie: what a page can do
    document.cookie = 'insyn=65533; Domain=agency.localhost; Path=/bridge; Max-Age=600; Secure';
  });
  for (let round = 0; round < 4; round++) {
    await page.goto(my());
    await until('My Page', async () => (await seen(console)).includes('Log in'));
    await page.goto(support());
    await until('the support page', async () => (await seen(console)).includes('08.00'));
  }
  const last = await (await bridge(page)).evaluate(() => JSON.parse(sessionStorage.insyn ?? '{}').page);
  assert.ok(last > 1 && last < 20, `the last page has the number ${last}`);
  await hangUp(console, page);
});

test('a page that goes before the codes have matched: both are told, and a new code works', async () => {
  const console = await agent(product);
  const code = await newCode(console);
  const page = await applicant(product);
  await form(page);
  // Without the mirror the page has nothing to agree to, so the exchange waits.
  await page.setRequestInterception(true);
  let held = true;
  page.on('request', (request) => {
    if (held && request.url().includes('/assets/mirror-core')) void request.abort();
    else void request.continue();
  });
  await submit(page, code);
  await until('the code to be taken', async () => /typed/i.test(await visible(console)));
  held = false;
  await page.reload();
  // At once where the page's line was up already, else when the time for joining is over.
  await until('the desk to be told', async () => /not made in time/i.test(await visible(console)), 40_000);
  assert.match(product.printed(), /"reason":"not_joined"/);
  const frame = await form(page);
  assert.equal(await frame.evaluate(() => sessionStorage.length), 0);
  await submit(page, await newCode(console));
  await until('the view', async () => (await seen(console)).includes('08.00'));
  await hangUp(console, page);
});

test('a copied tab keeps no copy of the secret', async () => {
  const { console, page } = await call(product);
  const opened = new Promise<Page | null>((done) => page.once('popup', done));
  await page.evaluate((url) => void window.open(url), my());
  const copy = await opened;
  assert.ok(copy);
  const frame = await bridge(copy);
  assert.equal(
    await frame.evaluate(() => sessionStorage.length),
    1,
    'the browser copies storage, or this shows nothing',
  );
  await until('the copy to be deleted', async () => {
    const now = copy.frames().find((one) => new URL(one.url()).pathname === '/bridge');
    return !now || (await now.evaluate(() => sessionStorage.length)) === 0;
  });
  await page.bringToFront();
  await page.reload();
  await until('the first tab goes on', async () => (await seen(console)).includes('08.00'));
  await hangUp(console, page);
});

test('a window that is not private works the same, from page to page', async () => {
  const console = await agent(product);
  const code = await newCode(console);
  const page = await product.browser.newPage();
  await page.goto(support());
  await submit(page, code);
  await until('the support page', async () => (await seen(console)).includes('08.00'));
  await page.goto(my());
  await until('My Page', async () => (await seen(console)).includes('Log in'));
  await (await banner(page, 'Stop')).click();
  await until('the end', async () => /stopped/i.test(await visible(console)));
  await until('nothing to be left', async () => {
    const left = (await page.browserContext().cookies()).map(({ name }) => name);
    if (left.length > 0) throw new Error(left.join());
    return true;
  });
  await page.close();
  await hangUp(console);
});

test('a reloaded console ends the session, and both are told why', async () => {
  const { console, page } = await call(product);
  await console.reload();
  await until('the applicant to be told', async () => /agent closed the window/i.test(await heard(page)));
  assert.match(product.printed(), /"reason":"console_closed"/);
  await hangUp(console, page);
});
