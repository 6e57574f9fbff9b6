// Room: test. A page too large to be read at once: by a clock that is far ahead after each few nodes, keyframes and deltas
// are cut all the time, while the page goes on changing.

import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import type { Browser } from 'puppeteer-core';
import { launch, openStage, type Stage } from './stage.ts';

/** Each look at the clock takes a while, so that a slice is over after some thirty nodes. */
const CLOCK =
  'let late = 0; const now = performance.now.bind(performance); performance.now = () => now() + (late += 1.2);';
const ROWS = Array.from({ length: 60 }, (_, n) => `<li class=r${n}><b>row</b> <i>${n}</i></li>`).join('');
const PAGE = `<!doctype html><html lang=en><head><title>slices</title><script>${CLOCK}</script><script src="/source.js"></script>
<style>li{color:#123}</style></head><body><main class=a><h1>Title</h1><p>one <b>two</b> three</p><ul>${ROWS}</ul></main>
<x-box><template shadowrootmode=open><p>in <slot></slot></p><ol>${ROWS}</ol></template><i>light</i></x-box>
<table><tr><td>c</table><select><option value=a>A<option value=b>B</select><input><section>${ROWS}</section></body></html>`;

let browser: Browser;
let stage: Stage;
before(async () => {
  browser = await launch();
});
beforeEach(async () => {
  stage = await openStage(browser, { '/slices.html': PAGE });
  await stage.page.evaluate(() => window.host.load('/slices.html'));
});
afterEach(() => stage.close());
after(() => browser.close());

test('the keyframe comes whole, after several tasks', async () => {
  const result = await stage.page.evaluate(async (policy) => {
    const { host } = window;
    const { setTimeout: later } = host.source as unknown as Window;
    let tasks = 0;
    Object.assign(host.source, {
      setTimeout: (act: () => void, ms: number) => {
        tasks++;
        return later.call(host.source, act, ms);
      },
    });
    host.begin(policy);
    const both = await host.same();
    return { ...both, tasks, kinds: host.kinds.slice(0, 2), resyncs: host.resyncs };
  }, stage.policy());
  assert.equal(result.got, result.want);
  assert.deepEqual(result.kinds, ['view', 'keyframe']);
  assert.equal(result.resyncs, 0);
  assert.ok(result.tasks > 10, `${result.tasks} tasks`);
});

for (let seed = 1; seed <= 4; seed++) {
  test(`storm ${seed}, with keyframes asked for all the while, ends identical`, async () => {
    const result = await stage.page.evaluate(
      async (policy, given) => {
        const { host } = window;
        host.begin(policy);
        const storm = host.source.storm(given);
        for (let n = 0; n < 600; n++) {
          storm.step();
          const pause = storm.random(12);
          if (pause === 0) await new Promise((done) => setTimeout(done, 3));
          else if (pause < 4) await Promise.resolve();
          if (n % 150 === 99) host.mirror?.resync();
        }
        const keyframes = (): number => host.kinds.filter((kind) => kind === 'keyframe').length;
        host.mirror?.resync();
        // One that is being read answers what was asked for meanwhile.
        while (keyframes() < 2) {
          storm.step();
          await new Promise((done) => requestAnimationFrame(done));
          if (keyframes() === 1) host.mirror?.resync();
        }
        return { ...(await host.same()), resyncs: host.resyncs };
      },
      stage.policy(),
      seed,
    );
    assert.equal(result.got, result.want);
    assert.equal(result.resyncs, 0, 'the view could apply all of it');
  });
}

test('much that comes at once comes in parts, and what is hidden meanwhile stays', async () => {
  const result = await stage.page.evaluate(async (policy) => {
    const { host } = window;
    const doc = host.source.document;
    host.begin(policy);
    await host.same();
    host.forget();
    const list = doc.createElement('div');
    list.innerHTML = Array.from({ length: 200 }, (_, n) => `<p id=p${n}>part <b>${n}</b></p>`).join('');
    doc.querySelector('main')?.append(list);
    while (host.kinds.length === 0) await new Promise((done) => requestAnimationFrame(done));
    const first = host.canon().split('part').length - 1;
    const last = doc.querySelector('#p199');
    last?.setAttribute('data-insyn', 'hide');
    if (last) last.textContent = 'canary one';
    const both = await host.same();
    return { ...both, first, kinds: new Set(host.kinds).size, leaked: host.leaked(['canary']) };
  }, stage.policy());
  assert.ok(result.first > 0 && result.first < 199, `${result.first} at first`);
  assert.match(result.got, /part.*198/s);
  assert.equal(result.kinds, 1, 'no keyframe');
  assert.deepEqual(result.leaked, []);
});

test('what is put in the place of something else takes it at once or later, and leaves no hole', async () => {
  const result = await stage.page.evaluate(async (policy) => {
    const { host } = window;
    host.begin(policy);
    await host.same();
    host.forget();
    const cells = [...host.source.document.querySelectorAll('ul i, section i')];
    let empty = 0;
    let mixed = 0;
    for (let round = 0; round < 10; round++) {
      for (const cell of cells) cell.textContent = `new ${round}`;
      for (let n = 0; n < 8; n++) {
        await new Promise((done) => requestAnimationFrame(done));
        const shown = [...(host.frame.contentDocument?.querySelectorAll('ul i, section i') ?? [])];
        const texts = new Set(shown.map(({ textContent }) => textContent));
        if (texts.has('')) empty++;
        if (texts.size > 1) mixed++;
      }
    }
    return { ...(await host.same()), empty, mixed, kinds: [...new Set(host.kinds)] };
  }, stage.policy());
  assert.equal(result.got, result.want);
  assert.ok(result.mixed > 0, 'it came in parts');
  assert.equal(result.empty, 0);
  assert.deepEqual(result.kinds, ['delta']);
});

test('a region that begins while the keyframe is read is closed at once', async () => {
  const results = await stage.page.evaluate(async (policy) => {
    const { host } = window;
    const results: { task: number; tasks: number; leaked: string[] }[] = [];
    for (let task = 2; task < 40; task += 4) {
      await host.load('/slices.html');
      host.view?.clear();
      host.forget();
      const section = host.source.document.querySelector('section');
      const { setTimeout: later } = host.source as unknown as Window;
      let tasks = 0;
      Object.assign(host.source, {
        setTimeout: (act: () => void, ms: number) => {
          if (++tasks === task && section?.lastElementChild) {
            section.setAttribute('data-insyn', 'hide');
            section.lastElementChild.textContent = 'canary two';
          }
          return later.call(host.source, act, ms);
        },
      });
      host.begin(policy);
      await host.same();
      host.mirror?.stop();
      results.push({ task, tasks, leaked: host.leaked(['canary', 'Title']) });
    }
    return results;
  }, stage.policy());
  for (const { task, tasks, leaked } of results) {
    assert.ok(tasks >= task, `${tasks} tasks, and not ${task}`);
    assert.deepEqual(leaked, ['Title'], `from task ${task} on`);
  }
});
