// Room: bench. From the press on "Start screen mirroring" to the first picture at the desk, on loopback, and the weight of what
// that needs besides.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Frame, Page } from 'puppeteer-core';
import { agent, applicant, form, hangUp, newCode, startProduct } from '../test/e2e/insyn.ts';
import { WEB } from '../test/support/browser.ts';
import { quantile, report, wanted } from './report.ts';

const WARM = 2;
const ROUNDS = 15;

/** Runs in the console: resolves with the time at which the view first has text, Unix milliseconds. */
function firstPicture(): Promise<number> {
  return new Promise((done) => {
    const look = () => {
      const view = document.querySelector<HTMLIFrameElement>('iframe[title="Applicant\'s page"]');
      const shown = document.querySelector<HTMLElement>('.stage')?.dataset.cover === 'none';
      if (shown && view?.contentDocument?.body?.textContent?.includes('08.00')) {
        // Painted with this frame; what counts is when that is over.
        requestAnimationFrame(() => done(performance.timeOrigin + performance.now()));
      } else requestAnimationFrame(look);
    };
    look();
  });
}

/** Runs in the bridge's frame: when the form is submitted. */
function pressed(): Promise<number> {
  return new Promise((done) => {
    addEventListener('submit', () => done(performance.timeOrigin + performance.now()), true);
  });
}

async function once(console: Page, page: Page, frame: Frame): Promise<number> {
  const code = await newCode(console);
  const field = await frame.waitForSelector('aria/Code[role="textbox"]');
  // As a person does, digit after digit: meanwhile what the exchange needs is loaded.
  await field?.type(code, { delay: 30 });
  const picture = console.evaluate(firstPicture);
  const press = frame.evaluate(pressed);
  await page.bringToFront();
  await field?.press('Enter');
  return (await picture) - (await press);
}

async function main(): Promise<void> {
  if (!wanted('join/')) return;
  const assets = join(WEB, 'dist', 'assets');
  const file = readdirSync(assets).find((name) => name.startsWith('cpace.'));
  if (!file) throw new Error('the browser code is not built: make build');
  report('join/crypto_bytes_gzip', gzipSync(readFileSync(join(assets, file)), { level: 9 }).length, 'bytes');
  if (!wanted('join/time_to_first_view')) return;
  const product = await startProduct();
  try {
    const took: number[] = [];
    for (let round = -WARM; round < ROUNDS; round++) {
      const console = await agent(product);
      const page = await applicant(product);
      const time = await once(console, page, await form(page));
      if (round >= 0) took.push(time);
      await hangUp(console, page);
    }
    report('join/time_to_first_view/ms', quantile(took, 0.5), 'ms');
    report('join/time_to_first_view_p95/ms', quantile(took, 0.95), 'ms');
  } finally {
    await product.stop();
  }
}

await main();
