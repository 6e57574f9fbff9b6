// Room: test. Which mode a place is in, where rules, regions, slots and paths meet; what can't be read hides; class names by
// number; and personal data that is split over nodes, or comes to be so later.

import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import type { Browser } from 'puppeteer-core';
import type { Policy } from '../../src/wire/policy.ts';
import { launch, openStage, type Stage } from './stage.ts';

type Mode = 'show' | 'labels' | 'mask' | 'hide';

let browser: Browser;
let stage: Stage;
before(async () => {
  browser = await launch();
});
after(() => browser.close());
afterEach(() => stage.close());

async function begin(body: string, change: Partial<Policy> = {}, text: 'show' | 'labels' | 'hide' = 'show') {
  const html = `<!doctype html><html lang=en><title>Title 12345678-90</title><script src=/source.js></script><body>${body}`;
  stage = await openStage(browser, { '/page.html': html });
  const pages = [{ id: 'p', label: 'P', path: '/**', text }];
  await stage.mirror('/page.html', stage.policy({ pages, ...change }));
}

/** What the view reads as, with all that is masked as one sign, and boxes as another. */
const reads = (selector = 'body'): Promise<string> =>
  stage.page.evaluate((at) => {
    const walk = (node: Node): string =>
      node.nodeType === 3
        ? (node as Text).data
        : (node as Element).localName === 'insyn-box'
          ? '[]'
          : Array.from((node as Element).shadowRoot?.childNodes ?? [], walk).join('') +
            Array.from(node.childNodes, walk).join('');
    return walk(window.host.frame.contentDocument?.querySelector(at) as Element)
      .replace(/[█〓]+/g, '#')
      .trim();
  }, selector);
const evaluate = async (code: string): Promise<string> => {
  await stage.page.evaluate((step) => {
    const win = window.host.source as unknown as typeof window;
    new win.Function('$', step)((selector: string) => win.document.querySelector(selector));
  }, code);
  await stage.page.evaluate(() => window.host.settle(700));
  return reads('html');
};

/** Page, what lies around, on the element itself by the page and by the policy; what it comes to. */
const TABLE: readonly ['show' | 'labels', Mode | '', Mode | '', Mode | '', Mode][] = [
  ['show', '', '', '', 'show'],
  ['show', 'show', 'labels', '', 'labels'],
  ['show', 'labels', 'show', '', 'show'],
  ['show', 'labels', '', 'show', 'show'],
  ['show', '', 'show', 'labels', 'labels'],
  ['show', '', 'labels', 'show', 'labels'],
  ['show', '', 'mask', 'show', 'mask'],
  ['show', '', 'show', 'mask', 'mask'],
  ['show', '', 'hide', 'show', 'hide'],
  ['show', '', 'mask', 'hide', 'hide'],
  ['show', 'mask', 'show', 'show', 'mask'],
  ['show', 'mask', 'labels', '', 'mask'],
  ['show', 'mask', 'hide', '', 'hide'],
  ['show', 'hide', 'show', 'show', 'hide'],
  ['show', 'hide', 'mask', '', 'hide'],
  ['labels', '', '', '', 'labels'],
  ['labels', '', 'show', '', 'show'],
  ['labels', '', '', 'show', 'show'],
  ['labels', 'show', 'labels', '', 'labels'],
  ['labels', 'show', '', '', 'show'],
  ['labels', '', 'mask', 'show', 'mask'],
  ['labels', 'mask', 'show', '', 'mask'],
  ['labels', 'hide', '', 'show', 'hide'],
];
const COMES_TO: Record<Mode, string> = { show: 'Head text', labels: 'Head #', mask: '# #', hide: '[]' };

for (const page of ['show', 'labels'] as const) {
  test(`hide beats mask beats the rest, and of the rest the closer wins: ${page}`, async () => {
    const rows = TABLE.filter(([of]) => of === page);
    const said = (mode: string): string => (mode ? ` data-insyn=${mode}` : '');
    const body = rows.map(
      ([, around, own, rule], n) =>
        `<section id=r${n}${said(around)}><div${said(own)}${rule ? ` class=${rule}` : ''}><h2>Head</h2> text</div></section>`,
    );
    const rules = (['show', 'labels', 'mask', 'hide'] as const).map((text) => ({ selector: `.${text}`, text }));
    await begin(body.join(''), { rules }, page);
    const got = await stage.page.evaluate(
      (count) =>
        Array.from({ length: count }, (_, n) => window.host.frame.contentDocument?.querySelectorAll('section')[n]?.id),
      rows.length,
    );
    assert.equal(got.length, rows.length);
    for (const [n, row] of rows.entries()) {
      const hidden = row[1] === 'hide' ? `body > :nth-child(${n + 1})` : `body > section:nth-child(${n + 1})`;
      const text = row[1] === 'hide' ? '[]' : await reads(hidden);
      if (row[1] === 'hide') {
        const name = await stage.page.evaluate(
          (at) => window.host.frame.contentDocument?.querySelector(at)?.localName,
          hidden,
        );
        assert.equal(name, 'insyn-box', row.join(' '));
      }
      assert.equal(text, COMES_TO[row[4]], row.join(' '));
    }
  });
}

test('what cannot be read hides: a mode, a selector, a pattern', async () => {
  await begin('<p data-insyn=Mask>a</p><p data-insyn>b</p><p class=q>c</p><p>d</p>', {
    rules: [{ selector: '.q', text: 'showing' as 'show' }],
  });
  assert.equal(await reads(), '[][][]d');
  await stage.close();
  await begin('<p>a</p>', { rules: [{ selector: 'p:no-such(', text: 'show' }] });
  assert.equal(await stage.page.evaluate(() => window.host.frame.contentDocument?.body?.textContent ?? ''), '');
  await stage.close();
  await begin('<p>a</p>', { patterns: [{ name: 'bad', match: '(a+)+' }] });
  assert.equal(await stage.page.evaluate(() => window.host.frame.contentDocument?.body?.textContent ?? ''), '');
});

test('paths: a rule holds where it says, also after the page went elsewhere by itself', async () => {
  await begin('<p>word</p>', { rules: [{ path: '/case/*', selector: 'p', text: 'mask' }] });
  assert.equal(await reads(), 'word');
  assert.equal(await evaluate("history.pushState(null, '', '/case/1')"), '#');
  assert.equal(await evaluate("history.pushState(null, '', '/case/1/2')"), 'word');
});

test('what is slotted takes the stronger of its two regions, also when either changes', async () => {
  await begin(`<x-a><template shadowrootmode=open><div data-insyn=mask>in <slot></slot></div> <slot name=s></slot></template>light <i>it</i><b slot=s>bold</b></x-a>
<x-b data-insyn=mask><template shadowrootmode=open><p data-insyn=show><slot></slot></p></template>light</x-b>
<x-c><template shadowrootmode=open><div data-insyn=hide><slot></slot></div></template><i>gone</i></x-c>
<x-d><template shadowrootmode=open><x-a><template shadowrootmode=open><p data-insyn=mask><slot></slot></p></template><slot></slot></x-a></template><i>deep</i></x-d>`);
  const flat = async (selector: string) => (await reads(selector)).replace(/\s+/g, ' ');
  assert.equal(await flat('x-a'), '# # #bold');
  assert.equal(await flat('x-b'), '#');
  assert.equal(await flat('x-c'), '[][]');
  assert.equal(await flat('x-d'), '#');
  await evaluate("$('x-a b').slot = ''");
  assert.equal(await flat('x-a'), '# # #');
  await evaluate("$('x-a i').slot = 's'");
  assert.equal(await flat('x-a'), '# # it#');
  await evaluate("$('x-a').shadowRoot.querySelector('div').removeAttribute('data-insyn')");
  assert.equal(await flat('x-a'), 'in light itbold');
});

test('class names by number, with their styles', async () => {
  await begin(
    '<style>.amount.big{color:rgb(1,2,3)} [class~=amount]{margin:3px} .elsewhere{color:red}</style><p class="amount  big">x</p>',
    {
      classes: 'map',
    },
  );
  const got = await stage.page.evaluate(() => {
    const view = window.host.frame.contentDocument as Document;
    const p = view.querySelector('p') as Element;
    const { color, marginTop } = (view.defaultView as Window).getComputedStyle(p);
    return { color, marginTop, name: p.className, found: window.host.found(['amount', 'elsewhere']) };
  });
  assert.deepEqual(got, { color: 'rgb(1, 2, 3)', marginTop: '3px', name: got.name, found: [] });
  assert.match(got.name, /^insyn-\d+ {2}insyn-\d+$/);
});

test('the title: where text shows, or where the rule says so; without personal data', async () => {
  const page = { id: 'p', label: 'P', path: '/**' } as const;
  const title = async (change: Partial<Policy>) => {
    await begin('<p>x</p>', change);
    const got = await stage.page.evaluate(() => window.host.page?.title);
    return got;
  };
  assert.equal(await title({ pages: [{ ...page, text: 'show' }] }), 'Title ███████████');
  for (const [text, said, want] of [
    ['show', 'label', ''],
    ['labels', undefined, ''],
    ['labels', 'show', 'Title ███████████'],
  ] as const) {
    await stage.close();
    assert.equal(await title({ pages: [{ ...page, text, ...(said && { title: said }) }] }), want, `${text} ${said}`);
  }
});

test('a document that can be written in is a value', async () => {
  await begin('<p>typed</p>');
  assert.equal(await reads(), 'typed');
  await evaluate("document.designMode = 'on'");
  assert.equal(await reads('html'), '[]');
  assert.equal(await evaluate("document.designMode = 'off'"), 'typed');
});

test('personal data split over nodes, at first and later, in one line and not across blocks', async () => {
  await begin(`<p><b>1981</b><i>1228-</i><u>98<wbr><!-- x -->74</u> and</p>
<div><span>811228</span><span>9874</span></div>
<ul><li>811228<li>9874</ul>
<p>anna<b>@</b>example.se</p>
<section><div style="display:inline">811228</div><div style="display:inline">9874</div></section>
<p id=later>81<b>12</b>28-</p><p id=edit>0701</p>`);
  const lines = async () => (await reads()).split('\n');
  assert.deepEqual(await lines(), ['# and', '#', '8112289874', '#', '#', '811228-0701']);
  await evaluate("$('#later').append('9874'); $('#edit').firstChild.data = '070-123 45 67'");
  assert.deepEqual((await lines()).at(-1), '# # #');
  await evaluate("$('#later').lastChild.remove(); $('#edit').firstChild.splitText(6); $('#edit').normalize()");
  assert.deepEqual((await lines()).at(-1), '811228-# # #');
  await evaluate("$('#later').lastChild.data = '28-9874'; $('#edit').firstChild.data = 'x070'");
  assert.deepEqual((await lines()).at(-1), '#x070');
  await evaluate("const t = $('#later').lastChild; t.splitText(5); $('#edit').textContent = ''");
  assert.deepEqual((await lines()).at(-1), '#');
});
