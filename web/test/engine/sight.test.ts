// Room: test. What the applicant has in front of them beside the page: selected text, an open pop-up, a full screen, a page
// pinched open; and that what is hidden or written stays with them.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser } from 'puppeteer-core';
import { decode, encode, type Op } from '../../src/wire/tree.ts';
import { launchFirefox } from '../support/browser.ts';
import { launch, openStage, type Stage } from './stage.ts';

const PAGE = `<!doctype html><title>s</title><style>@media (min-resolution: 2dppx){#box{border:1px solid}}</style><script src=/source.js></script><p id=one>The first words here</p>
<p id=two>and <b>some more</b> of them</p><p id=masked data-insyn=mask>Masked words</p>
<div contenteditable id=edit>written text</div><select id=list><option>a<option>b</select><input type=date id=date>
<div id=box style="width:100px;height:50px">box</div><button id=go>Fill</button>
<div data-insyn=hide><div id=under>hidden</div></div><div id=card></div>
<script>card.attachShadow({mode:'open'}).innerHTML='bare words <p>Words in the card</p><p data-insyn=mask>masked there</p>'</script><iframe id=in srcdoc="<p>words in the frame</p>"></iframe>
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

/** Selects in a shadow root with the mouse, or by hand, and says what is highlighted in the view. */
async function inShadow(hidden: 'show' | 'mask'): Promise<void> {
  await stage.mirror('/sight.html');
  const got = await stage.page.evaluate(async (mode) => {
    const { host } = window;
    const doc = host.source.document;
    const card = doc.querySelector('#card') as HTMLElement;
    card.setAttribute('data-insyn', mode);
    await host.settle(500);
    const out: string[][] = [];
    const [bare, words, masked] = Array.from(card.shadowRoot?.childNodes ?? []).filter((node) =>
      node.textContent?.trim(),
    );
    for (const node of [bare, words?.firstChild, masked?.firstChild]) {
      if (!node) continue;
      doc.getSelection()?.setBaseAndExtent(node, 0, node, 5);
      await host.settle(500);
      const own = host.frame.contentWindow as Window & typeof globalThis;
      out.push(Array.from(own.CSS.highlights.get('insyn-selection') ?? [], (range) => String(range)));
    }
    doc.getSelection()?.removeAllRanges();
    host.mirror?.stop();
    return out;
  }, hidden);
  assert.deepEqual(got, hidden === 'show' ? [['bare '], ['Words'], []] : [[], [], []]);
}
test('what is selected in a shadow root is highlighted, where it is shown', async () => {
  await inShadow('show');
  await inShadow('mask');
});

test('where the caret is in a text or a field is not told, only which field has it', async () => {
  await stage.mirror('/sight.html');
  const told = await stage.page.evaluate(async () => {
    const { host } = window;
    const doc = host.source.document;
    const field = doc.createElement('input');
    field.value = 'written words';
    doc.body.prepend(field);
    host.forget();
    field.focus();
    await host.settle(1500);
    const first = host.ops().filter(({ op }) => op === 'sight').length;
    host.forget();
    for (const at of [1, 4, 7]) {
      field.setSelectionRange(at, at);
      await host.settle(400);
      field.setSelectionRange(0, at);
      await host.settle(400);
    }
    const still = host.kinds.length;
    const focused = host.frame.contentDocument?.querySelector('[insyn-focus]')?.localName;
    field.blur();
    doc.getSelection()?.collapse(doc.querySelector('#one')?.firstChild ?? null, 3);
    await host.settle(500);
    const ops = host.ops().filter(({ op }) => op === 'sight');
    host.mirror?.stop();
    return { first, still, focused, ops };
  });
  assert.deepEqual(told, { first: 0, still: 0, focused: 'input', ops: [] });
});

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

test('what fills the screen there fills the view, and a box does where it is hidden', async () => {
  await stage.mirror('/sight.html');
  const { page } = stage;
  await page.setViewport({ width: 640, height: 1300 });
  await page.evaluate(() => {
    document.body.style.display = 'block';
  });
  const source = await (await page.$('#source'))?.contentFrame();
  assert.ok(source);
  /** What fills the view: which element, where it is, and whether it lies on top of all else. */
  const filling = (): Promise<unknown[]> =>
    page.evaluate(() => {
      const view = window.host.frame.contentDocument as Document;
      return Array.from(view.querySelectorAll('[insyn-fullscreen]'), (box) => {
        const { x, y, width, height } = box.getBoundingClientRect();
        const whole = width === view.documentElement.clientWidth && height === window.host.frame.clientHeight;
        return [box.localName, box.getAttribute('insyn-kind'), x, y, whole, box.matches(':popover-open')];
      });
    });
  const fill = async (id: string): Promise<void> => {
    await source.evaluate((at) => {
      const element = document.getElementById(at);
      (document.querySelector('#go') as HTMLElement).onclick = () => void element?.requestFullscreen();
    }, id);
    await (await source.$('#go'))?.click();
    await source.waitForFunction(() => document.fullscreenElement !== null);
  };
  const leave = async (): Promise<void> => {
    await source.evaluate(() => document.exitFullscreen());
    await settle();
  };
  for (const [id, name, kind] of [
    ['box', 'div', null],
    ['under', 'insyn-box', 'hidden'],
  ] as const) {
    assert.deepEqual(await filling(), []);
    await fill(id);
    await settle();
    assert.deepEqual(await filling(), [[name, kind, 0, 0, true, true]]);
    await page.evaluate(() => window.host.mirror?.resync());
    await settle();
    assert.deepEqual(await filling(), [[name, kind, 0, 0, true, true]]);
    await leave();
    assert.deepEqual(await filling(), []);
  }
  assert.equal(await page.evaluate(() => window.host.resyncs), 0);
  await page.evaluate(() => {
    window.host.mirror?.stop();
    document.body.style.display = '';
  });
  await page.setViewport({ width: 1280, height: 620 });
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

test('a page that is zoomed is told so, and looks as its own screen has it', async () => {
  await stage.mirror('/sight.html');
  const { page } = stage;
  const zoom = (ratio: number): Promise<void> =>
    page.setViewport({ width: 1280, height: 620, deviceScaleFactor: ratio });
  const until = async <T>(want: T, probe: () => Promise<T>): Promise<void> => {
    for (let left = 40; left > 0 && (await probe()) !== want; left--) await settle(100);
    assert.equal(await probe(), want);
  };
  const ratio = () => page.evaluate(() => window.host.ops().findLast((op) => op.op === 'page')?.ratio);
  const line = () =>
    page.evaluate(() => {
      const box = window.host.frame.contentDocument?.querySelector('[style*="100px"]');
      return box && getComputedStyle(box).borderTopStyle;
    });
  await until(1, ratio);
  assert.equal(await line(), 'none');
  await zoom(2);
  await until(2, ratio);
  await until('solid', line);
  assert.equal(await page.evaluate(() => window.host.resyncs), 0);
  await page.evaluate(() => window.host.mirror?.stop());
  await zoom(1);
  await settle();
  assert.equal(await line(), 'solid', 'as it was there, whatever screen the agent has');
});

test('what can not be is refused, and ids that are not there point nowhere', () => {
  const sight: Op = { op: 'sight', scale: 1, x: 0, y: 0, open: 0, selected: [] };
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
  await inShadow('show');
});
