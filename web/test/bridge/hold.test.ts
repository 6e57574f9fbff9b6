// Room: test. The banner while the session waits on this page: what it asks, what it takes for an answer, what it tells the page.
// Screenshots to look at in build/shots.

import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Browser, Page } from 'puppeteer-core';
import { BANNER_TEXTS } from '../../src/bridge/banner-texts.ts';
import type { ToMirror } from '../../src/wire/messages.ts';
import { bundle, launch, type Served, serve, WEB } from '../support/browser.ts';
import { axe, button, type Person, person, until, words } from './people.ts';

const SHOTS = join(WEB, 'build', 'shots');
const ENTRY = `
  import { BANNER_TEXTS } from './src/bridge/banner-texts.ts';
  import { Banner } from './src/mirror/banner.ts';
  const said = [];
  const note = (t) => (value) => said.push(value === undefined ? t : t + ' ' + value);
  const banner = new Banner({
    pause: note('pause'), resume: note('resume'), stop: note('stop'), showHidden: note('hidden'),
    continue: note('continue'), digits: note('digits'),
  }, BANNER_TEXTS[document.documentElement.lang]);
  Object.assign(globalThis, { banner, said });
`;
/** A bridge that asks for a word, then for digits, and then says that it goes on. */
const BRIDGE = `<!doctype html><script>
  onmessage = ({ ports: [port] }) => {
    const agent = 'Kim Ek';
    const status = (state) => port.postMessage({ t: 'status', state, agent, ends: 0, peer: true, policy: '9f3b7c21' });
    port.onmessage = ({ data }) => {
      if (data.t === 'continue') port.postMessage({ t: 'hold', need: 'digits', agent });
      if (data.t === 'digits' && data.digits === '0000') port.postMessage({ t: 'hold', need: 'digits', agent, again: true });
      else if (data.t === 'digits') status(data.digits === '4917' ? 'live' : 'joining');
    };
    status('joining');
    port.postMessage({ t: 'hold', need: 'yes', agent });
  };
  parent.postMessage({ insyn: 'ready', texts: ${JSON.stringify(BANNER_TEXTS.en)} }, '*');
</script>`;
const BODY =
  '<main><h1>My Page</h1><p><label>Name <input id="own"></label></p><p>Book an appointment here.</p></main><script src="/b.js"></script>';

let browser: Browser;
let served: Served;

before(async () => {
  mkdirSync(SHOTS, { recursive: true });
  browser = await launch();
  const document = (lang: string) =>
    `<!doctype html><html lang="${lang}"><meta name="viewport" content="width=device-width"><title>My Page</title>
     <style>body{margin:0;font:17px/1.5 system-ui;background:#f6f4ef}main{padding:16px 24px}</style>${BODY}`;
  served = await serve({
    '/en': document('en'),
    '/sv': document('sv'),
    '/core': `${document('en').replace('b.js', 'hand.js')}<script src="/core.js"></script>`,
    '/hand.js': { body: `window[Symbol.for('insyn')] = { origin: location.origin }`, type: 'text/javascript' },
    '/core.js': { body: await bundle('src/mirror/core.ts'), type: 'text/javascript' },
    '/bridge': BRIDGE,
    '/b.js': { body: await bundle({ source: ENTRY }), type: 'text/javascript' },
  });
});
after(async () => {
  await browser.close();
  await served.close();
});

async function onPage(lang = 'en', width = 1280, height = 800): Promise<Person> {
  const who = await person(browser, width, height);
  await who.page.goto(`${served.origin}/${lang}`);
  return who;
}

interface Globals {
  banner: {
    hold(need: string, agent: string, again?: boolean): void;
    status(status: object): void;
    ended(reason: string): void;
    remove(): void;
  };
  said: string[];
}

const hold = (page: Page, need: 'yes' | 'digits', agent = 'Kim Ek', again = false) =>
  page.evaluate((...given) => (globalThis as unknown as Globals).banner.hold(...given), need, agent, again);
const said = (page: Page) => page.evaluate(() => (globalThis as unknown as Globals).said);
const status = (page: Page, part: Partial<Extract<ToMirror, { t: 'status' }>> = {}) =>
  page.evaluate((given) => (globalThis as unknown as Globals).banner.status(given), {
    ...{ t: 'status', state: 'live', agent: 'Kim Ek', ends: 0, peer: true, policy: '9f3b7c21'.repeat(8) },
    ...part,
  });
const ended = (page: Page, reason: string) =>
  page.evaluate((why) => (globalThis as unknown as Globals).banner.ended(why), reason);
const says = (page: Page, part: string) => until(part, async () => (await words(page)).includes(part));
const field = (page: Page) => until('the field', () => page.$('aria/Four digits[role="textbox"]'));
/** What has the focus: of the page, or of the banner. */
const focus = (page: Page) =>
  page.evaluate(() => {
    const inside = document.querySelector('insyn-banner')?.shadowRoot?.activeElement;
    return inside ? `banner ${inside.id || inside.className || inside.textContent}` : document.activeElement?.localName;
  });
const alerted = (page: Page) =>
  page.evaluate(
    () => document.querySelector('insyn-banner')?.shadowRoot?.querySelector('[role=alert]')?.textContent ?? '',
  );
const shoot = (page: Page, name: string) => page.screenshot({ path: join(SHOTS, `hold-${name}.png`) });

test('a word is enough: said calmly, takes no focus, and answers at once', async () => {
  const { page, context } = await onPage();
  await page.focus('#own');
  await hold(page, 'yes');
  await says(page, 'Screen mirroring is waiting. Kim Ek sees nothing here.');
  assert.equal(await focus(page), 'input', 'the focus was taken from the page');
  assert.equal(await page.$('aria/Pause[role="button"]'), null);
  assert.equal(await page.$('aria/Four digits[role="textbox"]'), null);
  assert.deepEqual(await axe(page), []);
  await shoot(page, 'yes-1280');
  await (await button(page, 'Continue here')).focus();
  await page.keyboard.press('Enter');
  await says(page, 'Connecting…');
  assert.deepEqual(await said(page), ['continue']);
  assert.equal(await focus(page), 'banner who');
  await page.keyboard.press('Enter');
  assert.deepEqual(await said(page), ['continue'], 'a second Enter did something');
  await button(page, 'Stop');
  assert.deepEqual(await axe(page), []);
  await status(page);
  await says(page, 'Kim Ek can see this page');
  await button(page, 'Pause');
  assert.equal(await page.$('aria/Continue here[role="button"]'), null);
  assert.equal(await focus(page), 'banner who');
  await page.keyboard.press('Tab');
  assert.equal(await focus(page), 'banner Show what is hidden');
  await context.close();
});

test('four digits: labelled, described, refused in words, and sent once in plain digits', async () => {
  const { page, context } = await onPage();
  await hold(page, 'digits');
  await says(
    page,
    'Ask Kim Ek to read you four digits. They can be tried once; if they are wrong, you need a new code.',
  );
  assert.equal(await focus(page), 'body', 'the focus was taken from the page');
  const input = await field(page);
  const tree = await page.accessibility.snapshot({ root: input, interestingOnly: false });
  assert.match(tree?.description ?? '', /tried once/);
  const asked = await input.evaluate((element) =>
    ['inputmode', 'autocomplete', 'maxlength'].map((name) => element.getAttribute(name)),
  );
  assert.deepEqual(asked, ['numeric', 'off', null]);
  assert.deepEqual(await axe(page), []);
  await shoot(page, 'digits-1280');
  await input.focus();
  for (const [typed, wanted] of [
    ['', 'four digits'],
    ['491', 'four digits'],
    ['49172', 'four digits'],
    ['49l7', 'digits only'],
  ] as const) {
    await input.evaluate((element) => (element as HTMLInputElement).select());
    await page.keyboard.press('Delete');
    await page.keyboard.type(typed);
    await page.keyboard.press('Enter');
    await until(wanted, async () => (await alerted(page)).includes(wanted));
    assert.equal(await focus(page), 'banner digits');
    assert.equal(await input.evaluate((element) => element.getAttribute('aria-invalid')), 'true');
  }
  assert.deepEqual(await axe(page), []);
  await shoot(page, 'digits-error-1280');
  assert.deepEqual(await said(page), [], 'sent what is not four digits');
  // Typed in place of what is wrong, which is selected: Arabic-Indic digits, a space and a dash.
  await page.keyboard.type('٤٩ ');
  assert.equal(await alerted(page), '');
  await page.keyboard.type('١-٧');
  await page.keyboard.press('Enter');
  await says(page, 'Connecting…');
  assert.deepEqual(await said(page), ['digits 4917']);
  assert.equal(await input.evaluate((element) => (element as HTMLInputElement).value), '');
  assert.equal(await focus(page), 'banner who');
  await ended(page, 'no_match');
  await says(page, 'Nothing was kept. The digits did not match. Ask the agent for a new code.');
  assert.equal(await page.$('aria/Four digits[role="textbox"]'), null);
  assert.equal(await focus(page), 'banner who');
  assert.deepEqual(await axe(page), []);
  await context.close();
});

test('a word, then digits: the focus goes to the field; a status between keeps what was typed', async () => {
  const { page, context } = await onPage();
  await hold(page, 'yes');
  await (await button(page, 'Continue here')).press('Enter');
  await hold(page, 'digits');
  assert.equal(await focus(page), 'banner digits');
  await page.keyboard.type('49');
  await status(page, { state: 'away' });
  await says(page, 'Connecting. Nothing more is sent.');
  assert.equal(await page.$('aria/Four digits[role="textbox"]'), null);
  await hold(page, 'digits');
  assert.equal(await focus(page), 'banner digits');
  await page.keyboard.press('End');
  await page.keyboard.type('17');
  await (await button(page, 'Continue')).click();
  assert.deepEqual(await said(page), ['continue', 'digits 4917']);
  await context.close();
});

test('digits that did not go out: said as the field’s error, and typed again', async () => {
  for (const [lang, words] of [
    ['en', 'That did not go through. Type the four digits again.'],
    ['sv', 'Det kom inte fram. Skriv de fyra siffrorna igen.'],
  ] as const) {
    const { page, context } = await onPage(lang);
    await hold(page, 'digits');
    const input = await until('the field', () => page.$('pierce/#digits'));
    await input.focus();
    await page.keyboard.type('4917');
    await page.keyboard.press('Enter');
    await status(page, { state: 'joining' });
    assert.equal(await focus(page), 'banner who');
    await hold(page, 'digits', 'Kim Ek', true);
    assert.equal(await alerted(page), words);
    assert.equal(await focus(page), 'banner digits');
    const tree = await page.accessibility.snapshot({ root: input, interestingOnly: false });
    assert.ok(tree?.description?.includes(words), tree?.description);
    assert.deepEqual(await axe(page), []);
    await shoot(page, `again-${lang}-1280`);
    await page.setViewport({ width: 390, height: 844 });
    await shoot(page, `again-${lang}-390`);
    // Said once more with each status: who went on to Stop is left there.
    await (await button(page, lang === 'en' ? 'Stop' : 'Avsluta')).focus();
    await hold(page, 'digits', 'Kim Ek', true);
    assert.equal(await focus(page), 'banner stop');
    await input.focus();
    await page.keyboard.type('49');
    assert.equal(await alerted(page), '');
    // Said once more while it is typed already: what is typed stays, and so does the quiet.
    await hold(page, 'digits', 'Kim Ek', true);
    assert.equal(await alerted(page), '');
    await page.keyboard.type('17');
    await page.keyboard.press('Enter');
    assert.deepEqual(await said(page), ['digits 4917', 'digits 4917']);
    // Who is busy on the page keeps the focus there.
    await page.focus('#own');
    await hold(page, 'digits', 'Kim Ek', true);
    assert.equal(await alerted(page), words);
    assert.equal(await focus(page), 'input');
    await context.close();
  }
});

test('over the port: asked, answered, asked for digits, answered, and on', async () => {
  const { page, context, complaints } = await person(browser);
  await page.goto(`${served.origin}/core`);
  await (await button(page, 'Continue here')).press('Enter');
  await until('the focus in the field', async () => (await focus(page)) === 'banner digits');
  await page.keyboard.type('0000');
  await page.keyboard.press('Enter');
  await until('the word about it', async () => (await alerted(page)).startsWith('That did not go through.'));
  await page.keyboard.type('4999');
  await page.keyboard.press('Enter');
  await says(page, 'Connecting. Nothing more is sent.');
  await page.reload();
  await (await button(page, 'Continue here')).click();
  await (await field(page)).type('49 17');
  await page.keyboard.press('Enter');
  await says(page, 'Kim Ek can see this page');
  await button(page, 'Pause');
  assert.deepEqual(complaints, []);
  await context.close();
});

test('stop, the end and no session at all take it back, and the focus is not lost', async () => {
  const { page, context } = await onPage();
  await page.focus('#own');
  await hold(page, 'digits');
  await (await field(page)).focus();
  await page.keyboard.type('49');
  await page.evaluate(() => (globalThis as unknown as Globals).banner.remove());
  assert.equal(await focus(page), 'input', 'the focus did not go back to where it was');
  await page.reload();
  await hold(page, 'digits');
  const input = await field(page);
  await input.type('49');
  await (await button(page, 'Stop')).press('Enter');
  await says(page, 'Stopping…');
  assert.equal(await input.evaluate((element) => (element as HTMLInputElement).value), '');
  await hold(page, 'digits');
  assert.equal(await words(page), 'Stopping…');
  assert.deepEqual(await said(page), ['stop']);
  await ended(page, 'stopped');
  await says(page, 'You stopped it');
  assert.equal(await focus(page), 'banner Close');
  await page.keyboard.press('Enter');
  assert.equal(await page.$('insyn-banner'), null);
  await context.close();
});

test('what is typed stays with the banner: no listener of the page hears of it', async () => {
  const { page, context } = await onPage();
  await page.evaluate(() => {
    const heard: string[] = [];
    Object.assign(globalThis, { heard });
    const types = [
      ...['keydown', 'keypress', 'keyup', 'beforeinput', 'input', 'change', 'paste', 'copy', 'cut'],
      ...['compositionstart', 'compositionupdate', 'compositionend', 'submit', 'drop'],
    ];
    for (const type of types) {
      const listen = (where: string, target: EventTarget, capture: boolean) =>
        target.addEventListener(type, () => heard.push(`${where} ${type}`), capture);
      listen('document', document, true);
      listen('document', document, false);
      listen('body', document.documentElement, true);
      listen('window', window, false);
    }
  });
  await hold(page, 'digits');
  await page.evaluate(() =>
    addEventListener('keydown', () => (globalThis as unknown as { heard: string[] }).heard.push('late'), true),
  );
  const input = await field(page);
  await input.focus();
  await page.keyboard.type('4917');
  await page.keyboard.down('Control');
  for (const key of ['a', 'x', 'v', 'a'] as const) await page.keyboard.press(key);
  await page.keyboard.up('Control');
  await page.keyboard.press('Enter');
  await says(page, 'Connecting…');
  assert.deepEqual(await said(page), ['digits 4917']);
  const heard = () => page.evaluate(() => (globalThis as unknown as { heard: string[] }).heard);
  assert.deepEqual(await heard(), []);
  await page.type('#own', 'a');
  assert.ok((await heard()).includes('document keydown') && (await heard()).includes('late'), 'the page is deaf');
  await context.close();
});

test('it fits 320 pixels and a low window, above a keyboard too, in both languages; targets of 44 pixels', async () => {
  for (const lang of ['en', 'sv']) {
    const { page, context } = await onPage(lang, 320, 568);
    for (const need of ['yes', 'digits'] as const) {
      await hold(page, need, 'Alexandra Lindqvist');
      await says(page, 'Alexandra Lindqvist');
      for (const [width, height] of [
        [320, 568],
        [390, 844],
        [640, 320],
        [1280, 800],
      ] as const) {
        await page.setViewport({ width, height });
        const { boxes, section } = await page.evaluate(() => {
          const root = document.querySelector('insyn-banner')?.shadowRoot;
          const box = (element: Element) => {
            const { left, right, top, bottom, width, height } = element.getBoundingClientRect();
            return { left, right, top, bottom, width, height };
          };
          const seen = [...(root?.querySelectorAll('button, input') ?? [])].filter((one) => one.checkVisibility());
          const whole = root?.querySelector('section');
          return {
            boxes: seen.map(box),
            section: whole && { ...box(whole), scrolls: whole.scrollHeight > whole.clientHeight },
          };
        });
        const at = `${lang} ${need} ${width} x ${height}`;
        assert.equal(boxes.length, need === 'yes' ? 2 : 3, at);
        assert.ok(section && section.top >= 0 && !section.scrolls, `${at}: ${section?.height} high`);
        for (const { left, right, bottom, width: across, height: down } of boxes) {
          assert.ok(across >= 44 && down >= 44, `${at}: got ${across} x ${down}, want 44 x 44`);
          assert.ok(left >= 0 && right <= width && bottom <= height, `${at}: outside of the window`);
        }
        await shoot(page, `${need}-${lang}-${width}`);
      }
    }
    // A keyboard that leaves 200 of 568 pixels: what does not fit scrolls, and nothing is out of reach.
    await page.setViewport({ width: 320, height: 568 });
    const reach = await page.evaluate(() => {
      const whole = document.querySelector('insyn-banner')?.shadowRoot?.querySelector('section');
      whole?.style.setProperty('--lift', '368px');
      return whole?.getBoundingClientRect().toJSON() as DOMRect;
    });
    assert.ok(reach.top >= 0 && reach.bottom <= 200, `from ${reach.top} to ${reach.bottom}`);
    await context.close();
  }
});

test('the rules are named: seen on a wide window, spoken on any', async () => {
  const { page, context } = await onPage();
  await status(page);
  await says(page, 'Kim Ek can see this page');
  const rules = () =>
    page.evaluate(() => {
      const line = document.querySelector('insyn-banner')?.shadowRoot?.querySelector('.rules');
      const wide = (element: Element | null | undefined) => (element?.getBoundingClientRect().width ?? 0) > 10;
      return { text: line?.textContent, seen: wide(line), about: wide(line?.querySelector('.about')) };
    });
  const text = 'Rules 9f3b 7c21 They decide what may be shown. The agent sees the same characters.';
  const spoken = async () => {
    const tree = JSON.stringify(await page.accessibility.snapshot({ interestingOnly: false }));
    return tree.includes('"Rules 9f3b 7c21"') && tree.includes('They decide what may be shown.');
  };
  assert.deepEqual(await rules(), { text, seen: true, about: true });
  assert.ok(await spoken());
  await shoot(page, 'live-1280');
  await page.setViewport({ width: 800, height: 600 });
  assert.deepEqual(await rules(), { text, seen: true, about: false });
  assert.ok(await spoken());
  await shoot(page, 'live-800');
  await page.setViewport({ width: 320, height: 568 });
  assert.deepEqual(await rules(), { text, seen: false, about: false });
  assert.ok(await spoken());
  assert.deepEqual(await axe(page), []);
  await shoot(page, 'live-320');
  await ended(page, 'tampered');
  await says(page, 'Something on the way changed what was sent');
  assert.equal((await rules()).text, undefined);
  await ended(page, 'policy');
  await says(
    page,
    'Nothing was kept. This page expects other rules for what may be shown, so nothing of it was shown.',
  );
  await page.setViewport({ width: 390, height: 844 });
  await shoot(page, 'policy-390');
  await context.close();
});
