// Room: test. Opens the stage of every engine test: a console page with the mirrored page and the view side by side.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'puppeteer-core';
import type { Policy } from '../../src/wire/policy.ts';
import { type Answer, bundle, launch, serve, WEB } from '../support/browser.ts';
import type { Host } from './host.ts';

declare global {
  interface Window {
    host: Host;
  }
}

const VIEW_CSP =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data: blob:; font-src data: blob:; base-uri 'none'; " +
  "form-action 'none'; frame-src 'none'";
const HOST = `<!doctype html><title>stage</title><style>iframe{flex:none;border:0;width:640px;height:600px;vertical-align:top}body{margin:0;display:flex}</style>
<iframe id=source></iframe><iframe id=view title=view sandbox="allow-same-origin" src="/view.html"></iframe><script src="/host.js"></script>`;

export interface Stage {
  page: Page;
  origin: string;
  requests: string[];
  policy(change?: Partial<Policy>): Policy;
  /** Loads a page of the agency's and mirrors it until it is quiet. */
  mirror(path: string, policy?: Policy): Promise<void>;
  /** Runs with the source's and the view's document. */
  inBoth<T>(act: (source: Document, view: Document) => T | Promise<T>): Promise<T>;
  /** Milliseconds, and a frame: until nothing is on its way. */
  settle(ms: number): Promise<void>;
  close(): Promise<void>;
}

/** What the stage itself is made of. */
export async function stageRoutes(): Promise<Record<string, string | Answer>> {
  return {
    '/host.html': HOST,
    '/host.js': { body: await bundle('test/engine/host.ts'), type: 'text/javascript' },
    '/source.js': { body: await bundle('test/engine/source.ts'), type: 'text/javascript' },
    '/view.html': {
      body: readFileSync(join(WEB, 'src/view/view.html')),
      headers: { 'content-security-policy': VIEW_CSP },
    },
  };
}

export async function openStage(browser: Browser, routes: Record<string, string | Answer>): Promise<Stage> {
  const served = await serve({ ...(await stageRoutes()), ...routes });
  const page = await browser.newPage();
  await page.setViewport({ width: 1280, height: 620 });
  await page.goto(`${served.origin}/host.html`, { waitUntil: 'load' });
  const policy = (change: Partial<Policy> = {}): Policy => ({
    version: '1',
    domain: 'agency.localhost',
    origins: [served.origin],
    fetch: [served.origin],
    pages: [{ id: 'all', label: 'A page', path: '/**', text: 'show', choices: 'show' }],
    rules: [],
    ...change,
  });
  return {
    page,
    origin: served.origin,
    requests: served.requests,
    policy,
    async mirror(path, as = policy()) {
      await page.evaluate(async (at) => window.host.load(at), path);
      await page.evaluate(async (given) => {
        window.host.begin(given);
        await window.host.settle(800);
      }, as);
    },
    inBoth: (act) =>
      page.evaluate(
        `(async () => { const view = host.frame.contentDocument; return (${act.toString()})(host.source.document, view); })()`,
      ) as Promise<Awaited<ReturnType<typeof act>>>,
    settle: (ms) => page.evaluate((wait) => window.host.settle(wait), ms),
    async close() {
      await page.close();
      await served.close();
    },
  };
}

export { launch };
