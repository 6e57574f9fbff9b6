// Room: test. The loader and the consent form in a real browser, under the page's strict CSP.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import type { Browser } from 'puppeteer-core';
import { launch } from '../support/browser.ts';
import { axe, button, codeOf, formOf, mirrored, OTHER, person, SUPPORT, type, until, words } from './people.ts';
import { bundled, startWorld, type World } from './world.ts';

let world: World;
let browser: Browser;

before(async () => {
  world = await startWorld();
  world.pages.set('/support', SUPPORT);
  world.pages.set('/stod', SUPPORT.replace('<main>', '<main lang="sv">'));
  world.pages.set('/other', OTHER);
  world.pages.set('/strict', OTHER);
  browser = await launch();
});
after(async () => {
  await browser.close();
  await world.close();
});

test('the loader weighs at most 1.5 KB', async () => {
  const define = { CORE_FILE: 'mirror-core.0123456789abcdef.js', CORE_INTEGRITY: `sha384-${'x'.repeat(64)}` };
  const size = gzipSync(await bundled('src/mirror/loader.ts', define), { level: 9 }).length;
  assert.ok(size <= 1536, `got ${size} bytes, want at most 1536`);
});

test('without a session and a place for the form the loader does nothing', async () => {
  const who = await person(browser);
  const before = world.requests.length;
  await who.page.goto(`${world.agency('www')}/other`, { waitUntil: 'networkidle0' });
  assert.deepEqual(
    world.requests.slice(before).filter((line) => !line.endsWith('/favicon.ico')),
    ['www GET /other', 'insyn GET /mirror.js'],
  );
  const left = await who.page.evaluate(() => [
    document.documentElement.outerHTML.includes('iframe'),
    Object.getOwnPropertySymbols(window).includes(Symbol.for('insyn')),
    document.cookie,
    localStorage.length + sessionStorage.length,
  ]);
  assert.deepEqual(left, [false, false, '', 0]);
  await who.context.close();
});

test('showing the form stores nothing and is clean for assistive technology', async () => {
  const who = await person(browser, 390, 844);
  await who.page.goto(`${world.agency('www')}/support`, { waitUntil: 'networkidle0' });
  const frame = await formOf(who.page);
  assert.deepEqual(await who.context.cookies(), []);
  assert.equal(await frame.evaluate(() => sessionStorage.length + localStorage.length), 0);
  assert.deepEqual(await axe(who.page), []);
  const [inside, outside] = await until('the height', async () => {
    const scroll = await frame.evaluate(() => document.documentElement.scrollHeight);
    const box = await who.page.$eval('iframe', (element) => element.clientHeight);
    return scroll === box ? [scroll, box] : undefined;
  });
  assert.equal(inside, outside);
  assert.deepEqual(who.complaints, []);
  await who.context.close();
});

test('a typing error costs no request, is explained, and keeps the focus', async () => {
  const who = await person(browser);
  await who.page.goto(`${world.agency('www')}/support`, { waitUntil: 'networkidle0' });
  const frame = await formOf(who.page);
  const before = world.requests.length;
  for (const [typed, expected] of [
    ['472 915 3080', 'not right'],
    ['472 915', 'ten digits'],
    ['472 915 30b6', 'digits only'],
  ] as const) {
    await type(frame, typed);
    const seen = await until('the hint', () =>
      frame.$eval(
        '#code',
        (field, want) => {
          const described = (field.getAttribute('aria-describedby') ?? '').split(' ');
          const text = described.map((id) => document.getElementById(id)?.textContent ?? '').join(' ');
          if (!text.includes(want) || document.activeElement !== field) return undefined;
          return field.getAttribute('aria-invalid') ?? undefined;
        },
        expected,
      ),
    );
    assert.equal(seen, 'true');
  }
  assert.deepEqual(await axe(frame), []);
  // Typing has what the exchange needs loaded meanwhile; nothing of what is typed goes with that.
  const files = ['insyn GET /assets/worker.js', 'insyn GET /assets/cpace.js'];
  assert.deepEqual(
    world.requests.slice(before).filter((request) => !files.includes(request)),
    [],
  );
  await frame.type('#code', '1');
  assert.equal(await frame.$eval('#code', (field) => field.getAttribute('aria-invalid')), null);
  await who.context.close();
});

test('refusals say what to do: unknown, too many tries, busy server, new statement', async () => {
  const who = await person(browser);
  await who.page.goto(`${world.agency('www')}/support`);
  let frame = await formOf(who.page);
  const text = () => frame.evaluate(() => document.body.innerText);
  await type(frame, codeOf('11111'));
  await until('the unknown code', async () => (await text()).includes('Ask the agent for a new code'));
  await type(frame, codeOf('44444'));
  await until('the busy server', async () => (await text()).includes('did not work right now'));
  await type(frame, codeOf('22222'));
  await until('the wait', async () => (await text()).includes('too many tries'));
  const before = world.bodies.length;
  await (await frame.$('#code'))?.press('Enter');
  await new Promise((done) => setTimeout(done, 100));
  assert.equal(world.bodies.length, before, 'sent while waiting');
  await until('the end of the wait', async () => (await text()).includes('You can try again now'));
  await type(frame, codeOf('33333'));
  frame = await until('the new statement', async () => {
    const fresh = await formOf(who.page);
    return (await fresh.evaluate(() => document.body.innerText)).includes('text below has been updated')
      ? fresh
      : undefined;
  });
  assert.deepEqual(await axe(frame), []);
  assert.equal(await frame.evaluate(() => location.hash), '', 'said again after the next reload');
  assert.equal(await frame.evaluate(() => sessionStorage.length), 0, 'kept something of a refused code');
  await who.context.close();
});

test('no connection is told, and nothing is lost', async () => {
  const who = await person(browser);
  await who.page.goto(`${world.agency('www')}/support`);
  const frame = await formOf(who.page);
  await frame.evaluate(() => {
    window.fetch = () => Promise.reject(new TypeError('offline'));
  });
  await type(frame, codeOf('47291'));
  await until('the hint', async () => (await frame.evaluate(() => document.body.innerText)).includes('no connection'));
  assert.equal(await frame.$eval('#code', (field) => (field as HTMLInputElement).value), codeOf('47291'));
  await who.context.close();
});

test('by keyboard alone, in Persian digits and with dashes, and only the routing digits leave', async () => {
  const who = await person(browser);
  await who.page.goto(`${world.agency('www')}/support`);
  const frame = await formOf(who.page);
  for (let tabs = 0; tabs < 5; tabs++) {
    await who.page.keyboard.press('Tab');
    if (await frame.evaluate(() => document.activeElement?.id === 'code')) break;
  }
  const persian = Array.from(codeOf('47291'), (digit) => String.fromCharCode(0x6f0 + Number(digit))).join('');
  await who.page.keyboard.type(`${persian.slice(0, 3)}-${persian.slice(3, 6)} ${persian.slice(6)}`);
  await who.page.keyboard.press('Tab');
  assert.equal(await frame.evaluate(() => document.activeElement?.textContent), 'Start screen mirroring');
  await who.page.keyboard.press('Enter');
  await until('the words', async () =>
    (await frame.evaluate(() => document.body.innerText)).includes('Screen mirroring is on'),
  );
  assert.equal(await frame.evaluate(() => document.activeElement?.textContent), 'Screen mirroring is on');
  assert.deepEqual(JSON.parse(world.bodies.at(-1) ?? ''), {
    routing: '47291',
    statement: '2026-11-22',
    language: 'en',
  });
  await until('the banner', async () => (await words(who.page)).includes('Kim Ek can see this page'));
  assert.deepEqual(await axe(frame), []);
  assert.deepEqual(who.complaints, []);
  await who.context.close();
});

test('the form speaks the language of the place it stands in', async () => {
  const who = await person(browser);
  await who.page.goto(`${world.agency('www')}/stod`);
  const frame = await (await who.page.waitForSelector('iframe'))?.contentFrame();
  await frame?.waitForSelector('aria/Kod[role="textbox"]');
  assert.equal(await frame?.evaluate(() => document.documentElement.lang), 'sv');
  assert.equal(await who.page.$eval('iframe', (element) => element.title), 'Skärmvisning');
  await who.context.close();
});

test('after an end the form is offered again, and a second code works on the same page', async () => {
  const who = await person(browser);
  const frame = await mirrored(world, who);
  assert.equal(await frame.evaluate(() => sessionStorage.length), 1);
  world.seats.at(-1)?.end('ended', 4501);
  await until('the form', async () =>
    (await frame.evaluate(() => document.body.innerText)).includes('Nothing was kept'),
  );
  await until('the banner', async () => (await words(who.page)).includes('The agent ended it.'));
  assert.equal(await frame.evaluate(() => sessionStorage.length), 0);
  assert.deepEqual(await who.context.cookies(), []);
  await type(frame, codeOf('47292'));
  await button(who.page, 'Pause');
  await until('the banner', async () => (await words(who.page)).includes('can see this page'));
  assert.equal(await who.page.$$eval('insyn-banner', (all) => all.length), 1);
  await who.context.close();
});

test('coming back to the support page, the form says that it is on', async () => {
  const who = await person(browser);
  await mirrored(world, who);
  await who.page.goto(`${world.agency('my')}/other`);
  await button(who.page, 'Pause');
  await who.page.goto(`${world.agency('www')}/support`);
  const frame = await until('the frame', async () => (await who.page.$('iframe'))?.contentFrame());
  await until('the words', async () =>
    (await frame.evaluate(() => document.body.innerText)).includes('Screen mirroring is on'),
  );
  assert.equal(world.seats.at(-1)?.page, 3);
  await who.context.close();
});

test('a page that lets no script be added does not notice that one was tried', async () => {
  const who = await person(browser);
  const thrown: string[] = [];
  who.page.on('pageerror', (error) => thrown.push(String(error)));
  await who.page.goto(`${world.agency('www')}/other`);
  await who.page.setCookie({ name: 'insyn', value: '1', domain: '.agency.localhost', path: '/', secure: true });
  await who.page.goto(`${world.agency('www')}/strict`, { waitUntil: 'networkidle0' });
  assert.deepEqual(thrown, []);
  const left = await who.page.evaluate(() => Object.getOwnPropertySymbols(window).includes(Symbol.for('insyn')));
  assert.equal(left, false);
  await who.context.close();
});

test('an old tab that is not admitted any more leaves ticket and cookie to the newer one', async () => {
  const who = await person(browser);
  const frame = await mirrored(world, who);
  const before = world.requests.length;
  world.seats.at(-1)?.end('not_admitted', 4514);
  await until('the form', async () =>
    (await frame.evaluate(() => document.body.innerText)).includes('Nothing was kept'),
  );
  await new Promise((done) => setTimeout(done, 200));
  assert.ok(!world.requests.slice(before).includes('insyn DELETE /consent'));
  assert.deepEqual(
    (await who.context.cookies()).map((cookie) => cookie.name),
    ['insyn'],
  );
  await who.context.close();
});

test('a ticket that does not come back is told as blocked cookies, an early end by its reason', async () => {
  const who = await person(browser);
  await who.page.goto(`${world.agency('www')}/support`);
  const frame = await formOf(who.page);
  const text = () => frame.evaluate(() => document.body.innerText);
  world.cookieless = true;
  await type(frame, codeOf('47291'));
  await until('the hint', async () => (await text()).includes('blocks cookies'));
  world.cookieless = false;
  const before = world.seats.length;
  world.deaf = true;
  await type(frame, codeOf('47292'));
  const seat = await until('the line', () => world.seats[before]);
  world.deaf = false;
  seat.end('taken_back', 4506);
  await until('the reason', async () =>
    (await text()).includes('The agent took the code back. Nothing was shown. Ask the agent for a new code.'),
  );
  await who.context.close();
});

test('a Worker that fails or never says a word gives the form back, and the next code works', async () => {
  const who = await person(browser);
  await who.page.goto(`${world.agency('www')}/support`);
  const frame = await formOf(who.page);
  const text = () => frame.evaluate(() => document.body.innerText);
  const replace = (fails: boolean) =>
    frame.evaluate((fails) => {
      const held = window as unknown as { held?: typeof Worker };
      held.held ??= Worker;
      window.Worker = class {
        onerror?: () => void;
        constructor() {
          if (fails) setTimeout(() => this.onerror?.(), 50);
        }
        postMessage() {}
        terminate() {}
      } as unknown as typeof Worker;
    }, fails);
  await replace(true);
  await type(frame, codeOf('47291'));
  await until('the failure', async () => (await text()).includes('Something went wrong'));
  await replace(false);
  await type(frame, codeOf('47292'));
  await until('the join time', async () => (await text()).includes('did not answer in time'));
  await frame.evaluate(() => {
    window.Worker = (window as unknown as { held: typeof Worker }).held;
  });
  await type(frame, codeOf('47293'));
  await button(who.page, 'Pause');
  await until('the banner', async () => (await words(who.page)).includes('can see this page'));
  await who.context.close();
});
