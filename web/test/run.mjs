// Runs the browser side's tests: bundles every test/**/*.test.ts (or those whose path contains an argument) for Node and
// hands them to node's own test runner. Browser tests find Chromium through test/support/browser.ts.

import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const here = join(dirname(fileURLToPath(import.meta.url)), '..');
const wanted = process.argv.slice(2);
// A folder a run, so that two runs don't sweep each other away.
const out = join(here, 'build', `test-${process.pid}`);

const files = readdirSync(join(here, 'test'), { recursive: true })
  .map((file) => join('test', file))
  .filter((file) => file.endsWith('.test.ts') && (wanted.length === 0 || wanted.some((part) => file.includes(part))))
  .sort();
if (files.length === 0) {
  console.error('no test matches');
  process.exit(1);
}
mkdirSync(out, { recursive: true });
await build({
  absWorkingDir: here,
  entryPoints: files,
  outdir: out,
  outbase: 'test',
  outExtension: { '.js': '.mjs' },
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  packages: 'external',
  sourcemap: 'inline',
});
// Two files at a time: each starts its own browser, and waits for it most of the time.
const run = spawnSync(
  process.execPath,
  [
    '--enable-source-maps',
    '--test',
    '--test-concurrency=2',
    ...files.map((file) => join(out, file.replace(/^test\//, '').replace(/\.ts$/, '.mjs'))),
  ],
  { stdio: 'inherit', cwd: here },
);
rmSync(out, { recursive: true, force: true });
process.exit(run.status ?? 1);
