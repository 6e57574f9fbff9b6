// Room: test. Our own fixtures, one a feature: each looks in the view as it does at its source, at first and after each of
// its stages.

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Browser } from 'puppeteer-core';
import { FIXTURE, picture } from '../engine/fixture.ts';
import { type Answer, launch, WEB } from '../support/browser.ts';
import { assertAlike, type Compare, type Corpus, fixtureRoutes, OURS, openCorpus } from './pictures.ts';

const CSS = 'text/css';
const PNG = 'image/png';
const ROUTES: Record<string, string | Answer> = {
  '/wide.png': { body: picture(200, 80, [230, 126, 34]), type: PNG },
  '/dot.png': { body: picture(10, 10, [22, 160, 133]), type: PNG },
  // Of base.html, whose addresses all start there.
  '/deep/er/dot.png': { body: picture(20, 20, [142, 68, 173]), type: PNG },
  '/deep/er/page.css': { body: '@import "../more.css";.title{color:#c0392b;background:url(dot.png)}', type: CSS },
  '/deep/more.css': { body: '.there{height:30px;background:url("er/dot.png") 5px 5px}', type: CSS },
  '/deep/er/other.css': { body: 'p{border:4px solid gold}', type: CSS },
  '/deep/er/imported.css': { body: 'p{background:#d6eaf8;color:#fff}.imported{color:teal}', type: CSS },
  '/deep/er/imported-wide.css': { body: '.wide{font-size:24px}', type: CSS },
  '/deep/er/never.css': { body: 'body{display:none}', type: CSS },
  '/deep/er/late.css': { body: '@layer low{h1{font-size:40px}}p{padding:20px}', type: CSS },
};

let browser: Browser;
let corpus: Corpus;
before(async () => {
  browser = await launch();
  corpus = await openCorpus(browser, { ...FIXTURE, ...ROUTES, ...fixtureRoutes() });
});
after(async () => {
  await corpus.close();
  await browser.close();
});

/** What a fixture needs beside its page. */
const HOW: Readonly<Record<string, Compare>> = {};

/** Part of a fixture's name: only those are run. */
const only = process.env.INSYN_FIXTURE ?? '';

for (const file of readdirSync(join(WEB, 'test/corpus/fixtures'))) {
  if (!file.endsWith('.html') || !file.includes(only)) continue;
  test(`${file} looks the same in the view`, async (t) => {
    assertAlike(t, await corpus.compare(`/fixtures/${file}`, HOW[file.slice(0, -5)]), OURS);
  });
}
