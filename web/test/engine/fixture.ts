// Room: test. A rich page of an agency's: style sheets of all kinds, images, a web font, forms, a dialog, shadow roots.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { deflateSync } from 'node:zlib';
import type { Answer } from '../support/browser.ts';
import { WEB } from '../support/browser.ts';

/** A PNG chunk: length, name, data, checksum. */
function chunk(name: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(name, 'latin1'), data]);
  let sum = 0xffffffff;
  for (const byte of body) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit++) sum = sum & 1 ? (sum >>> 1) ^ 0xedb88320 : sum >>> 1;
  }
  const out = Buffer.alloc(body.length + 8);
  out.writeUInt32BE(data.length);
  body.copy(out, 4);
  out.writeUInt32BE(~sum >>> 0, body.length + 4);
  return out;
}

/** A picture of one colour with a lighter middle. */
export function picture(width: number, height: number, colour: readonly [number, number, number]): Buffer {
  const rows = Buffer.alloc(height * (1 + width * 3));
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const middle = Math.abs(x - width / 2) < width / 4;
      for (const [k, c] of colour.entries()) rows[y * (1 + width * 3) + 1 + x * 3 + k] = middle ? 255 - c / 3 : c;
    }
  }
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width);
  head.writeUInt32BE(height, 4);
  head.set([8, 2, 0, 0, 0], 8);
  const parts = [chunk('IHDR', head), chunk('IDAT', deflateSync(rows)), chunk('IEND', Buffer.alloc(0))];
  return Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), ...parts]);
}

const fonts = dirname(
  createRequire(join(WEB, 'package.json')).resolve('@fontsource-variable/source-sans-3/package.json'),
);

const CSS = `@import "/more.css" layer(more) screen;
:root{--pad:12px;--ink:#123;--stack:"Web Sans",sans-serif}
@font-face{font-family:"Web Sans";src:url(/font.woff2) format("woff2");font-weight:200 900}
*{box-sizing:border-box}body{margin:0;font:16px/1.5 var(--stack);color:var(--ink);background:#fafafa}
header{position:sticky;top:0;background:#0a3d62;color:#fff;padding:8px var(--pad);display:flex;gap:12px;align-items:center}
header a{color:#fff}#main{padding:var(--pad);display:grid;grid-template-columns:1fr 1fr;gap:12px}
.hero{background:#ddd url("/bg.png") center/40px;height:80px;border-radius:8px}
.btn{background:#0a3d62;color:#fff;border:0;padding:8px 16px;border-radius:4px}.btn:hover{background:#c0392b}
.btn:focus-visible{outline:3px solid orange}input:invalid{border:2px solid #c0392b}input:valid{border:2px solid #27ae60}
.more::after{content:"\\2192";margin-left:4px}li:nth-child(2){font-weight:700}.ico{width:24px;height:24px}
table{border-collapse:collapse}td,th{border:1px solid #999;padding:2px 8px}
.scroll{height:60px;overflow:auto;border:1px solid #999}.tall{height:900px;background:linear-gradient(#eee,#bcd)}`;

const BODY = `<header><img src=/logo.png alt=Logo width=48 height=24><nav><a href="/a?secret=1">Start</a> <a href=#main>My page</a></nav>
<svg class=ico viewBox="0 0 24 24"><defs><linearGradient id=g1><stop offset=0 stop-color=gold /><stop offset=1 stop-color=red /></linearGradient><symbol id=s1 viewBox="0 0 24 24"><circle cx=12 cy=12 r=10 fill="url(#g1)"/></symbol></defs><use href=#s1 /></svg></header>
<!-- a comment --><div id=main><section><h1 class=more>Book an appointment</h1><div class=hero></div>
<p>Some text with <em>emphasis</em> and <strong>weight</strong>.</p><script type=text/plain>nothing</script><ul><li>One<li>Two<li>Three</ul>
<img src=/photo.png alt="A photo"><img src=/icon.svg width=32 height=32 alt=""><img src=/gone.png alt="missing picture">
<details open><summary>Question</summary>Answer</details><status-card><span>slotted</span></status-card></section>
<form><label for=n>Name</label> <input id=n required><br><label for=m>Mail</label> <input id=m type=email value="somebody" ><br>
<input type=checkbox checked id=c1><label for=c1>Yes</label> <input type=radio name=r checked>A <input type=radio name=r>B<br>
<select id=sel><option value="">Choose<option value=2 selected>Second</select> <input type=date value=2026-11-22> <input type=number value=42><br>
<textarea rows=2>typed text</textarea><br><input type=password value=hush><input type=hidden value=hid><button class=btn id=b type=button>Send</button> <input type=submit value="Save it">
<div contenteditable id=ed style="border:1px solid">edited content</div><table><caption>Cases</caption><tr><th>No<th>State<tr><td>1<td>Open</table>
<div class=scroll id=sc><div style="height:400px">inner scroll</div></div><progress max=10 value=4></progress>
<div data-insyn=hide style="width:120px;height:30px">top secret</div><p data-insyn=mask id=masked>Masked words here</p><canvas width=80 height=30></canvas></form></div>
<div class=tall></div><dialog id=dlg><p>In the dialog</p><button>Close</button></dialog>`;

const SCRIPT = `class StatusCard extends HTMLElement{constructor(){super();const s=this.attachShadow({mode:'open'});
const sheet=new CSSStyleSheet();sheet.replaceSync(':host{display:block;border:2px dashed #0a3d62;padding:4px}b{color:#c0392b}');
s.adoptedStyleSheets=[sheet];const b=document.createElement('b');b.textContent='Card: ';s.append(b,document.createElement('slot'))}}
customElements.define('status-card',StatusCard);`;

export const STRICT =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; " +
  "require-trusted-types-for 'script'; trusted-types insyn";

export const FIXTURE: Record<string, string | Answer> = {
  '/rich.html': `<!doctype html><html lang=en><head><title>Rich page</title><meta charset=utf-8><link rel=stylesheet href=/rich.css>
<style>em{color:teal}</style><script src=/source.js></script><script src=/rich.js></script></head><body>${BODY}</body></html>`,
  '/strict.html': {
    body: `<!doctype html><html lang=en><head><title>Strict</title><meta charset=utf-8><link rel=stylesheet href=/rich.css>
<script src=/source.js></script><script src=/rich.js></script></head><body>${BODY}</body></html>`,
    headers: { 'content-security-policy': STRICT },
  },
  '/rich.css': { body: CSS, type: 'text/css' },
  '/more.css': { body: '.tall{margin-top:20px}h1{font-size:26px;margin:0 0 8px}', type: 'text/css' },
  '/rich.js': { body: SCRIPT, type: 'text/javascript' },
  '/font.woff2': {
    body: readFileSync(join(fonts, 'files/source-sans-3-latin-wght-normal.woff2')),
    type: 'font/woff2',
  },
  '/logo.png': { body: picture(96, 48, [200, 30, 60]), type: 'image/png' },
  '/photo.png': { body: picture(120, 60, [20, 120, 60]), type: 'image/png' },
  '/bg.png': { body: picture(40, 40, [80, 60, 200]), type: 'image/png' },
  '/icon.svg': {
    body: '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10"><path d="M0 0h10v10z" fill="purple"/></svg>',
    type: 'image/svg+xml',
  },
};
