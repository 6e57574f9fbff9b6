// Room: test. All that our fixtures are served from: their own files, and pictures, fonts and sheets beside them.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { FIXTURE, picture } from '../engine/fixture.ts';
import { type Answer, WEB } from '../support/browser.ts';

const FIXTURES = join(WEB, 'test/corpus/fixtures');
const TYPES: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  css: 'text/css',
  js: 'text/javascript',
  svg: 'image/svg+xml',
};

/** The files in test/corpus/fixtures, below /fixtures/. */
function fixtureRoutes(): Record<string, Answer> {
  const files = readdirSync(FIXTURES).map((file): [string, Answer] => [
    `/fixtures/${file}`,
    { body: readFileSync(join(FIXTURES, file)), type: TYPES[file.split('.').at(-1) ?? ''] ?? 'text/plain' },
  ]);
  return Object.fromEntries(files);
}

const CSS = 'text/css';
const PNG = 'image/png';
export const ROUTES: Record<string, string | Answer> = {
  ...FIXTURE,
  ...fixtureRoutes(),
  '/wide.png': { body: picture(200, 80, [230, 126, 34]), type: PNG },
  '/dot.png': { body: picture(10, 10, [22, 160, 133]), type: PNG },
  // Of base.html, whose addresses all start there.
  '/deep/er/dot.png': { body: picture(20, 20, [142, 68, 173]), type: PNG },
  '/deep/er/page.css': { body: '@import "../more.css";.title{color:#c0392b;background:url(dot.png)}', type: CSS },
  '/deep/more.css': { body: '.there{height:30px;background:url("er/dot.png") 5px 5px}', type: CSS },
  '/deep/er/other.css': { body: 'p{border:4px solid gold}', type: CSS },
  '/deep/er/imported.css': { body: 'p{background:#d6eaf8;color:#fff}.imported{color:teal}', type: CSS },
  '/deep/er/imported-wide.css': { body: '.wide{font-size:24px}', type: CSS },
  '/deep/er/never.css': { body: 'body{display:none}', type: CSS },
  '/deep/er/late.css': { body: '@layer low{h1{font-size:40px}}p{padding:20px}', type: CSS },
};
