// Room: test. Some of our fixtures in Firefox ESR: an applicant with it is seen by an agent with it.

import { after, before, test } from 'node:test';
import type { Browser } from 'puppeteer-core';
import { launchFirefox } from '../support/browser.ts';
import { assertAlike, type Corpus, OURS, openCorpus } from './pictures.ts';
import { ROUTES } from './routes.ts';

let browser: Browser;
let corpus: Corpus;
before(async () => {
  browser = await launchFirefox();
  corpus = await openCorpus(browser, ROUTES);
});
after(async () => {
  await corpus.close();
  await browser.close();
});

for (const name of ['attributes', 'cssom', 'images', 'layers', 'shadow', 'svg']) {
  test(`${name}.html looks the same in the view, in Firefox`, async (t) => {
    assertAlike(t, await corpus.compare(`/fixtures/${name}.html`), OURS);
  });
}
