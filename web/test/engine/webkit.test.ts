// Room: test. Mirror and view in WebKitGTK: the rich fixture arrives with its styles, images and shadow roots, later changes follow,
// and a storm ends identical. Plain WebDriver runs one function; the rest is the same stage as in the other engines.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { serve } from '../support/browser.ts';
import { inWebKit } from '../support/webkit.ts';
import { FIXTURE } from './fixture.ts';
import { stageRoutes } from './stage.ts';

/** What storm.ts stirs. */
const CALM = `<!doctype html><html lang=en><head><title>storm</title><script src="/source.js"></script></head><body>
<main class=a><h1>Title</h1><p>one <b>two</b> three</p><ul><li>x<li>y<li>z</ul></main>
<x-box><template shadowrootmode=open><p>in <slot></slot></p></template><i>light</i></x-box>
<table><tr><td>c</table><select><option value=a>A<option value=b>B</select><input><textarea></textarea></body></html>`;

interface Seen {
  error?: string;
  calm: { source: string; view: string };
  styles: { source: string; view: string }[];
  wanted: number[];
  images: number[];
  card: string;
  later: { source: string; view: string };
  resyncs: number;
}

/** Runs in the stage's page. */
async function walk(done: (seen: unknown) => void): Promise<void> {
  try {
    const { host } = window;
    const policy = {
      version: '1',
      domain: 'localhost',
      origins: [location.origin],
      fetch: [location.origin],
      pages: [{ id: 'all', label: 'A page', path: '/**', text: 'show' as const, choices: 'show' as const }],
      rules: [],
    };
    await host.load('/rich.html');
    host.begin(policy);
    await host.settle(1500);
    const documents = [host.source.document, host.frame.contentDocument];
    const styles = ['.hero', 'h1', '.btn', 'header', 'li:nth-child(2)', 'td', 'input:invalid'].map((selector) => {
      const [source = '', view = ''] = documents.map((doc) => {
        // What the applicant's end states as an attribute, the view can't know by itself.
        const element = doc?.querySelector(
          doc === documents[1] ? selector.replace(':invalid', '[insyn-invalid]') : selector,
        );
        const style = element && doc?.defaultView?.getComputedStyle(element);
        const { width = 0, height = 0 } = element?.getBoundingClientRect() ?? {};
        return `${selector} ${style?.color} ${style?.backgroundColor} ${style?.borderTopColor} ${style?.fontFamily} ${width} ${height}`;
      });
      return { source, view };
    });
    const [wanted = [], images = []] = documents.map((doc) =>
      Array.from(doc?.querySelectorAll('img') ?? [], (image) => image.naturalWidth).slice(0, 3),
    );
    const card = documents[1]?.querySelector('status-card')?.shadowRoot?.textContent ?? '';
    host.mirror?.stop();
    await host.load('/calm.html');
    host.begin(policy);
    await host.settle(1000);
    const both = () => ({ source: host.source.canon(), view: host.canon() });
    const calm = both();
    const storm = host.source.storm(7);
    for (let n = 0; n < 400; n++) {
      storm.step();
      if (n % 16 === 0) await new Promise((passed) => requestAnimationFrame(passed));
    }
    await host.settle(1500);
    done({ calm, styles, wanted, images, card, later: both(), resyncs: host.resyncs });
  } catch (error) {
    done({ error: String(error) });
  }
}

test('a page and a storm over it are mirrored true in WebKit', async () => {
  const served = await serve({ ...(await stageRoutes()), ...FIXTURE, '/calm.html': CALM });
  try {
    const script = `const done = arguments[0]; (${walk.toString()})((seen) => done(JSON.stringify(seen)));`;
    const address = `http://localhost:${served.port}/host.html`;
    const seen = JSON.parse(String(await inWebKit(address, script))) as Seen;
    assert.equal(seen.error, undefined);
    assert.ok(seen.calm.source.length > 300, 'there is something to see');
    assert.equal(seen.calm.view, seen.calm.source);
    for (const { source, view } of seen.styles) assert.equal(view, source);
    assert.deepEqual(seen.images, seen.wanted);
    assert.ok(seen.images.length === 3 && seen.images.every((width) => width > 0));
    assert.equal(seen.card, 'Card: ');
    assert.notEqual(seen.later.source, seen.calm.source);
    assert.equal(seen.later.view, seen.later.source);
    assert.equal(seen.resyncs, 0);
  } finally {
    await served.close();
  }
});
