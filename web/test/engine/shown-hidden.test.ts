// Room: test. "Show what is hidden" paints exactly what the agent can't see: every rectangle that it paints is compared
// with what is masked, boxed, filled or empty in the view, found there without a look at the mirror.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser } from 'puppeteer-core';
import { picture } from './fixture.ts';
import { launch, openStage, type Stage } from './stage.ts';

const PAGE = `<!doctype html><html lang=en><title>hidden</title><script>
window.roots = [];
const attach = Element.prototype.attachShadow;
Element.prototype.attachShadow = function (init) { const root = attach.call(this, init); roots.push([this, root]); return root; };
</script><script src=/source.js></script><style>body{width:600px;margin:8px}p{margin:4px 0}</style>
<h1>Shown</h1><p>Plain words, and <b>mail anna@example.se</b>, card <i>4111</i> <u>1111 1111</u> 1111, 𝒳 🙂 070-123 45 67 that wrap over lines because they go on and on.</p>
<p data-insyn=mask id=mask>Masked words that go on for long enough that they need a second line, since a line has an end.</p>
<div data-insyn=hide style="width:120px;height:20px">hidden <input value=x></div>
<p><input value=filled><input><input type=checkbox checked><input type=checkbox><input type=radio name=r checked><input type=radio name=r></p>
<p><select><option>a</select><select><option value="">none</select><textarea>x</textarea><input type=range></p>
<p><img src=/pic.png width=40 height=20><img src="data:image/png;base64,${picture(4, 4, [9, 9, 9]).toString('base64')}" width=40 height=20>
<span data-insyn=mask><img src=/pic.png width=30 height=20><input placeholder="masked hint"><input type=button value="masked"><input placeholder="masked" value=x></span>
<input placeholder="shown hint"><canvas width=30 height=20></canvas></p><div contenteditable>written</div><div contenteditable></div>
<x-a><template shadowrootmode=open><p data-insyn=mask>in <slot></slot></p></template>slotted</x-a>
<script type=text/plain>no</script><!-- no --><p style="margin-top:3000px">anna@example.se below</p>`;

let browser: Browser;
let stage: Stage;
before(async () => {
  browser = await launch();
  stage = await openStage(browser, {
    '/page.html': PAGE,
    '/pic.png': { body: picture(8, 8, [1, 2, 3]), type: 'image/png' },
  });
});
after(async () => {
  await stage.close();
  await browser.close();
});

for (const [text, choices] of [
  ['show', 'show'],
  ['show', 'hide'],
  ['labels', 'hide'],
] as const) {
  test(`what is painted is what can't be seen: ${text}, choices ${choices}`, async () => {
    await stage.page.evaluate(() => window.host.mirror?.stop());
    const pages = [{ id: 'p', label: 'P', path: '/**', text, choices }];
    await stage.mirror('/page.html', stage.policy({ pages }));
    const got = await stage.page.evaluate(async () => {
      const { host } = window;
      host.mirror?.showHidden(true);
      await host.settle(400);
      const source = host.source as unknown as Window & { roots: [Element, ShadowRoot][] };
      const said = (rects: Iterable<DOMRect>): string[] =>
        Array.from(rects)
          .filter(({ width, height, top }) => width > 0 && height > 0 && top <= source.innerHeight)
          .map(({ left, top, width, height }) =>
            [left, top, width, height].map((n) => Math.round(n * 4) / 4).join(' '),
          );
      const [, painted] = source.roots.find(([element]) => element.getAttribute('aria-hidden') === 'true') ?? [];
      const marks = Array.from(painted?.children ?? [], (mark) => mark.getBoundingClientRect());
      const wanted: string[] = [];
      const cannot = (view: Element): boolean => {
        if (view.localName === 'insyn-box') return true;
        if (view.localName === 'img') return !(view as HTMLImageElement).src.startsWith('blob:');
        const input = view as HTMLInputElement;
        if (view.hasAttribute('insyn-caption')) return input.value.includes('█');
        if (view.hasAttribute('insyn-secret')) return true;
        if (view.localName === 'select') return (view as HTMLSelectElement).selectedOptions[0]?.text === '••••••';
        if (view.hasAttribute('insyn-filled')) return !input.checked;
        return view.localName === 'input' && !input.value && input.placeholder.includes('█');
      };
      const text = (view: Text, node: Text): void => {
        const range = node.ownerDocument.createRange();
        // By code points: a run of signs that stand for what was masked, spaces between included.
        const signs = Array.from(view.data);
        const own = Array.from(node.data);
        const place = (n: number) => own.slice(0, n).join('').length;
        for (const { index = 0, 0: run } of signs
          .map((c) => (/[█〓]/.test(c) ? '#' : /\s/.test(c) ? ' ' : '.'))
          .join('')
          .matchAll(/#[# ]*#|#/g)) {
          range.setStart(node, place(index));
          range.setEnd(node, place(index + run.length));
          wanted.push(...said(range.getClientRects()));
        }
      };
      const walk = (view: Node, node: Node): void => {
        const kids = (of: Node) =>
          Array.from(of.childNodes).filter(
            (kid) =>
              kid.nodeType === 3 ||
              (kid.nodeType === 1 &&
                !/^(head|insyn-pointer)$/.test((kid as Element).localName) &&
                (kid as Element).id !== 'banner' &&
                !(kid as Element).hasAttribute('aria-hidden') &&
                !(kid as Element).hasAttribute('insyn-own')),
          );
        const [left, right] = [kids(view), kids(node)];
        for (const [n, kid] of left.entries()) {
          const other = right[n] as Node;
          if (kid.nodeType === 3) text(kid as Text, other as Text);
          else {
            if (cannot(kid as Element)) wanted.push(...said([(other as Element).getBoundingClientRect()]));
            const [shadow, own] = [(kid as Element).shadowRoot, (other as Element).shadowRoot];
            if (shadow && own) walk(shadow, own);
            if ((kid as Element).localName !== 'select') walk(kid, other);
          }
        }
      };
      walk(host.frame.contentDocument?.body as Node, host.source.document.body);
      host.mirror?.showHidden(false);
      return { painted: said(marks).sort(), wanted: wanted.sort() };
    });
    assert.deepEqual(got.painted, got.wanted);
    assert.ok(got.painted.length > 12, String(got.painted.length));
  });
}
