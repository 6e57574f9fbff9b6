// Room: test. What pointer and focus may tell: not which choice was made where choices aren't shown, nor which key was
// pressed on a pad that is hidden.

import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import type { Browser } from 'puppeteer-core';
import { launch } from '../support/browser.ts';
import { openStage, type Stage } from './stage.ts';

const PAGE = `<!doctype html><title>discreet</title><script src=/source.js></script>
<fieldset><legend>Answer</legend>
<label><input type=radio name=a id=yes>Yes</label><label id=no><input type=radio name=a>No</label></fieldset>
<label id=name>Name<input id=field></label>
<div data-insyn=hide><button id=key>7</button></div>
<p id=open>open</p>`;

let browser: Browser;
let stage: Stage;
before(async () => {
  browser = await launch();
});
after(() => browser.close());
afterEach(() => stage.close());

/** Moves the pointer over an element of the page and says what the view was told of it. */
async function over(selector: string): Promise<{ hover: string; focus: string; pointer: string }> {
  return stage.page.evaluate(async (at) => {
    const source = window.host.source.document;
    const element = source.querySelector<HTMLElement>(at);
    const Own = (source.defaultView as unknown as typeof window).PointerEvent;
    const where = { clientX: 40 + at.length, clientY: 50, bubbles: true };
    element?.dispatchEvent(new Own('pointerover', where));
    element?.dispatchEvent(new Own('pointermove', where));
    element?.focus();
    await window.host.settle(200);
    const view = window.host.frame.contentDocument as Document;
    const innermost = (name: string) => Array.from(view.querySelectorAll(`[insyn-${name}]`)).at(-1)?.localName ?? '';
    const pointer = view.querySelector('insyn-pointer') as HTMLElement | null;
    return { hover: innermost('hover'), focus: innermost('focus'), pointer: pointer?.style.transform ?? '' };
  }, selector);
}

async function begin(choices: 'show' | 'hide'): Promise<void> {
  stage = await openStage(browser, { '/discreet.html': PAGE });
  await stage.mirror(
    '/discreet.html',
    stage.policy({ pages: [{ id: 'q', label: 'Q', path: '/**', text: 'show', choices }] }),
  );
}

test('where choices are not shown, the group is all that pointer and focus tell', async () => {
  await begin('hide');
  const open = await over('#open');
  assert.deepEqual([open.hover, open.pointer], ['p', 'translate(45px, 50px)']);
  assert.deepEqual(await over('#yes'), { hover: 'fieldset', focus: 'fieldset', pointer: open.pointer });
  assert.deepEqual((await over('#no')).hover, 'fieldset');
  assert.equal((await over('#name')).hover, 'label', 'the label of a text field is no choice');
});

test('where choices are shown, so is where the pointer is', async () => {
  await begin('show');
  const yes = await over('#yes');
  assert.deepEqual([yes.hover, yes.focus, yes.pointer], ['input', 'input', 'translate(44px, 50px)']);
});

test('over a hidden region the pointer is not told', async () => {
  await begin('show');
  const open = await over('#open');
  assert.equal((await over('#key')).pointer, open.pointer);
});
