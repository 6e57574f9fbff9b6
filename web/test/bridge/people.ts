// Room: test. What a person does at the form and the banner, and what can be seen of it.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Browser, BrowserContext, ElementHandle, Frame, Page } from 'puppeteer-core';
import { checkDigit } from '../../src/wire/code.ts';
import type { World } from './world.ts';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

export const SUPPORT =
  '<main><h1>Technical support</h1><p>Call us.</p><div data-insyn="consent"></div><p><a href="/other">Other</a></p></main>';
export const OTHER = '<main><h1>Other page</h1><p>Text.</p><p><a href="/support">Support</a></p></main>';

/** A whole code with these routing digits. */
export function codeOf(routing: string): string {
  const nine = `${routing}1234`;
  return nine + checkDigit(nine);
}

export async function until<T>(what: string, probe: () => Promise<T> | T): Promise<NonNullable<T>> {
  const end = Date.now() + 10_000;
  for (;;) {
    const got = await Promise.resolve()
      .then(probe)
      .catch(() => undefined);
    if (got) return got as NonNullable<T>;
    if (Date.now() > end) throw new Error(`waited in vain for ${what}`);
    await new Promise((done) => setTimeout(done, 30));
  }
}

/** Errors on the console, and CSP reports among them, of every page that was opened. */
export interface Person {
  context: BrowserContext;
  page: Page;
  complaints: string[];
}

/** A person's own browser profile. Shadow roots are opened so that axe can look into the banner's. */
export async function person(browser: Browser, width = 1280, height = 800): Promise<Person> {
  const context = await browser.createBrowserContext();
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (message) => {
    // The browser itself reports each refused request; those are the server's part here.
    if (message.type() === 'error' && !message.text().includes('the server responded')) complaints.push(message.text());
  });
  await page.evaluateOnNewDocument(() => {
    const attach = Element.prototype.attachShadow;
    Element.prototype.attachShadow = function (init) {
      return attach.call(this, { ...init, mode: 'open' });
    };
  });
  await page.setViewport({ width, height });
  return { context, page, complaints };
}

/** The form inside the support page. */
export async function formOf(page: Page): Promise<Frame> {
  const frame = await (await page.waitForSelector('[data-insyn=consent] iframe'))?.contentFrame();
  if (!frame) throw new Error('no frame');
  await frame.waitForSelector('aria/Code[role="textbox"]');
  return frame;
}

/** Types a code in place of what is there, and presses Enter. */
export async function type(frame: Frame, text: string): Promise<void> {
  const field = await frame.waitForSelector('#code');
  await field?.evaluate((element) => (element as HTMLInputElement).select());
  await field?.type(text);
  await field?.press('Enter');
}

export function button(page: Page, name: string): Promise<ElementHandle<Element>> {
  return until(`the button ${name}`, () => page.$(`aria/${name}[role="button"]`));
}

/** The banner's words, "" while there is none. */
export function words(page: Page): Promise<string> {
  return page.evaluate(
    () => document.querySelector('insyn-banner')?.shadowRoot?.querySelector('[role=status]')?.textContent ?? '',
  );
}

/** From the support page to a session that is on. */
export async function mirrored(world: World, who: Person): Promise<Frame> {
  await who.page.goto(`${world.agency('www')}/support`);
  const frame = await formOf(who.page);
  await type(frame, codeOf('47291'));
  await button(who.page, 'Pause');
  return frame;
}

/** What axe finds wrong, by rule. Of the form, but for two rules about whole pages: it is a part of one. */
export async function axe(where: Page | Frame): Promise<string[]> {
  await where.evaluate(AXE);
  return where.evaluate(async () => {
    interface Axe {
      run(options: object): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }>;
    }
    const whole = { enabled: self === top };
    const { violations } = await (window as unknown as { axe: Axe }).axe.run({
      rules: { 'landmark-one-main': whole, 'page-has-heading-one': whole },
    });
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html.slice(0, 80)).join(', ')}`);
  });
}
