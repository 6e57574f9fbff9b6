// Room: test. The banner and the bridge behind it in a real browser: pause, stop, navigation, dialogs, a page that fights
// back, a copied tab, a lost line.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import puppeteer, { type Browser, type Page } from 'puppeteer-core';
import { launch } from '../support/browser.ts';
import { axe, button, mirrored, OTHER, person, SUPPORT, until, words } from './people.ts';
import { SESSION, startWorld, type World } from './world.ts';

let world: World;
let browser: Browser;

const DIALOG = '<dialog id="d"><h2>Sure?</h2><button>No</button></dialog>';

before(async () => {
  world = await startWorld();
  world.pages.set('/support', SUPPORT + DIALOG);
  world.pages.set('/other', OTHER + DIALOG);
  world.pages.set('/outside', OTHER);
  world.pages.set('/long', SUPPORT + '<p><input aria-label="field"></p>'.repeat(60));
  browser = await launch();
});
after(async () => {
  await browser.close();
  await world.close();
});

const pages = () => world.seats.at(-1)?.page;
const heard = () => world.seats.at(-1)?.heard ?? [];
const paint = (page: Page) => page.evaluate(() => new Promise((done) => requestAnimationFrame(() => done(undefined))));

test('pause, resume and stop by keyboard; the receipt; nothing left', async () => {
  const who = await person(browser);
  const { page } = who;
  const frame = await mirrored(world, who);
  await until('the words', async () => (await words(page)) === 'Kim Ek can see this page');
  assert.ok(await page.$('aria/Screen mirroring[role="region"]'));
  await (await button(page, 'Pause')).focus();
  await page.keyboard.press('Enter');
  await button(page, 'Resume');
  assert.match(await words(page), /^Paused\. Kim Ek sees nothing now$/);
  assert.deepEqual(await axe(page), []);
  await page.keyboard.press('Space');
  await button(page, 'Pause');
  await page.keyboard.press('Escape');
  assert.ok(await (await button(page, 'Stop')).isIntersectingViewport(), 'Escape closed the banner');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await until('the end', async () => (await words(page)).includes('Nothing was kept. You stopped it.'));
  assert.ok(heard().includes('close'));
  assert.deepEqual(await axe(page), []);
  await (await page.waitForSelector('aria/Receipt'))?.click();
  const receipt = await page.evaluate(() => document.querySelector('insyn-banner')?.shadowRoot?.textContent ?? '');
  const short = (hash = '') => `${hash.slice(0, 4)} ${hash.slice(4, 8)}`;
  const { statementHash, policyHash } = world.seats.at(-1)?.bound ?? {};
  for (const part of [SESSION, '2026-11-22 (en)', 'Began', 'Nov 23, 2026', short(statementHash), short(policyHash)])
    assert.ok(receipt.includes(part));
  assert.deepEqual(await who.context.cookies(), []);
  assert.equal(await frame.evaluate(() => sessionStorage.length), 0);
  await (await button(page, 'Close')).press('Enter');
  assert.equal(await page.$('insyn-banner'), null);
  assert.equal(await page.evaluate(() => document.activeElement?.localName), 'main', 'the focus fell off the page');
  await page.keyboard.press('Tab');
  assert.equal(await page.evaluate(() => document.querySelector('main')?.hasAttribute('tabindex')), false);
  assert.deepEqual(who.complaints, []);
  await who.context.close();
});

test('to another origin, a reload, away to a foreign page and back: one session, a page number each', async () => {
  const who = await person(browser);
  const { page } = who;
  await mirrored(world, who);
  assert.equal(pages(), 1);
  await page.goto(`${world.agency('my')}/other`);
  await button(page, 'Pause');
  assert.equal(pages(), 2);
  await page.reload();
  await button(page, 'Pause');
  assert.equal(pages(), 3);
  const before = world.seats.length;
  await page.goto(`${world.foreign}/other`, { waitUntil: 'networkidle0' });
  assert.equal(await page.$('insyn-banner'), null);
  assert.equal(await page.evaluate(() => document.cookie), '');
  assert.equal(world.seats.length, before, 'something was opened on a foreign page');
  await page.goBack();
  await until('the next page', () => pages() === 4 && world.seats.at(-1)?.state === 'live');
  await until('a keyframe', () => heard().includes('keyframe'));
  await until('the words', async () => (await words(page)).includes('can see this page'));
  await who.context.close();
});

test('a session that ended while the applicant was elsewhere is told', async () => {
  const who = await person(browser);
  await mirrored(world, who);
  await who.page.goto(`${world.agency('my')}/other`);
  await button(who.page, 'Pause');
  world.seats.at(-1)?.end('grace', 4509);
  await until('the words', async () => (await words(who.page)).includes('away for too long'));
  await until('the bridge to go', async () => (await who.page.$('insyn-bridge')) === null);
  await who.context.close();
});

test('a modal dialog leaves the banner within reach, and gives it back', async () => {
  const who = await person(browser);
  const { page } = who;
  await mirrored(world, who);
  await page.goto(`${world.agency('my')}/other`);
  await button(page, 'Pause');
  const number = pages();
  await page.evaluate(() => document.querySelector('dialog')?.showModal());
  await until('the banner in the dialog', () => page.$('dialog insyn-banner'));
  await paint(page);
  await (await button(page, 'Pause')).click();
  await button(page, 'Resume');
  await page.evaluate(() => document.querySelector('dialog')?.close());
  await until('the banner back', () => page.$('html > insyn-banner'));
  await (await button(page, 'Resume')).click();
  await button(page, 'Pause');
  assert.equal(pages(), number, 'the bridge was loaded anew');
  // A page's own popover and an element in full screen come on top of the top layer; the banner goes above them.
  const top = await page.evaluate(async () => {
    const popover = document.createElement('div');
    popover.popover = 'manual';
    popover.style.cssText = 'position:fixed;inset:0;width:100%;height:100%';
    document.body.append(popover);
    popover.showPopover();
    await new Promise((done) => setTimeout(done, 200));
    return document.elementFromPoint(innerWidth / 2, innerHeight - 12)?.localName;
  });
  assert.equal(top, 'insyn-banner');
  await who.context.close();
});

test('a page that drops the form or the banner does not drop the session', async () => {
  const who = await person(browser);
  const { page } = who;
  await mirrored(world, who);
  await page.evaluate(() => document.querySelector('[data-insyn=consent]')?.remove());
  await until('a hidden bridge', () => pages() === 2 && world.seats.at(-1)?.state === 'live');
  await until('a keyframe', () => heard().includes('keyframe'));
  await page.evaluate(() => document.querySelector('insyn-banner')?.remove());
  await until('the banner back', () => page.$('html > insyn-banner'));
  assert.equal(pages(), 2, 'the bridge went with the banner');
  await page.evaluate(() => document.querySelector('insyn-bridge')?.remove());
  await until('the bridge back', () => pages() === 3 && world.seats.at(-1)?.state === 'live');
  await (await button(page, 'Stop')).click();
  await until('the end', async () => (await words(page)).includes('You stopped it'));
  await until('the bridge to go', async () => (await page.$('insyn-bridge')) === null);
  await who.context.close();
});

test('pages from the browser’s history: from before the consent, from within the session, from after its end', async () => {
  // The driver switches this cache off, as no person's browser does.
  const remembering = await puppeteer.launch({
    executablePath: process.env.INSYN_CHROMIUM ?? '/usr/bin/chromium',
    ignoreDefaultArgs: ['--disable-back-forward-cache'],
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--no-first-run'],
  });
  const who = await person(remembering);
  const { page } = who;
  const watch = () =>
    page.evaluate(() => {
      addEventListener('pageshow', (event) => {
        document.body.dataset.kept = String(event.persisted);
      });
    });
  const kept = async () => assert.equal(await page.evaluate(() => document.body.dataset.kept), 'true');
  const live = (number: number) =>
    until(`page ${number}`, async () => {
      return pages() === number && (await words(page)).includes('can see this page') && heard().includes('keyframe');
    });
  await page.goto(`${world.agency('www')}/other`);
  await watch();
  await mirrored(world, who);
  await watch();
  await page.goBack();
  await live(2);
  await kept();
  await page.goForward();
  await live(3);
  await kept();
  await page.goto(`${world.agency('my')}/other`);
  await (await button(page, 'Stop')).click();
  await until('the end', async () => (await words(page)).includes('You stopped it'));
  await page.goBack();
  await until('no trace', async () => (await page.$('insyn-banner')) === null);
  await kept();
  assert.deepEqual(who.complaints, []);
  await remembering.close();
});

test('a copied tab shows nothing, and the first one goes on', async () => {
  const who = await person(browser);
  const { page } = who;
  await mirrored(world, who);
  const popup = new Promise<Page | null>((done) => page.once('popup', done));
  const bridges = () => world.requests.filter((request) => request.includes('/bridge')).length;
  const before = bridges();
  await page.evaluate((url) => void window.open(url), `${world.agency('www')}/other`);
  const copy = await popup;
  assert.ok(copy);
  await until('the copy to try', () => bridges() > before);
  await until('the copy to give up', async () => (await copy.$('insyn-bridge, insyn-banner')) === null);
  assert.equal(pages(), 1);
  assert.equal(world.seats.at(-1)?.closed, false);
  await copy.close();
  await page.bringToFront();
  await (await button(page, 'Pause')).click();
  await button(page, 'Resume');
  await who.context.close();
});

test('a lost line is told and comes back by itself', async () => {
  const who = await person(browser);
  await mirrored(world, who);
  await until('the words', async () => (await words(who.page)).includes('can see this page'));
  const before = world.seats.length;
  world.seats.at(-1)?.cut();
  await until('the loss', async () => (await words(who.page)).startsWith('Connecting'));
  await until('the return', async () => (await words(who.page)).includes('can see this page'));
  assert.equal(world.seats.length, before + 1);
  assert.equal(pages(), 1);
  await until('a keyframe', () => heard().includes('keyframe'));
  assert.ok(!heard().includes('exchange'), 'a living page meets the agent once');
  await who.context.close();
});

test('a focused field is never below the banner', async () => {
  const who = await person(browser, 390, 700);
  const { page } = who;
  await mirrored(world, who);
  await page.goto(`${world.agency('www')}/long`);
  await button(page, 'Pause');
  const covered = await page.evaluate(async () => {
    const section = document.querySelector('insyn-banner')?.shadowRoot?.querySelector('section');
    const bad: number[] = [];
    for (const [index, field] of [...document.querySelectorAll('input')].entries()) {
      field.focus({ preventScroll: index === 0 });
      const box = field.getBoundingClientRect();
      const bar = section?.getBoundingClientRect();
      if (!bar || (box.bottom > bar.top && box.top < bar.bottom)) bad.push(index);
    }
    return bad;
  });
  assert.deepEqual(covered, []);
  await who.context.close();
});

test('targets are at least 44 pixels, and the banner fits 320 pixels and a low window', async () => {
  const who = await person(browser, 320, 568);
  const { page } = who;
  await mirrored(world, who);
  for (const [width, height] of [
    [320, 568],
    [390, 844],
    [640, 320],
    [1280, 800],
  ] as const) {
    await page.setViewport({ width, height });
    await paint(page);
    const boxes = await page.evaluate(() =>
      [...(document.querySelector('insyn-banner')?.shadowRoot?.querySelectorAll('button') ?? [])].map((element) => {
        const { left, right, bottom, width, height } = element.getBoundingClientRect();
        return { left, right, bottom, width, height };
      }),
    );
    assert.equal(boxes.length, 3);
    for (const box of boxes) {
      assert.ok(box.width >= 44 && box.height >= 44, `${width}: got ${box.width} x ${box.height}, want 44 x 44`);
      assert.ok(box.left >= 0 && box.right <= width && box.bottom <= height, `${width}: outside of the window`);
    }
  }
  await who.context.close();
});

test('where nodes cannot be moved alive, a dialog moves the banner and not the bridge', async () => {
  const who = await person(browser);
  const { page } = who;
  await page.evaluateOnNewDocument(() => {
    delete (Element.prototype as { moveBefore?: unknown }).moveBefore;
  });
  await mirrored(world, who);
  await page.goto(`${world.agency('my')}/other`);
  await button(page, 'Pause');
  const number = pages();
  const before = world.seats.length;
  await page.evaluate(() => document.querySelector('dialog')?.showModal());
  await until('the banner in the dialog', () => page.$('dialog insyn-banner'));
  await (await button(page, 'Pause')).click();
  await button(page, 'Resume');
  assert.deepEqual([pages(), world.seats.length], [number, before], 'the bridge was loaded anew');
  await who.context.close();
});

test('pressing what is hidden says how much it is', async () => {
  const who = await person(browser);
  const { page } = who;
  await mirrored(world, who);
  await page.evaluate(() => document.body.append(document.createElement('canvas')));
  const hidden = await button(page, 'Show what is hidden');
  await hidden.click();
  await until('the count', async () => /^Kim Ek can see this page\. \d+ parts? of this page/.test(await words(page)));
  await hidden.click();
  await until('silence', async () => (await words(page)) === 'Kim Ek can see this page');
  await who.context.close();
});

test('a page that pins the policy is mirrored under it, and under no other', async () => {
  const who = await person(browser);
  await mirrored(world, who);
  const keyframe = () => heard().includes('keyframe');
  world.pins = world.seats.at(-1)?.bound.policyHash;
  assert.match(world.pins ?? '', /^[0-9a-f]{64}$/);
  await who.page.goto(`${world.agency('my')}/other`);
  await until('a keyframe', () => pages() === 2 && keyframe());
  world.pins = '0'.repeat(64);
  await who.page.goto(`${world.agency('my')}/other`);
  await until('the words', async () => /This page expects other rules/.test(await words(who.page)));
  assert.equal(pages(), 3);
  assert.ok(!keyframe(), 'something was shown under a policy that the page does not know');
  assert.ok(heard().includes('close'));
  world.pins = undefined;
  await who.context.close();
});

test('a page outside of the policy: the banner says that it is not seen', async () => {
  const who = await person(browser);
  await mirrored(world, who);
  await who.page.goto(`${world.agency('my')}/outside`);
  await until('the words', async () => (await words(who.page)) === 'Kim Ek does not see this page');
  await who.context.close();
});

test('the longest time is announced before it is reached', async () => {
  const who = await person(browser);
  await mirrored(world, who);
  const seat = world.seats.at(-1);
  assert.ok(seat);
  seat.ends = Date.now() + 3_600_000;
  seat.status('live');
  await until('the words', async () => (await words(who.page)) === 'Kim Ek can see this page');
  seat.ends = Date.now() + 240_000;
  seat.status('live');
  await until('the words', async () => (await words(who.page)) === 'Kim Ek can see this page. It ends in 4 minutes.');
  await who.context.close();
});

/** Presses Stop while the server hears nothing, and waits for the banner's word. What then tells whether the ticket was let go. */
async function stopUnheard(page: Page): Promise<{ seat: World['seats'][number]; deleted(): boolean }> {
  const stop = await button(page, 'Stop');
  const seat = world.seats.at(-1);
  assert.ok(seat);
  seat.deaf = true;
  const before = world.requests.length;
  await stop.click();
  await until('the answer', async () => (await words(page)) === 'Stopping…');
  await until('the end', async () => (await words(page)).includes('You stopped it'));
  return { seat, deleted: () => world.requests.slice(before).includes('insyn DELETE /consent') };
}

test('a stop is answered at once, and keeps its ticket until the server has heard it', async () => {
  const who = await person(browser);
  const { page } = who;
  await mirrored(world, who);
  const { seat, deleted } = await stopUnheard(page);
  await new Promise((done) => setTimeout(done, 200));
  assert.equal(deleted(), false);
  seat.end('stopped', 4500);
  await until('the ticket to go', deleted);
  await who.context.close();
});

test('a hidden bridge stays until the server has heard the end and the ticket is gone', async () => {
  const who = await person(browser);
  const { page } = who;
  await mirrored(world, who);
  await page.goto(`${world.agency('my')}/other`);
  const { seat, deleted } = await stopUnheard(page);
  assert.notEqual(await page.$('insyn-bridge'), null);
  assert.equal(deleted(), false);
  seat.end('stopped', 4500);
  await until('the bridge to go', async () => (await page.$('insyn-bridge')) === null);
  assert.ok(deleted());
  await who.context.close();
});

test('a page that goes while the server has not heard the end takes the ticket with it', async () => {
  const who = await person(browser);
  const { page } = who;
  await mirrored(world, who);
  const { deleted } = await stopUnheard(page);
  await page.goto(`${world.agency('my')}/other`);
  await until('the ticket to go', deleted);
  await who.context.close();
});

test('what is agreed to is the session that was asked about, not one that took its place', async () => {
  const who = await person(browser);
  const { page } = who;
  const before = world.seats.length;
  world.elsewhere = { away: true, page: 1 };
  await page.goto(`${world.agency('my')}/other`);
  await page.setCookie({ name: 'insyn', value: '1', domain: '.agency.localhost', path: '/', secure: true });
  await page.reload();
  const go = await button(page, 'Continue here');
  await until('whom it is about', async () => (await words(page)).includes('Kim Ek'));
  world.elsewhere = { away: true, page: 1, session: 'zyxwvutsrqponmlkjihgfedcba', agent: 'Somebody Else' };
  await go.click();
  await until('the question anew', async () => (await words(page)).includes('Somebody Else'));
  await button(page, 'Continue here');
  assert.equal(world.seats.length, before);
  world.elsewhere = { away: true, page: 1 };
  await (await button(page, 'Stop')).click();
  await until('the end', async () => (await words(page)).includes('ended'));
  assert.equal(world.seats.length, before, 'the other session was stopped');
  world.elsewhere = undefined;
  await who.context.close();
});

test('the cookie outlives the grace time, also of a page that was left just before its renewal', async () => {
  const who = await person(browser);
  const { page } = who;
  await mirrored(world, who);
  const left = async () => {
    const [cookie] = await who.context.cookies();
    return (cookie?.expires ?? 0) - Date.now() / 1000;
  };
  assert.ok((await left()) > 350, `got ${await left()} s, want grace and renewal`);
  // As if the time were nearly up.
  const cookie = { name: 'insyn', value: '1', domain: '.agency.localhost', path: '/', secure: true };
  await page.setCookie({ ...cookie, expires: Math.ceil(Date.now() / 1000) + 5 });
  assert.ok((await left()) < 7);
  await page.goto(`${world.foreign}/other`, { waitUntil: 'networkidle0' });
  assert.ok((await left()) > 350, `got ${await left()} s, want grace and renewal`);
  await who.context.close();
});
