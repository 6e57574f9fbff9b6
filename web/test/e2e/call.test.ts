// Room: test. The call, step by step, as both people walk it: code, consent, view, banner, end.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Page } from 'puppeteer-core';
import {
  agent,
  applicant,
  arrived,
  banner,
  call,
  DESKTOP,
  form,
  hangUp,
  newCode,
  type Product,
  person,
  seen,
  startProduct,
  submit,
  until,
  view,
} from './insyn.ts';

let product: Product;

before(async () => {
  product = await startProduct();
});
after(() => product.stop());

const visible = (page: Page) => page.evaluate(() => document.body.innerText);

test('the agent gets ten digits, more time, and can take the code back', async () => {
  const console = await agent(product);
  const first = await newCode(console);
  assert.match(first, /^\d{10}$/);
  const before = await console.$eval('aria/Code[role="status"]', (element) => element.textContent);
  assert.match(before ?? '', /\d{3}\s\d{3}\s\d{4}/, 'grouped 3-3-4');
  await (await console.waitForSelector('aria/5 more minutes[role="button"]'))?.click();
  await until('more than five minutes', async () => /\b9:\d\d/.test(await visible(console)));
  await (await console.waitForSelector('aria/Take back[role="button"]'))?.click();
  await console.waitForSelector('aria/New code[role="button"]');

  const page = await applicant(product);
  const frame = await submit(page, first);
  await until('the refusal', () => frame.$('[aria-invalid="true"]'));
  assert.ok(!product.printed().includes(first.slice(0, 5)), 'no part of a code in the log');
  await hangUp(console, page);
});

test('a mistyped code is caught before the server hears of it', async () => {
  const page = await applicant(product);
  const frame = await form(page);
  const before = product.line.heard.length;
  await submit(page, '123 456 7890');
  await until('the hint', () => frame.$('[aria-invalid="true"]'));
  assert.ok(!product.line.heard.slice(before).includes('/consent'), 'a request went out');
  await hangUp(page);
});

test('wrong, used and expired codes get one and the same answer', async () => {
  const { console, page } = await call(product);
  const post = (routing: string) =>
    page
      .browserContext()
      .newPage()
      .then(async (tab) => {
        await tab.goto(`${product.host('insyn.agency')}/bridge?form&lang=en`);
        const config = await tab.$eval('#config', (element) => JSON.parse(element.textContent ?? ''));
        const answer = await tab.evaluate(
          async (body) => {
            const response = await fetch('/consent', {
              method: 'POST',
              headers: { 'content-type': 'application/json', 'insyn-request': '1' },
              body,
            });
            return `${response.status} ${await response.text()}`;
          },
          JSON.stringify({ routing, statement: config.statement.version, language: 'en' }),
        );
        await tab.close();
        return answer;
      });
  const wrong = await post('00000');
  assert.match(wrong, /^404 .*unknown_code/);
  assert.ok(!wrong.includes('00000'), 'the answer repeats the input');
  await hangUp(console, page);
});

test('from the typed code to the view, without a form value on the way', async () => {
  const console = await agent(product);
  const code = await newCode(console);
  const page = await applicant(product);
  // Persian digits and dashes: what a person has at hand.
  const typed = code
    .replace(/\d/g, (digit) => String.fromCharCode(0x6f0 + Number(digit)))
    .replace(/^(...)(...)/, '$1-$2 ');
  await submit(page, typed);
  await until('the support page', async () => (await seen(console)).includes('08.00'));

  await until('the form, shrunk to a few words, to be where it can be seen', () =>
    page.$eval('[data-insyn=consent] iframe', (form) => {
      const { top, bottom, height } = form.getBoundingClientRect();
      return height < 400 && top > 0 && bottom < innerHeight;
    }),
  );

  const frame = await view(console);
  const heading = await page.$eval('h1', (element) => element.textContent);
  assert.equal(await frame.$eval('h1', (element) => element.textContent), heading);
  assert.equal(await frame.evaluate(() => document.scripts.length), 0);

  await page.evaluate(() => {
    const late = document.createElement('p');
    late.textContent = 'added while being looked at';
    document.querySelector('main')?.append(late);
  });
  await until('a change', async () => (await seen(console)).includes('added while being looked at'));

  assert.ok(!product.line.heard.includes(code), 'the whole code left a browser');
  assert.ok(!product.line.heard.includes(code.slice(5)), 'secret and check digits left a browser');
  const asked = product.line.heard.split('\r\n\r\n').filter((request) => /^Host: insyn\.agency/im.test(request));
  assert.ok(asked.length > 3);
  const told = asked.filter((request) => /^Referer: \w+:\/\/(www|my)\.agency/im.test(request));
  assert.deepEqual(told, [], 'where the applicant is left a browser');
  await hangUp(console, page);
});

test('canaries in form fields stay in the page', async () => {
  const { console, page } = await call(product);
  await page.goto(`${product.host('my.agency')}/en/`);
  await until('My Page', async () => page.$('input'));
  const planted = await page.evaluate(() => {
    const names: string[] = [];
    const plant = (element: HTMLElement, set: (value: string) => void) => {
      const value = `canary${names.length}x${Math.random().toString(36).slice(2)}`;
      names.push(value);
      set(value);
      element.dispatchEvent(new Event('input', { bubbles: true }));
    };
    const host = document.createElement('div');
    document.querySelector('main')?.append(host);
    for (const type of ['text', 'password', 'search', 'tel', 'url', 'email', 'hidden', 'radio', 'checkbox']) {
      const input = document.createElement('input');
      input.type = type;
      plant(input, (value) => input.setAttribute('value', value));
      host.append(input);
      plant(input, (value) => {
        input.value = value;
      });
      plant(input, (value) => {
        input.name = value;
        input.id = value;
        input.dataset.note = value;
      });
    }
    const area = document.createElement('textarea');
    host.append(area);
    plant(area, (value) => {
      area.textContent = value;
    });
    plant(area, (value) => {
      area.value = value;
    });
    const editable = document.createElement('div');
    editable.contentEditable = 'true';
    host.append(editable);
    plant(editable, (value) => {
      editable.textContent = value;
    });
    const select = document.createElement('select');
    host.append(select);
    plant(select, (value) => {
      const option = document.createElement('option');
      option.value = value;
      option.textContent = 'one of many';
      select.append(option);
      select.value = value;
    });
    const marker = document.createElement('h2');
    marker.textContent = 'all planted';
    host.append(marker);
    return names;
  });
  await until('the last of it', async () => (await seen(console)).includes('all planted'));
  const all = await arrived(console);
  assert.deepEqual(
    planted.filter((canary) => all.includes(canary)),
    [],
  );
  await hangUp(console, page);
});

test('the banner says who looks, pauses, resumes and stops, by keyboard', async () => {
  const { console, page } = await call(product);
  await until('the name', () => page.$('aria/Screen mirroring[role="region"]'));
  await (await banner(page, 'Show what is hidden')).focus();
  const painted = () => page.$$eval('html > *', (found) => found.length);
  const before = await painted();
  await page.keyboard.press('Enter');
  await until('what is hidden to be painted', async () => (await painted()) > before);
  await page.keyboard.press('Enter');
  await until('it to go again', async () => (await painted()) === before);

  await (await banner(page, 'Pause')).focus();
  await page.keyboard.press('Enter');
  await until('the curtain', async () => /paused/i.test(await visible(console)));
  await page.evaluate(() => document.querySelector('h1')?.append(' while paused'));
  await new Promise((done) => setTimeout(done, 300));
  assert.ok(!(await arrived(console)).includes('while paused'), 'something was sent while paused');

  await (await banner(page, 'Resume')).focus();
  await page.keyboard.press('Enter');
  await until('the change made meanwhile', async () => (await seen(console)).includes('while paused'));

  await (await banner(page, 'Stop')).focus();
  await page.keyboard.press('Enter');
  await until('the end at the desk', async () => /ended|stopped/i.test(await visible(console)));
  assert.equal(await console.$('iframe'), null, 'the view is gone');
  await hangUp(console, page);
});

test('the agent ends it: the applicant is told, the cookie is gone, the registry is empty', async () => {
  const { console, page } = await call(product);
  const cookies = async () => (await page.browserContext().cookies()).map((cookie) => cookie.name);
  await until('the active cookie', async () => (await cookies()).includes('insyn'));
  await (await console.waitForSelector('aria/End session[role="button"]'))?.click();
  await until('the cookie to go', async () => !(await cookies()).includes('insyn'));
  await until('the banner to say so', async () =>
    /nothing was kept/i.test(JSON.stringify(await page.accessibility.snapshot({ interestingOnly: false }))),
  );
  const metrics = await until('an empty registry', async () => {
    const text = await (await fetch(`http://127.0.0.1:${product.port}/metrics`)).text();
    return /^insyn_sessions_open 0$/m.test(text) ? text : undefined;
  });
  assert.match(metrics, /insyn_bytes_held 0/);
  await hangUp(console, page);
});

test('a second person with the same code gets nothing', async () => {
  const console = await agent(product);
  const code = await newCode(console);
  const first = await applicant(product);
  const second = await applicant(product);
  await submit(first, code);
  await until('the view', async () => (await seen(console)).includes('08.00'));
  const frame = await submit(second, code);
  await until('the refusal', () => frame.$('[aria-invalid="true"]'));
  assert.ok((await seen(console)).includes('08.00'), 'the first one goes on');
  await hangUp(console, first, second);
});

test('nothing before consent: no request beyond the loader and the form, no cookie, no storage', async () => {
  const page = await (await person(product)).newPage();
  await page.setViewport(DESKTOP);
  const asked: string[] = [];
  page.on('request', (request) => {
    if (request.url().startsWith(product.host('insyn.agency'))) asked.push(new URL(request.url()).pathname);
  });
  await page.goto(`${product.host('www.agency')}/en/`, { waitUntil: 'networkidle0' });
  // The page and the one that it frames: the loader each.
  assert.equal(page.frames().length, 2);
  assert.equal(asked.length, 2);
  for (const path of asked) assert.match(path, /^\/mirror\.[0-9a-f]+\.js$/);
  await page.goto(`${product.host('my.agency')}/en/overview`, { waitUntil: 'networkidle0' });
  assert.equal(asked.length, 3, 'nor behind the log-in');
  asked.length = 0;
  await page.goto(`${product.host('www.agency')}/en/support`, { waitUntil: 'networkidle0' });
  await form(page);
  const others = asked.filter((path) => !/^\/(mirror\.|bridge$|assets\/bridge)/.test(path));
  assert.deepEqual(others, []);
  assert.deepEqual(await page.browserContext().cookies(), []);
  const stored = await Promise.all(
    page.frames().map((frame) => frame.evaluate(() => [localStorage.length, sessionStorage.length, window.name])),
  );
  assert.deepEqual(
    stored,
    stored.map(() => [0, 0, '']),
  );
  await hangUp(page);
});
