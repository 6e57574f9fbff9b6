// Room: test. Mirror and view over the rich fixture: what arrives, what stays, what follows, and what is left after.

import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import type { Browser } from 'puppeteer-core';
import { FIXTURE } from './fixture.ts';
import { launch, openStage, type Stage } from './stage.ts';

let browser: Browser;
let stage: Stage;
const errors: string[] = [];
before(async () => {
  browser = await launch();
  stage = await openStage(browser, {
    ...FIXTURE,
    '/plain.html': `<!doctype html><title>p</title><script src=/source.js></script><p id=p>plain</p>`,
  });
  stage.page.on('pageerror', (error) => errors.push(String(error)));
});
afterEach(async () => {
  await stage.page.evaluate(() => {
    window.host.mirror?.stop();
    window.host.bodies = [];
    window.host.kinds = [];
    window.host.resyncs = 0;
    window.host.shown = [];
  });
  assert.deepEqual(errors, [], 'the mirror or the view threw');
});
after(async () => {
  await stage.close();
  await browser.close();
});

const inBoth: Stage['inBoth'] = (act) => stage.inBoth(act);
const settle = (ms = 500): Promise<void> => stage.settle(ms);

test('style, images and fonts arrive, each once', async () => {
  await stage.mirror('/rich.html');
  await settle(700);
  const got = await inBoth((source, view) => {
    const styles = ['.hero', 'h1', '.btn', 'em', '.tall', 'header', 'li:nth-child(2)', 'td'].map((selector) => {
      const pair = [source, view].map((doc) => {
        const element = doc.querySelector(selector);
        const style = element && doc.defaultView?.getComputedStyle(element);
        const rect = element?.getBoundingClientRect();
        return `${style?.color} ${style?.backgroundColor} ${style?.fontFamily} ${style?.padding} ${style?.fontWeight} ${rect?.width} ${rect?.height}`;
      });
      return { selector, source: pair[0], view: pair[1] };
    });
    const images = Array.from(view.querySelectorAll<HTMLImageElement>('img:not([insyn-kind])'), (image) => [
      image.complete && image.naturalWidth,
      (image.getAttribute('src') ?? '').slice(0, 10),
    ]);
    const hero = view.querySelector('.hero');
    return {
      styles,
      images,
      hero: hero && view.defaultView?.getComputedStyle(hero).backgroundImage.slice(0, 10),
      fonts: Array.from(view.fonts, (face) => `${face.family} ${face.status}`).at(-1),
      card: view.querySelector('status-card')?.shadowRoot?.textContent,
    };
  });
  for (const { selector, source, view } of got.styles) assert.equal(view, source, selector);
  assert.deepEqual(got.images, [
    [96, 'blob:http:'],
    [120, 'blob:http:'],
    [150, 'data:image'],
    [0, ''],
  ]);
  assert.equal(got.hero, 'url("blob:');
  assert.match(got.fonts ?? '', /Web Sans"? loaded/);
  assert.equal(got.card, 'Card: ');
  const kinds = await stage.page.evaluate(() => window.host.kinds);
  const resources = kinds.filter((kind) => kind === 'resource').length;
  // A keyframe later, even of the page loaded anew, nothing is sent twice.
  await stage.page.evaluate(() => window.host.mirror?.resync());
  await settle();
  const again = await stage.page.evaluate(() => window.host.kinds.filter((kind) => kind === 'resource').length);
  assert.equal(again, resources);
  assert.ok(
    await inBoth(
      (_, view) => view.querySelectorAll<HTMLImageElement>('img:not([insyn-kind])')[1]?.naturalWidth === 120,
    ),
  );
});

test('under a strict CSP with Trusted Types the page is mirrored, and painted on, without a violation', async () => {
  await stage.page.evaluate(() => window.host.load('/strict.html'));
  await stage.page.evaluate(async (policy) => {
    const w = window as unknown as { violations: number };
    w.violations = 0;
    window.host.source.document.addEventListener('securitypolicyviolation', () => w.violations++);
    window.host.begin(policy);
    await window.host.settle(900);
    window.host.mirror?.showHidden(true);
    await window.host.settle(400);
    window.host.mirror?.showHidden(false);
  }, stage.policy());
  const heading = await inBoth((_, view) => view.querySelector('h1')?.getBoundingClientRect().height);
  assert.equal(heading, await inBoth((source) => source.querySelector('h1')?.getBoundingClientRect().height));
  assert.equal(await stage.page.evaluate(() => (window as unknown as { violations: number }).violations), 0);
});

test('where the page has no connect-src, rasters come off a canvas and styles from CSSOM', async () => {
  const before = stage.requests.length;
  await stage.mirror('/rich.html', stage.policy({ fetch: [] }));
  await settle(700);
  const sizes = await inBoth((_, view) =>
    Array.from(view.querySelectorAll<HTMLImageElement>('img:not([insyn-kind])'), (image) => image.src.slice(0, 5)),
  );
  assert.deepEqual(sizes.slice(0, 2), ['blob:', 'blob:']);
  assert.equal(
    await inBoth(
      (_, view) => view.defaultView?.getComputedStyle(view.querySelector('.btn') ?? view.body).backgroundColor,
    ),
    'rgb(10, 61, 98)',
  );
  assert.ok(stage.requests.length > before);
});

test('form state: filled, empty, invalid; choices only where the policy says so', async () => {
  await stage.mirror('/rich.html');
  const read = (): Promise<unknown[]> =>
    inBoth((_, view) => [
      (view.querySelector('#i0, form input') as HTMLInputElement).value,
      ...Array.from(
        view.querySelectorAll<HTMLInputElement>('form input'),
        (input) => `${input.type} ${input.checked} ${input.value}`,
      ),
      (view.querySelector('textarea') as HTMLTextAreaElement).value,
      (view.querySelector('select') as HTMLSelectElement).selectedOptions[0]?.text,
    ]);
  const shown = await read();
  assert.deepEqual(shown.slice(1), [
    'text false ',
    'email false ••••••',
    'checkbox true on',
    'radio true on',
    'radio false on',
    'date false 2000-01-01',
    'number false 000000',
    'password false ••••••',
    'submit false Save it',
    '••••••',
    'Second',
  ]);
  await inBoth((source) => {
    (source.querySelector('#n') as HTMLInputElement).value = 'set by script';
    (source.querySelector('textarea') as HTMLTextAreaElement).value = '';
  });
  await settle(700);
  const later = await read();
  assert.equal(later[1], 'text false ••••••');
  assert.equal(later[10], '');
  await stage.page.evaluate(() => window.host.mirror?.stop());
  await stage.mirror('/rich.html', stage.policy({ pages: [{ id: 'q', label: 'Q', path: '/**', text: 'labels' }] }));
  const hidden = await read();
  assert.deepEqual(hidden.slice(3, 6), ['checkbox false on', 'radio false on', 'radio false on']);
  assert.equal(hidden.at(-1), '••••••');
  const options = (): Promise<unknown> =>
    inBoth((_, view) => Array.from(view.querySelectorAll('option'), (option) => /[a-z]/.test(option.text)));
  assert.equal(String(await options()).includes('true'), false, 'options are masked where choices are');
  await stage.page.evaluate(() => window.host.mirror?.stop());
  const choosing = { id: 'q', label: 'Q', path: '/**', text: 'labels', choices: 'show' } as const;
  await stage.mirror('/rich.html', stage.policy({ pages: [choosing] }));
  assert.equal((await read()).at(-1), 'Second', 'and readable where choices show');
});

test('scroll, hover, focus, dialog, attributes and late sheets follow', async () => {
  await stage.mirror('/rich.html');
  await inBoth((source) => {
    (source.querySelector('#sc') as HTMLElement).scrollTop = 77;
    (source.querySelector('#n') as HTMLElement).focus();
    (source.querySelector('#dlg') as HTMLDialogElement).showModal();
    // The page's own class: events of this window are no pointer events to it.
    const Own = (source.defaultView as unknown as typeof window).PointerEvent;
    source.body.dispatchEvent(new Own('pointermove', { clientX: 50, clientY: 60, bubbles: true }));
    source.querySelector('#b')?.dispatchEvent(new Own('pointerover', { bubbles: true }));
    source.defaultView?.scrollTo(0, 150);
    const style = source.createElement('style');
    style.textContent = 'h1{color:rgb(1, 2, 3)}';
    source.head.append(style);
    style.sheet?.insertRule('h1{letter-spacing:3px}');
    source.querySelector('h1')?.setAttribute('data-secret', 'x');
  });
  await settle(900);
  const got = await inBoth((source, view) => {
    const h1 = view.querySelector('h1');
    const style = h1 && view.defaultView?.getComputedStyle(h1);
    const button = view.querySelector('.btn');
    return [
      (source.scrollingElement?.scrollTop ?? 0) > 100,
      view.scrollingElement?.scrollTop === source.scrollingElement?.scrollTop,
      view.querySelector('.scroll')?.scrollTop,
      view.querySelector('dialog')?.matches(':modal'),
      style?.color,
      style?.letterSpacing,
      button && view.defaultView?.getComputedStyle(button).backgroundColor,
      h1?.getAttributeNames().join(),
    ];
  });
  assert.deepEqual(got, [true, true, 77, true, 'rgb(1, 2, 3)', '3px', 'rgb(192, 57, 43)', 'class']);
  const pointer = await inBoth((_, view) => {
    const at = view.querySelector('insyn-pointer')?.getBoundingClientRect();
    return at && [at.x + at.width / 2, at.y + at.height / 2];
  });
  assert.deepEqual(pointer, [50, 60]);
  await inBoth((source) => (source.querySelector('#dlg') as HTMLDialogElement).close());
  await settle();
  assert.equal(await inBoth((_, view) => view.querySelector('dialog')?.open), false);
});

test('hidden regions are boxes of the same size; the banner is not mirrored; regions follow their attribute', async () => {
  await stage.mirror('/rich.html', stage.policy({ rules: [{ selector: 'ul', text: 'mask' }] }));
  const read = (): Promise<unknown[]> =>
    inBoth((_, view) => {
      const box = view.querySelector('insyn-box[insyn-kind=hidden]');
      const rect = box?.getBoundingClientRect();
      return [
        rect?.width,
        rect?.height,
        view.querySelectorAll('ul li')[0]?.textContent,
        view.body.textContent?.includes('Masked'),
      ];
    });
  assert.deepEqual(await read(), [120, 30, '███', false]);
  assert.ok(
    await inBoth(
      (source, view) =>
        !!source.querySelector('#banner') && view.querySelectorAll('html > :not(insyn-pointer)').length === 2,
    ),
  );
  await inBoth((source) => source.querySelector('#masked')?.removeAttribute('data-insyn'));
  await settle();
  assert.deepEqual(await read(), [120, 30, '███', true]);
});

test('a page that no rule matches sends nothing but that', async () => {
  const pages = [{ id: 'in', label: 'In', path: '/plain.html', text: 'show' as const }];
  await stage.mirror('/plain.html', stage.policy({ pages }));
  await inBoth((source) => source.defaultView?.history.pushState(null, '', '/elsewhere'));
  await settle(600);
  const count = await stage.page.evaluate(() => window.host.kinds.length);
  await inBoth((source) => source.body.append('unseen words'));
  await settle();
  const { shown, after, leaked } = await stage.page.evaluate(() => ({
    shown: window.host.shown,
    after: window.host.kinds.length,
    leaked: window.host.leaked(['unseen words']),
  }));
  assert.deepEqual({ shown, after, leaked }, { shown: ['visible', 'not-in-policy'], after: count, leaked: [] });
  await inBoth((source) => source.defaultView?.history.back());
  await settle(700);
  assert.match((await inBoth((_, view) => view.body.textContent)) ?? '', /unseen words/);
});

test('without credit nothing is sent, and then only what is there at last', async () => {
  await stage.mirror('/plain.html');
  const sent = await stage.page.evaluate(async () => {
    const { host } = window;
    const before = host.kinds.length;
    host.mirror?.credit(false);
    const p = host.source.document.querySelector('#p');
    for (const word of ['first', 'second', 'third']) {
      if (p) p.textContent = word;
      await host.settle(60);
    }
    const meanwhile = host.kinds.length - before;
    host.mirror?.credit(true);
    await host.settle(100);
    return [meanwhile, host.kinds.length - before, host.leaked(['first', 'second', 'third'])];
  });
  assert.deepEqual(sent, [0, 1, ['third']]);
});

test('a body that is broken or names what is not there changes nothing and asks for a keyframe', async () => {
  await stage.mirror('/plain.html');
  const got = await stage.page.evaluate(async () => {
    const { host } = window;
    const before = host.canon();
    host.view?.frame('delta', 99, 1, new Uint8Array(0));
    host.view?.frame('delta', host.mirror?.epoch ?? 0, 2, new Uint8Array([4, 200, 1, 0, 1, 65]));
    host.view?.frame('keyframe', 100, 3, new Uint8Array([255]));
    const same = host.canon() === before;
    const asked = host.resyncs;
    await host.settle();
    return [same, asked, host.canon() === host.source.canon()];
  });
  assert.deepEqual(got, [true, 3, true]);
});

test('after stop the page is as it was, and quiet; after clear the view is empty', async () => {
  await stage.page.evaluate(() => window.host.load('/rich.html'));
  const got = await stage.page.evaluate(async (policy) => {
    const { host } = window;
    const doc = host.source.document;
    const html = (): string => doc.documentElement.outerHTML.replace('<div id="banner"></div>', '');
    const before = html();
    host.begin(policy);
    host.mirror?.showHidden(true);
    await host.settle(800);
    const painted = doc.documentElement.lastElementChild?.id !== 'banner';
    host.mirror?.stop();
    const same = html() === before;
    const count = host.kinds.length;
    doc.body.append('more');
    doc.body.dispatchEvent(new PointerEvent('pointermove', { bubbles: true }));
    host.mirror?.credit(true);
    await host.settle(700);
    host.view?.clear();
    const view = host.frame.contentDocument;
    return [painted, same, host.kinds.length - count, view?.documentElement.outerHTML, view?.adoptedStyleSheets.length];
  }, stage.policy());
  assert.deepEqual(got, [true, true, 0, '<html></html>', 0]);
});
