// Room: test. Random storms over the mirrored page end with the view structurally equal to it.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser } from 'puppeteer-core';
import { launch, openStage, type Stage } from './stage.ts';

const PAGE = `<!doctype html><html lang=en><head><title>storm</title><script src="/source.js"></script></head><body>
<main class=a><h1>Title</h1><p>one <b>two</b> three</p><ul><li>x<li>y<li>z</ul></main>
<x-box><template shadowrootmode=open><p>in <slot></slot></p></template><i>light</i></x-box>
<table><tr><td>c</table><select><option value=a>A<option value=b>B</select><input><textarea></textarea></body></html>`;
const SEEDS = 24;
const STEPS = 300;

let browser: Browser;
let stage: Stage;
before(async () => {
  browser = await launch();
  stage = await openStage(browser, { '/storm.html': PAGE });
});
after(async () => {
  await stage.close();
  await browser.close();
});

test('storms end identical, without a resync', async () => {
  for (let seed = 1; seed <= SEEDS; seed++) {
    await stage.mirror('/storm.html');
    const result = await stage.page.evaluate(
      async (given, steps) => {
        const { host } = window;
        const storm = host.source.storm(given);
        for (let n = 0; n < steps; n++) {
          storm.step();
          // Now and then a frame passes, now and then only a microtask: both leave their own order of records.
          const pause = storm.random(8);
          if (pause === 0) await new Promise((done) => requestAnimationFrame(done));
          else if (pause < 3) await Promise.resolve();
        }
        await host.settle(700);
        const resyncs = host.resyncs;
        const keyframes = host.kinds.filter((kind) => kind === 'keyframe').length;
        const got = host.canon();
        const want = host.source.canon();
        host.mirror?.stop();
        host.kinds = [];
        host.bodies = [];
        host.resyncs = 0;
        return { got, want, resyncs, keyframes };
      },
      seed,
      STEPS,
    );
    assert.equal(result.got, result.want, `seed ${seed}`);
    assert.equal(result.resyncs, 0, `seed ${seed} asked for a resync`);
    assert.equal(result.keyframes, 1, `seed ${seed} took more than one keyframe`);
  }
});

test('what changed while it was out of the page comes back as it is now', async () => {
  await stage.mirror('/storm.html');
  const result = await stage.page.evaluate(async () => {
    const { host } = window;
    const doc = host.source.document;
    const list = doc.querySelector('ul');
    const first = list?.firstElementChild;
    if (!list || !first) return undefined;
    // All within one frame, but with the observer's microtask in between.
    list.remove();
    await new Promise((done) => setTimeout(done, 0));
    first.textContent = 'changed outside';
    first.className = 'other';
    list.lastElementChild?.remove();
    doc.querySelector('main')?.prepend(list);
    await host.settle(300);
    const out = { got: host.canon(), want: host.source.canon() };
    host.mirror?.stop();
    return out;
  });
  assert.ok(result?.got.includes('changed outside'));
  assert.equal(result?.got, result?.want);
});
