// Builds the browser code into dist/, which the Go binary embeds: bundles and styles under names that carry their hash,
// documents as they are, the demo's pages and font, and manifest.json, which maps names to files and their integrity.
// dist/BUILT_BY_make_build is written last: web/embed.go asks for it, so that a Go build without bundles says what to run.
// An argument names another folder than dist.

import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const here = dirname(fileURLToPath(import.meta.url));
const dist = process.argv[2] ?? join(here, 'dist');
const require = createRequire(import.meta.url);
/** name in the manifest -> { file, integrity } */
const manifest = {};

function keep(name, extension, contents) {
  const hash = createHash('sha256').update(contents).digest('hex').slice(0, 16);
  const file = `${name}.${hash}.${extension}`;
  const integrity = `sha384-${createHash('sha384').update(contents).digest('base64')}`;
  writeFileSync(join(dist, 'assets', file), contents);
  manifest[`${name}.${extension}`] = { file, integrity };
  return manifest[`${name}.${extension}`];
}

async function bundle(name, entry, define = {}) {
  const extension = entry.endsWith('.css') ? 'css' : 'js';
  const result = await build({
    absWorkingDir: here,
    entryPoints: [entry],
    bundle: true,
    minify: true,
    write: false,
    format: 'iife',
    target: ['chrome111', 'firefox115', 'safari16.4'],
    charset: 'utf8',
    legalComments: 'none',
    define: Object.fromEntries(Object.entries(define).map(([key, value]) => [key, JSON.stringify(value)])),
  });
  return keep(name, extension, result.outputFiles[0].contents);
}

rmSync(dist, { recursive: true, force: true });
mkdirSync(join(dist, 'assets'), { recursive: true });

const core = await bundle('mirror-core', 'src/mirror/core.ts');
await bundle('mirror', 'src/mirror/loader.ts', { CORE_FILE: core.file, CORE_INTEGRITY: core.integrity });

// A file of its own: only where digits are exchanged does a Worker load it.
const cpace = await bundle('cpace', 'src/link/cpace-bundle.ts');

const bridgeWorker = await bundle('bridge-worker', 'src/bridge/worker.ts', { CPACE_FILE: cpace.file });
await bundle('bridge', 'src/bridge/bridge.ts', { WORKER_FILE: bridgeWorker.file });
await bundle('bridge', 'src/bridge/bridge.css');

const consoleWorker = await bundle('console-worker', 'src/console/worker.ts', { CPACE_FILE: cpace.file });
await bundle('console', 'src/console/console.ts', { WORKER_FILE: consoleWorker.file });
await bundle('console', 'src/console/console.css');

await bundle('report', 'src/report/report.ts');
await bundle('report-probe', 'src/report/probe.ts');
await bundle('report', 'src/report/report.css');

for (const page of ['bridge/bridge.html', 'console/console.html', 'view/view.html']) {
  cpSync(join(here, 'src', page), join(dist, page.split('/')[1]));
}
cpSync(join(here, 'demo'), join(dist, 'demo'), { recursive: true });
mkdirSync(join(dist, 'demo', 'fonts'), { recursive: true });
cpSync(
  join(
    dirname(require.resolve('@fontsource-variable/source-sans-3/package.json')),
    'files/source-sans-3-latin-wght-normal.woff2',
  ),
  join(dist, 'demo', 'fonts', 'source-sans-3.woff2'),
);

writeFileSync(join(dist, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`);
writeFileSync(join(dist, 'BUILT_BY_make_build'), '');
