// Room: test. What no longer is the page's likeness is found and mended, without anybody asking: changes in the view's
// document that no mirror sent, and changes in the page that no observer told of.

import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import type { Browser } from 'puppeteer-core';
import { FIXTURE } from './fixture.ts';
import { launch, openStage, type Stage } from './stage.ts';

const BODY = `<main class=a title=main><h1>Title</h1><p>one <b>two</b> three</p><ul><li>x<li>y<li>z</ul>
<p style="color:red" id=styled>red</p><svg width=10 height=10><circle r=4 fill=red /></svg><div id=empty></div></main>
<x-box><template shadowrootmode=open><p>in <slot></slot></p><i>inner</i></template><i>light</i></x-box>
<table><tr><td>c</table><select><option value=a>A<option value=b>B</select><input><textarea></textarea>`;
/** Whoever made an observer, it can be told to stop. As a proxy it still looks like the browser's own. */
const KEPT = `window.observers=[];window.MutationObserver=new Proxy(MutationObserver,{construct(own,given){
const observer=new own(...given);observers.push(observer);return observer}})`;
/** One that never tells anything, as broken ones do. */
const MUTE = 'window.MutationObserver=class{observe(){}disconnect(){}takeRecords(){return[]}}';
const page = (script: string): string =>
  `<!doctype html><html lang=en><head><title>exact</title><script>${script}</script><script src="/source.js"></script></head><body>${BODY}</body></html>`;

const CELLS = Array.from({ length: 10 }, (_, n) => `<td>cell ${n}`).join('');
const LARGE = `<!doctype html><title>large</title><script src="/source.js"></script><table>${`<tr class=r>${CELLS}`.repeat(1400)}</table>`;

let browser: Browser;
let stage: Stage;
before(async () => {
  browser = await launch();
  stage = await openStage(browser, {
    ...FIXTURE,
    '/kept.html': page(KEPT),
    '/mute.html': page(MUTE),
    '/large.html': LARGE,
  });
});
afterEach(() =>
  stage.page.evaluate(() => {
    window.host.mirror?.stop();
    window.host.view?.clear();
    window.host.forget();
  }),
);
after(async () => {
  await stage.close();
  await browser.close();
});

/** Changes to a document: to the view's as tampering, to the page's behind the observer's back. */
const CHANGES: Record<string, (doc: Document) => void> = {
  'a node is removed': (doc) => doc.querySelector('ul')?.remove(),
  'a text is changed': (doc) => {
    const text = doc.querySelector('b')?.firstChild;
    if (text) text.nodeValue = 'two!';
  },
  'an attribute is changed': (doc) => doc.querySelector('main')?.setAttribute('title', 'other'),
  'an attribute is added': (doc) => doc.querySelector('h1')?.setAttribute('title', 'more'),
  'an attribute is taken away': (doc) => doc.querySelector('main')?.removeAttribute('class'),
  'a style is changed': (doc) => doc.querySelector<HTMLElement>('[style]')?.style.setProperty('color', 'blue'),
  'a presentation attribute is changed': (doc) => doc.querySelector('circle')?.setAttribute('fill', 'blue'),
  'kids are put in another order': (doc) => {
    const list = doc.querySelector('ul');
    if (list?.firstChild) list.append(list.firstChild);
  },
  'a node is added': (doc) => doc.querySelector('main')?.append(doc.createElement('hr')),
  'a text is added': (doc) => doc.querySelector('ul')?.append('more'),
  'a node is put elsewhere': (doc) => {
    const item = doc.querySelector('li');
    if (item) doc.querySelector('#empty,[id]:empty')?.append(item);
  },
  'a node is put where it stood, as another': (doc) => {
    const bold = doc.querySelector('b');
    const strong = doc.createElement('strong');
    strong.append('two');
    bold?.replaceWith(strong);
  },
  'something in a shadow root is removed': (doc) => doc.querySelector('x-box')?.shadowRoot?.lastElementChild?.remove(),
  'a text in a shadow root is changed': (doc) => {
    const text = doc.querySelector('x-box')?.shadowRoot?.querySelector('p')?.firstChild;
    if (text) text.nodeValue = 'out ';
  },
  'a shadow root is added': (doc) =>
    doc.querySelector('h1')?.attachShadow({ mode: 'open' }).append(doc.createElement('slot')),
};

for (const [what, change] of Object.entries(CHANGES)) {
  test(`${what} in the view's document: a keyframe comes by itself`, async () => {
    await stage.mirror('/kept.html');
    const result = await stage.page.evaluate(async (source) => {
      const { host } = window;
      const doc = host.frame.contentDocument;
      if (!doc) return undefined;
      host.forget();
      const run = new Function('doc', `(${source})(doc)`);
      const before = host.canon();
      run(doc);
      const changed = host.canon() !== before;
      // Sums follow what the page tells.
      host.source.document.title = 'later';
      const both = await host.same();
      return { ...both, changed, resyncs: host.resyncs, keyframes: host.kinds.filter((k) => k === 'keyframe').length };
    }, String(change));
    assert.ok(result?.changed, 'the change can be seen');
    assert.equal(result.got, result.want);
    assert.equal(result.resyncs, 1);
    assert.equal(result.keyframes, 1);
  });

  test(`${what} in the page, and the observer does not tell: the view has it`, async () => {
    await stage.mirror('/kept.html');
    const result = await stage.page.evaluate(async (source) => {
      const { host } = window;
      const page = host.source as unknown as Window & { observers: MutationObserver[]; Function: FunctionConstructor };
      host.forget();
      const before = host.source.canon();
      for (const observer of page.observers) observer.disconnect();
      new page.Function('doc', `(${source})(doc)`)(page.document);
      const changed = host.source.canon() !== before;
      const first = await host.same();
      // It has been told again what to watch.
      page.document.querySelector('h1')?.setAttribute('class', 'watched');
      await host.settle(100);
      const sums = host.sums;
      return {
        ...first,
        changed,
        again: { got: host.canon(), want: host.source.canon() },
        resyncs: host.resyncs,
        sums,
      };
    }, String(change));
    assert.ok(result.changed, 'the change can be seen');
    assert.equal(result.got, result.want);
    assert.equal(result.resyncs, 0);
  });
}

test('a page whose observers never tell is mirrored all the same', async () => {
  await stage.mirror('/mute.html');
  for (const change of Object.values(CHANGES)) {
    const result = await stage.page.evaluate(async (source) => {
      const { host } = window;
      const page = host.source as unknown as Window & { Function: FunctionConstructor };
      new page.Function('doc', `(${source})(doc)`)(page.document);
      return { ...(await host.same()), resyncs: host.resyncs };
    }, String(change));
    assert.equal(result.got, result.want);
    assert.equal(result.resyncs, 0);
  }
});

test('an honest mirror is never doubted, whatever the view writes by itself', async () => {
  for (const path of ['/rich.html', '/strict.html']) {
    await stage.mirror(path);
    const result = await stage.page.evaluate(async () => {
      const { host } = window;
      const doc = host.source.document;
      host.forget();
      const get = <T extends Element>(selector: string): T => doc.querySelector(selector) as T;
      const wait = () => new Promise((done) => setTimeout(done, 1400));
      await wait();
      const dialog = get<HTMLDialogElement>('#dlg');
      dialog.showModal();
      get<HTMLInputElement>('#n').value = 'filled';
      get<HTMLInputElement>('#n').focus();
      await wait();
      dialog.close();
      dialog.show();
      get<HTMLSelectElement>('#sel').selectedIndex = 0;
      get<HTMLInputElement>('#n').type = 'submit';
      get<HTMLInputElement>('#c1').click();
      await wait();
      dialog.close();
      const button = get<HTMLInputElement>('input[type=submit]');
      button.value = 'Other caption';
      const image = doc.createElement('img');
      image.src = '/bg.png';
      image.style.background = 'url(/photo.png) 0% 0%';
      get('#b').after(image);
      const details = get<HTMLDetailsElement>('details');
      details.open = false;
      await wait();
      const odd = doc.createElement('p');
      odd.title = 'half \ud83d a pair \ud83d\ude00';
      odd.append('half \ude00 a pair \ud83d\ude00\r\n\0');
      odd.setAttribute('style', 'color: RED; background: url("/logo.png"); --x: { a b }; width: calc(1px + 2px)');
      get('form').append(odd);
      const make = (name: string, attributes: Record<string, string>, ...kids: Element[]): Element => {
        const element = doc.createElementNS('http://www.w3.org/2000/svg', name);
        for (const [key, value] of Object.entries(attributes)) {
          if (key.startsWith('xlink:')) element.setAttributeNS('http://www.w3.org/1999/xlink', key, value);
          else element.setAttribute(key, value);
        }
        element.append(...kids);
        return element;
      };
      const svg = make(
        'svg',
        {},
        make('symbol', { id: 'sym' }, make('path', { d: 'M0 0h5v5z' })),
        make('use', { href: '#sym', 'xlink:href': '#other' }),
        make('use', { 'xlink:href': '#sym' }),
        make('use', { href: '#nowhere' }),
        make('image', { href: '/icon.svg', width: '5', height: '5' }),
        make('g', { fill: 'url(#sym)', viewBox: '0 0 1 1', 'xml:space': 'preserve' }),
        make('a', { href: '/x' }, make('a', { 'xlink:href': '#sym' })),
      );
      get('form').append(svg);
      odd.setAttributeNS('urn:x', 'x:title', 'foreign');
      odd.setAttributeNS(null, 'viewBox', '0 0 1 1');
      await wait();
      await wait();
      return {
        resyncs: host.resyncs,
        sums: host.sums,
        keyframes: host.kinds.filter((k) => k === 'keyframe').length,
      };
    });
    assert.equal(result.resyncs, 0, path);
    assert.ok(result.sums >= 3, `${result.sums} sums`);
    assert.equal(result.keyframes, 0);
  }
});

test('masked text is never doubted, and found where somebody changed it', async () => {
  const policy = stage.policy({
    pages: [{ id: 'all', label: 'A page', path: '/**', text: 'labels', choices: 'hide' }],
  });
  await stage.mirror('/rich.html', policy);
  const result = await stage.page.evaluate(async () => {
    const { host } = window;
    host.forget();
    await host.settle(3000);
    const [honest, { sums }] = [host.resyncs, host];
    const text = host.frame.contentDocument?.querySelector('#masked,p')?.firstChild;
    if (text) text.nodeValue = 'xx';
    host.source.document.body.title = 'later';
    await host.settle(4000);
    return { honest, sums, resyncs: host.resyncs };
  });
  assert.ok(result.sums > 0);
  assert.equal(result.honest, 0);
  assert.equal(result.resyncs, 1);
});

test('where keyframes do not help they are asked for ever more seldom', async () => {
  await stage.mirror('/kept.html');
  const asked = await stage.page.evaluate(async () => {
    const { host } = window;
    const doc = host.frame.contentDocument;
    host.forget();
    // Somebody who can't leave the view alone.
    const meddler = setInterval(() => doc?.querySelector('h1')?.remove(), 50);
    await new Promise((done) => setTimeout(done, 9000));
    clearInterval(meddler);
    return host.resyncs;
  });
  assert.ok(asked >= 1 && asked <= 3, `${asked} times`);
});

test('ten thousand mutations at once end identical', async () => {
  await stage.mirror('/kept.html');
  const result = await stage.page.evaluate(async () => {
    const { host } = window;
    const doc = host.source.document;
    host.forget();
    const list = doc.querySelector('ul');
    const bold = doc.querySelector('b');
    if (!list || !bold) return undefined;
    for (let n = 0; n < 2000; n++) {
      const item = doc.createElement('li');
      item.append(`item ${n}`);
      list.insertBefore(item, list.children[(n * 7919) % (list.children.length + 1)] ?? null);
      item.className = `c${n % 7}`;
      if (n % 3 === 0) list.firstElementChild?.remove();
      else list.lastElementChild?.setAttribute('title', `t${n}`);
      bold.textContent = `at ${n}`;
      list.append(list.firstElementChild ?? item);
    }
    return { ...(await host.same()), resyncs: host.resyncs };
  });
  assert.ok(result);
  assert.ok(result.want.includes('item 1999'));
  assert.equal(result.got, result.want);
  assert.equal(result.resyncs, 0);
});

test('a page of 30,000 nodes is identical, stays so, and is mended at its far end', async () => {
  await stage.mirror('/large.html');
  const result = await stage.page.evaluate(async () => {
    const { host } = window;
    const doc = host.source.document;
    const first = await host.same();
    host.forget();
    const cells = doc.querySelectorAll('td');
    for (let n = 0; n < 200; n++) {
      const cell = cells[(n * 131) % cells.length];
      if (n % 4 === 0) cell?.parentElement?.append(cell);
      else if (n % 4 === 1) cell?.remove();
      else if (n % 4 === 2) cell?.append(`more ${n}`);
      else cell?.setAttribute('title', `t${n}`);
    }
    const changed = await host.same();
    const honest = host.resyncs;
    const last = host.frame.contentDocument?.querySelector('tr:last-child td:last-child');
    last?.append('tampered');
    doc.title = 'later';
    const mended = await host.same(30_000);
    return { nodes: doc.querySelectorAll('*').length, first, changed, honest, mended, resyncs: host.resyncs };
  });
  assert.ok(result.nodes > 15_000, `${result.nodes} elements, and as many texts`);
  assert.equal(result.first.got, result.first.want);
  assert.equal(result.changed.got, result.changed.want);
  assert.equal(result.honest, 0);
  assert.equal(result.mended.got, result.mended.want);
  assert.equal(result.resyncs, 1);
});
