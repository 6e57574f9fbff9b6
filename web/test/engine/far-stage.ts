// Room: test. The stage for frames of other agency origins: the mirrored page in a window of its own, as the top of a tab,
// and pages of my.agency that carry the loader and the core as they are built.

import { createHash } from 'node:crypto';
import type { Browser, Frame, Page } from 'puppeteer-core';
import type { Policy } from '../../src/wire/policy.ts';
import { type Answer, bundle, type Served, serve } from '../support/browser.ts';
import { stageRoutes } from './stage.ts';

export interface FarStage {
  host: Page;
  served: Served;
  /** Origins by their first name: www and my; other, of the same site and not in the policy; and social, which is foreign. */
  at(name: string): string;
  policy: Policy;
  /** Adds or changes what is served. TAG in a page becomes the loader's tag with its pin, WWW, MY and SOCIAL the origins. */
  put(routes: Record<string, string>): void;
  /** Opens a page of www in a window of its own and mirrors it. */
  begin(path: string, policy?: Policy): Promise<Page>;
  /** Runs with the view's document. */
  inView<T>(act: (view: Document) => T): Promise<T>;
  /** The words in a frame of the view, by the class of its element; undefined where it is no frame. */
  words(name: string): Promise<string | undefined>;
  close(): Promise<void>;
}

/** Polls until `probe` gives something truthy; says what it waited for when it doesn't. */
export async function until<T>(what: string, probe: () => Promise<T> | T, most = 20_000): Promise<NonNullable<T>> {
  const end = Date.now() + most;
  let last: unknown;
  while (Date.now() < end) {
    try {
      last = await probe();
      if (last) return last as NonNullable<T>;
    } catch (error) {
      last = error;
    }
    await new Promise((done) => setTimeout(done, 50));
  }
  throw new Error(`waited in vain for ${what}; last: ${String(last)}`);
}

/** The frame of a window whose address ends so. */
export function frameOf(page: Page, end: string): Promise<Frame> {
  return until(`the frame ${end}`, () => page.frames().find((frame) => frame.url().endsWith(end)));
}

export async function openFarStage(browser: Browser): Promise<FarStage> {
  const script = (body: string): Answer => ({
    body,
    type: 'text/javascript',
    headers: { 'access-control-allow-origin': '*' },
  });
  const routes: Record<string, string | Answer> = {
    ...(await stageRoutes()),
    '/assets/mirror.js': script(await bundle('src/mirror/loader.ts')),
    '/assets/core.js': script(await bundle('src/mirror/core.ts')),
  };
  const served = await serve(routes);
  const at = (name: string): string =>
    name === 'social' ? `http://social.localhost:${served.port}` : `http://${name}.agency.localhost:${served.port}`;
  const policy: Policy = {
    version: '1',
    domain: 'agency.localhost',
    origins: [at('www'), at('my')],
    fetch: [at('www'), at('my')],
    pages: [
      { id: 'labels', label: 'Labels', path: '/labels/**', text: 'labels' },
      { id: 'all', label: 'A page', path: '/open/**', text: 'show', choices: 'show' },
    ],
    rules: [{ path: '/open/in**', selector: '.ruled', text: 'mask' }],
  };
  const pin = createHash('sha256').update(JSON.stringify(policy)).digest('hex');
  const tag = `<script src="${at('www')}/assets/mirror.js" data-policy="${pin}"></script>`;
  const host = await browser.newPage();
  await host.setViewport({ width: 1280, height: 620 });
  await host.goto(`${at('www')}/host.html`, { waitUntil: 'load' });
  // As the bridge does once the codes have matched.
  await host.evaluate(() => {
    // biome-ignore lint/suspicious/noDocumentCookie: as the bridge does it.
    document.cookie = 'insyn=1; domain=agency.localhost; path=/';
  });
  const inView = <T>(act: (view: Document) => T): Promise<T> =>
    host.evaluate(`(${act.toString()})(host.frame.contentDocument)`) as Promise<T>;
  return {
    host,
    served,
    at,
    policy,
    put(more) {
      for (const [path, page] of Object.entries(more)) {
        routes[path] = page
          .replaceAll('TAG', tag)
          .replace(/\b(WWW|MY|OTHER|SOCIAL)\b/g, (name) => at(name.toLowerCase()));
      }
    },
    async begin(path, as = policy) {
      const popup = new Promise<Page | null>((done) => host.once('popup', done));
      await host.evaluate((url) => window.host.open(url), `${at('www')}${path}`);
      const page = await popup;
      if (!page) throw new Error('no window of its own');
      await page.waitForFunction(() => document.readyState === 'complete' && 'begin' in window);
      await host.evaluate(
        (given, text) => {
          window.host.forget();
          window.host.view?.clear();
          window.host.begin(given, [], text);
        },
        as,
        JSON.stringify(policy),
      );
      return page;
    },
    inView,
    words: (name) =>
      inView(
        new Function('view', `return view.querySelector('iframe.${name}')?.contentDocument?.body?.textContent`) as () =>
          | string
          | undefined,
      ),
    async close() {
      await host
        .browserContext()
        .close()
        .catch(() => undefined);
      await served.close();
    },
  };
}
