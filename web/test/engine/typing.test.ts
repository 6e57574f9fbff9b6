// Room: test. Typing has a rhythm, and it stays with who types: while keys come, the mirror speaks by its own clock.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser, Frame } from 'puppeteer-core';
import { launch, openStage, type Stage } from './stage.ts';

const PAGE = `<!doctype html><title>typing</title><script src=/source.js></script>
<style>:invalid{outline:1px solid red}</style>
<input id=mail type=email pattern="(..)*"><textarea id=area></textarea><div id=edit contenteditable>.</div><input id=next>
<p id=left></p><p id=checked></p><input type=checkbox id=box><p id=ticked></p><script>
for (const field of document.querySelectorAll('#mail,#area,#edit')) field.addEventListener('input', () => {
  document.querySelector('#left').textContent = Math.random() + ' left';
  field.style.height = 40 + Math.random() * 9 + 'px';
  field.setAttribute('aria-invalid', String(Math.random() > .5));
});
document.querySelector('#next').addEventListener('input', () => {
  let left = 18;
  const going = setInterval(() => { document.querySelector('#checked').textContent = left; if (!left--) clearInterval(going); }, 50);
});
document.querySelector('#box').onchange = () => { document.querySelector('#ticked').textContent = 'ticked'; };
</script>`;

let browser: Browser;
let stage: Stage;
let frame: Frame;
before(async () => {
  browser = await launch();
  stage = await openStage(browser, { '/typing.html': PAGE });
  await stage.mirror('/typing.html');
  frame = stage.page.frames().find((one) => one.url().endsWith('/typing.html')) as Frame;
});
after(async () => {
  await stage.close();
  await browser.close();
});

const frames = (): Promise<number> => stage.page.evaluate(() => window.host.kinds.length);
const shown = (selector: string): Promise<string> =>
  stage.page.evaluate((at) => {
    const element = window.host.frame.contentDocument?.querySelector(at);
    return `${element?.textContent ?? ''}${element?.hasAttribute('insyn-filled')}`;
  }, selector);

for (const [n, id] of ['mail', 'area', 'edit'].entries()) {
  test(`forty keys are not forty frames: ${id}`, async () => {
    await frame.click(`#${id}`);
    await stage.page.evaluate(() => window.host.settle(500));
    const before = await frames();
    const begun = performance.now();
    for (let key = 0; key < 40; key++) {
      await stage.page.keyboard.press('a');
      await new Promise((done) => setTimeout(done, 40));
    }
    const seconds = (performance.now() - begun) / 1000;
    const during = (await frames()) - before;
    assert.ok(during <= Math.ceil(seconds) + 1, `${during} frames in ${seconds} s`);
    // And in the end the view knows.
    await stage.page.evaluate(() => window.host.settle(1500));
    const said = await frame.$eval('#left', (left) => left.textContent);
    assert.equal(await shown('p'), `${said}false`);
    assert.match(await shown(['input', 'textarea', '[contenteditable]'][n] ?? ''), /true$/);
  });
}

test('what a page does after a key does not tell when the key was pressed', async () => {
  // Late in a second of the clock: the next one begins while the page is still busy.
  await stage.page.evaluate(() => new Promise((done) => setTimeout(done, 2900 - (performance.now() % 1000))));
  await frame.click('#next');
  await stage.page.evaluate(() => window.host.settle(100));
  const before = await frames();
  await stage.page.keyboard.press('a');
  await stage.page.evaluate(() => window.host.settle(2500));
  const during = (await frames()) - before;
  assert.equal(await shown('p:nth-of-type(2)'), '0false');
  assert.ok(during <= 3, `${during} frames`);
});

test('going on is told at once, and so is what is picked', async () => {
  const kinds = await frames();
  await frame.click('#mail');
  await stage.page.keyboard.type('bb');
  // The next second would not have begun for certain; two animation frames are enough.
  await frame.click('#box');
  await stage.page.evaluate(() => window.host.settle(100));
  assert.equal(await shown('p:last-of-type'), 'tickedfalse');
  assert.ok((await frames()) > kinds);
});
