// Room: test. What the console's tests say and ask: elements by name, axe's findings, statuses, a page to draw.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'puppeteer-core';
import type { KindName } from '../../src/wire/frame.ts';
import type { Bytes } from '../../src/wire/messages.ts';
import type { Status } from '../../src/wire/server.ts';
import { statusOf } from './fake-socket.ts';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Axe's findings, as rule and element; the view's own document is the applicant's and is left out. */
export async function findings(page: Page): Promise<string[]> {
  // The console's CSP takes no foreign script; the test's own world does.
  const client = await page.createCDPSession();
  const { frameTree } = await client.send('Page.getFrameTree');
  const { executionContextId } = await client.send('Page.createIsolatedWorld', { frameId: frameTree.frame.id });
  const { result, exceptionDetails } = await client.send('Runtime.evaluate', {
    contextId: executionContextId,
    expression: `${axe}; axe.run({ exclude: ['iframe'] }, { iframes: false }).then((r) => JSON.stringify(
      r.violations.flatMap((v) => v.nodes.map((n) => v.id + ' ' + n.target.join(' ')))))`,
    awaitPromise: true,
    returnByValue: true,
  });
  assert.equal(exceptionDetails, undefined);
  return JSON.parse(result.value) as string[];
}

export const text = (page: Page, selector: string) =>
  page.$eval(selector, (element) => element.textContent?.trim() ?? '');
export const name = (words: string) => `::-p-aria([name="${words}"])`;
export const button = (words: string) => `::-p-aria([name="${words}"][role="button"])`;
export const click = async (page: Page, selector: string) => {
  const found = await page.waitForSelector(selector);
  await found?.click();
};

export const drawing = (rule: string, width = 1280, height = 800, pages = 1): Bytes =>
  new TextEncoder().encode(
    JSON.stringify({
      rule,
      width,
      height,
      pages,
      style: `body{margin:0;font:17px/1.5 system-ui,sans-serif;color:#1d2733;background:#f6f4ef}
        .top{background:#23395b;color:#fff;padding:18px 40px;font-weight:700;font-size:21px}
        h1{margin:36px 40px 8px;font-size:34px} p,label,input,button{margin:8px 40px;display:block}
        label{font-weight:600;margin-top:22px} .field{margin:6px 40px;border:1px solid #68788a;padding:10px 14px;width:300px;background:#fff}
        .go{margin:26px 40px;display:inline-block;background:#23395b;color:#fff;padding:12px 26px;border-radius:4px;font-weight:600}
        .box{margin:20px 40px;background:#fff;border:1px solid #ddd6c8;padding:16px 20px;max-width:560px}`,
      parts: [
        ['div', 'top', 'Office for Newcomers'],
        ['h1', '', 'Book an appointment'],
        ['p', '', 'Step 2 of 3. Choose why you come and where.'],
        ['label', '', 'Reason for your visit'],
        ['div', 'field', 'Fingerprints and photo'],
        ['label', '', 'Personal identity number'],
        ['div', 'field', '••••••'],
        ['div', 'box', 'You can change or cancel the appointment until the day before.'],
        ['div', 'go', 'Continue'],
      ],
    }),
  ) as Bytes;

export const receipt = (ended = 0) => ({
  session: 'K7QX2M4TB3WZ5HNA',
  statement: { version: '2026-1', hash: 'ab12cd34ef', language: 'sv' },
  policy: '9f3b7c21aa',
  consented: Date.now() - 6 * 60_000,
  ended,
  reason: '' as const,
});

export const status = (part: Partial<Status>) => ({ t: 'status' as const, status: statusOf(part) });
export const live = (part: Partial<Status> = {}) =>
  status({ state: 'live', ends: Date.now() + 83 * 60_000, receipt: receipt(), ...part });

export const viewText = (page: Page) =>
  page.$eval('iframe', (frame) => frame.contentDocument?.body.textContent?.replace(/\s+/g, ' ') ?? '');
export const local = (kind: KindName, value: object) => ({
  kind,
  page: 0,
  epoch: 0,
  counter: 0,
  payload: new TextEncoder().encode(JSON.stringify(value)) as Bytes,
});
export const violations = (page: Page) =>
  page.evaluate(() => (globalThis as unknown as { refusals: string[] }).refusals);
