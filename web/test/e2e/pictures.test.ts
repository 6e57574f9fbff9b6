// Room: test. Side by side: a picture of the applicant's page and one of the agent's view, compared pixel by pixel, on the
// demo's pages. Where they differ too much, both and the difference are left in build/shots to be looked at.

import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import pixelmatch from 'pixelmatch';
import { PNG } from 'pngjs';
import type { Page } from 'puppeteer-core';
import { WEB } from '../support/browser.ts';
import { type Call, call, DESKTOP, hangUp, PHONE, type Product, seen, startProduct, until, view } from './insyn.ts';

let product: Product;

before(async () => {
  product = await startProduct();
});
after(() => product.stop());

/** What is never alike: the banner, which is not mirrored, and the parts that a page says it hides. */
const UNLIKE = '[data-insyn], iframe, [data-picture=unlike]';

/** Share of pixels that differ, in percent, on the part of the page above the banner. */
async function difference(name: string, { console, page }: Call): Promise<number> {
  const size = page.viewport();
  assert.ok(size);
  const clip = { x: 0, y: 0, width: size.width, height: size.height - 130 };
  const blank = (await page.$$eval(UNLIKE, (found) =>
    found.map((element) => {
      const { x, y, width, height } = element.getBoundingClientRect();
      return { x, y, width, height };
    }),
  )) as { x: number; y: number; width: number; height: number }[];
  const ratio = size.deviceScaleFactor ?? 1;
  await console.setViewport({ width: 1700, height: 1300, deviceScaleFactor: ratio });
  const frame = await console.waitForSelector('iframe[title="Applicant\'s page"]');
  const at = await until('the view at its true size', async () => {
    const box = await frame?.boundingBox();
    return box && Math.abs(box.width - size.width) < 1 ? box : undefined;
  });
  const [source, mirrored] = [
    PNG.sync.read(
      Buffer.from(
        await page.screenshot({
          clip: { ...clip, y: await page.evaluate(() => scrollY) },
          captureBeyondViewport: false,
        }),
      ),
    ),
    PNG.sync.read(
      Buffer.from(await console.screenshot({ clip: { ...clip, x: at.x, y: at.y }, captureBeyondViewport: false })),
    ),
  ];
  const { width, height } = source;
  assert.deepEqual([mirrored.width, mirrored.height], [width, height]);
  for (const box of blank) {
    for (const picture of [source, mirrored]) erase(picture, box, ratio);
  }
  const diff = new PNG({ width, height });
  const wrong = pixelmatch(source.data, mirrored.data, diff.data, width, height, { threshold: 0.1 });
  const percent = (100 * wrong) / (width * height);
  if (percent > 1) {
    const shots = join(WEB, 'build', 'shots');
    mkdirSync(shots, { recursive: true });
    for (const [kind, picture] of Object.entries({ source, view: mirrored, diff })) {
      writeFileSync(join(shots, `${name}-${kind}.png`), PNG.sync.write(picture));
    }
  }
  return percent;
}

function erase(picture: PNG, box: { x: number; y: number; width: number; height: number }, ratio: number): void {
  const left = Math.max(0, Math.floor(box.x * ratio) - 2);
  const right = Math.min(picture.width, Math.ceil((box.x + box.width) * ratio) + 2);
  const bottom = Math.min(picture.height, Math.ceil((box.y + box.height) * ratio) + 2);
  for (let y = Math.max(0, Math.floor(box.y * ratio) - 2); y < bottom; y++) {
    picture.data.fill(255, 4 * (y * picture.width + left), 4 * (y * picture.width + Math.max(left, right)));
  }
}

/** Runs in a page: of each image, whether it can be seen. */
function loaded(): boolean[] {
  return Array.from(document.images, (image) => image.complete && image.naturalWidth > 0);
}

async function go({ console, page }: Call, url: string): Promise<void> {
  await page.goto(url, { waitUntil: 'networkidle0' });
  const heading = await page.$eval('h1', (element) => element.textContent ?? '');
  await until('the page in the view', async () => (await seen(console)).includes(heading));
  // A lazy one far below may not be there yet for either of them.
  await until('its images', async () => {
    const [there, here] = [await page.evaluate(loaded), await (await view(console)).evaluate(loaded)];
    return there.length === here.length && there.every((has, n) => here[n] || !has);
  });
  await (await view(console)).evaluate(() => document.fonts.ready.then(() => undefined));
  // Late content comes after a second.
  await new Promise((done) => setTimeout(done, 1500));
}

const paths = ['/en/', '/sv/', '/en/about', '/en/social'];

for (const [device, viewport] of Object.entries({ desktop: DESKTOP, phone: PHONE })) {
  test(`the demo's public pages look the same in the view, ${device}`, async () => {
    const both = await call(product, viewport);
    for (const path of paths) {
      await go(both, product.host('www.agency') + path);
      for (const where of ['top', 'middle']) {
        if (where === 'middle') await scroll(both.page);
        const name = `${device}${path.replaceAll('/', '-')}${where}`;
        const percent = await difference(name, both);
        assert.ok(percent <= 1, `${name}: ${percent.toFixed(2)} % of the pixels differ; see web/build/shots`);
      }
    }
    await hangUp(both.console, both.page);
  });
}

async function scroll(page: Page): Promise<void> {
  await page.evaluate(() => scrollTo({ top: document.documentElement.scrollHeight / 2, behavior: 'instant' }));
  await new Promise((done) => setTimeout(done, 500));
}
