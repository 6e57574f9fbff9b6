// Room: test. What the server gets to know of a call: everything that it receives is recorded, and its memory is searched from
// outside. And what becomes of a call whose relay changes what it carries.

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, test } from 'node:test';
import type { Page } from 'puppeteer-core';
import { checkDigit } from '../../src/wire/code.ts';
import { decodeFrame, isRelayed } from '../../src/wire/frame.ts';
import { findInMemory } from '../support/memory.ts';
import { agent, applicant, call, hangUp, newCode, type Product, seen, startProduct, submit, until } from './insyn.ts';

/** Of each exchange message (docs/protocol.md): one byte; share, answer, confirmations; resumption with and without X25519. */
const EXCHANGE_SIZES = new Set([1, 33, 97, 65, 180, 148, 99, 132]);

let product: Product;

before(async () => {
  product = await startProduct();
});
after(() => product.stop());

const visible = (page: Page) => page.evaluate(() => document.body.innerText);
const heard = async (page: Page) => JSON.stringify(await page.accessibility.snapshot({ interestingOnly: false }));
const metrics = async () => (await fetch(`http://127.0.0.1:${product.port}/metrics`)).text();
const canary = () => `canary${randomBytes(12).toString('hex')}`;

test('neither secret nor check digit is in anything that the server receives', async () => {
  const console = await agent(product);
  const code = await newCode(console);
  const page = await applicant(product);
  const before = product.line.heard.length;
  const messages = product.line.messages.length;
  await submit(page, code);
  await until('the view', async () => (await seen(console)).includes('08.00'));
  await page.goto(`${product.host('my.agency')}/en/`);
  await until('the next page', async () => (await seen(console)).includes('Log in'));
  const received = product.line.heard.slice(before);
  assert.match(received, new RegExp(`"routing":"${code.slice(0, 5)}"`), 'the recorder hears nothing');

  // As a word of its own: four digits stand in many a hash by chance, between other characters.
  for (const digits of [code, code.slice(5), code.slice(5, 9), code.slice(0, 9)]) {
    assert.ok(
      !new RegExp(`(?<![0-9A-Za-z])${digits}(?![0-9A-Za-z])`).test(received),
      `${digits.length} digits left a browser`,
    );
  }
  // And by shape: whatever is said is one of these, which have no room for digits.
  const [, form] = /\r\n\r\n(\{"routing[^}]*\})/.exec(received) ?? [];
  assert.deepEqual(Object.keys(JSON.parse(form ?? '{}')), ['routing', 'statement', 'language']);
  for (const message of product.line.messages.slice(messages)) {
    const frame = decodeFrame(new Uint8Array(message).buffer);
    if (!frame) continue; // a close of the WebSocket itself
    if (!isRelayed(frame.kind)) assert.ok(frame.payload.length <= 1, frame.kind);
    else if (frame.kind === 'exchange')
      assert.ok(EXCHANGE_SIZES.has(frame.payload.length), `${frame.payload.length} bytes`);
    else assert.equal(frame.payload.length % 64, 16, `${frame.kind} of ${frame.payload.length} bytes is not padded`);
  }
  // In what it writes the digits could only be by themselves.
  const written = product.printed() + (await metrics());
  for (const digits of [code, code.slice(5), code.slice(5, 9), code.slice(0, 5)]) {
    assert.ok(
      !new RegExp(`(?<![0-9A-Za-z.])${digits}(?![0-9A-Za-z.])`).test(written),
      `${digits.length} digits in log or metrics`,
    );
  }
  await hangUp(console, page);
});

test('a canary of the page is nowhere in the memory of the server, during a session and after it', async () => {
  const name = `Kim ${canary().replace(/[0-9]/g, (digit) => 'ghijklmnop'[Number(digit)] ?? 'q')}`;
  const console = await agent(product, name.slice(0, 40));
  const code = await newCode(console);
  const page = await applicant(product);
  await submit(page, code);
  await until('the view', async () => (await seen(console)).includes('08.00'));
  const words = { text: canary(), label: canary(), title: canary(), value: canary(), address: canary() };
  await page.evaluate(({ text, label, title, value, address }) => {
    document.title = title;
    location.hash = address;
    const field = document.createElement('input');
    field.value = value;
    field.setAttribute('aria-label', label);
    const note = document.createElement('p');
    document.querySelector('main')?.append(note, field);
    // Short, so that it travels as it is: what is deflated could not be found, sealed or not. And all the time, so that some of
    // it is on its way whenever the memory is looked at: the relay wipes what it has passed on.
    let times = 0;
    setInterval(() => {
      note.textContent = `${text} ${times++}`;
      field.setAttribute('aria-label', `${label} ${times}`);
    }, 4);
  }, words);
  await until('the canary at the desk', async () => (await seen(console)).includes(words.text));

  const during = new Map<string, number>();
  for (let look = 0; look < 8; look++) {
    for (const [word, times] of findInMemory(product.pid, [...Object.values(words), name.slice(0, 40)])) {
      during.set(word, (during.get(word) ?? 0) + times);
    }
    await new Promise((done) => setTimeout(done, 100));
  }
  assert.ok((during.get(name.slice(0, 40)) ?? 0) > 0, 'the search finds nothing: not even what the server has to know');
  await (await console.waitForSelector('aria/End session[role="button"]'))?.click();
  await until('the end', async () => /insyn_sessions_open 0/.test(await metrics()));
  const after = findInMemory(product.pid, Object.values(words));
  for (const [what, word] of Object.entries(words)) {
    assert.ok(!product.line.heard.includes(word), `the ${what} left a browser as it was`);
    assert.deepEqual([during.get(word), after.get(word)], [0, 0], `the ${what} was found during, after the session`);
  }
  await hangUp(console, page);
});

test('other digits under the same routing digits: both are told, the code is burned, nothing was consented to', async () => {
  const console = await agent(product);
  const code = await newCode(console);
  const page = await applicant(product);
  const consents = /insyn_consents_total (\d+)/.exec(await metrics())?.[1];
  const nine = code.slice(0, 8) + ((Number(code[8]) + 1) % 10);
  const frame = await submit(page, nine + checkDigit(nine));
  await until('the desk to be told', async () => /did not match/.test(await visible(console)));
  await until('the applicant to be told', async () =>
    /did not match/.test(await frame.evaluate(() => document.body.innerText)),
  );
  assert.deepEqual(
    (await page.browserContext().cookies()).filter(({ name }) => name === 'insyn'),
    [],
  );
  assert.equal(await frame.evaluate(() => sessionStorage.length), 0);
  const text = await metrics();
  assert.match(text, /insyn_codes_total\{event="burned"\} 1/);
  assert.match(text, new RegExp(`insyn_consents_total ${consents}\\b`));
  assert.match(text, /insyn_sessions_open 0/);
  await submit(page, code);
  await until('the refusal', () => frame.$('[aria-invalid="true"]'));
  await hangUp(console, page);
});

test('a relay that changes one bit ends the session, and both are told why', async () => {
  const { console, page } = await call(product);
  product.line.tamper = true;
  await page.evaluate(() => {
    const late = document.createElement('p');
    late.textContent = Array.from({ length: 300 }, () => Math.random().toString(36)).join(' ');
    document.querySelector('main')?.append(late);
  });
  await until('the desk to be told', async () => /changed/i.test(await visible(console)));
  await until('the applicant to be told', async () => /changed/i.test(await heard(page)));
  assert.equal(await console.$('iframe'), null, 'the view is gone');
  assert.match(product.printed(), /"reason":"tampered"/);
  await hangUp(console, page);
});

test('both show the same first digits of the policy', async () => {
  const { console, page } = await call(product);
  const [digits] = /(?<=Rules )[0-9a-f]{4} [0-9a-f]{4}/.exec(await visible(console)) ?? [];
  assert.ok(digits, 'not shown at the desk');
  assert.ok((await heard(page)).includes(digits), 'not shown to the applicant');
  await hangUp(console, page);
});
