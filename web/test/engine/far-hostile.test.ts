// Room: test. What a page in a frame, or around one, may try: a foreign page is told nothing, and an agency page that does not
// speak as the mirror does harms nothing but its own frame.

import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import type { Browser, Frame, Page } from 'puppeteer-core';
import { encode, type Op, SHARE } from '../../src/wire/tree.ts';
import { type FarStage, frameOf, openFarStage, until } from './far-stage.ts';
import { launch } from './stage.ts';

/** Answers by itself in place of the loader; the test says what. */
const LIAR = `<!doctype html><p>lies<script>got=[];addEventListener('message',({data,ports})=>{
if(data.insyn!=='frame')return;port=ports[0];port.onmessage=({data})=>got.push(data);port.postMessage({t:'hello',quirks:false})})</script>`;
/** Frames a page and asks it as the mirror does. */
const ASKER = `<!doctype html><iframe src="MY/open/in.html"></iframe><script>heard=[];ask=(policy,where=frames[0])=>{const{port1,port2}=new MessageChannel();
port1.onmessage=({data})=>heard.push(data.t);where.postMessage({insyn:'frame',policy},'*',[port2])}</script>`;

let browser: Browser;
let stage: FarStage;
let text: string;
before(async () => {
  browser = await launch();
  stage = await openFarStage(browser);
  text = JSON.stringify(stage.policy);
  stage.put({
    '/open/outer.html':
      '<!doctype html><title>o</title><script src=/source.js></script><h1>Outer</h1><iframe class=a src="MY/open/liar.html"></iframe>',
    '/open/liar.html': LIAR,
    '/open/in.html': '<!doctype html>TAG<p>told',
    '/ask.html': ASKER,
    '/around.html': '<!doctype html><iframe src="WWW/ask.html"></iframe>',
    '/between.html': '<!doctype html><iframe src="OTHER/ask.html"></iframe>',
  });
});
after(async () => {
  await stage.close();
  await browser.close();
});

const kinds = (name: string): Promise<number> =>
  stage.host.evaluate((kind) => window.host.kinds.filter((one) => one === kind).length, name);

/** A page with a liar in its frame, which has been told to begin. */
async function lying(): Promise<{ page: Page; liar: Frame; share: number }> {
  const page = await stage.begin('/open/outer.html');
  const liar = await frameOf(page, '/liar.html');
  const begin = await until(
    'it to begin',
    () => liar.evaluate('got.find(({ t }) => t === "begin")') as Promise<{ share: number } | undefined>,
  );
  return { page, liar, ...begin };
}
/** Has the liar post something; `body` is bytes. */
const post = (liar: Frame, message: object, body?: Uint8Array): Promise<unknown> =>
  liar.evaluate(
    (said, bytes) =>
      (window as unknown as { port: MessagePort }).port.postMessage(
        bytes ? { ...said, body: new Uint8Array(bytes) } : said,
      ),
    message,
    body && [...body],
  );
/** A body as the mirror in a frame makes them. */
const steps = (share: number, ...ops: Op[]): Uint8Array => encode([{ op: 'far', share }, ...ops]);

async function lives(page: Page, word: string): Promise<void> {
  await page.evaluate((more) => document.querySelector('h1')?.append(more), word);
  await until('the page itself', () =>
    stage.inView(
      new Function('view', `return view.querySelector('h1')?.textContent.includes('${word}')`) as () => boolean,
    ),
  );
}
const boxed = (): Promise<unknown> =>
  until('a box', () => stage.inView((view) => !view.querySelector('iframe') && !!view.querySelector('insyn-box')));

const errors: string[] = [];
beforeEach(() => {
  errors.length = 0;
});

test('what is told is shown: the liar can speak as the mirror does', async () => {
  const { page, liar, share } = await lying();
  const id = share * SHARE.nodes + 1;
  await post(
    liar,
    { t: 'delta', share },
    steps(share, {
      op: 'splice',
      id,
      start: 0,
      removed: 0,
      entries: [
        {
          kind: 'element',
          id: id + 1,
          name: 'html',
          attributes: [],
          kids: [
            {
              kind: 'element',
              id: id + 2,
              name: 'body',
              attributes: [],
              kids: [{ kind: 'text', id: id + 3, text: 'said' }],
            },
          ],
        },
      ],
    }),
  );
  await until('what it said', async () => (await stage.words('a')) === 'said');
  await until('credit', () => liar.evaluate('got.some(({ t }) => t === "credit")'));
  await post(liar, { t: 'delta', share }, steps(share, { op: 'text', id: id + 3, text: 'more' }));
  await until('more', async () => (await stage.words('a')) === 'more');
  // Late, of a document that was told to end: nothing comes of it.
  await stage.host.evaluate(() => window.host.mirror?.resync());
  await until('to begin anew', () => liar.evaluate('got.filter(({ t }) => t === "begin").length > 1'));
  await post(liar, { t: 'delta', share }, steps(share, { op: 'text', id: id + 3, text: 'late' }));
  await lives(page, 'after');
  assert.equal(await stage.host.evaluate(() => window.host.resyncs), 0);
  assert.ok(await stage.inView((view) => !!view.querySelector('iframe.a')));
  assert.ok(!(await stage.words('a'))?.includes('late'));
});

for (const [name, say] of [
  ['too large', (share: number) => [{ t: 'delta', share }, new Uint8Array(0)]],
  ['of no share', (share: number) => [{ t: 'delta', share }, encode([])]],
  ['of another share', (share: number) => [{ t: 'delta', share }, steps(share + 1)]],
  ['no bytes', (share: number) => [{ t: 'delta', share, body: 'text' }]],
  ['nothing', () => [null as unknown as object]],
  ['a delta without bytes', (share: number) => [{ t: 'delta', share }]],
  ['a resource without bytes', (share: number) => [{ t: 'resource', share, hash: 'x', type: 'image/png' }]],
] as [string, (share: number) => [object, Uint8Array?]][]) {
  test(`a message that makes no sense ends it: ${name}`, async () => {
    const { page, liar, share } = await lying();
    if (name === 'too large') {
      await liar.evaluate(
        (number, begin) => {
          const body = new Uint8Array((4 << 20) + 1);
          body.set(begin);
          (window as unknown as { port: MessagePort }).port.postMessage({ t: 'delta', share: number, body });
        },
        share,
        [...steps(share)],
      );
    } else await post(liar, ...say(share));
    await boxed();
    // After the end nothing is heard.
    await post(liar, { t: 'hello', quirks: false });
    await post(liar, { t: 'delta', share }, new Uint8Array(8));
    await lives(page, 'lives');
    await boxed();
    assert.equal(await stage.host.evaluate(() => window.host.resyncs), 0);
  });
}

test('without credit it has no say', async () => {
  const { page, liar, share } = await lying();
  await stage.host.evaluate(() => window.host.mirror?.credit(false));
  await post(liar, { t: 'delta', share }, steps(share));
  await post(liar, { t: 'delta', share }, steps(share));
  await until('to be told to end', () => liar.evaluate('got.some(({ t }) => t === "end")'));
  await stage.host.evaluate(() => window.host.mirror?.credit(true));
  await boxed();
  await lives(page, 'lives');
});

test('it can say nothing of the page around it', async () => {
  const text: Op = { op: 'text', id: 0, text: 'changed by the frame' };
  const page: Op = { op: 'page', rule: 'x', label: 'Lie', title: '', quirks: false, width: 9, height: 9, ratio: 1 };
  const states: Op = { op: 'states', hover: 1, active: 1, focus: 1, visible: true };
  for (const op of [page, states, text, { op: 'resource', number: 0, hash: '', type: '' } as Op]) {
    const { page: top, liar, share } = await lying();
    const ids = Array.from({ length: 40 }, (_, at) => at + 1);
    const ops = op === text ? ids.map((id): Op => ({ ...text, id })) : [op];
    await post(liar, { t: 'delta', share }, steps(share, ...ops));
    await until('it to be refused', () => stage.host.evaluate(() => window.host.resyncs > 0));
    await lives(top, 'lives');
    const shown = await stage.inView((view) => view.documentElement.outerHTML);
    assert.ok(!shown.includes('changed by'), op.op);
    assert.notEqual(await stage.host.evaluate(() => window.host.page?.label), 'Lie');
  }
});

test('what the view makes no sense of again and again ends as a box', async () => {
  const { page, liar } = await lying();
  await liar.evaluate(() => {
    const own = window as unknown as { port: MessagePort };
    const { onmessage } = own.port;
    const lie = (share: number) =>
      own.port.postMessage({ t: 'delta', share, body: new Uint8Array([13, share, 255, 1, 2]) });
    own.port.onmessage = (event) => {
      onmessage?.call(own.port, event);
      if (event.data.t === 'begin') lie(event.data.share);
    };
  });
  await stage.host.evaluate(() => window.host.mirror?.resync());
  await until('lies', () => stage.host.evaluate(() => window.host.resyncs > 2));
  await boxed();
  await lives(page, 'lives');
  assert.ok((await kinds('keyframe')) < 14);
});

test('a foreign page around it is told nothing', async () => {
  const page = await browser.newPage();
  page.on('pageerror', (error) => errors.push(String(error)));
  const ask = async (url: string, what: string, from: 'top' | 'inner' = 'top'): Promise<string[]> => {
    await page.goto(url, { waitUntil: 'load' });
    const frame = from === 'top' ? page.mainFrame() : await frameOf(page, '/ask.html');
    await frameOf(page, '/in.html');
    await until('the asker', () => frame.evaluate('typeof ask === "function"'));
    await frame.evaluate((policy) => (window as unknown as { ask(policy: string): void }).ask(policy), what);
    await new Promise((done) => setTimeout(done, 700));
    return (await frame.evaluate('heard')) as string[];
  };
  const [www, other, social] = [stage.at('www'), stage.at('other'), stage.at('social')];
  // The asker works: an agency page is answered.
  assert.deepEqual(await ask(`${www}/ask.html`, text), ['hello']);
  assert.deepEqual(await ask(`${social}/ask.html`, text), []);
  // Of the same site, whose cookies it shares.
  assert.deepEqual(await ask(`${other}/ask.html`, text), []);
  // A policy of its own making is not the one that the page pins.
  const wider = JSON.stringify({ ...stage.policy, origins: [...stage.policy.origins, other] });
  assert.deepEqual(await ask(`${other}/ask.html`, wider), []);
  assert.deepEqual(await ask(`${www}/ask.html`, wider), []);
  assert.deepEqual(await ask(`${www}/ask.html`, 'no policy'), []);
  // An agency page that is framed itself is not what is mirrored, whoever is around it.
  assert.deepEqual(await ask(`${other}/around.html`, text, 'inner'), []);
  assert.deepEqual(await ask(`${www}/around.html`, text, 'inner'), []);
  // A foreign page in between.
  await page.goto(`${www}/between.html`, { waitUntil: 'load' });
  await frameOf(page, '/in.html');
  const heard = await page.evaluate(async (policy) => {
    const { port1, port2 } = new MessageChannel();
    const got: unknown[] = [];
    port1.onmessage = ({ data }) => got.push(data);
    frames[0]?.frames[0]?.postMessage({ insyn: 'frame', policy }, '*', [port2]);
    await new Promise((done) => setTimeout(done, 700));
    return got;
  }, text);
  assert.deepEqual(heard, []);
  // And without a session nobody is.
  await page.evaluate(() => {
    // biome-ignore lint/suspicious/noDocumentCookie: as the bridge does it.
    document.cookie = 'insyn=; domain=agency.localhost; path=/; max-age=0';
  });
  assert.deepEqual(await ask(`${www}/ask.html`, text), []);
  assert.deepEqual(errors, []);
  await page.close();
});
