// Room: test. A change of nothing but a style is the cheap kind: what it can hide is hidden all the same, with the same step.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { launch, openStage } from './stage.ts';

test('a rule that looks at styles holds as soon as a style changes', async () => {
  const browser = await launch();
  const stage = await openStage(browser, {
    '/style.html': '<!doctype html><title>t</title><script src="/source.js"></script><p id=p style="color:red">x</p>',
  });
  try {
    await stage.mirror('/style.html', stage.policy({ rules: [{ selector: '[style*="blue"]', text: 'hide' }] }));
    const [before, after] = await stage.page.evaluate(async () => {
      const { host } = window;
      const boxes = () => host.frame.contentDocument?.querySelectorAll('insyn-box').length;
      const seen = boxes();
      const told = host.kinds.length;
      const p = host.source.document.querySelector('p');
      if (p) p.style.color = 'blue';
      while (host.kinds.length === told) await new Promise((done) => requestAnimationFrame(done));
      return [seen, boxes()];
    });
    assert.equal(before, 0);
    // With the first step that tells of the style, not with a later one.
    assert.equal(after, 1);
  } finally {
    await stage.close();
    await browser.close();
  }
});
