// Room: test. Animations and transitions of style sheets are where they are there, and what a script animates looks as it
// does there. Nothing that is swapped in is ever blank, and what is scaled down stays sharp.

import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { PNG } from 'pngjs';
import type { Browser } from 'puppeteer-core';
import { decode, encode, type Op } from '../../src/wire/tree.ts';
import { launchFirefox } from '../support/browser.ts';
import { launch, openStage, type Stage } from './stage.ts';

const PAGE = `<!doctype html><title>m</title><script src=/source.js></script><style>body{background:rgb(0,120,0)}
@keyframes slide{from{margin-left:0}to{margin-left:500px}}@keyframes fade{from{opacity:1}to{opacity:0}}
#css{animation:slide 100s linear,fade 200s linear}#css::before{content:"x";animation:fade 100s linear}
#turn{color:rgb(0,0,0);transition:color 100s linear,width 50s linear;width:10px}#turn.on{color:rgb(255,0,0);width:90px}</style>
<div id=css class=css>moves</div><div id=turn class=turn>turns</div><div id=script class=script>by script</div>`;

let browser: Browser;
let stage: Stage;
async function open(): Promise<void> {
  stage = await openStage(browser, { '/motion.html': PAGE });
}
before(async () => {
  browser = await launch();
  await open();
});
afterEach(() => stage.page.evaluate(() => window.host.mirror?.stop()));
after(async () => {
  await stage.close();
  await browser.close();
});

const inBoth: Stage['inBoth'] = (act) => stage.inBoth(act);
const settle = (ms = 700): Promise<void> => stage.settle(ms);

async function inStep(): Promise<void> {
  await stage.page.evaluate(() => window.host.load('/motion.html'));
  await inBoth((source) => {
    // As if it had been there for a while.
    for (const animation of source.getAnimations()) animation.currentTime = 40_000;
  });
  await stage.page.evaluate(async (policy) => {
    window.host.begin(policy);
    await window.host.settle(900);
  }, stage.policy());
  const times = (): Promise<string[]> =>
    inBoth((_, view) =>
      view
        .getAnimations()
        .map(({ playState, currentTime }) => `${playState} ${Math.floor(Number(currentTime) / 10_000)}`),
    );
  assert.deepEqual(await times(), ['running 4', 'running 4', 'running 4']);
  await inBoth((source) => {
    for (const [n, animation] of source.getAnimations().entries()) {
      animation.pause();
      animation.currentTime = 70_000 + n;
    }
  });
  await settle();
  const exact = await inBoth((source, view) =>
    [source, view].map((doc) => doc.getAnimations().map(({ playState, currentTime }) => `${playState} ${currentTime}`)),
  );
  assert.deepEqual(exact[1], exact[0]);
  assert.equal(exact[1]?.[0], 'paused 70000');
  const looks = await inBoth((source, view) =>
    [source, view].map((doc) => {
      const style = doc.defaultView?.getComputedStyle(doc.querySelector('.css') as Element);
      return `${style?.marginLeft} ${style?.opacity}`;
    }),
  );
  assert.equal(looks[1], looks[0]);
  // A transition that began in the view as well, and was set on there.
  await inBoth((source) => source.querySelector('.turn')?.classList.add('on'));
  await settle();
  await inBoth((source) => {
    for (const animation of (source.querySelector('.turn') as Element).getAnimations()) animation.currentTime = 45_000;
  });
  await settle();
  const turned = await inBoth((_, view) =>
    (view.querySelector('.turn') as Element).getAnimations().map(({ currentTime }) => Number(currentTime) >= 45_000),
  );
  assert.deepEqual(turned, [true, true]);
  await inBoth((source) => {
    for (const animation of source.getAnimations()) animation.play();
  });
  await settle();
  assert.ok((await times()).every((time) => time.startsWith('running')));
  assert.equal(await stage.page.evaluate(() => window.host.resyncs), 0);
}
test('animations and transitions of style sheets are in step, paused ones too', inStep);

test('what a script animates looks as it does there, and the page keeps its own style', async () => {
  await stage.mirror('/motion.html');
  const style = (): Promise<(string | undefined)[]> =>
    inBoth((source, view) =>
      [source, view].map((doc) => {
        const look = doc.defaultView?.getComputedStyle(doc.querySelector('.script') as Element);
        return `${look?.transform} ${look?.backgroundColor}`;
      }),
    );
  const before = await style();
  await inBoth((source) => {
    const element = source.querySelector('.script') as HTMLElement;
    const animation = element.animate(
      [
        { transform: 'none', backgroundColor: 'rgb(0, 0, 0)' },
        { transform: 'translateX(100px)', backgroundColor: 'rgb(200, 0, 0)' },
      ],
      { duration: 10_000, fill: 'forwards' },
    );
    animation.pause();
    animation.currentTime = 5000;
  });
  await settle();
  const half = await style();
  assert.equal(half[1], half[0]);
  assert.equal(half[1], 'matrix(1, 0, 0, 1, 50, 0) rgb(100, 0, 0)');
  await inBoth((source) => source.querySelector('.script')?.getAnimations()[0]?.play());
  await settle();
  assert.notEqual((await style())[1], half[1], 'it moves');
  await inBoth((source) => source.querySelector('.script')?.getAnimations()[0]?.finish());
  await settle();
  assert.equal((await style())[1], 'matrix(1, 0, 0, 1, 100, 0) rgb(200, 0, 0)');
  await inBoth((source) => source.querySelector('.script')?.getAnimations()[0]?.cancel());
  await settle();
  assert.deepEqual(await style(), before);
  assert.equal(await inBoth((source) => source.querySelector('.script')?.hasAttribute('style')), false);
  assert.equal(await stage.page.evaluate(() => window.host.resyncs), 0);
});

test('between an old keyframe and a new one nothing blank is painted', async () => {
  await stage.mirror('/motion.html');
  const blank = await stage.page.evaluate(async () => {
    const { host } = window;
    const view = host.frame;
    const seen: string[] = [];
    let looking = true;
    const look = (): void => {
      // What a frame is painted from, right before it is.
      const doc = view.contentDocument as Document;
      const body = doc.body as HTMLElement | null;
      const style = body && doc.defaultView?.getComputedStyle(body);
      const fine = style?.backgroundColor === 'rgb(0, 120, 0)' && (doc.querySelector('.css')?.clientHeight ?? 0) > 0;
      seen.push(fine ? 'whole' : `blank ${style?.backgroundColor}`);
      if (looking) requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
    for (let n = 0; n < 5; n++) {
      const sheet = host.source.document.createElement('style');
      sheet.textContent = `.new${n}{color:red}`;
      host.source.document.head.append(sheet);
      host.mirror?.resync();
      await host.settle(150);
    }
    looking = false;
    return { frames: seen.length > 10, odd: seen.filter((one) => one !== 'whole') };
  });
  assert.deepEqual(blank, { frames: true, odd: [] });
});

/** How much neighbouring pixels of the view differ: less where text is blurred. */
async function sharpness(style: string, blur = false): Promise<number> {
  await stage.page.evaluate((text) => {
    window.host.frame.setAttribute('style', `width:640px;height:400px;transform-origin:0 0;${text}`);
  }, style);
  await settle(200);
  const at = await stage.page.evaluate(() => {
    const { x, y } = window.host.frame.getBoundingClientRect();
    return { x, y };
  });
  const shot = await stage.page.screenshot({ clip: { ...at, width: 300, height: 200 } });
  const { data, width, height } = PNG.sync.read(Buffer.from(shot));
  const green = Array.from({ length: width * height }, (_, n) => data[n * 4 + 1] ?? 0);
  const shown = blur ? green.map((own, n) => (own + (green[n - 1] ?? own)) / 2) : green;
  const sum = shown.reduce((all, own, n) => all + (own - (shown[n - 1] ?? own)) ** 2, 0);
  return sum / (width * height);
}

test('scaled down as the console does it, text is as sharp as if it had been laid out so', async () => {
  const words = 'Handgloves and quick foxes. '.repeat(60);
  for (const ratio of [1, 2]) {
    await stage.page.setViewport({ width: 1280, height: 620, deviceScaleFactor: ratio });
    await stage.mirror('/motion.html');
    await stage.page.evaluate(async (text) => {
      window.host.source.document.body.textContent = text;
      await window.host.settle(300);
    }, words);
    const laid = await sharpness('zoom:0.6');
    const scaled = await sharpness('transform:scale(0.6)');
    const blurred = await sharpness('transform:scale(0.6)', true);
    assert.ok(scaled > 0.9 * laid, `${ratio}: ${scaled} of ${laid}`);
    assert.ok(blurred < 0.9 * laid, `${ratio}: the measure sees a blur, ${blurred} of ${laid}`);
    await stage.page.evaluate(() => window.host.mirror?.stop());
  }
  await stage.page.evaluate(() => window.host.frame.removeAttribute('style'));
});

test('a motion that can not be is refused', () => {
  const motion: Op = {
    op: 'motion',
    moving: [{ id: 5, pseudo: 2, transition: true, index: 1, paused: true, time: 1234 }],
  };
  assert.deepEqual(decode(encode([motion])), [motion]);
  const body = encode([motion]);
  for (const bits of [3, 16, 255]) {
    const odd = body.slice();
    odd[odd.indexOf(14)] = bits;
    assert.throws(() => decode(odd), RangeError, String(bits));
  }
  assert.throws(() => decode(encode([motion, motion])), RangeError);
});

test('the same in Firefox', { timeout: 60_000 }, async () => {
  await stage.close();
  await browser.close();
  browser = await launchFirefox();
  await open();
  await inStep();
});
