// Room: test. In the view a frame is an empty document that can reach nothing, whatever is put into it, and it takes no more than
// what the table has.

import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import type { Browser } from 'puppeteer-core';
import { ATTRIBUTES } from '../../src/wire/allow.ts';
import { type Attribute, decode, type Entry, encode, MOST, type Op } from '../../src/wire/tree.ts';
import { launchFirefox } from '../support/browser.ts';
import { launch, openStage, type Stage } from './stage.ts';

let browser: Browser;
let stage: Stage;
const errors: string[] = [];
async function open(): Promise<void> {
  stage = await openStage(browser, {
    '/plain.html': '<!doctype html><title>p</title><script src=/source.js></script><p>plain',
  });
  stage.page.on('pageerror', (error) => {
    // Firefox reports as an error what it keeps from happening.
    if (!/Content-Security-Policy|downloadable font/.test(String(error))) errors.push(String(error));
  });
}
before(async () => {
  browser = await launch();
  await open();
});
afterEach(() => assert.deepEqual(errors, []));
after(async () => {
  await stage.close();
  await browser.close();
});

const inBoth: Stage['inBoth'] = (act) => stage.inBoth(act);

/** A view that has shown a page, of a mirror that says no more. */
async function begin(): Promise<void> {
  await stage.mirror('/plain.html');
  await stage.page.evaluate(() => window.host.mirror?.stop());
}

const PAGE: Op = { op: 'page', rule: 'r', label: 'L', title: '', quirks: false, width: 800, height: 600, ratio: 1 };
function frameEntry(id: number, kids: Entry[], attributes: Attribute[] = []): Entry {
  const inside: Entry = {
    kind: 'element',
    id: id + 2,
    name: 'html',
    attributes: [],
    kids: [{ kind: 'element', id: id + 3, name: 'body', attributes: [], kids }],
  };
  return { kind: 'element', id, name: 'iframe', attributes, kids: [], shadow: { id: id + 1, kids: [inside] } };
}
const tree = (kids: Entry[]): Op => ({
  op: 'root',
  id: 1,
  kids: [
    {
      kind: 'element',
      id: 2,
      name: 'html',
      attributes: [],
      kids: [{ kind: 'element', id: 3, name: 'body', attributes: [], kids }],
    },
  ],
});

/** Hands a keyframe to the view as it is; whether it was refused. */
async function hand(ops: Op[], epoch: number, kind: 'keyframe' | 'delta' = 'keyframe'): Promise<boolean> {
  return stage.page.evaluate(
    async (body, number, as) => {
      const { host } = window;
      const before = host.resyncs;
      host.view?.frame(as, number, 1, new Uint8Array(body));
      await new Promise((done) => setTimeout(done, 100));
      return host.resyncs > before;
    },
    [...encode(ops)],
    epoch,
    kind,
  );
}

/** Markup by which a document could reach out or run something: as if the allow-list had let all of it through. */
const PAYLOADS = (to: string): string[] => [
  `<img src="${to}img"><img srcset="${to}srcset 1x"><img src=x onerror="top.ran=1">`,
  `<link rel=stylesheet href="${to}css"><link rel=preload as=image href="${to}preload"><link rel=prefetch href="${to}prefetch">`,
  `<link rel=modulepreload href="${to}module"><link rel=icon href="${to}icon"><link rel=preconnect href="${to}">`,
  `<meta http-equiv=refresh content="0;url=${to}refresh"><base href="${to}base/"><img src=relative>`,
  `<iframe src="${to}iframe"></iframe><iframe srcdoc="<img src='${to}srcdoc'>"></iframe><iframe src="javascript:top.ran=1"></iframe>`,
  `<object data="${to}object"></object><embed src="${to}embed"><portal src="${to}portal"></portal>`,
  `<video src="${to}video" poster="${to}poster" autoplay></video><audio src="${to}audio" autoplay></audio>`,
  `<video><source src="${to}source"><track src="${to}track" default></video><input type=image src="${to}input">`,
  `<picture><source srcset="${to}picture"><img></picture><table background="${to}table"><td>x</table>`,
  `<p style="background:url(${to}style)">x</p><p style="background:u\\72l(${to}escaped)">x</p><p style="background:image-set('${to}set' 1x)">x</p>`,
  `<style>@import "${to}import";@font-face{font-family:q;src:url(${to}font)}p{font-family:q;cursor:url(${to}cursor),auto}</style>`,
  `<svg onload="top.ran=1"><image href="${to}image"/><use href="${to}use#a"/><script>top.ran=1</script><feImage href="${to}fe"/></svg>`,
  `<svg><a href="javascript:top.ran=1"><animate attributeName=href values="javascript:top.ran=1"/></a></svg>`,
  `<form action="${to}form"><input name=a autofocus onfocus="top.ran=1"></form><a ping="${to}ping" href="${to}link">x</a>`,
  `<details ontoggle="top.ran=1" open>x</details><script>top.ran=1</script><script src="${to}script"></script>`,
];

async function hostile(): Promise<void> {
  await begin();
  for (const [n, quirks] of [false, true].entries()) {
    assert.equal(await hand([PAGE, tree([frameEntry(10, [], quirks ? [['insyn-quirks', '']] : [])])], 500 + n), false);
    const before = stage.requests.length;
    const got = await stage.page.evaluate(
      async (payloads) => {
        const doc = window.host.frame.contentDocument?.querySelector('iframe')?.contentDocument as Document;
        let refused = 0;
        doc.addEventListener('securitypolicyviolation', () => refused++);
        for (const html of payloads) {
          const at = doc.createElement('div');
          at.innerHTML = html;
          doc.body.append(at);
          // Scripts that come by markup don't run; these would.
          for (const old of at.querySelectorAll('script')) {
            const script = doc.createElement('script');
            for (const { name, value } of old.attributes) script.setAttribute(name, value);
            script.textContent = old.textContent;
            old.replaceWith(script);
          }
          at.querySelector('form')?.submit();
          at.querySelector('a')?.dispatchEvent(new MouseEvent('click'));
        }
        await new Promise((done) => setTimeout(done, 800));
        return { mode: doc.compatMode, ran: 'ran' in window, refused: refused > 10 };
      },
      PAYLOADS(`${stage.origin}/reached-`),
    );
    assert.deepEqual(got, { mode: quirks ? 'BackCompat' : 'CSS1Compat', ran: false, refused: true });
    const reached = stage.requests.slice(before).filter((request) => request.includes('reached'));
    assert.deepEqual(reached, []);
  }
}
test('in a frame of the view nothing runs and nothing is asked for, were all of it let through', hostile);

test('a frame takes no address and no markup, and there are not too many', async () => {
  await begin();
  for (const name of ['src', 'srcdoc', 'sandbox', 'allow', 'csp', 'credentialless', 'loading']) {
    assert.equal(
      ATTRIBUTES.some((attribute) => attribute.name === name),
      false,
      name,
    );
  }
  const bare: Entry = { kind: 'element', id: 10, name: 'iframe', attributes: [], kids: [] };
  assert.throws(() => decode(encode([tree([bare])])), TypeError);
  const many = (count: number): Entry[] => Array.from({ length: count }, (_, n) => frameEntry(10 + 10 * n, []));
  assert.equal(await hand([PAGE, tree(many(2 * MOST.frames + 1))], 600), true);
  // What stands beside the root element of a frame, or in its place, is not shown; and the frame can still change.
  const odd = frameEntry(10, [{ kind: 'text', id: 30, text: 'fine' }], [['name', 'i1']]);
  if (odd.kind === 'element') odd.shadow?.kids.push({ kind: 'text', id: 31, text: 'beside' });
  assert.equal(await hand([PAGE, tree([odd])], 601), false);
  const shown = (): Promise<string | undefined> =>
    inBoth((_, view) => view.querySelector('iframe')?.contentDocument?.documentElement?.textContent ?? undefined);
  assert.equal(await shown(), 'fine');
  assert.equal(await inBoth((_, view) => view.querySelector('iframe')?.hasAttribute('name')), false);
  const known: Entry = { kind: 'known', id: 11 };
  assert.equal(await hand([{ op: 'splice', id: 3, start: 0, removed: 1, entries: [known] }], 601, 'delta'), true);
  assert.equal(await hand([PAGE, tree([odd])], 602), false);
  const next: Entry = { kind: 'text', id: 40, text: 'text' };
  assert.equal(await hand([{ op: 'splice', id: 11, start: 0, removed: 2, entries: [next] }], 602, 'delta'), false);
  assert.equal(await shown(), undefined);
});

test('the same in Firefox', { timeout: 120_000 }, async () => {
  await stage.close();
  await browser.close();
  browser = await launchFirefox();
  await open();
  await hostile();
});
