// Room: test. What the applicant has in front of them beside the page: selected text, an open pop-up, a full screen, a page
// pinched open; and that what is hidden or written stays with them.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser } from 'puppeteer-core';
import { decode, encode, type Op } from '../../src/wire/tree.ts';
import { launchFirefox } from '../support/browser.ts';
import { launch, openStage, type Stage } from './stage.ts';

const PAGE = `<!doctype html><title>s</title><script src=/source.js></script><p id=one>The first words here</p>
<p id=two>and <b>some more</b> of them</p><p id=masked data-insyn=mask>Masked words</p>
<div contenteditable id=edit>written text</div><select id=list><option>a<option>b</select><input type=date id=date>
<div id=box style="width:100px;height:50px">box</div><iframe id=in srcdoc="<p>words in the frame</p>"></iframe>
<div style="height:2000px"></div>`;

let browser: Browser;
let stage: Stage;
async function open(): Promise<void> {
  stage = await openStage(browser, { '/sight.html': PAGE });
}
before(async () => {
  browser = await launch();
  await open();
});
after(async () => {
  await stage.close();
  await browser.close();
});
const settle = (ms = 500): Promise<void> => stage.settle(ms);

/** Selects in the page from one place to another, and says what is highlighted in the view. */
async function select(from: [string, number], to: [string, number], frame = false): Promise<string[]> {
  return stage.page.evaluate(
    async (first, last, inside) => {
      const { host } = window;
      let doc = host.source.document;
      if (inside) doc = (doc.querySelector('#in') as HTMLIFrameElement).contentDocument as Document;
      const at = (selector: string) => {
        const element = doc.querySelector(selector) as Element;
        return element.firstChild as Node;
      };
      doc.getSelection()?.setBaseAndExtent(at(first[0]), first[1], at(last[0]), last[1]);
      await host.settle(500);
      const view = host.frame.contentDocument as Document;
      const windows = [view.defaultView, view.querySelector('iframe')?.contentWindow] as (Window & typeof globalThis)[];
      return windows.flatMap((own) =>
        Array.from(own.CSS.highlights.get('insyn-selection') ?? [], (range) => String(range)),
      );
    },
    from,
    to,
    frame,
  );
}

async function selection(): Promise<void> {
  await stage.mirror('/sight.html');
  assert.deepEqual(await select(['#one', 4], ['#one', 15]), ['first words']);
  assert.deepEqual(await select(['#one', 16], ['#two b', 4]), ['here\nand some']);
  assert.deepEqual(await select(['#edit', 0], ['#edit', 7]), []);
  assert.deepEqual(await select(['#masked', 0], ['#masked', 6]), []);
  assert.deepEqual(await select(['#one', 4], ['#masked', 6]), []);
  assert.deepEqual(await select(['#one', 0], ['#one', 3]), ['The']);
  await stage.page.evaluate(() => window.host.mirror?.resync());
  await settle();
  assert.deepEqual(await select(['#one', 0], ['#one', 3]), ['The']);
  await stage.page.evaluate(() => window.host.source.document.getSelection()?.removeAllRanges());
  assert.deepEqual(await select(['p', 0], ['p', 5], true), ['words']);
  assert.equal(await stage.page.evaluate(() => window.host.resyncs), 0);
  await stage.page.evaluate(() => window.host.mirror?.stop());
}
test('selected text is highlighted, where it is shown and nowhere else', selection);

test('an open list and date picker have a note beside them that says so', async () => {
  await stage.mirror('/sight.html');
  const notes = (): Promise<string[]> =>
    stage.page.evaluate(() =>
      Array.from(window.host.frame.contentDocument?.querySelectorAll('insyn-note') ?? [], (note) => {
        const { left, top } = note.getBoundingClientRect();
        return `${note.textContent} ${left} ${top}`;
      }),
    );
  const press = async (selector: string): Promise<string> => {
    const at = await stage.page.evaluate((one) => {
      const rect = window.host.source.document.querySelector(one)?.getBoundingClientRect();
      return rect && { x: rect.x, y: rect.y, right: rect.right, bottom: rect.bottom };
    }, selector);
    assert.ok(at);
    await stage.page.mouse.click(at.right - 12, at.y + 10);
    await settle(800);
    return `${at.x} ${at.bottom}`;
  };
  assert.deepEqual(await notes(), []);
  const list = await press('#list');
  assert.deepEqual(await notes(), [`List is open ${list}`]);
  await stage.page.keyboard.press('Escape');
  await settle(800);
  assert.deepEqual(await notes(), []);
  const date = await press('#date');
  assert.deepEqual(await notes(), [`Date picker is open ${date}`]);
  await stage.page.keyboard.press('Escape');
  await settle(800);
  assert.deepEqual(await notes(), []);
  await stage.page.evaluate(() => window.host.mirror?.stop());
});

test('what fills the screen there fills the view', async () => {
  await stage.mirror('/sight.html');
  const size = await stage.page.evaluate(async () => {
    const { host } = window;
    const doc = host.source.document;
    // No person is there to allow it: what the browser would say then.
    Object.defineProperty(doc, 'fullscreenElement', { value: doc.querySelector('#box'), configurable: true });
    doc.dispatchEvent(new Event('fullscreenchange'));
    await host.settle(500);
    const view = host.frame.contentDocument as Document;
    const box = view.querySelector('[insyn-fullscreen]')?.getBoundingClientRect();
    Object.defineProperty(doc, 'fullscreenElement', { value: null, configurable: true });
    doc.dispatchEvent(new Event('fullscreenchange'));
    await host.settle(500);
    return [box?.x, box?.y, box?.width, box?.height, view.querySelectorAll('[insyn-fullscreen]').length];
  });
  const inner = await stage.page.evaluate(() => {
    const root = window.host.frame.contentDocument?.documentElement;
    return [root?.clientWidth, window.host.frame.clientHeight];
  });
  assert.deepEqual(size, [0, 0, inner[0], inner[1], 0]);
  await stage.page.evaluate(() => window.host.mirror?.stop());
});

test('a page pinched open says which part is seen', async () => {
  await stage.mirror('/sight.html');
  const seen = await stage.page.evaluate(async () => {
    const { host } = window;
    const { visualViewport: own } = host.source;
    for (const [name, value] of Object.entries({ scale: 2.5, offsetLeft: 40, offsetTop: 60 })) {
      Object.defineProperty(own, name, { value, configurable: true });
    }
    own?.dispatchEvent(new Event('resize'));
    await host.settle(500);
    return host.page?.seen;
  });
  assert.deepEqual(seen, { scale: 2.5, x: 40, y: 60 });
  await stage.page.evaluate(() => window.host.mirror?.stop());
});

test('what can not be is refused, and ids that are not there point nowhere', () => {
  const sight: Op = { op: 'sight', scale: 1, x: 0, y: 0, open: 0, full: 0, selected: [] };
  assert.deepEqual(decode(encode([sight])), [sight]);
  const selected = [{ from: 900, at: 1 << 30, to: 901, end: 7 }];
  assert.deepEqual(decode(encode([{ ...sight, selected }])), [{ ...sight, selected }]);
  for (const odd of [{ scale: 0.5 }, { scale: 99 }, { x: 1e6 }, { y: -1e6 }]) {
    assert.throws(() => decode(encode([{ ...sight, ...odd }])), RangeError, JSON.stringify(odd));
  }
  assert.throws(() => decode(encode([sight, sight])), RangeError);
});

test('the same in Firefox', { timeout: 60_000 }, async () => {
  await stage.close();
  await browser.close();
  browser = await launchFirefox();
  await open();
  await selection();
});
