// Room: test. Pages that have made something of their own of the browser's classes, before the mirror came or after, and
// pages that write themselves anew: what is shown is true, or nothing is, and the page notices none of it.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser, CDPSession } from 'puppeteer-core';
import type { BannerPlace } from '../../src/mirror/banner-place.ts';
import { bundle, launchFirefox } from '../support/browser.ts';
import { launch, openStage, type Stage } from './stage.ts';

/** Fields that stand in front of what their form has by these names. */
const FIELDS =
  `attributes style id title name children childNodes firstChild lastChild nextSibling parentNode parentElement
  nodeType nodeValue shadowRoot isConnected matches closest getAttribute hasAttribute querySelectorAll
  ownerDocument textContent getRootNode baseURI remove tagName className contains elements length`
    .split(/\s+/)
    .map((name) => `<input name=${name} value=typed>`)
    .join('');
const BODY = `<h1 class=a>Heading</h1><p class=b>first</p><x-card></x-card><form class=c title=said style=color:red>${FIELDS}</form>`;
const CARD = `customElements.define('x-card',class extends HTMLElement{connectedCallback(){
  this.attachShadow({mode:'open'}).innerHTML='<b>in the shadow</b>'}})`;
const page = (script: string): string =>
  `<!doctype html><title>r</title><script>${script}</script><script src=/source.js></script><body>${BODY}<script>${CARD}</script>`;

/** What pages and their libraries do to the browser's classes; all of it still works for whoever made it. */
const PATCHES: Record<string, string> = {
  'an observer that sees nothing': `window.MutationObserver = class { observe() {} disconnect() {} takeRecords() { return []; } };`,
  'an observer that leaves things out': `const Real = MutationObserver;
    window.MutationObserver = class { constructor(tell) { this.own = new Real((all) => tell(all.filter((one) => one.type === 'attributes'))); }
      observe(...how) { this.own.observe(...how); } disconnect() { this.own.disconnect(); } takeRecords() { return []; } };`,
  'an observer with other methods': `const { observe } = MutationObserver.prototype;
    MutationObserver.prototype.observe = function (node) { return observe.call(this, node, { attributes: true }); };
    MutationObserver.prototype.takeRecords = () => [];`,
  'nodes that keep their children to themselves': `for (const name of ['firstChild', 'childNodes', 'lastChild'])
      Object.defineProperty(Node.prototype, name, { get() { return null; }, configurable: true });
    Object.defineProperty(Element.prototype, 'shadowRoot', { get() { return null; }, configurable: true });`,
  'nodes with other methods': `for (const name of ['appendChild', 'insertBefore', 'removeChild']) {
      const own = Node.prototype[name];
      Node.prototype[name] = function (...given) { window.patched = (window.patched ?? 0) + 1; return own.apply(this, given); };
    }
    const { attachShadow } = Element.prototype;
    Element.prototype.attachShadow = function (how) { return attachShadow.call(this, how); };`,
  'arrays and JSON as libraries had them': `const { map } = Array.prototype;
    Array.prototype.map = function (act, on) { return map.call(this, act, on); };
    Array.prototype.toJSON = function () { return '[' + this.map((one) => JSON.stringify(one)).join() + ']'; };
    String.prototype.toJSON = function () { return '"' + this + '"'; };
    const { stringify } = JSON; JSON.stringify = (...given) => stringify(...given);
    Array.prototype.first = function () { return this[0]; }; Object.prototype.own = 1;`,
};

let browser: Browser;
let stage: Stage;
const errors: string[] = [];
async function open(): Promise<void> {
  stage = await openStage(browser, {
    '/plain.html': page(''),
    '/banner.js': {
      body: await bundle({
        source: `import { BannerPlace } from './src/mirror/banner-place.ts';
window.banner = () => {
  const host = document.createElement('insyn-banner');
  const root = host.attachShadow({ mode: 'closed' });
  const section = document.createElement('section');
  root.append(section);
  window.bannerHost = host;
  return new BannerPlace(root, host, section);
};`,
      }),
      type: 'text/javascript',
    },
    ...Object.fromEntries(Object.values(PATCHES).map((script, n) => [`/before-${n}.html`, page(script)])),
  });
  stage.page.on('pageerror', (error) => errors.push(String(error)));
}
before(async () => {
  browser = await launch();
  await open();
});
after(async () => {
  await stage.close();
  await browser.close();
});

const settle = (ms = 800): Promise<void> => stage.settle(ms);

/** Changes the page in all the ways that a mirror has to notice. */
async function change(): Promise<void> {
  await stage.page.evaluate(() => {
    const doc = window.host.source.document;
    (doc.querySelector('.b') as Element).innerHTML = 'second <i>part</i>';
    doc.querySelector('.a')?.setAttribute('title', 'told');
    const card = doc.createElement('x-card');
    doc.body.insertBefore(card, doc.querySelector('.c'));
    doc.querySelector('.c')?.insertAdjacentHTML('beforebegin', '<ul><li>one<li>two</ul>');
    (doc.querySelector('.a') as Element).firstElementChild?.remove();
  });
}

/** Ends the mirror, and says what it made of the page: the page itself is read by a window that nobody patched. */
async function compare(): Promise<{ same: boolean; view: string; shown: string | undefined }> {
  return stage.page.evaluate(() => {
    const { host } = window;
    const text = (doc: Document): string => {
      const walk = document.createTreeWalker(doc.body, 5);
      const attribute = Element.prototype.getAttribute;
      const out: string[] = [];
      const root = Object.getOwnPropertyDescriptor(Element.prototype, 'shadowRoot')?.get;
      const first = Object.getOwnPropertyDescriptor(Node.prototype, 'firstChild')?.get;
      for (let node: Node | null = walk.currentNode; node; node = walk.nextNode()) {
        if (node.nodeType === 3) out.push(node.nodeValue?.trim() ?? '');
        else if (!/^(script|insyn-void)$/.test((node as Element).localName)) {
          const told = ['title', 'style'].map((name) => attribute.call(node, name) ?? '');
          out.push(`<${(node as Element).localName} ${told.join('').replace(/[;\s]/g, '')}>`);
          const inner = root?.call(node);
          if (inner) out.push(`shadow ${first?.call(inner)?.localName}`);
        }
      }
      return out
        .filter(Boolean)
        .join('|')
        .replace(/\|?customElements[^|]*/, '');
    };
    const view = text(host.frame.contentDocument as Document);
    const same = view === text(host.source.document);
    host.mirror?.stop();
    return { same, view, shown: host.shown.at(-1) };
  });
}

async function patched(): Promise<void> {
  for (const [n, [name, script]] of Object.entries(PATCHES).entries()) {
    for (const early of [true, false]) {
      await stage.page.evaluate(
        async (path, late) => {
          window.host.shown = [];
          await window.host.load(path);
          const { source } = window.host;
          (window as unknown as { thrown: number }).thrown = 0;
          source.addEventListener('error', () => (window as unknown as { thrown: number }).thrown++);
          if (late) {
            // Once the mirror's script is there, and before it begins.
            const element = source.document.createElement('script');
            element.textContent = late;
            source.document.head.append(element);
          }
        },
        early ? `/before-${n}.html` : '/plain.html',
        early ? '' : script,
      );
      await stage.page.evaluate(async (policy) => {
        window.host.begin(policy);
        await window.host.settle(600);
      }, stage.policy());
      await change();
      await settle();
      const got = await compare();
      assert.ok(got.same, `${name}, ${early ? 'before' : 'after'}: ${got.view}`);
      assert.match(got.view, /second\|<i\s+>\|part/);
      assert.equal(got.view.match(/shadow b/g)?.length, 2);
      assert.equal(await stage.page.evaluate(() => (window as unknown as { thrown: number }).thrown), 0, name);
    }
  }
  assert.deepEqual(errors, []);
}
test('whatever a page makes of the classes, before or after, it is shown true', { timeout: 120_000 }, patched);

test('where nothing can be relied on nothing is shown, and nothing more is sent', async () => {
  for (const script of [
    'String.prototype.replace = function () { return String(this); }',
    'Array.prototype.map = () => []',
    'Map.prototype.get = () => undefined',
  ]) {
    await stage.page.evaluate(() => window.host.load('/plain.html'));
    await stage.page.evaluate(async (policy) => {
      window.host.shown = [];
      window.host.begin(policy);
      await window.host.settle(600);
    }, stage.policy());
    const got = await stage.page.evaluate(async (late) => {
      const { host } = window;
      const doc = host.source.document;
      const element = doc.createElement('script');
      element.textContent = late;
      doc.head.append(element);
      await host.settle(1500);
      const count = host.kinds.length;
      doc.body.append('afterwards 19121212-1212');
      doc.querySelector('input')?.remove();
      await host.settle(800);
      return { shown: host.shown, more: host.kinds.length - count, leaked: host.leaked(['1212-1212']) };
    }, script);
    assert.deepEqual(got, { shown: ['visible', 'not-in-policy'], more: 0, leaked: [] }, script);
    await stage.page.evaluate(() => window.host.mirror?.stop());
  }
  assert.deepEqual(errors, []);
});

test('a page that writes itself anew is followed, pointer and all, and keeps the banner', async () => {
  await stage.page.evaluate(() => window.host.load('/plain.html'));
  const got = await stage.page.evaluate(async (policy) => {
    const { host } = window;
    const source = host.source as unknown as Window &
      typeof globalThis & { banner(): BannerPlace; bannerHost: Element };
    const script = source.document.createElement('script');
    script.src = '/banner.js';
    await new Promise((done) => {
      script.onload = done;
      source.document.head.append(script);
    });
    const place = source.banner();
    place.open();
    host.begin(policy, [source.bannerHost]);
    await host.settle(600);
    const { resyncs } = host;
    const doc = source.document;
    doc.open();
    await host.settle(100);
    doc.write('<!doctype html><title>anew</title><style>b:hover{color:rgb(7, 8, 9)}</style><p>written <b>anew</b></p>');
    doc.close();
    await host.settle(900);
    const b = doc.querySelector('b');
    b?.dispatchEvent(new source.PointerEvent('pointerover', { bubbles: true }));
    doc.body.append(' and on');
    await host.settle(300);
    const view = host.frame.contentDocument as Document;
    const shown = view.querySelector('b');
    const result = {
      text: view.body.textContent?.trim(),
      color: shown && view.defaultView?.getComputedStyle(shown).color,
      banner: source.bannerHost.isConnected,
      resyncs: host.resyncs - resyncs,
    };
    place.remove();
    host.mirror?.stop();
    return result;
  }, stage.policy());
  assert.deepEqual(got, { text: 'written anew and on', color: 'rgb(7, 8, 9)', banner: true, resyncs: 0 });
  assert.deepEqual(errors, []);
});

/** The listeners of window, document and elements of the mirrored page, by the browser's own account. */
async function listeners(client: CDPSession, contexts: readonly number[]): Promise<string[]> {
  const found: string[] = [];
  const targets = ['window', 'document', 'document.documentElement', 'document.body', 'document.fonts'];
  targets.push('document.querySelector("x-card").shadowRoot', 'visualViewport', 'document.querySelector("form")');
  for (const contextId of contexts) {
    for (const target of targets) {
      const expression = `window.begin && ${target}`;
      const { result } = await client.send('Runtime.evaluate', { expression, contextId });
      if (!result.objectId) break;
      const { listeners: list } = await client.send('DOMDebugger.getEventListeners', { objectId: result.objectId });
      found.push(...list.map(({ type }) => `${target} ${type}`));
    }
  }
  return found.sort();
}

test('after stop nothing of the mirror is left: no node, no listener, no global, no style', async () => {
  await stage.page.evaluate(() => window.host.load('/plain.html'));
  const client = await stage.page.createCDPSession();
  const contexts: number[] = [];
  client.on('Runtime.executionContextCreated', ({ context }) => contexts.push(context.id));
  await client.send('Runtime.enable');
  const state = (): Promise<unknown> =>
    stage.page.evaluate(() => {
      const source = window.host.source as unknown as Window & typeof globalThis;
      const doc = source.document;
      return {
        html: doc.documentElement.outerHTML.replace('<div id="banner"></div>', ''),
        globals: Object.getOwnPropertyNames(source)
          .concat(Object.getOwnPropertySymbols(source).map(String))
          .filter((name) => name !== 'mirror' && !/^\d+$/.test(name)),
        frames: source.frames.length,
        natives: [
          source.Node,
          source.Element,
          source.MutationObserver,
          source.EventTarget,
          source.Array,
          source.History,
        ].map((one) =>
          Object.values(Object.getOwnPropertyDescriptors(one.prototype))
            .map(({ value, get, set }) => `${typeof value} ${get} ${set} ${typeof value === 'function' ? value : ''}`)
            .join(),
        ),
        sheets: [
          doc.styleSheets.length,
          doc.adoptedStyleSheets.length,
          doc.querySelector('x-card')?.shadowRoot?.adoptedStyleSheets.length,
        ],
        style: doc.body.getAttributeNames().join() + doc.documentElement.getAttributeNames().join(),
        highlights: (source.CSS as unknown as { highlights?: { size: number } }).highlights?.size,
        animations: doc.getAnimations().length,
        focus: doc.activeElement?.localName,
      };
    });
  const before = await state();
  const heard = await listeners(client, contexts);
  await stage.page.evaluate(async (policy) => {
    window.host.begin(policy);
    await window.host.settle(700);
    window.host.mirror?.showHidden(true);
  }, stage.policy());
  await change();
  await settle();
  assert.ok((await listeners(client, contexts)).length > heard.length + 10, 'it did listen');
  await stage.page.evaluate(() => window.host.mirror?.stop());
  const undo = await stage.page.evaluate(() => {
    const doc = window.host.source.document;
    (doc.querySelector('.b') as Element).innerHTML = 'first';
    doc.querySelector('.a')?.removeAttribute('title');
    doc.querySelectorAll('x-card')[1]?.remove();
    doc.querySelector('ul')?.remove();
    return true;
  });
  assert.ok(undo);
  assert.deepEqual(await state(), before);
  assert.deepEqual(await listeners(client, contexts), heard);
  await client.detach();
});

test('the same in Firefox', { timeout: 180_000 }, async () => {
  await stage.close();
  await browser.close();
  browser = await launchFirefox();
  await open();
  await patched();
});
