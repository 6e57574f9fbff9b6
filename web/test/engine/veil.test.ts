// Room: test. Masked text takes as many lines as the text does, in whatever width and font, nearly always, and is drawn as
// bars. Letters are the view's own: none of them came.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { PNG } from 'pngjs';
import type { Browser } from 'puppeteer-core';
import { launch } from '../support/browser.ts';
import { FIXTURE } from './fixture.ts';
import { openStage, type Stage } from './stage.ts';

const TEXTS = [
  'Du kan boka tid för att lämna fingeravtryck och bli fotograferad på något av våra servicekontor. Ta med pass eller annan handling som styrker vem du är, och kom i god tid före ditt besök.',
  'Your application was received on the third of March. We will write to you when a decision has been made, or if we need more from you. Most people have to wait between four and seven months at present.',
  'Wenn Sie Ihren Antrag online stellen, wird er schneller bearbeitet. Bitte halten Sie Ihren Reisepass bereit, denn Sie müssen die Nummer eingeben und ein Foto der Seite mit Ihren Angaben hochladen.',
  'Kontakta oss om du har flyttat, gift dig eller fått barn sedan du ansökte. Uppgifterna påverkar handläggningen av ditt ärende och vilka handlingar vi behöver få in från dig, så vänta inte med det.',
];
const FONTS = [
  '16px/1.5 sans-serif',
  '15px/1.4 serif',
  '16px/1.5 "Web Sans"',
  '14px/1.5 monospace',
  'bold 17px/1.3 sans-serif',
];
const WIDTHS = [230, 340, 560];

const PAGE = `<!doctype html><html lang=sv><title>veil</title><script src=/source.js></script><style>
@font-face{font-family:"Web Sans";src:url(/font.woff2);font-weight:200 900}body{margin:0}p{margin:0 0 8px}</style>
${FONTS.flatMap((font) => WIDTHS.flatMap((width) => TEXTS.map((text) => `<p data-insyn=mask style='font:${font};width:${width}px'>${text}</p>`))).join('')}
<p id=some>Write to anna.svensson@example.se today</p><select data-insyn=mask><option>masked option</option></select>`;

let browser: Browser;
let stage: Stage;
after(() => browser?.close());
before(async () => {
  browser = await launch();
});

async function lines(): Promise<{ source: number[]; view: number[] }> {
  stage = await openStage(browser, { ...FIXTURE, '/veil.html': PAGE });
  await stage.page.evaluate(() => {
    window.host.veils = true;
  });
  await stage.mirror('/veil.html');
  await stage.page.evaluate(() => window.host.settle(700));
  return stage.page.evaluate(() => {
    const count = (doc: Document) =>
      Array.from(doc.querySelectorAll('p:not(#some,:last-of-type)'), (p) => {
        const style = (doc.defaultView as Window).getComputedStyle(p);
        return Math.round(p.getBoundingClientRect().height / Number.parseFloat(style.lineHeight));
      });
    return { source: count(window.host.source.document), view: count(window.host.frame.contentDocument as Document) };
  });
}

test('masked paragraphs have as many lines as they had, but for one line in a few long ones', async () => {
  const { source, view } = await lines();
  assert.equal(source.length, FONTS.length * WIDTHS.length * TEXTS.length);
  const off = source.map((count, n) => Math.abs(count - (view[n] ?? 0)));
  assert.ok(Math.max(...off) <= 1, 'by one line at most');
  const odd = off.filter((by) => by > 0).length;
  assert.ok(odd <= source.length / 6, `${odd} of ${source.length}`);
  const drift = source.reduce((sum, count) => sum + count, 0) / view.reduce((sum, count) => sum + count, 0);
  assert.ok(drift > 0.98 && drift < 1.02, `the page's height would be ${drift} of what it is`);
});

test('letters are drawn over, follow what changes, and stand for no letter', async () => {
  const got = await stage.page.evaluate(async () => {
    const { host } = window;
    const view = host.frame.contentDocument as Document;
    const frame = host.frame.contentWindow as unknown as typeof window;
    const bars = frame.CSS.highlights.get('insyn-mask') as unknown as Set<StaticRange>;
    const some = () => view.querySelectorAll('p')[view.querySelectorAll('p').length - 1];
    const before = { text: some()?.textContent, bars: bars.size, option: view.querySelector('option')?.textContent };
    const from = host.source.document;
    (from.querySelector('#some')?.firstChild as Text).data = 'and 070-123 45 67';
    from.querySelector('p')?.remove();
    await host.settle(600);
    const after = { text: some()?.textContent, bars: bars.size };
    host.mirror?.resync();
    await host.settle(800);
    const again = (frame.CSS.highlights.get('insyn-mask') as unknown as Set<StaticRange>).size;
    return { before, after, again, found: host.found(['enatri', 'svensson']) };
  });
  assert.match(got.before.text ?? '', /^Write to [a-zS]{24} today$/);
  assert.equal(got.before.option, '██████ ██████');
  assert.match(got.after.text ?? '', /^and [a-zS]{7} [a-zS]{2} [a-zS]{2}$/);
  assert.equal(got.after.bars, got.before.bars - 1);
  assert.equal(got.again, got.after.bars);
  assert.deepEqual(got.found, []);
});

test('no letter is to be seen', async () => {
  await stage.page.bringToFront();
  const clip = await stage.page.evaluate(() => {
    const { left, top } = window.host.frame.getBoundingClientRect();
    return { x: left, y: top, width: 230, height: 100 };
  });
  const shot = PNG.sync.read(Buffer.from(await stage.page.screenshot({ clip })));
  const colours = new Set<string>();
  for (let at = 0; at < shot.data.length; at += 4) colours.add(shot.data.subarray(at, at + 3).toString('hex'));
  assert.deepEqual(colours.size, 2, [...colours].slice(0, 9).join(' '));
  await stage.close();
});
