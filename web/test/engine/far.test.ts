// Room: test. Frames of another agency origin whose pages carry the mirror: shown as they are, by their own rules, and told to
// nobody else. What such a page may try is in far-hostile.test.ts.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser } from 'puppeteer-core';
import { launchFirefox } from '../support/browser.ts';
import { type FarStage, frameOf, openFarStage, until } from './far-stage.ts';
import { launch } from './stage.ts';

const OUTER = `<!doctype html><title>outer</title><script src=/source.js></script><style>iframe{display:block;margin:7px;border:3px solid teal;
padding:5px}.a{width:320px;height:200px}.q{width:200px;height:80px}</style><h1 class=title>Outer</h1>
<iframe class=a src="MY/open/in.html"></iframe><iframe class=q src="MY/open/quirks.html"></iframe>`;
const INNER = `<!doctype html><html class=inner><head>TAG<title>in</title><style>:root{--size:33px}body{margin:4px;background:#eef}
.vars{font-size:var(--size)}.half{height:40vh;width:50vw;background:#cde}.pic{width:40px;height:30px;background:url(/pic.svg)}
@media(max-width:400px){.wide{letter-spacing:3px}}.press:hover{color:rgb(200,0,0)}.press:focus{outline:2px solid rgb(9,9,9)}
.long{height:900px}</style></head><body><button class=press>press</button><p class=wide>width by the frame</p><div class=half></div>
<p class=vars>by its own root</p><div class=pic></div><x-in></x-in><input class=field value=CANARYvalue><p data-insyn=mask>CANARYmasked</p>
<p class=ruled>CANARYruled</p><div data-insyn=hide>CANARYhidden</div><p>mail: canary@example.com</p>
<iframe class=deep src="WWW/open/deep.html"></iframe><div class=long></div>
<script>const s=document.querySelector('x-in').attachShadow({mode:'open'});const sheet=new CSSStyleSheet();
sheet.replaceSync('b{color:rgb(1,2,3);font-size:30px}');s.adoptedStyleSheets=[sheet];
const b=document.createElement('b');b.textContent='in the shadow';s.append(b)</script></body></html>`;

let browser: Browser;
let stage: FarStage;
async function open(): Promise<void> {
  stage = await openFarStage(browser);
  stage.put({
    '/open/outer.html': OUTER,
    '/labels/outer.html': OUTER,
    '/open/in.html': INNER,
    '/open/quirks.html': 'TAG<p class=odd>odd mode<table class=t><td>cell</table>',
    '/open/second.html': '<!doctype html>TAG<p class=second>the second page',
    '/open/deep.html': '<!doctype html>TAG<p>too deep',
    '/open/plain.html': '<!doctype html><p>carries no mirror',
    '/open/unpinned.html': '<!doctype html><script src="WWW/assets/mirror.js"></script><p>pins nothing',
    '/closed/page.html': '<!doctype html>TAG<p>CANARYclosed',
    '/foreign.html':
      '<!doctype html>TAG<p>CANARYforeign<script>heard=[];addEventListener("message",e=>heard.push(e.data))</script>',
    '/open/covered.html': `<!doctype html><title>c</title><script src=/source.js></script><div data-insyn=mask><iframe class=m src="MY/open/told.html">
</iframe></div><div data-insyn=hide><iframe class=h src="MY/open/told.html"></iframe></div>`,
    '/open/told.html':
      '<!doctype html><script>heard=[];addEventListener("message",e=>heard.push(e.data))</script>TAG<p>CANARYtold',
    '/open/others.html': `<!doctype html><title>o</title><script src=/source.js></script><iframe class=p src="MY/open/plain.html"></iframe>
<iframe class=u src="MY/open/unpinned.html"></iframe><iframe class=c src="MY/closed/page.html"></iframe><iframe class=f src="SOCIAL/foreign.html"></iframe>
<iframe class=s sandbox=allow-scripts src="MY/open/told.html"></iframe>`,
    '/pic.svg':
      '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="30"><rect width="40" height="30" fill="#a0f"/></svg>',
  });
}
before(async () => {
  browser = await launch();
  await open();
});
after(async () => {
  await stage.close();
  await browser.close();
});

/** Runs in a document: each element of a class, where it is and how it looks. */
function looks(doc: Document): string[] {
  const own = doc.defaultView as Window;
  const out = Array.from(doc.querySelectorAll('.inner,.press,.wide,.half,.vars,.pic,.odd,.t,.second'), (element) => {
    const { x, y, width, height } = element.getBoundingClientRect();
    const { color, fontSize, letterSpacing } = own.getComputedStyle(element);
    return [element.className, ...[x, y, width, height].map(Math.round), color, fontSize, letterSpacing].join(' ');
  });
  const b = doc.querySelector('x-in')?.shadowRoot?.querySelector('b');
  if (b) out.push(`${own.getComputedStyle(b).color} ${b.textContent}`);
  return [...out, `${doc.compatMode} ${own.innerWidth} ${own.innerHeight} ${own.scrollY}`];
}
const inViewsFrame = (name: string): Promise<string[]> =>
  stage.inView(
    new Function('view', `return (${looks})(view.querySelector('iframe.${name}').contentDocument)`) as () => string[],
  );

async function same(page: Awaited<ReturnType<FarStage['begin']>>, name: string, end: string): Promise<void> {
  const frame = await frameOf(page, end);
  const want = (await frame.evaluate(`(${looks})(document)`)) as string[];
  await until(`${end} as it is`, async () => JSON.stringify(await inViewsFrame(name)) === JSON.stringify(want)).catch(
    async (error) => {
      assert.deepEqual(await inViewsFrame(name), want);
      throw error;
    },
  );
}
const resyncs = (): Promise<number> => stage.host.evaluate(() => window.host.resyncs);
const found = (): Promise<string[]> =>
  stage.host.evaluate(() => window.host.found(['CANARY', 'canary@', 'told.html', 'in.html']));

async function main(): Promise<void> {
  const page = await stage.begin('/open/outer.html');
  await until(
    'the frame',
    async () =>
      (await stage.words('a'))?.includes('in the frame') || (await stage.words('a'))?.includes('by the frame'),
  );
  await same(page, 'a', '/in.html');
  await same(page, 'q', '/quirks.html');
  await until('its background', () =>
    stage.inView((view) => {
      const doc = (view.querySelector('iframe.a') as HTMLIFrameElement).contentDocument as Document;
      return doc.defaultView?.getComputedStyle(doc.querySelector('.pic') as Element).backgroundImage.includes('data:');
    }),
  );
  const frame = await frameOf(page, '/in.html');
  await frame.evaluate(() => {
    document.querySelector('.vars')?.append(' and more');
    document.querySelector('.half')?.setAttribute('style', 'height:11px');
    document.querySelector('.wide')?.remove();
    document.querySelector('x-in')?.shadowRoot?.querySelector('b')?.append('!');
    scrollTo(0, 150);
  });
  await until('what changed', async () => (await stage.words('a'))?.includes('and more'));
  await same(page, 'a', '/in.html');
  // The page's own changes, and a keyframe, take nothing from it.
  await page.evaluate(() => document.querySelector('h1')?.append(' changed'));
  await until('the page itself', () =>
    stage.inView((view) => view.querySelector('h1')?.textContent?.includes('changed')),
  );
  await stage.host.evaluate(() => window.host.mirror?.resync());
  await until('the keyframe', () =>
    stage.host.evaluate(() => window.host.kinds.filter((kind) => kind === 'keyframe').length > 1),
  );
  await until('the frame again', async () => (await stage.words('a'))?.includes('and more'));
  await same(page, 'a', '/in.html');
  // Sums of both have been compared meanwhile.
  const before = await stage.host.evaluate(() => window.host.sums);
  await frame.evaluate(() => document.querySelector('.vars')?.append(' last'));
  await until('sums', () => stage.host.evaluate((from) => window.host.sums > from + 1, before));
  await until('the last', async () => (await stage.words('a'))?.includes('last'));
  assert.equal(await resyncs(), 0);
  // One level is told; what lies in a frame of a frame is a box.
  assert.ok(!(await stage.words('a'))?.includes('too deep'));
  assert.deepEqual(await found(), []);
  // What is hidden is painted over where it is, also by who begins only then.
  const painted = () => frame.evaluate(() => !!document.querySelector('html > div'));
  await stage.host.evaluate(() => {
    window.host.mirror?.showHidden(true);
    window.host.mirror?.resync();
  });
  await until('the painting', painted);
  await stage.host.evaluate(() => window.host.mirror?.showHidden(false));
  await until('its end', async () => !(await painted()));
  await stage.host.evaluate(() => window.host.mirror?.stop());
  await frame.evaluate(() => document.body.append('CANARYafter'));
  await new Promise((done) => setTimeout(done, 500));
  assert.deepEqual(await found(), []);
}
test('content, layout, modes and pictures are true, and stay so', main);

test('pointer, hover and focus are where they are', async () => {
  const page = await stage.begin('/open/outer.html');
  await until('the frame', async () => (await stage.words('a'))?.includes('by the frame'));
  const frame = await frameOf(page, '/in.html');
  const at = await (await frame.$('.press'))?.boundingBox();
  assert.ok(at);
  await page.bringToFront();
  const [x, y] = [Math.round(at.x + 5), Math.round(at.y + 5)];
  await page.mouse.move(x - 1, y);
  await page.mouse.move(x, y);
  const colour = (view: Document) => {
    const doc = (view.querySelector('iframe.a') as HTMLIFrameElement).contentDocument as Document;
    return doc.defaultView?.getComputedStyle(doc.querySelector('.press') as Element).color;
  };
  await until('the hover', async () => (await stage.inView(colour)) === 'rgb(200, 0, 0)');
  await until('the pointer', () =>
    stage.inView(
      new Function(
        'view',
        `return view.querySelector('insyn-pointer').style.transform === 'translate(${x}px, ${y}px)'`,
      ) as () => boolean,
    ),
  );
  await page.mouse.down();
  await page.mouse.up();
  await until('the focus', () =>
    stage.inView((view) => {
      const doc = (view.querySelector('iframe.a') as HTMLIFrameElement).contentDocument as Document;
      return doc.querySelector('.press')?.hasAttribute('insyn-focus');
    }),
  );
  await page.mouse.move(5, 5);
  await until('the end of the hover', async () => (await stage.inView(colour)) !== 'rgb(200, 0, 0)');
});

test('it leads to another agency page, and to a foreign one', async () => {
  const page = await stage.begin('/open/outer.html');
  await until('the frame', async () => (await stage.words('a'))?.includes('by the frame'));
  const size = await stage.inView((view) => view.querySelector('.a')?.getBoundingClientRect().height);
  await (await frameOf(page, '/in.html')).evaluate(() => location.assign('/open/second.html'));
  await until('the second page', async () => (await stage.words('a'))?.includes('the second page'));
  await same(page, 'a', '/second.html');
  await (await frameOf(page, '/second.html')).evaluate(
    (to) => location.assign(to),
    `${stage.at('social')}/foreign.html`,
  );
  await until('a box', () =>
    stage.inView((view) => !view.querySelector('iframe.a') && !!view.querySelector('insyn-box')),
  );
  assert.equal(await stage.inView((view) => view.querySelector('insyn-box')?.getBoundingClientRect().height), size);
  const foreign = await frameOf(page, '/foreign.html');
  await page.evaluate(() => document.querySelector('h1')?.append(' meanwhile'));
  await until('the page itself', () =>
    stage.inView((view) => view.querySelector('h1')?.textContent?.includes('meanwhile')),
  );
  await until('its script', () => foreign.evaluate('typeof heard === "object"'));
  assert.deepEqual(await foreign.evaluate('heard'), [], 'something was said to a foreign page');
  assert.deepEqual(await found(), []);
  await foreign.evaluate((to) => location.assign(to), `${stage.at('my')}/open/second.html`);
  await until('the second page again', async () => (await stage.words('a'))?.includes('the second page'));
  // Taken out and put elsewhere it loads anew.
  await page.evaluate(() => document.body.append(document.querySelector('.a') as Element));
  await until('the page after the move', async () => (await stage.words('a'))?.includes('by the frame'));
  await page.evaluate(() => document.querySelector('.a')?.remove());
  await until('it to go', () => stage.inView((view) => !view.querySelector('iframe.a')));
  assert.equal(await resyncs(), 0);
});

test('the stronger of both rules holds', async () => {
  await stage.begin('/labels/outer.html');
  await until('the frame', async () => (await stage.words('a'))?.includes('press'));
  const words = await stage.words('a');
  assert.ok(!words?.includes('by the frame') && words?.includes('█'), words);
  assert.deepEqual(await found(), []);
});

test('where nothing may be shown nothing is asked for', async () => {
  const page = await stage.begin('/open/covered.html');
  await until('the boxes', () => stage.inView((view) => view.querySelectorAll('insyn-box').length === 2));
  await page.evaluate(() => document.body.append('later'));
  await until('what came later', () => stage.inView((view) => view.body.textContent?.includes('later')));
  for (const frame of page.frames().slice(1)) assert.deepEqual(await frame.evaluate('heard'), []);
  assert.deepEqual(await found(), []);
  // And told to end when it comes to lie there.
  await page.evaluate(() => document.querySelector('[data-insyn=mask]')?.removeAttribute('data-insyn'));
  await until('it to be shown', async () => (await stage.words('m'))?.includes('CANARYtold'));
  await page.evaluate(() => document.querySelector('.m')?.parentElement?.setAttribute('data-insyn', 'hide'));
  await until('a box again', () => stage.inView((view) => !view.querySelector('iframe.m')));
  await stage.host.evaluate(() => window.host.forget());
  const told = page.frames()[1];
  await told?.evaluate(() => document.body.append('CANARYlate'));
  await page.evaluate(() => document.body.append('latest'));
  await until('what came last', () => stage.inView((view) => view.body.textContent?.includes('latest')));
  assert.deepEqual(await found(), []);
});

test('a page without the mirror, without a pin, outside of the policy, foreign or in a sandbox is a box', async () => {
  const page = await stage.begin('/open/others.html');
  await until('boxes', () => stage.inView((view) => view.querySelectorAll('insyn-box').length === 5));
  await page.evaluate(() => document.body.append('later'));
  await until('what came later', () => stage.inView((view) => view.body.textContent?.includes('later')));
  await new Promise((done) => setTimeout(done, 1000));
  assert.equal(await stage.inView((view) => view.querySelectorAll('insyn-box').length), 5);
  assert.deepEqual(await (await frameOf(page, '/foreign.html')).evaluate('heard'), []);
  assert.deepEqual(await (await frameOf(page, '/told.html')).evaluate('heard'), []);
  assert.deepEqual(await found(), []);
});

test('the same in Firefox', { timeout: 120_000 }, async () => {
  await stage.close();
  await browser.close();
  browser = await launchFirefox();
  await open();
  await main();
});
