// Room: test. The whole way in Firefox: code, view, from page to page, fresh digits, end. Chromium is where everything is tested; this
// is for what engines do differently: storage, locks, Workers, ciphers.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Page } from 'puppeteer-core';
import {
  agent,
  applicant,
  bridge,
  hangUp,
  newCode,
  type Product,
  seen,
  startInFirefox,
  submit,
  until,
} from './insyn.ts';

let product: Product;

before(async () => {
  product = await startInFirefox();
});
after(() => product.stop());

const visible = (page: Page) => page.evaluate(() => document.body.innerText);

/** Presses a button of the banner. WebDriver doesn't look into closed roots, so the test has this page open them. */
function press(page: Page, name: string): Promise<boolean> {
  return until(name, () =>
    page.evaluate((wanted) => {
      const buttons = [...(document.querySelector('insyn-banner')?.shadowRoot?.querySelectorAll('button') ?? [])];
      const found = buttons.find((button) => button.textContent === wanted && button.checkVisibility());
      found?.click();
      return found !== undefined;
    }, name),
  );
}

function openRoots(): void {
  const attach = Element.prototype.attachShadow;
  Element.prototype.attachShadow = function (init) {
    return attach.call(this, { ...init, mode: 'open' });
  };
}

test('from the code over several pages to the end', async () => {
  const console = await agent(product);
  const code = await newCode(console);
  const page = await applicant(product);
  await page.evaluateOnNewDocument(openRoots);
  await page.reload();
  await submit(page, code);
  await until('the support page', async () => (await seen(console)).includes('08.00'));
  await page.goto(`${product.host('my.agency')}/en/`);
  await until('My Page', async () => (await seen(console)).includes('Log in'));
  await page.goBack();
  await until('the support page again', async () => (await seen(console)).includes('08.00'));
  await page.reload();
  await page.evaluate(() => document.querySelector('h1')?.append(' after reload'));
  await until('changes after a reload', async () => (await seen(console)).includes('after reload'));

  // The secret is lost: four fresh digits.
  await (await bridge(page)).evaluate(() => sessionStorage.clear());
  await page.goto(`${product.host('my.agency')}/en/`);
  await press(page, 'Continue here');
  const shown = await until('four digits at the desk', async () => {
    const text = await console.$eval('.curtain [role=status]', (element) => element.textContent ?? '');
    const digits = text.replace(/\D/g, '');
    return digits.length === 4 ? digits : undefined;
  });
  await until('the field', () =>
    page.evaluate(() => {
      const field = document.querySelector('insyn-banner')?.shadowRoot?.querySelector('input');
      field?.focus();
      return field !== undefined && field !== null;
    }),
  );
  await page.keyboard.type(shown);
  await page.keyboard.press('Enter');
  await until('My Page once more', async () => (await seen(console)).includes('Log in'));

  await press(page, 'Stop');
  await until('the end at the desk', async () => /stopped/i.test(await visible(console)));
  assert.equal(await console.$('iframe'), null, 'the view is gone');
  await hangUp(console, page);
});
