// Room: test. Our own fixtures, one a feature: each looks in the view as it does at its source, at first and after each of
// its stages.

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Browser } from 'puppeteer-core';
import { launch, WEB } from '../support/browser.ts';
import { assertAlike, type Compare, type Corpus, OURS, openCorpus } from './pictures.ts';
import { ROUTES } from './routes.ts';

let browser: Browser;
let corpus: Corpus;
before(async () => {
  browser = await launch();
  corpus = await openCorpus(browser, ROUTES);
});
after(async () => {
  await corpus.close();
  await browser.close();
});

/** What a fixture needs beside its page. */
const HOW: Readonly<Record<string, Compare>> = {
  // In their place stands a box that says so.
  closed: { blank: 'x-closed, x-inline' },
};

/** Part of a fixture's name: only those are run. */
const only = process.env.INSYN_FIXTURE ?? '';

for (const file of readdirSync(join(WEB, 'test/corpus/fixtures'))) {
  if (!file.endsWith('.html') || !file.includes(only)) continue;
  test(`${file} looks the same in the view`, async (t) => {
    assertAlike(t, await corpus.compare(`/fixtures/${file}`, HOW[file.slice(0, -5)]), OURS);
  });
}
