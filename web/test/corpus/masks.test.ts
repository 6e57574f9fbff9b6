// Room: test. What "Show what is hidden" paints is exactly what the agent can't see: beside it, source and view look the same.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Browser } from 'puppeteer-core';
import { launch, WEB } from '../support/browser.ts';
import { assertAlike, type Corpus, OURS, openCorpus } from './pictures.ts';

/** What is painted has to be this much of the picture, in percent; less would leave nothing to say. */
const PAINTED = 2;

let browser: Browser;
let corpus: Corpus;
before(async () => {
  browser = await launch();
  const body = readFileSync(join(WEB, 'test/corpus/masked/masks.html'));
  corpus = await openCorpus(browser, { '/fixtures/masks.html': { body, type: 'text/html; charset=utf-8' } });
  // As the product draws what is masked: as wide as words are.
  await corpus.stage.page.evaluate(() => {
    window.host.veils = true;
  });
});
after(async () => {
  await corpus.close();
  await browser.close();
});

test('beside what is painted as hidden, nothing differs', async (t) => {
  const pairs = await corpus.compare('/fixtures/masks.html', { painted: true });
  for (const { name, painted } of pairs) assert.ok(painted > PAINTED, `${name}: ${painted} % are painted`);
  const [first, longer, shown] = pairs.map(({ painted }) => painted);
  assert.ok(longer && first && longer > first, 'a masked line that came is painted');
  assert.ok(shown && shown < longer, 'what is shown again is painted no longer');
  assertAlike(t, pairs, OURS);
});
