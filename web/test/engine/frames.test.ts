// Room: test. Frames of the page's own origin are part of what is mirrored, laid out as they are there; all others are
// boxes. What may be put into one is in frames-hostile.test.ts.

import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import type { Browser } from 'puppeteer-core';
import { launchFirefox } from '../support/browser.ts';
import { picture } from './fixture.ts';
import { launch, openStage, type Stage } from './stage.ts';

const INNER = `<!doctype html><html class=inner><head><title>in</title><link rel=stylesheet href=inner.css></head><body>
<p class=wide>width by the frame</p><div class=tall></div><p class=vars>by its own root</p><div class=pic></div>
<x-in></x-in><div class=fixed>fixed</div><p data-insyn=mask class=masked>Masked words</p><button class=press>press</button>
<input value=typed><div class=long></div><script>const s=document.querySelector('x-in').attachShadow({mode:'open'});
const sheet=new CSSStyleSheet();sheet.replaceSync('b{color:rgb(1,2,3);font-size:30px}');s.adoptedStyleSheets=[sheet];
const b=document.createElement('b');b.textContent='in the shadow';s.append(b)</script></body></html>`;
const CSS = `:root{--size:33px}body{margin:4px}.vars{font-size:var(--size)}.tall{height:40vh;width:50vw;background:#cde}
.pic{width:40px;height:40px;background:url(pic.png)}.fixed{position:fixed;right:0;bottom:0}.long{height:900px}
@media(max-width:400px){.wide{letter-spacing:3px}}.press:hover{color:rgb(200,0,0)}`;
const OUTER = `<!doctype html><title>outer</title><script src=/source.js></script><style>iframe{display:block;margin:3px;border:2px solid teal}
:root{--size:11px}.a{width:320px;height:200px}</style><h1>Outer</h1><div class=home><iframe class=a src=/in/inner.html></iframe></div>
<iframe class=b src=/in/quirks.html width=200 height=90 frameborder=0 scrolling=no></iframe>
<iframe class=g srcdoc="<p class=said>said in place"></iframe>
<iframe class=c src=/secret/page.html></iframe><iframe class=d src="OTHER/in/inner.html"></iframe><iframe class=e></iframe>
<script>const e=document.querySelector('.e').contentDocument;e.open();e.write('<!doctype html><p class=written>written</p>');e.close();
const f=e.createElement('iframe');f.className='f';f.srcdoc='<!doctype html><p class=deep>deep</p>';e.body.append(f)</script>`;

const routes = (other: string) => ({
  '/outer.html': OUTER.replace('OTHER', other),
  '/in/inner.html': INNER,
  '/in/inner.css': { body: CSS, type: 'text/css' },
  '/in/pic.png': { body: picture(40, 40, [80, 60, 200]), type: 'image/png' },
  '/in/quirks.html': '<p class=odd>mode<table class=t><td>cell</table>',
  '/in/other.html': '<!doctype html><p class=second>the second page</p><div data-insyn=hide>unseenwords</div>',
  '/secret/page.html': '<!doctype html><p>secretwords</p>',
});
const PAGES = [
  { id: 'o', label: 'O', path: '/outer.html', text: 'show' as const, choices: 'show' as const },
  { id: 'i', label: 'I', path: '/in/*', text: 'show' as const, choices: 'show' as const },
];

let browser: Browser;
let stage: Stage;
const errors: string[] = [];
async function open(): Promise<void> {
  stage = await openStage(browser, routes('http://social.localhost:1'));
  stage.page.on('pageerror', (error) => errors.push(String(error)));
}
before(async () => {
  browser = await launch();
  await open();
});
afterEach(async () => {
  await stage.page.evaluate(() => {
    window.host.mirror?.stop();
    window.host.bodies = [];
    window.host.resyncs = 0;
  });
  assert.deepEqual(errors, []);
});
after(async () => {
  await stage.close();
  await browser.close();
});

const inBoth: Stage['inBoth'] = (act) => stage.inBoth(act);
const settle = (ms = 600): Promise<void> => stage.settle(ms);

/** All elements in frames by class, with where they are and how they look, of either document. */
function look(): Promise<{ source: string[]; view: string[] }> {
  return inBoth((source, view) => {
    const lines = (doc: Document): string[] => {
      const out: string[] = [];
      const walk = (within: Document, frame: string): void => {
        const own = within.defaultView as Window;
        for (const element of within.querySelectorAll('html,[class]')) {
          const rect = element.getBoundingClientRect();
          const style = own.getComputedStyle(element);
          const round = [rect.x, rect.y, rect.width, rect.height].map((n) => Math.round(n * 10) / 10);
          if (element.localName !== 'insyn-box') {
            out.push(
              `${frame} ${element.localName}.${element.className} ${round} ${style.color} ${style.fontSize} ${style.letterSpacing}`,
            );
          }
          const inner = (element as HTMLIFrameElement).contentDocument;
          if (inner && !/^[cd]$/.test(element.className)) walk(inner, `${frame}/${element.className}`);
        }
        const b = within.querySelector('x-in')?.shadowRoot?.querySelector('b');
        if (b) out.push(`${frame} shadow ${own.getComputedStyle(b).color} ${b.offsetHeight}`);
        out.push(`${frame} ${within.compatMode} ${own.innerWidth} ${within.scrollingElement?.scrollTop}`);
      };
      walk(doc, '');
      return out.filter((line) => !/ (iframe\.[cd]|insyn-box\.\w*) /.test(line));
    };
    return { source: lines(source), view: lines(view) };
  });
}

async function same(): Promise<string[]> {
  const { source, view } = await look();
  assert.deepEqual(view, source);
  return view;
}

async function begin(): Promise<void> {
  await stage.mirror('/outer.html', stage.policy({ pages: PAGES }));
  await settle();
}

/** The words of one frame in the view, by the class of its element. */
const words = (name: string): Promise<string | undefined> =>
  inBoth(
    new Function(
      'source',
      'view',
      `return view.querySelector('iframe.${name}')?.contentDocument?.body?.textContent`,
    ) as () => string,
  );

async function main(): Promise<void> {
  await begin();
  const lines = await same();
  assert.ok(lines.some((line) => line.startsWith('/e/f p.deep')));
  assert.ok(lines.some((line) => line.startsWith('/b') && line.includes('BackCompat')));
  assert.ok(lines.some((line) => line.startsWith('/a shadow rgb(1, 2, 3)')));
  const got = await inBoth((source, view) => {
    const frame = view.querySelector('iframe.a') as HTMLIFrameElement;
    const inner = frame.contentDocument as Document;
    const pic = inner.querySelector('.pic') as Element;
    return {
      pic: frame.contentWindow?.getComputedStyle(pic).backgroundImage.slice(0, 10),
      masked: inner.querySelector('.masked')?.textContent,
      field: inner.querySelector('input')?.value,
      boxes: Array.from(view.querySelectorAll('insyn-box'), (box) => box.getAttribute('insyn-kind')),
      sizes: Array.from(view.querySelectorAll<HTMLElement>('insyn-box'), (box) => box.offsetWidth),
      there: Array.from(source.querySelectorAll<HTMLElement>('.c,.d'), (frame) => frame.offsetWidth),
    };
  });
  assert.deepEqual(got, {
    pic: 'url("blob:',
    masked: '██████ █████',
    field: '••••••',
    boxes: ['frame', 'frame'],
    sizes: got.there,
    there: got.there,
  });
  const leaked = await stage.page.evaluate(() => window.host.leaked(['secretwords', 'Masked', 'typed']));
  assert.deepEqual(leaked, []);
  // What happens in a frame follows.
  await inBoth((source) => {
    const frame = source.querySelector('iframe.a') as HTMLIFrameElement;
    const inner = frame.contentDocument as Document;
    inner.querySelector('.wide')?.append(' and more');
    inner.querySelector('.vars')?.setAttribute('style', 'color:rgb(9, 9, 9)');
    const style = inner.createElement('style');
    style.textContent = '.wide{word-spacing:9px}';
    inner.head.append(style);
    const button = inner.querySelector('.press');
    const Own = (inner.defaultView as unknown as typeof window).PointerEvent;
    button?.dispatchEvent(new Own('pointerover', { bubbles: true }));
    button?.dispatchEvent(new Own('pointermove', { bubbles: true, clientX: 10, clientY: 20 }));
    inner.defaultView?.scrollTo(0, 120);
  });
  await settle(900);
  assert.match((await words('a')) ?? '', /and more/);
  const after = await inBoth((source, view) => {
    const frame = view.querySelector('iframe.a') as HTMLIFrameElement;
    const inner = frame.contentDocument as Document;
    const style = (at: string) => frame.contentWindow?.getComputedStyle(inner.querySelector(at) as Element);
    const outer = source.querySelector('iframe.a')?.getBoundingClientRect();
    const dot = view.querySelector('insyn-pointer')?.getBoundingClientRect();
    return {
      press: style('.press')?.color,
      spaced: style('.wide')?.wordSpacing,
      scrolled: inner.scrollingElement?.scrollTop,
      hovered: frame.hasAttribute('insyn-hover'),
      pointer: outer && dot && [dot.x + dot.width / 2 - outer.x, dot.y + dot.height / 2 - outer.y],
    };
  });
  assert.deepEqual(after, {
    press: 'rgb(200, 0, 0)',
    spaced: '9px',
    scrolled: 120,
    hovered: true,
    pointer: [12, 22],
  });
  // A keyframe of it all looks the same.
  await stage.page.evaluate(() => window.host.mirror?.resync());
  await settle();
  assert.match((await words('a')) ?? '', /and more/);
  assert.equal(await stage.page.evaluate(() => window.host.resyncs), 0);
}

test('a frame of the same origin is laid out as it is there, whatever happens in it', main);

test('a frame that leads elsewhere shows what is there, if it may', async () => {
  await begin();
  await inBoth(async (source) => {
    const frame = source.querySelector('iframe.a') as HTMLIFrameElement;
    await new Promise((done) => {
      frame.addEventListener('load', done, { once: true });
      frame.src = '/in/other.html';
    });
  });
  await settle();
  assert.equal((await words('a'))?.trim(), 'the second page');
  await inBoth(async (source) => {
    const frame = source.querySelector('iframe.a') as HTMLIFrameElement;
    frame.contentWindow?.history.pushState(null, '', '/secret/address');
    frame.contentDocument?.body.append('laterwords');
  });
  await settle();
  assert.equal(await inBoth((_, view) => view.querySelectorAll('insyn-box').length), 3);
  await inBoth(async (source) => {
    const frame = source.querySelector('iframe.a') as HTMLIFrameElement;
    frame.contentDocument?.body.append('evenlater');
    await new Promise((done) => {
      frame.addEventListener('load', done, { once: true });
      frame.src = '/secret/page.html';
    });
    frame.contentDocument?.body.append('latest');
  });
  await settle();
  const leaked = await stage.page.evaluate(() =>
    window.host.leaked(['secretwords', 'laterwords', 'evenlater', 'latest', 'unseenwords', 'secret/']),
  );
  assert.deepEqual(leaked, []);
  assert.equal(await stage.page.evaluate(() => window.host.resyncs), 0);
});

test('a region that hides is known before a late frame or shadow root is read', async () => {
  await begin();
  await inBoth(async (source) => {
    const frame = source.createElement('iframe');
    frame.className = 'late';
    source.body.append(frame);
    const inner = frame.contentDocument as Document;
    inner.body.innerHTML = '<p>open</p><p data-insyn=hide>framewords</p>';
    const host = source.createElement('div');
    source.body.append(host);
    host.attachShadow({ mode: 'open' }).innerHTML = '<p>open</p><p data-insyn=mask>shadowwords</p>';
  });
  await settle();
  assert.equal(await words('late'), 'open');
  const leaked = await stage.page.evaluate(() => window.host.leaked(['framewords', 'shadowwords']));
  assert.deepEqual(leaked, []);
});

test('a frame shows no more than the page around it', async () => {
  await stage.mirror(
    '/outer.html',
    stage.policy({
      pages: [
        { id: 'o', label: 'O', path: '/outer.html', text: 'labels' },
        { id: 'i', label: 'I', path: '/in/*', text: 'show' },
      ],
    }),
  );
  await settle();
  assert.deepEqual(await stage.page.evaluate(() => window.host.leaked(['width by', 'said in', 'in the shadow'])), []);
  await stage.page.evaluate(() => window.host.mirror?.stop());
  await stage.mirror(
    '/outer.html',
    stage.policy({
      pages: PAGES,
      rules: [{ path: '/in/*', selector: '.wide', text: 'hide' }],
    }),
  );
  await settle();
  assert.deepEqual(await stage.page.evaluate(() => window.host.leaked(['width by', 'by its own'])), ['by its own']);
});

test('a frame that moves, or whose surroundings do, is filled again', async () => {
  await begin();
  await inBoth(async (source) => {
    const home = source.querySelector('.home') as HTMLElement;
    const frame = source.querySelector('iframe.a') as HTMLIFrameElement;
    await new Promise((done) => {
      frame.addEventListener('load', done, { once: true });
      source.body.append(home);
    });
  });
  await settle(900);
  await same();
  // Where the page could move it without loading it anew, nothing but its place changes for the mirror.
  const moved = await inBoth((source) => {
    const body = source.body as HTMLElement & { moveBefore?(node: Node, before: Node | null): void };
    if (!body.moveBefore) return false;
    (source.querySelector('iframe.a') as HTMLIFrameElement).contentDocument?.body.append('kept');
    body.moveBefore(source.querySelector('.home') as HTMLElement, body.firstElementChild);
    return true;
  });
  await settle();
  await same();
  if (moved) assert.match((await words('a')) ?? '', /kept/);
  assert.equal(await stage.page.evaluate(() => window.host.resyncs), 0);
});

test('what is hidden is painted over inside of frames too', async () => {
  await begin();
  const parts = (): Promise<number | undefined> =>
    stage.page.evaluate(() => {
      window.host.mirror?.showHidden(false);
      return window.host.mirror?.showHidden(true);
    });
  assert.equal(await parts(), 3, 'masked text and a field in the frame, and the box that is in sight');
  await inBoth((source) => source.body.style.setProperty('padding-top', '2000px'));
  assert.equal(await parts(), 0, 'with its frame, what is in it is out of sight');
  assert.equal(await stage.page.evaluate(() => window.host.mirror?.showHidden(false)), 0);
});

test('the same in Firefox', { timeout: 120_000 }, async () => {
  await stage.close();
  await browser.close();
  browser = await launchFirefox();
  await open();
  await main();
});
