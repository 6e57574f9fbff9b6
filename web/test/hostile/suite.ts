// Room: test. A fake applicant sends its payloads through the relay to a real console: the agent's browser opens no connection, runs no
// script, and the console stays what it is. A plain page shows first that the ears and the counters hear what the payloads do.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser, Page } from 'puppeteer-core';
import { agent, newCode, type Product, person, seen, until, view } from '../e2e/insyn.ts';
import { bundle, launch, type Served, serve } from '../support/browser.ts';
import { Ears } from './ears.ts';
import type { Sent } from './entry.ts';
import { files } from './files.ts';
import { markup } from './markup.ts';
import { styles } from './styles.ts';

const STYLES_FROM = 1000;
const FILES_FROM = 2000;
const TOGETHER = 16;
const pause = (ms: number) => new Promise((done) => setTimeout(done, ms));

/** `letter`: that of the engine in the lists of payloads. `start`: the product, with a browser of that engine for the agent. */
export function relaySuite(letter: string, start: (...flags: string[]) => Promise<Product>): void {
  let product: Product;
  let ears: Ears;
  let console: Page;
  let enemies: Browser;
  let enemy: Page;
  /** What the console's browser did that it should not. */
  const deeds: string[] = [];

  before(async () => {
    ears = await new Ears().open();
    product = await start('--frame-rate', '2000');
    console = await agent(product);
    const code = await newCode(console);
    // A browser of its own: what is behind another window gets less time.
    enemies = await launch();
    enemy = await enemies.newPage();
    await enemy.goto(`${product.host('insyn.agency')}/bridge?form&lang=en`);
    await enemy.evaluate(await bundle('test/hostile/entry.ts'));
    await console.evaluate(() => {
      window.ran = [];
    });
    await enemy.evaluate((typed) => window.hostile.join(typed), code);
    await enemy.evaluate(() => window.hostile.honest('an honest page'));
    await until('an honest page', async () => (await seen(console)).includes('an honest page'));
    console.on('request', (request) => {
      // Pictures and fonts of the session's own, which are no connections.
      if (!/^(data:image\/svg\+xml[;,]|data:,$|blob:)/.test(request.url()))
        deeds.push(`asks for ${request.url().slice(0, 200)}`);
    });
    console.on('dialog', (dialog) => {
      deeds.push(`says ${dialog.message()}`);
      void dialog.dismiss();
    });
    console.on('console', (message) => deeds.push(`writes ${message.text().slice(0, 300)}`));
    // Firefox says there as well that it can't read a font: nothing, or not a font.
    console.on(
      'pageerror',
      (error) =>
        /downloadable font: .*source: (data:,|blob:)/s.test(String(error)) || deeds.push(`throws ${String(error)}`),
    );
    // Frames within the view begin empty, and may say so late.
    const own = new Set(['about:blank', ...console.frames().map((frame) => frame.url())]);
    console.on('framenavigated', (frame) => own.has(frame.url()) || deeds.push(`goes to ${frame.url()}`));
    console.on('popup', () => deeds.push('opens a window'));
    console.on('workercreated', () => deeds.push('starts a Worker'));
  });
  after(async () => {
    await enemies?.close();
    await product?.stop();
    ears?.close();
  });

  /** Nothing was done, and the console is still the agent's. */
  async function harmless(sent: Sent): Promise<void> {
    await pause(500);
    assert.deepEqual(ears.heard, [], "the agent's browser connected");
    assert.deepEqual(await console.evaluate(() => window.ran), [], 'a script ran');
    assert.deepEqual(deeds.splice(0), []);
    assert.deepEqual(sent.slow, [], 'the console was not done with these in time');
    const said = `honest again ${Math.random()}`;
    await enemy.evaluate((words) => window.hostile.honest(words), said);
    await until('an honest page', async () => (await seen(console)).includes(said));
    const state = await console.evaluate(() => {
      const end = [...document.querySelectorAll('button')].find(({ textContent }) => textContent === 'End session');
      const box = end?.getBoundingClientRect();
      const top = box && document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
      return {
        end: top !== undefined && top !== null && end?.contains(top),
        focus: document.activeElement?.localName,
        top: document.querySelectorAll('dialog[open], :popover-open').length,
        title: document.title,
        width: document.documentElement.scrollWidth <= innerWidth,
      };
    });
    assert.equal(state.end, true, 'the way to end the session is covered');
    assert.notEqual(state.focus, 'iframe', "the focus went to the applicant's page");
    assert.equal(state.top, 0);
    assert.equal(state.width, true, 'the console grew wider than its window');
  }

  test('a plain page does what the payloads say', async (t) => {
    const all = [...markup(0, (n) => ears.at(n)), ...styles(STYLES_FROM, (n) => ears.at(n))];
    const served: Served = await serve({
      '/': '<!doctype html><script>ran = []</script><body>',
      ...Object.fromEntries(all.map(({ n, html }) => [`/${n}`, html])),
    });
    const page = await (await person(product)).newPage();
    // Names lead the agent's browser to the product.
    await page.goto(`http://127.0.0.1:${served.port}/`);
    for (let from = 0; from < all.length; from += TOGETHER) {
      await page.evaluate(
        async (paths) => {
          document.body.replaceChildren(
            ...paths.map((path) => Object.assign(document.createElement('iframe'), { src: path })),
          );
          await new Promise((done) => setTimeout(done, 700));
        },
        all.slice(from, from + TOGETHER).map(({ n }) => `/${n}`),
      );
    }
    const did = ears.payloads();
    for (const n of await page.evaluate(() => window.ran)) did.add(n);
    await page.close();
    await served.close();
    await pause(300);
    ears.heard = [];
    t.diagnostic(`${did.size} of ${all.length} payloads connect or run in a plain page`);
    const quiet = all.filter(({ n, loud }) => loud.includes(letter) && !did.has(n));
    assert.deepEqual(
      quiet.map(({ n, html }) => `${n} ${html}`),
      [],
    );
    if (process.env.INSYN_LOUD)
      for (const { n, loud, html } of all)
        if (did.has(n) && !loud.includes(letter)) t.diagnostic(`louder: ${n} ${html}`);
  });

  test('markup', async (t) => {
    const sent = await enemy.evaluate(
      (list) => window.hostile.markup(list),
      markup(0, (n) => ears.at(n)),
    );
    t.diagnostic(JSON.stringify(sent));
    await harmless(sent);
  });

  test('style sheets, style attributes and values', async (t) => {
    const sent = await enemy.evaluate(
      (list) => window.hostile.styles(list),
      styles(STYLES_FROM, (n) => ears.at(n)),
    );
    t.diagnostic(JSON.stringify(sent));
    await harmless(sent);
  });

  test('resources', async (t) => {
    const list = files(`http:${ears.at(FILES_FROM)}`, `top.ran.push(${FILES_FROM})`);
    const sent = await enemy.evaluate((all) => window.hostile.files(all), list);
    t.diagnostic(JSON.stringify(sent));
    await harmless(sent);
  });

  test('bodies that are none', async (t) => {
    const sent = await enemy.evaluate(() => window.hostile.bodies());
    t.diagnostic(JSON.stringify(sent));
    await harmless(sent);
  });

  test('frames that are none', async (t) => {
    const sent = await enemy.evaluate(() => window.hostile.frames());
    t.diagnostic(JSON.stringify(sent));
    await harmless(sent);
  });

  test('a flood of keyframes', async () => {
    await enemy.evaluate(() => window.hostile.flood());
    await harmless({ sent: 0, shown: 0, slow: [] });
  });

  test('what is put into the view past the table is stopped by its policy and its sandbox', async () => {
    const frame = await view(console);
    const list = [...markup(0, (n) => ears.at(n)), ...styles(STYLES_FROM, (n) => ears.at(n))];
    for (const { html } of list) {
      await frame.evaluate((markup) => {
        document.documentElement.innerHTML = markup;
      }, html);
    }
    await pause(1000);
    deeds.length = 0;
    assert.deepEqual(await console.evaluate(() => window.ran), []);
    assert.deepEqual([...ears.payloads()], []);
  });

  test('one changed bit ends the session', async () => {
    const [, reason] = await Promise.all([
      console.waitForSelector('iframe[title="Applicant\'s page"]', { hidden: true }),
      enemy.evaluate(() => window.hostile.spoil()),
    ]);
    assert.equal(reason, 'tampered');
  });
}
