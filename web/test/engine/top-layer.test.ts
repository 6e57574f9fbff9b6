// Room: test. What a page puts in the browser's top layer, where everything else is inert or out of sight: the banner
// stays reachable, also for a dialog in a shadow root, and the painting lies over it; and after it all nothing is left.

import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import type { Browser } from 'puppeteer-core';
import type { BannerPlace } from '../../src/mirror/banner-place.ts';
import { bundle, launch } from '../support/browser.ts';
import { openStage, type Stage } from './stage.ts';

const PAGE = `<!doctype html><title>top</title><script src=/source.js></script><script src=/banner.js></script>
<input value=below><x-card></x-card><dialog id=light><input value=typed><button>x</button></dialog>
<script>document.querySelector('x-card').attachShadow({ mode: 'open' }).innerHTML =
  '<x-inner></x-inner>';
document.querySelector('x-card').shadowRoot.firstChild.attachShadow({ mode: 'open' }).innerHTML =
  '<dialog><input value=typed><button>x</button></dialog>';
window.inner = () => document.querySelector('x-card').shadowRoot.firstChild.shadowRoot.firstChild;</script>`;
const BANNER = `import { BannerPlace } from './src/mirror/banner-place.ts';
window.banner = () => {
  const host = document.createElement('insyn-banner');
  const root = host.attachShadow({ mode: 'closed' });
  const section = document.createElement('section');
  const stop = document.createElement('button');
  stop.textContent = 'Stop';
  stop.onclick = () => { window.stops = (window.stops ?? 0) + 1; };
  section.append(stop);
  section.style.cssText = 'position:fixed;bottom:0;left:0;pointer-events:auto';
  root.append(section);
  Object.assign(window, { host, stop });
  return new BannerPlace(root, host, section);
};`;

interface Top {
  document: Document;
  banner(): BannerPlace;
  inner(): HTMLDialogElement;
  host: HTMLElement;
  stop: HTMLButtonElement;
  stops?: number;
  place: BannerPlace;
}

let browser: Browser;
let stage: Stage;
before(async () => {
  browser = await launch();
  stage = await openStage(browser, {
    '/top.html': PAGE,
    '/slow.css': { body: 'body { color: teal }', type: 'text/css' },
    '/banner.js': { body: await bundle({ source: BANNER }), type: 'text/javascript' },
  });
});
afterEach(() => stage.page.evaluate(() => window.host.mirror?.stop()));
after(async () => {
  await stage.close();
  await browser.close();
});

const settle = (): Promise<void> => stage.page.evaluate(() => window.host.settle(200));

/** The local names of the elements in the top layer from the bottom to the top, the page's before the view's. */
async function topLayer(): Promise<string[]> {
  const client = await stage.page.createCDPSession();
  await client.send('DOM.getDocument', { depth: 0 });
  const { nodeIds } = await client.send('DOM.getTopLayerElements');
  const names: string[] = [];
  for (const nodeId of nodeIds) {
    const { node } = await client.send('DOM.describeNode', { nodeId });
    if (!node.nodeName.startsWith('::')) names.push(node.localName);
  }
  await client.detach();
  return names;
}

/** Clicks where Stop is drawn, and says how often it was heard so far. */
async function pressStop(): Promise<number> {
  const at = await stage.page.evaluate(() => {
    const rect = (window.host.source as unknown as Top).stop.getBoundingClientRect();
    return { x: rect.x + rect.width / 2, y: rect.y + rect.height / 2 };
  });
  await stage.page.mouse.click(at.x, at.y);
  return stage.page.evaluate(() => (window.host.source as unknown as Top).stops ?? 0);
}

for (const early of [true, false]) {
  test(`Stop can be reached beside a modal dialog in a shadow root that opened ${early ? 'before' : 'after'} it`, async () => {
    await stage.page.evaluate(() => window.host.load('/top.html'));
    await stage.page.evaluate(async (before) => {
      const top = window.host.source as unknown as Top;
      top.place = top.banner();
      if (before) top.inner().showModal();
      top.place.open();
      await window.host.settle(100);
      if (!before) top.inner().showModal();
    }, early);
    await settle();
    assert.equal(await pressStop(), 1);
    await stage.page.evaluate(() => (window.host.source as unknown as Top).inner().close());
    await settle();
    const home = await stage.page.evaluate(() => (window.host.source as unknown as Top).host.parentElement?.localName);
    assert.equal(home, 'html', 'and it does not go away with the dialog');
    assert.equal(await pressStop(), 2);
    await stage.page.evaluate(() => (window.host.source as unknown as Top).inner().showModal());
    await settle();
    assert.equal(await pressStop(), 3, 'a second time too');
    await stage.page.evaluate(() => {
      const top = window.host.source as unknown as Top;
      top.place.remove();
      top.inner().close();
      top.inner().showModal();
    });
    await settle();
    assert.equal(await stage.page.evaluate(() => (window.host.source as unknown as Top).host.isConnected), false);
  });
}

for (const where of ['the page', 'a shadow root']) {
  test(`what is hidden in a modal dialog of ${where} is painted over, below the banner`, async () => {
    await stage.page.evaluate(() => window.host.load('/top.html'));
    const clean = await stage.page.evaluate(() => window.host.source.document.documentElement.outerHTML);
    await stage.page.evaluate(async (policy) => {
      const top = window.host.source as unknown as Top;
      top.place = top.banner();
      top.place.open();
      window.host.begin(policy, [top.host]);
      for (let tries = 0; tries < 50 && !window.host.mirror?.epoch; tries++) await window.host.settle(50);
    }, stage.policy());
    const outside = await stage.page.evaluate(() => window.host.mirror?.showHidden(true));
    assert.equal(outside, 1, 'the field on the page');
    await stage.page.evaluate((light) => {
      const top = window.host.source as unknown as Top;
      const dialog = light ? top.document.querySelector<HTMLDialogElement>('#light') : top.inner();
      dialog?.showModal();
    }, where === 'the page');
    await settle();
    await settle();
    assert.deepEqual((await topLayer()).slice(0, 3), ['dialog', 'div', 'insyn-banner']);
    assert.equal(await stage.page.evaluate(() => window.host.mirror?.showHidden(true)), 2);
    assert.equal(await stage.page.evaluate(() => window.host.mirror?.showHidden(false)), 0);
    const left = await stage.page.evaluate((light) => {
      window.host.mirror?.showHidden(true);
      window.host.mirror?.stop();
      const top = window.host.source as unknown as Top;
      top.place.remove();
      (light ? top.document.querySelector<HTMLDialogElement>('#light') : top.inner())?.close();
      top.document.querySelector('#banner')?.remove();
      return top.document.documentElement.outerHTML;
    }, where === 'the page');
    assert.equal(left, clean);
    const still = await topLayer();
    assert.ok(!still.includes('div') && !still.includes('insyn-banner'), still.join());
  });
}

test('while it waits for its style sheets, the tree is not read again and again', async () => {
  await stage.page.evaluate(() => window.host.load('/top.html'));
  const got = await stage.page.evaluate(async (policy) => {
    const { source } = window.host;
    const doc = source.document;
    const sheet = doc.createElement('link');
    sheet.rel = 'stylesheet';
    sheet.href = '/slow.css';
    const loaded = new Promise((done) => {
      sheet.onload = done;
    });
    doc.head.append(sheet);
    await loaded;
    // The page has its sheet; the mirror's own reading of it takes a while.
    const { fetch } = source;
    source.fetch = async (...asked) => {
      await new Promise((done) => setTimeout(done, 500));
      return fetch(...asked);
    };
    let read = 0;
    // What the mirror asks each picture as it comes by it.
    const picture = doc.createElement('img');
    Object.defineProperty(picture, 'complete', {
      get: () => {
        read++;
        return false;
      },
    });
    doc.body.append(picture);
    window.host.kinds = [];
    window.host.begin(policy);
    const busy = setInterval(() => doc.body.toggleAttribute('hidden'), 10);
    await window.host.settle(350);
    const early = window.host.kinds.includes('keyframe');
    await window.host.settle(500);
    clearInterval(busy);
    return { read, early, keyframes: window.host.kinds.filter((kind) => kind === 'keyframe').length };
  }, stage.policy());
  assert.deepEqual(got, { read: 1, early: false, keyframes: 1 });
});
