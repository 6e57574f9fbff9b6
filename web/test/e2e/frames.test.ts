// Room: test. A page of the e-service's host in a frame of the public one, both under their strict policies: the agent sees it
// as it is, by its own rule, and what changes in it.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Frame, Page } from 'puppeteer-core';
import { arrived, banner, call, hangUp, type Product, startProduct, until, view } from './insyn.ts';

let product: Product;

before(async () => {
  product = await startProduct();
});
after(() => product.stop());

/** The words in the frame, as the agent has them; undefined where there is a box in its place. */
const told = async (console: Page): Promise<string | undefined> =>
  (await view(console)).evaluate(
    () => document.querySelector<HTMLIFrameElement>('iframe.times')?.contentDocument?.body?.textContent ?? undefined,
  );
/** A frame out of sight is not drawn there, and so tells nothing. */
const scrollToIt = (page: Page): Promise<void> => page.$eval('iframe.times', (frame) => frame.scrollIntoView());
const framed = (page: Page, end: string): Promise<Frame> =>
  until(`the frame ${end}`, () => page.frames().find((frame) => frame.url().endsWith(end)));

test('a page of My Page in a frame of the start page, and where it leads', async () => {
  const { console, page } = await call(product);
  const refused: string[] = [];
  page.on('console', (message) => {
    if (/Content Security Policy|Refused/.test(message.text())) refused.push(message.text());
  });
  await page.goto(`${product.host('www.agency')}/en/`);
  await scrollToIt(page);
  await until('the free times', async () => (await told(console))?.includes('14 times'));
  const frame = await framed(page, '/en/times');
  const looks = (doc: Document) =>
    [...doc.querySelectorAll('h1, dt, dd')].map((element) => {
      const { x, y, width, height } = element.getBoundingClientRect();
      return [x, y, width, height, getComputedStyle(element).font].join(' ');
    });
  const want = JSON.stringify(await frame.evaluate(`(${looks})(document)`));
  const inView = `(${looks})(document.querySelector('iframe.times').contentDocument)`;
  await until(
    'it to lie as it does there',
    async () => JSON.stringify(await (await view(console)).evaluate(inView)) === want,
  );
  await frame.evaluate(() => document.querySelector('dd')?.append(', and one today'));
  await until('a change in it', async () => (await told(console))?.includes('and one today'));
  await frame.evaluate(() => location.assign('/en/appointment'));
  await page.evaluate(() => document.querySelector('h1')?.append(' goes on'));
  // That page lets nobody frame it: nothing of the agency's is there any more, and the frame is a box.
  await until('a box', async () =>
    (await view(console)).evaluate(
      () => !document.querySelector('iframe.times') && !!document.querySelector('insyn-box'),
    ),
  );
  assert.deepEqual(
    refused.filter((text) => !/frame-ancestors/.test(text)),
    [],
  );
  await (await banner(page, 'Stop')).click();
  await hangUp(console, page);
});

test('a pause holds in the frame too, and a reload of the page brings it again', async () => {
  const { console, page } = await call(product);
  await page.goto(`${product.host('www.agency')}/en/`);
  await scrollToIt(page);
  await until('the free times', async () => (await told(console))?.includes('14 times'));
  await (await banner(page, 'Pause')).click();
  await banner(page, 'Resume');
  const frame = await framed(page, '/en/times');
  await frame.evaluate(() => document.querySelector('dd')?.append(' unseenwhilepaused'));
  await new Promise((done) => setTimeout(done, 1000));
  assert.ok(!(await arrived(console)).includes('unseenwhilepaused'));
  await frame.evaluate(() => document.querySelector('dd')?.lastChild?.remove());
  await (await banner(page, 'Resume')).click();
  await frame.evaluate(() => document.querySelector('dd')?.append(' seen after'));
  await until('what came after', async () => (await told(console))?.includes('seen after'));
  assert.ok(!(await arrived(console)).includes('unseenwhilepaused'));
  await page.reload();
  await scrollToIt(page);
  await until('the page anew', async () => {
    const words = await told(console);
    return words?.includes('14 times') && !words.includes('seen after');
  });
  await hangUp(console, page);
});
