// Room: test. Real pages, at a desktop's and a phone's width: each looks in the view as it does at its source, and keeps its size where
// only labels are told. `make test` takes every tenth; `make corpus` all of them.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser } from 'puppeteer-core';
import { launch } from '../support/browser.ts';
import { moduleRoutes, realPages } from './pages.ts';
import { assertAlike, type Corpus, OTHERS, openCorpus } from './pictures.ts';

const SIZES = [
  { width: 1280, height: 900 },
  { width: 390, height: 844 },
];
/** How much taller or shorter a page may be where its words are masked: a masked line is wider than its words, and may break once more. */
const TALLER = 0.05;
/** Of the pages, each so-manieth. */
const EACH = process.env.INSYN_CORPUS === 'all' ? 1 : 10;
/** Part of a page's path: only those. */
const only = process.env.INSYN_FIXTURE ?? '';

let browser: Browser;
let corpus: Corpus;
const pages = [...realPages()];
before(async () => {
  browser = await launch();
  corpus = await openCorpus(browser, { ...moduleRoutes(), ...Object.fromEntries(pages) });
  // As the product draws what is masked: as wide as words are.
  await corpus.stage.page.evaluate(() => {
    window.host.veils = true;
  });
});
after(async () => {
  await corpus.close();
  await browser.close();
});

for (const [path] of only ? pages.filter(([name]) => name.includes(only)) : pages.filter((_, n) => n % EACH === 0)) {
  for (const size of SIZES) {
    test(`${path} at ${size.width}`, async (t) => {
      const pairs = await corpus.compare(path, size);
      for (const pair of pairs) pair.name += `-${size.width}`;
      assertAlike(t, pairs, OTHERS);
    });
  }
  test(`${path} with labels only`, async () => {
    const { stage } = corpus;
    const policy = stage.policy({ pages: [{ id: 'all', label: 'A', path: '/**', text: 'labels', choices: 'hide' }] });
    await corpus.compare(path, { width: 1280, height: 900, policy });
    const [source = 0, view = 0] = await stage.page.evaluate(() =>
      [window.host.source.document, window.host.frame.contentDocument].map(
        (doc) => doc?.documentElement.scrollHeight ?? 0,
      ),
    );
    assert.ok(Math.abs(view - source) <= TALLER * source, `${view} high for ${source}`);
  });
}
