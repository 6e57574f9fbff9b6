// Room: test. Video and sound: a video is seen by its poster and by what it showed last, where pictures are shown and it is the
// page's own, and both say what they do. Neither address nor sound leaves.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser } from 'puppeteer-core';
import { picture } from './fixture.ts';
import { launch, openStage, type Stage } from './stage.ts';

const PAGE = `<!doctype html><title>m</title><script src=/source.js></script>
<video id=film poster=/ourposter.png src=/ourfilming.webm muted width=320 height=160 style="object-fit:cover"></video>
<audio id=sound src=/ourfilming.webm controls></audio><video id=bare controls width=300 height=150></video>
<video id=camera width=100 height=80></video>`;

/** A second of a film that is red and then blue, as this browser records it. */
async function film(browser: Browser): Promise<Buffer> {
  const page = await browser.newPage();
  const bytes = await page.evaluate(async () => {
    const canvas = document.createElement('canvas');
    canvas.width = 64;
    canvas.height = 32;
    const at = canvas.getContext('2d');
    const recorder = new MediaRecorder(canvas.captureStream(20), { mimeType: 'video/webm;codecs=vp8' });
    const parts: Blob[] = [];
    recorder.ondataavailable = ({ data }) => parts.push(data);
    const done = new Promise((stopped) => {
      recorder.onstop = stopped;
    });
    recorder.start();
    for (let n = 0; n < 20 && at; n++) {
      at.fillStyle = n < 2 ? '#f00' : '#00f';
      at.fillRect(0, 0, 64, 32);
      at.fillText(String(n), 0, 10);
      await new Promise((next) => setTimeout(next, 50));
    }
    recorder.stop();
    await done;
    return Array.from(new Uint8Array(await new Blob(parts).arrayBuffer()));
  });
  await page.close();
  return Buffer.from(bytes);
}

let browser: Browser;
let stage: Stage;
before(async () => {
  browser = await launch(['--autoplay-policy=no-user-gesture-required']);
  const webm = await film(browser);
  stage = await openStage(browser, {
    '/media.html': PAGE,
    '/ourfilming.webm': { body: webm, type: 'video/webm' },
    '/ourposter.png': { body: picture(80, 40, [20, 120, 60]), type: 'image/png' },
  });
});
after(async () => {
  await stage.close();
  await browser.close();
});

const POSTER = [20, 120, 60];
/** Of the n-th box: its size, what it says, and the colour in its corner on the screen. */
async function box(n: number): Promise<{ size: number[]; said: string | null; colour: number[] }> {
  const { page } = stage;
  const found = await page.evaluate((index) => {
    const element = window.host.frame.contentDocument?.querySelectorAll('insyn-box')[index];
    const { x, y } = window.host.frame.getBoundingClientRect();
    const rect = element?.getBoundingClientRect();
    const said = element?.getAttribute('insyn-media') ?? null;
    return rect && { at: [x + rect.x, y + rect.y], size: [rect.width, rect.height], said };
  }, n);
  assert.ok(found, `box ${n}`);
  const [x = 0, y = 0] = found.at;
  const shot = await page.screenshot({ clip: { x: x + 4, y: y + 4, width: 1, height: 1 }, encoding: 'base64' });
  const colour = await page.evaluate(async (data) => {
    const image = new Image();
    image.src = `data:image/png;base64,${data}`;
    await image.decode();
    const at = document.createElement('canvas').getContext('2d');
    at?.drawImage(image, 0, 0);
    return Array.from(at?.getImageData(0, 0, 1, 1).data ?? []).slice(0, 3);
  }, shot);
  return { size: found.size, said: found.said, colour };
}

/** Waits until a box is as it should be, and says how it is. */
async function until(n: number, is: (one: Awaited<ReturnType<typeof box>>) => boolean): Promise<void> {
  let last = await box(n);
  for (let left = 60; left > 0 && !is(last); left--) {
    await stage.settle(150);
    last = await box(n);
  }
  assert.ok(is(last), `box ${n}: ${JSON.stringify(last)}`);
}
const near = (got: readonly number[], want: readonly number[]): boolean =>
  want.every((one, at) => Math.abs(one - (got[at] ?? 0)) < 12);
/** How many pictures the view was told of: what it had before, it does not ask for again. */
const pictures = (): Promise<number> =>
  stage.page.evaluate(
    () => new Set(window.host.ops().flatMap((op) => (op.op === 'resource' && op.hash ? [op.hash] : []))).size,
  );
const run = (act: string): Promise<unknown> => stage.page.evaluate(`host.source.eval(${JSON.stringify(act)})`);

test('a video is its poster, then what it shows, and both say what they do', async () => {
  await stage.mirror('/media.html');
  await until(0, ({ said, colour }) => said === 'paused muted' && near(colour, POSTER));
  assert.deepEqual((await box(0)).size, [320, 160]);
  assert.equal((await box(1)).said, 'paused bar');
  assert.deepEqual((await box(1)).size, [300, 54]);
  assert.equal((await box(2)).said, 'paused bar');
  await run('film.play()');
  await until(0, ({ said }) => said === 'ended muted');
  await until(0, ({ colour }) => near(colour, [0, 0, 255]));
  await run('film.muted = false; film.loop = true; film.play()');
  await until(0, ({ said }) => said === 'playing');
  await run('film.pause()');
  await until(0, ({ said }) => said === 'paused');
  await run('sound.play()');
  await until(1, ({ said }) => said === 'ended bar' || said === 'playing bar');
  const told = await stage.page.evaluate(() => ({
    found: window.host.found(['ourfilming', 'ourposter']),
    resyncs: window.host.resyncs,
    words: window.host.ops().length,
  }));
  assert.deepEqual({ found: told.found, resyncs: told.resyncs }, { found: [], resyncs: 0 });
  assert.ok(told.words > 0);
  await stage.page.evaluate(() => window.host.mirror?.stop());
});

test('what its camera sees stays with the applicant, and so do pictures where only labels are shown', async () => {
  await stage.page.evaluate(() => window.host.forget());
  await stage.mirror('/media.html');
  await run(`const c = document.createElement('canvas'); c.width = 64; c.height = 32; const d = c.getContext('2d');
    setInterval(() => { d.fillStyle = '#0f0'; d.fillRect(0, 0, 64, 32); }, 50);
    camera.srcObject = c.captureStream(20); camera.play()`);
  await until(3, ({ said }) => said === 'playing');
  await stage.settle(4500);
  assert.ok(!near((await box(3)).colour, [0, 255, 0]));
  assert.equal(await pictures(), 1);
  await stage.page.evaluate(() => window.host.mirror?.stop());

  await stage.mirror(
    '/media.html',
    stage.policy({ pages: [{ id: 'all', label: 'A', path: '/**', text: 'labels', choices: 'show' }] }),
  );
  await until(0, ({ colour }) => near(colour, POSTER));
  await run('film.play()');
  await until(0, ({ said }) => said === 'ended muted');
  await stage.settle(2500);
  assert.ok(near((await box(0)).colour, POSTER), 'its poster stays');
  await stage.page.evaluate(() => window.host.mirror?.stop());
});

test('where pictures are masked, not even the poster leaves', async () => {
  await stage.page.evaluate(() => window.host.forget());
  const masked = stage.policy({ pages: [{ id: 'all', label: 'A', path: '/**', text: 'show', choices: 'show' }] });
  await stage.page.evaluate(async (given) => {
    await window.host.load('/media.html');
    for (const one of window.host.source.document.querySelectorAll('video')) one.setAttribute('data-insyn', 'mask');
    window.host.begin(given);
  }, masked);
  await until(0, ({ said }) => said === 'paused muted');
  await run('film.play()');
  await until(0, ({ said }) => said === 'ended muted');
  await stage.settle(2500);
  assert.equal(await pictures(), 0);
  await stage.page.evaluate(() => window.host.mirror?.stop());
});
