// Room: test. The consent form by itself: when it says that a code is about to be typed, and which rules it names.
// Screenshots to look at in build/shots.

import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { build } from 'esbuild';
import type { Browser, Page } from 'puppeteer-core';
import { bundle, launch, type Served, serve, WEB } from '../support/browser.ts';
import { axe, codeOf, person } from './people.ts';

const SHOTS = join(WEB, 'build', 'shots');
const ENTRY = `
  import { ConsentForm } from './src/bridge/form.ts';
  const said = [];
  const root = document.createElement('div');
  root.className = 'card';
  document.body.append(root);
  const language = new URLSearchParams(location.search).get('lang');
  const statement = { version: '2026-11-22', language, title: 'You agree to screen mirroring', points: [
    'The agent sees the agency’s own web pages and e-services, and nothing else on your computer.',
    'The agent can’t fill in anything for you. What you type in fields stays with you.',
    'It holds this once, and nothing is saved.',
  ] };
  const form = new ConsentForm(root, statement, '${'9f3b7c21'.repeat(8)}', false, {
    submit: async () => { said.push('submit'); return { t: 'accepted' }; },
    warm: () => said.push('warm'),
  });
  Object.assign(globalThis, { form, said });
`;

let browser: Browser;
let served: Served;

before(async () => {
  mkdirSync(SHOTS, { recursive: true });
  browser = await launch();
  const css = await build({ absWorkingDir: WEB, entryPoints: ['src/bridge/bridge.css'], write: false });
  served = await serve({
    '/': '<!doctype html><title>Form</title><link rel="stylesheet" href="/f.css"><main><h1>Support</h1></main><script src="/f.js"></script>',
    '/f.js': { body: await bundle({ source: ENTRY }), type: 'text/javascript; charset=utf-8' },
    '/f.css': { body: css.outputFiles[0]?.text ?? '', type: 'text/css' },
  });
});
after(async () => {
  await browser.close();
  await served.close();
});

interface Globals {
  form: { phase(phase: string, agent: string, covered: boolean): void; ended(reason: string): void };
  said: string[];
}

async function open(lang: string): Promise<Page> {
  const { page } = await person(browser, 390, 844);
  await page.goto(`${served.origin}/?lang=${lang}`);
  return page;
}

const said = (page: Page) => page.evaluate(() => (globalThis as unknown as Globals).said);
const seen = (page: Page) => page.$eval('.card', (card) => (card as HTMLElement).innerText);

test('it says once for each session that somebody is about to type: at the first focus, or at the first input', async () => {
  const page = await open('en');
  assert.deepEqual(await said(page), [], 'said before anybody came near');
  await page.focus('#code');
  assert.deepEqual(await said(page), ['warm']);
  await page.type('#code', '472');
  await page.focus('button');
  await page.focus('#code');
  assert.deepEqual(await said(page), ['warm']);
  await page.evaluate(() => {
    const { form } = globalThis as unknown as Globals;
    form.phase('live', 'Kim Ek', true);
    form.ended('ended');
  });
  assert.deepEqual(await said(page), ['warm']);
  await page.focus('#code');
  assert.deepEqual(await said(page), ['warm', 'warm'], 'the next code finds nothing loaded');
  await page.reload();
  // Filled in by speech or by a tool, without a focus.
  await page.$eval('#code', (field) => {
    (field as HTMLInputElement).value = '472';
    field.dispatchEvent(new InputEvent('input', { bubbles: true }));
  });
  assert.deepEqual(await said(page), ['warm']);
  await page.browserContext().close();
});

test('the rules are named with the statement and while it is on, in both languages', async () => {
  for (const [lang, words] of [
    ['en', 'Rules 9f3b 7c21 decide what may be shown. The agent sees the same characters.'],
    ['sv', 'Regler 9f3b 7c21 avgör vad som får visas. Handläggaren ser samma tecken.'],
  ] as const) {
    const page = await open(lang);
    assert.ok((await seen(page)).includes(words));
    assert.deepEqual(await axe(page), []);
    await page.screenshot({ path: join(SHOTS, `form-${lang}-390.png`) });
    await page.evaluate(() => (globalThis as unknown as Globals).form.phase('live', 'Kim Ek', true));
    assert.ok((await seen(page)).includes(words));
    assert.deepEqual(await axe(page), []);
    await page.screenshot({ path: join(SHOTS, `form-on-${lang}-390.png`) });
    await page.browserContext().close();
  }
});

test('on a page that expects other rules no new code is asked for', async () => {
  const page = await open('en');
  await page.evaluate(() => {
    const { form } = globalThis as unknown as Globals;
    form.phase('live', 'Kim Ek', true);
    form.ended('policy');
  });
  assert.equal(
    await page.$eval('.note', (note) => note.textContent),
    'Screen mirroring has ended. Nothing was kept. This page expects other rules for what may be shown, so nothing of it was shown.',
  );
  await page.browserContext().close();
});

test('digits that did not match are told with what to do', async () => {
  const page = await open('en');
  await page.type('#code', codeOf('47291'));
  await page.keyboard.press('Enter');
  assert.deepEqual(await said(page), ['warm', 'submit']);
  await page.evaluate(() => (globalThis as unknown as Globals).form.ended('no_match'));
  assert.equal(
    await page.$eval('.note', (note) => note.textContent),
    'The digits did not match. Nothing was shown. Ask the agent for a new code.',
  );
  await page.browserContext().close();
});
