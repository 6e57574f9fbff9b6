// Room: test. Colour scheme, contrast and motion are as the applicant has them, whatever the agent's browser is set to: the view
// looks like the source under one setting, and stays as it was when the setting around it changes.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser, CDPSession } from 'puppeteer-core';
import { launch } from '../support/browser.ts';
import { assertAlike, type Corpus, OURS, openCorpus } from './pictures.ts';
import { ROUTES } from './routes.ts';

let browser: Browser;
let corpus: Corpus;
/** Sets media features; puppeteer itself doesn't know all of them. */
let client: CDPSession;
before(async () => {
  browser = await launch();
  corpus = await openCorpus(browser, ROUTES);
  client = await corpus.stage.page.createCDPSession();
});
after(async () => {
  await corpus.close();
  await browser.close();
});

type Feature = { name: string; value: string };
const setting = (scheme: string, contrast: string, motion: string): Feature[] => [
  { name: 'prefers-color-scheme', value: scheme },
  { name: 'prefers-contrast', value: contrast },
  { name: 'prefers-reduced-motion', value: motion },
];
const LIGHT = setting('light', 'no-preference', 'no-preference');
const DARK = setting('dark', 'more', 'reduce');
const WIDTH = 640;

const set = async (features: readonly Feature[]): Promise<void> => {
  await client.send('Emulation.setEmulatedMedia', { features: [...features] });
};

for (const [theirs, agents, name] of [
  [DARK, LIGHT, 'dark'],
  [LIGHT, DARK, 'light'],
] as const) {
  test(`a page that is ${name} to the applicant is so to an agent who has it otherwise`, async (t) => {
    const { page } = corpus.stage;
    const shot = async (x: number): Promise<string> => {
      const clip = { x, y: 0, width: WIDTH, height: 600 };
      return Buffer.from(await page.screenshot({ clip, captureBeyondViewport: false })).toString('base64');
    };
    await set(theirs);
    const pairs = await corpus.compare('/fixtures/scheme.html', { width: WIDTH });
    for (const pair of pairs) pair.name += `-${name}`;
    // Where both may be, a stage that asks for what is there already changes nothing.
    for (const pair of pairs) pair.same = false;
    assertAlike(t, pairs, OURS);
    await page.evaluate(() => window.host.mirror?.stop());
    const [source, view] = [await shot(0), await shot(WIDTH)];
    await set(agents);
    // The source, which nobody mirrors now, shows that the setting came through.
    for (let left = 100; left > 0 && (await shot(0)) === source; left--);
    assert.notEqual(await shot(0), source);
    assert.equal(await shot(WIDTH), view, 'the view follows the setting of the agent');
  });
}

test('a setting that changes while the page is mirrored changes the view', async (t) => {
  await set(LIGHT);
  const pairs = await corpus.compare('/fixtures/scheme.html', {
    width: WIDTH,
    acts: [() => set(DARK), () => set(LIGHT)],
  });
  for (const pair of pairs.slice(0, -2)) pair.same = false;
  for (const pair of pairs) pair.name += '-turned';
  assertAlike(t, pairs, OURS);
});
