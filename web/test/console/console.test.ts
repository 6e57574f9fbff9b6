// Room: test. The console in a browser, screen by screen, with screenshots to look at in build/shots.

import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Browser, Page } from 'puppeteer-core';
import { checkDigit } from '../../src/wire/code.ts';
import { decodeFrame, encodeFrame } from '../../src/wire/frame.ts';
import type { FromConsoleWorker } from '../../src/wire/messages.ts';
import { launch, WEB } from '../support/browser.ts';
import { type Desk, openDesk, workerHeard, workerSays } from './desk.ts';
import { statusOf } from './fake-socket.ts';
import {
  button,
  click,
  drawing,
  findings,
  live,
  local,
  name,
  receipt,
  status,
  text,
  viewText,
  violations,
} from './page.ts';

const SHOTS = join(WEB, 'build', 'shots');
const DESKTOP = { width: 1440, height: 900 };
const PHONE = { width: 390, height: 844 };

let browser: Browser;
let desk: Desk;
before(async () => {
  mkdirSync(SHOTS, { recursive: true });
  browser = await launch();
});
after(() => browser.close());

async function withDesk(run: (desk: Desk) => Promise<void>, realWorker = false): Promise<void> {
  desk = await openDesk(realWorker);
  try {
    await run(desk);
  } finally {
    await desk.close();
  }
}

async function shoot(page: Page, name: string): Promise<void> {
  for (const size of [DESKTOP, PHONE]) {
    await page.setViewport(size);
    await new Promise((done) => setTimeout(done, 150));
    await page.screenshot({ path: join(SHOTS, `console-${name}-${size.width}.png`) });
  }
  await page.setViewport(DESKTOP);
}

async function signedIn(size = DESKTOP): Promise<Page> {
  desk.state.name = 'Kim Lind';
  return desk.open(browser, size);
}

async function withCode(): Promise<Page> {
  const page = await signedIn();
  await click(page, button('New code'));
  await page.waitForFunction(() => (document.querySelector('[aria-label=Code]')?.textContent?.length ?? 0) >= 12);
  await heard(page, 'open');
  return page;
}

async function heard(page: Page, t: string): Promise<void> {
  await page.waitForFunction(
    (kind) => (globalThis as unknown as { heard: { t: string }[] }).heard.some((message) => message.t === kind),
    {},
    t,
  );
}

async function liveSession(width = 1280, height = 800): Promise<Page> {
  const page = await withCode();
  await workerSays(page, { t: 'line', up: true });
  await workerSays(page, status({ state: 'offered', page: 0 }));
  await workerSays(page, status({ state: 'joining' }));
  await page.waitForFunction(() => document.body.textContent?.includes('Connecting…'));
  await workerSays(page, live());
  await workerSays(page, { t: 'frame', kind: 'keyframe', epoch: 1, counter: 1, body: drawing('my', width, height) });
  await page.waitForSelector('[data-cover=none]');
  return page;
}

test('the agent signs in with a name, and a name of one letter is refused before it is sent', () =>
  withDesk(async () => {
    const page = await desk.open(browser, DESKTOP);
    assert.equal(await text(page, 'h1'), 'Sign in');
    await page.type(name('Your name'), 'K');
    await page.keyboard.press('Enter');
    await page.waitForSelector('input[aria-invalid=true]');
    assert.match(await text(page, '#name-error'), /2 to 40 letters/);
    assert.deepEqual(desk.calls, ['GET /api/whoami']);
    assert.deepEqual(await findings(page), []);
    await page.type(name('Your name'), 'im Lind');
    await shoot(page, 'sign-in');
    await page.keyboard.press('Enter');
    await page.waitForSelector(button('New code'));
    assert.equal(desk.calls.at(-1), 'POST /api/sign-in {"name":"Kim Lind"}');
    assert.deepEqual(await findings(page), []);
    assert.match(await text(page, '.fine'), /^Rules 9f3b 7c21 decide what may be shown\./);
    await shoot(page, 'desk');
    await click(page, button('Sign out'));
    await page.waitForSelector(name('Your name'));
    for (let tries = 0; tries < 50 && desk.calls.at(-1) !== 'POST /api/sign-out'; tries++)
      await new Promise((done) => setTimeout(done, 20));
    assert.equal(desk.calls.at(-1), 'POST /api/sign-out');
    assert.deepEqual(await violations(page), []);
  }));

test('the code: ten digits with a check digit, of which the server knows five', () =>
  withDesk(async () => {
    const page = await withCode();
    const shown = await text(page, '[role=status][aria-label=Code]');
    assert.match(shown, /^472 91\d \d{4}$/);
    const ten = shown.replaceAll(' ', '');
    assert.equal(ten.at(-1), checkDigit(ten.slice(0, 9)));
    const open = (await workerHeard(page)).find((message) => message.t === 'open');
    assert.ok(open?.t === 'open');
    assert.equal(String.fromCharCode(...Object.values(open.secret)), ten.slice(5, 9));
    assert.deepEqual(open.bound, {
      routing: '47291',
      origin: 'http://insyn.agency.localhost',
      agentId: 'kim',
      agentName: 'Kim Lind',
      policyHash: '9f3b7c21aa',
    });
    assert.equal(open.url, `${desk.origin.replace('http', 'ws')}/signal?session=K7QX2M4TB3WZ5HNA&page=1`);
    for (const call of desk.calls) assert.ok(!call.includes(ten.slice(5, 9)), 'the secret digits are not sent');
    assert.match(await text(page, '.spoken'), /^four seven two/);
    assert.deepEqual(await findings(page), []);
    await shoot(page, 'code');
    assert.deepEqual(await violations(page), []);
  }));

test('the countdown runs, five more minutes are added, and the code can be taken back', () =>
  withDesk(async () => {
    const page = await withCode();
    assert.match(await text(page, '.time'), /^(5:00|4:59)$/);
    await page.waitForFunction(() => document.querySelector('.time')?.textContent === '4:58');
    await click(page, button('5 more minutes'));
    await page.waitForFunction(() => /^(10:00|9:59)$/.test(document.querySelector('.time')?.textContent ?? ''));
    desk.state.refuse = 409;
    await click(page, button('5 more minutes'));
    await page.waitForFunction(() => document.body.textContent?.includes('can’t be made longer'));
    desk.state.refuse = 0;
    await click(page, button('Take back'));
    await page.waitForFunction(() => document.body.textContent?.includes('taken back'));
    assert.equal(desk.calls.at(-1), 'DELETE /api/codes/K7QX2M4TB3WZ5HNA');
    await page.waitForSelector(button('New code'));
  }));

test('the countdown goes by the server’s clock', () =>
  withDesk(async () => {
    desk.state.name = 'Kim Lind';
    const page = await (await browser.createBrowserContext()).newPage();
    await page.evaluateOnNewDocument(() => {
      const real = Date.now.bind(Date);
      Date.now = () => real() + 3 * 60_000;
    });
    await page.goto(`${desk.origin}/`);
    await click(page, button('New code'));
    const time = await page.waitForSelector('.time');
    assert.match((await time?.evaluate((element) => element.textContent)) ?? '', /^(5:0|4:5)/);
  }));

test('taking back a code that was typed in the same moment says so', () =>
  withDesk(async () => {
    const page = await withCode();
    desk.state.used = true;
    await click(page, button('Take back'));
    await page.waitForFunction(() => document.querySelector('.notice')?.textContent === 'The code was just used.');
  }));

test('a line that never opens is said after two seconds, and taken back when it does', () =>
  withDesk(async () => {
    const page = await withCode();
    assert.match(await text(page, '.progress'), /^Waiting for the applicant/);
    await page.waitForFunction(() => document.querySelector('.progress')?.textContent?.startsWith('No connection'), {
      timeout: 4000,
    });
    await workerSays(page, { t: 'line', up: true });
    await page.waitForFunction(() => document.querySelector('.progress')?.textContent?.startsWith('Waiting'));
  }));

test('what is empty and may speak is there before it does', () =>
  withDesk(async () => {
    const page = await signedIn();
    const displays = await page.$$eval('[role=alert]:empty, [role=status]:empty', (regions) =>
      regions.map((region) => getComputedStyle(region).display),
    );
    assert.equal(displays.length, 2);
    assert.ok(!displays.includes('none'), displays.join());
  }));

test('signing out without network ends the session at once, and tells its Worker', () =>
  withDesk(async () => {
    const page = await liveSession();
    await page.setOfflineMode(true);
    // Not displayed during a session, which is a matter of style: who gets at it all the same is signed out.
    await page.$eval('.who button', (button) => (button as HTMLButtonElement).click());
    await page.waitForSelector(name('Your name'));
    assert.equal(await page.$('iframe'), null);
    assert.deepEqual((await workerHeard(page)).at(-1), { t: 'close', leaving: false });
    // Its last words are not shown to whoever signs in next.
    await workerSays(page, { t: 'ended', reason: 'ended' });
    assert.equal(await text(page, 'h1'), 'Sign in');
  }));

test('a page that names thousands of viewports in one body, or an absurd one, costs one layout', () =>
  withDesk(async () => {
    const page = await liveSession();
    await page.evaluate(() => {
      const counted = { layouts: 0 };
      const { getComputedStyle } = window;
      window.getComputedStyle = (...asked) => {
        counted.layouts++;
        return getComputedStyle(...asked);
      };
      Object.assign(globalThis, { counted });
    });
    await workerSays(page, {
      t: 'frame',
      kind: 'keyframe',
      epoch: 2,
      counter: 2,
      body: drawing('my', 32_767, 32_767, 5000),
    });
    await page.waitForFunction(() => document.querySelector('.viewport')?.textContent === '8192 × 8192');
    const layouts = await page.evaluate(
      () => (globalThis as unknown as { counted: { layouts: number } }).counted.layouts,
    );
    assert.ok(layouts < 10, `${layouts} layouts`);
  }));

test('a code that runs out says so and offers a new one', () =>
  withDesk(async () => {
    const page = await withCode();
    await workerSays(page, { t: 'ended', reason: 'expired' });
    await page.waitForFunction(() => document.querySelector('h1')?.textContent === 'The code ran out');
    await click(page, button('New code'));
    await page.waitForSelector('[aria-label=Code]');
  }));

test('typed: the digits go and “Connecting…” is said; then the view is live', () =>
  withDesk(async () => {
    const page = await withCode();
    await workerSays(page, { t: 'line', up: true });
    await workerSays(page, status({ state: 'joining' }));
    await page.waitForFunction(() => document.querySelector('.connecting')?.textContent === 'Connecting…');
    assert.equal(await page.$('[aria-label=Code]'), null);
    assert.equal(await page.$('.spoken'), null);
    await shoot(page, 'connecting');
    await workerSays(page, live());
    await page.waitForSelector(button('End session'));
    assert.equal(
      await page.$eval('.stage', (stage) => stage.getAttribute('data-cover')),
      'full',
      'a curtain until there is a picture',
    );
    await workerSays(page, { t: 'frame', kind: 'keyframe', epoch: 1, counter: 1, body: drawing('my') });
    await page.waitForSelector('[data-cover=none]');
    assert.equal(await page.$eval('iframe', (frame) => frame.title), "Applicant's page");
    assert.match(await viewText(page), /Book an appointment/);
    assert.match(await text(page, '.where'), /^Live My Page: book an appointment$/, 'the policy names the page');
    assert.match(await text(page, '.facts'), /Swedish.*8[23]:\d\d/);
    assert.match(await text(page, '.foot'), /View only: you can’t do anything on the applicant’s page/);
    assert.match(await text(page, '.foot'), /Rules 9f3b 7c21/);
    assert.ok((await workerHeard(page)).some((message) => message.t === 'applied' && message.counter === 1));
    assert.deepEqual(await findings(page), []);
    await shoot(page, 'live');
    assert.deepEqual(await violations(page), []);
  }));

test('nothing in the view can be reached by click or by Tab, and true size scrolls', () =>
  withDesk(async () => {
    const page = await liveSession(1280, 1600);
    const box = await (await page.$('.screen'))?.boundingBox();
    assert.ok(box);
    const hit = await page.evaluate((x, y) => document.elementFromPoint(x, y)?.className, box.x + 40, box.y + 40);
    assert.equal(hit, 'shield');
    const frame = await (await page.$('iframe'))?.boundingBox();
    assert.deepEqual([frame?.x, frame?.y], [box.x, box.y], 'the view begins where the screen does');
    const fitted = await page.$eval('.screen', (screen) => screen.getBoundingClientRect().height);
    assert.ok(fitted < 800, 'fits the stage');
    await page.$eval('iframe', (frame) => {
      const link = frame.contentDocument?.createElement('button');
      if (link) frame.contentDocument?.body.append(link);
    });
    for (let presses = 0; presses < 8; presses++) {
      await page.keyboard.press('Tab');
      assert.notEqual(await page.evaluate(() => document.activeElement?.tagName), 'IFRAME');
    }
    await page.$eval('input[type=radio]:not(:checked)', (input) => (input as HTMLInputElement).click());
    assert.equal(await page.$eval('.screen', (screen) => screen.getBoundingClientRect().height), 1600);
    assert.equal(await page.$eval('.scroller', (element) => element.scrollHeight > element.clientHeight), true);
    assert.equal(await page.$eval('iframe', (frame) => frame.style.transform), 'none');
  }));

test('a phone looks like a phone', () =>
  withDesk(async () => {
    const page = await liveSession(390, 844);
    await page.waitForSelector('.device.phone');
    await shoot(page, 'live-phone');
  }));

const curtain = (page: Page, title: string) =>
  page.waitForFunction((words) => document.querySelector('.curtain h2')?.textContent === words, {}, title);

test('the curtain: paused, hidden tab, page not in the policy', () =>
  withDesk(async () => {
    const page = await liveSession();
    await workerSays(page, live({ state: 'paused' }));
    await curtain(page, 'The applicant has paused');
    assert.equal(await page.$eval('.scroller', (element) => getComputedStyle(element).visibility), 'hidden');
    assert.deepEqual(await findings(page), []);
    await shoot(page, 'curtain');
    await workerSays(page, live());
    await page.waitForSelector('[data-cover=none]');
    await workerSays(page, { t: 'view', shown: 'hidden-tab' });
    await curtain(page, 'The applicant is in another tab');
    await workerSays(page, { t: 'view', shown: 'visible' });
    await page.waitForSelector('[data-cover=none]');
    await workerSays(page, { t: 'view', shown: 'not-in-policy' });
    await curtain(page, 'This page is not shown');
    assert.equal(await viewText(page), '', 'and the view is empty behind it');
    await workerSays(page, { t: 'view', shown: 'visible' });
    await heard(page, 'resync');
    await curtain(page, 'Fetching the page…');
    await workerSays(page, { t: 'frame', kind: 'keyframe', epoch: 2, counter: 2, body: drawing('start') });
    await page.waitForSelector('[data-cover=none]');
    await workerSays(page, { t: 'frame', kind: 'keyframe', epoch: 3, counter: 3, body: drawing('unheard-of') });
    await curtain(page, 'This page is not shown');
    assert.equal(await viewText(page), '');
  }));

test('nothing is heard from the applicant’s end: dimmed, then gone, and asked for anew once it speaks', () =>
  withDesk(async () => {
    const page = await liveSession();
    await workerSays(page, { t: 'quiet', quiet: true });
    await page.waitForSelector('[data-cover=dimmed]');
    assert.match(await text(page, '.where'), /^No answer/);
    assert.match(await viewText(page), /Book an appointment/);
    await curtain(page, 'The applicant’s page does not answer');
    assert.equal(await viewText(page), '', 'the view is empty behind it');
    assert.ok(await page.$('.curtain .icon-quiet'));
    assert.deepEqual(await findings(page), []);
    await shoot(page, 'quiet');
    assert.ok(!(await workerHeard(page)).some((message) => message.t === 'resync'));
    await workerSays(page, { t: 'quiet', quiet: false });
    await heard(page, 'resync');
    await curtain(page, 'Fetching the page…');
    await workerSays(page, { t: 'frame', kind: 'keyframe', epoch: 2, counter: 2, body: drawing('my') });
    await page.waitForSelector('[data-cover=none]');
  }));

test('a pause that the applicant’s end has sealed is one, whatever the server says', () =>
  withDesk(async () => {
    const page = await liveSession();
    await workerSays(page, { t: 'view', shown: 'paused' });
    await curtain(page, 'The applicant has paused');
    await workerSays(page, live());
    await new Promise((done) => setTimeout(done, 300));
    await curtain(page, 'The applicant has paused');
    await workerSays(page, { t: 'view', shown: 'visible' });
    await page.waitForSelector('[data-cover=none]');
  }));

test('away: the last view is dimmed for two seconds at most, then gone; the next keyframe brings it back', () =>
  withDesk(async () => {
    const page = await liveSession();
    const start = Date.now();
    await workerSays(page, live({ state: 'away', grace: Date.now() + 5 * 60_000 }));
    await page.waitForSelector('[data-cover=dimmed]');
    await shoot(page, 'dimmed');
    await curtain(page, 'The applicant is away');
    const took = Date.now() - start;
    assert.ok(took > 1500 && took < 3000, `curtain after ${took} ms`);
    assert.match(await text(page, '.more'), /session ends in (5:00|4:5\d)/);
    assert.equal(await viewText(page), '');
    await shoot(page, 'away');
    await workerSays(page, live({ page: 2 }));
    await workerSays(page, { t: 'frame', kind: 'delta', epoch: 1, counter: 9, body: drawing('my') });
    await heard(page, 'resync');
    assert.equal(
      await page.$eval('.stage', (stage) => stage.getAttribute('data-cover')),
      'full',
      'a delta of the past shows nothing',
    );
    await workerSays(page, { t: 'frame', kind: 'keyframe', epoch: 1, counter: 1, body: drawing('my') });
    await page.waitForSelector('[data-cover=none]');
  }));

const AWAY = { state: 'away', page: 2 } as const;

test('four digits: big, read one by one, once the region is there; and gone with the picture', () =>
  withDesk(async () => {
    const page = await liveSession();
    await page.evaluate(() => {
      const born: string[] = [];
      Object.assign(globalThis, { born });
      new MutationObserver((changes) => {
        for (const { addedNodes } of changes) {
          for (const node of addedNodes)
            if (node instanceof Element && node.role === 'status') born.push(node.textContent);
        }
      }).observe(document.body, { childList: true, subtree: true });
    });
    await workerSays(page, live({ ...AWAY, grace: Date.now() + 5 * 60_000 }));
    await page.waitForSelector('[data-cover=dimmed]');
    await workerSays(page, { t: 'digits', digits: '4917' });
    await curtain(page, 'Read these four digits aloud');
    const code = await page.waitForSelector('.curtain [role=status][aria-label="Four digits"] .unseen');
    assert.equal(await code?.evaluate((element) => element.textContent), 'four nine, one seven');
    assert.deepEqual(await page.evaluate(() => (globalThis as unknown as { born: string[] }).born), ['']);
    assert.equal(await text(page, '.curtain .digits [aria-hidden]'), '49 17');
    assert.match(await text(page, '.where'), /^Digits needed/);
    assert.match(await text(page, '.curtain'), /into the bar on their page\. The digits can be used once\./);
    assert.match(await text(page, '.more'), /^Without the digits the session ends in (5:00|4:5\d)/);
    assert.equal(await viewText(page), '', 'the page before is gone');
    assert.notEqual(await page.evaluate(() => document.activeElement), null);
    assert.deepEqual(await findings(page), []);
    await shoot(page, 'digits');
    await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: 'dark' }]);
    assert.deepEqual(await findings(page), []);
    await shoot(page, 'digits-dark');
    await page.emulateMediaFeatures([]);
    await page.setViewport({ width: 640, height: 320 });
    await page.screenshot({ path: join(SHOTS, 'console-digits-640.png') });
    await page.setViewport(DESKTOP);
    // Another page, other digits.
    await workerSays(page, { t: 'digits', digits: '0862' });
    await page.waitForFunction(() => document.querySelector('.curtain .digits [aria-hidden]')?.textContent === '08 62');
    assert.doesNotMatch(await text(page, '.curtain'), /49 17/);
    await workerSays(page, live({ page: 2 }));
    await curtain(page, 'Fetching the page…');
    assert.equal(await page.$('[aria-label="Four digits"]'), null);
    await workerSays(page, { t: 'frame', kind: 'keyframe', epoch: 1, counter: 1, body: drawing('my') });
    await page.waitForSelector('[data-cover=none]');
    assert.match(await viewText(page), /Book an appointment/);
    assert.deepEqual(await violations(page), []);
  }));

test('digits wait behind a line that is down, and go when they are no more, with a keyframe, and with the end', () =>
  withDesk(async () => {
    const page = await liveSession();
    await workerSays(page, live(AWAY));
    await workerSays(page, { t: 'digits', digits: '4917' });
    await curtain(page, 'Read these four digits aloud');
    await workerSays(page, { t: 'line', up: false });
    await curtain(page, 'Your line is down');
    assert.equal(await page.$('[aria-label="Four digits"]'), null);
    await workerSays(page, { t: 'line', up: true });
    await curtain(page, 'Read these four digits aloud');
    await workerSays(page, { t: 'view', shown: 'hidden-tab' });
    await workerSays(page, { t: 'digits' });
    await curtain(page, 'The applicant is away');
    assert.equal(await page.$('[aria-label="Four digits"]'), null);
    await workerSays(page, { t: 'view', shown: 'visible' });
    await workerSays(page, { t: 'digits', digits: '0862' });
    await curtain(page, 'Read these four digits aloud');
    await workerSays(page, { t: 'frame', kind: 'keyframe', epoch: 1, counter: 1, body: drawing('my') });
    await curtain(page, 'The applicant is away');
    await workerSays(page, { t: 'digits', digits: '5530' });
    await curtain(page, 'Read these four digits aloud');
    await click(page, button('End session'));
    assert.doesNotMatch(await text(page, 'body'), /55 30/);
    await workerSays(page, { t: 'ended', reason: 'no_match' });
    await page.waitForFunction(() => document.querySelector('h1')?.textContent === 'The digits did not match');
  }));

test('digits that are needed before the first picture are shown too', () =>
  withDesk(async () => {
    const page = await withCode();
    await workerSays(page, { t: 'line', up: true });
    await workerSays(page, status({ state: 'joining' }));
    await page.waitForFunction(() => document.querySelector('.connecting')?.textContent === 'Connecting…');
    await workerSays(page, { t: 'digits', digits: '4917' });
    await curtain(page, 'Read these four digits aloud');
    await page.waitForSelector(button('End session'));
    await workerSays(page, { t: 'ended', reason: 'tampered' });
    await page.waitForFunction(() => document.querySelector('h1')?.textContent === 'Ended to be safe');
  }));

test('the agent’s own line breaks: told, covered, and live again after the next keyframe', () =>
  withDesk(async () => {
    const page = await liveSession();
    await workerSays(page, { t: 'line', up: false });
    await page.waitForSelector('[data-cover=dimmed]');
    assert.match(await text(page, '.where'), /^Line down/);
    await curtain(page, 'Your line is down');
    await workerSays(page, { t: 'line', up: true });
    await workerSays(page, { t: 'frame', kind: 'keyframe', epoch: 2, counter: 5, body: drawing('my') });
    await page.waitForSelector('[data-cover=none]');
  }));

test('the agent ends it with one click: the view is empty at once, the receipt follows', () =>
  withDesk(async () => {
    const page = await liveSession();
    await page.evaluate(() => {
      const frame = document.querySelector('iframe');
      const end = [...document.querySelectorAll('button')].find((b) => b.textContent === 'End session');
      end?.click();
      Object.assign(globalThis, { left: frame?.contentDocument?.body.textContent });
    });
    assert.equal(await page.evaluate(() => (globalThis as unknown as { left: string }).left), '');
    assert.deepEqual((await workerHeard(page)).at(-1), { t: 'close', leaving: false });
    await workerSays(page, { t: 'ended', reason: 'ended', receipt: { ...receipt(Date.now()), reason: 'ended' } });
    await page.waitForFunction(() => document.querySelector('h1')?.textContent === 'You ended the session');
    assert.equal(await page.$('iframe'), null);
    const words = await text(page, '.receipt');
    for (const part of ['K7QX2M4TB3WZ5HNA', '2026-1 (Swedish)', 'ab12 cd34', 'Rules9f3b 7c21'])
      assert.ok(words.includes(part), part);
    assert.doesNotMatch(words, /9f3b7c21|ab12cd34/, 'a print that is not in groups');
    assert.deepEqual(await findings(page), []);
    await shoot(page, 'ended');
    await click(page, button('New code'));
    await page.waitForSelector('[aria-label=Code]');
  }));

test('an end that the server does not confirm is an end all the same', () =>
  withDesk(async () => {
    const page = await liveSession();
    await click(page, button('End session'));
    await page.waitForFunction(() => document.querySelector('h1')?.textContent === 'You ended the session');
  }));

test('the applicant stops in the middle: the console is emptied and says who ended it', () =>
  withDesk(async () => {
    const page = await liveSession();
    await workerSays(page, { t: 'ended', reason: 'stopped', receipt: receipt(Date.now()) });
    await page.waitForFunction(() => document.querySelector('h1')?.textContent === 'The applicant stopped');
    assert.equal(await page.$('iframe'), null);
    assert.equal(await page.evaluate(() => document.activeElement?.textContent), 'The applicant stopped');
  }));

test('a console that is reloaded tells the server, over its real Worker and a real line', () =>
  withDesk(async () => {
    const page = await signedIn();
    await click(page, button('New code'));
    await page.waitForSelector('.progress');
    const line = await desk.line();
    line.say(encodeFrame(local('status', statusOf({ state: 'offered', page: 0 }))));
    line.say(encodeFrame(local('status', statusOf({ state: 'joining', page: 1 }))));
    await page.waitForFunction(() => document.querySelector('.connecting')?.textContent === 'Connecting…');
    await page.reload();
    for (let tries = 0; tries < 50 && line.heard.length === 0; tries++)
      await new Promise((done) => setTimeout(done, 20));
    const told = line.heard.map((bytes) => decodeFrame(bytes)).map((frame) => [frame?.kind, frame?.payload[0]]);
    assert.deepEqual(told, [['close', 1]]);
    assert.deepEqual(await violations(page), []);
  }, true));

test('a console that was reloaded in a session says once why it ended', () =>
  withDesk(async () => {
    const page = await liveSession();
    const said = 'The console was closed. A closed or reloaded console cannot come back to its session.';
    const notice = () =>
      page.waitForFunction((words) => document.querySelector('.notice')?.textContent?.startsWith(words), {}, said);
    await page.reload();
    await notice();
    assert.deepEqual(await page.evaluate(() => ({ ...sessionStorage })), {});
    assert.deepEqual(await findings(page), []);
    await shoot(page, 'left');
    await page.reload();
    await page.waitForSelector(button('New code'));
    await new Promise((done) => setTimeout(done, 100));
    assert.equal(await text(page, '.notice'), '', 'said twice');
    // A code that waits is gone with its console, too.
    await click(page, button('New code'));
    await page.waitForSelector('[aria-label=Code]');
    await page.reload();
    await notice();
    // An end that came before is told already.
    await click(page, button('New code'));
    await page.waitForSelector('[aria-label=Code]');
    await heard(page, 'open');
    await workerSays(page, { t: 'ended', reason: 'expired' });
    await page.waitForFunction(() => document.querySelector('h1')?.textContent === 'The code ran out');
    await page.reload();
    await page.waitForSelector(button('New code'));
    await new Promise((done) => setTimeout(done, 100));
    assert.equal(await text(page, '.notice'), '');
    // Signed out meanwhile: said with the sign-in.
    await click(page, button('New code'));
    await page.waitForSelector('[aria-label=Code]');
    desk.state.name = undefined;
    await page.reload();
    await page.waitForSelector(name('Your name'));
    assert.ok((await text(page, '#name-error')).startsWith(said));
  }));

test('the ends: other rules, digits that nobody confirmed, and a reason that has no words', () =>
  withDesk(async () => {
    const ended = async (end: object, title: string): Promise<string> => {
      const page = await withCode();
      await workerSays(page, { t: 'ended', ...end } as FromConsoleWorker);
      await page.waitForFunction((words) => document.querySelector('h1')?.textContent === words, {}, title);
      assert.deepEqual(await findings(page), []);
      await shoot(page, `ended-${(end as { reason: string }).reason}`);
      const words = await text(page, '.ended');
      await page.browserContext().close();
      return words;
    };
    const policy = await ended({ reason: 'policy' }, 'This page expects other rules');
    assert.match(policy, /a new code will not help on that page/);
    const told = /The digits were tried, and the attempt was broken off\./;
    assert.doesNotMatch(policy, told);
    const unproven = true;
    assert.match(await ended({ reason: 'not_joined', unproven }, 'The connection was not made in time'), told);
    assert.doesNotMatch(await ended({ reason: 'no_match', unproven }, 'The digits did not match'), told);
    await ended({ reason: 'unheard-of' }, 'Ended for safety');
  }));

test('a desk that is older than the policy in force is loaded anew instead of giving out codes that cannot match', () =>
  withDesk(async () => {
    const page = await signedIn();
    await page.evaluate(() => Object.assign(globalThis, { old: true }));
    desk.state.policy = 'another';
    await click(page, button('New code'));
    await page.waitForFunction(() => !('old' in globalThis));
    assert.equal(await page.$('[aria-label="Code"]'), null);
  }));

test('signed out elsewhere: asking for a code leads to the sign-in', () =>
  withDesk(async () => {
    const page = await signedIn();
    desk.state.name = undefined;
    await click(page, button('New code'));
    await page.waitForSelector(name('Your name'));
    assert.match(await text(page, '#name-error'), /signed out/);
  }));

test('dark, narrow and printed', () =>
  withDesk(async () => {
    const page = await liveSession();
    await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: 'dark' }]);
    assert.deepEqual(await findings(page), []);
    await shoot(page, 'live-dark');
    await page.emulateMediaFeatures([]);
    await page.emulateMediaType('print');
    assert.equal(await page.$eval('.scroller', (element) => getComputedStyle(element).display), 'none');
    await page.emulateMediaType('screen');
    for (const width of [1280, 1920, 390]) {
      await page.setViewport({ width, height: 844 });
      assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), width, 'no sideways scrolling');
    }
  }));
