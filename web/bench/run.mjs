// Measures the browser side: bundles every bench/**/*.bench.ts for Node and runs them one after the other. Each prints lines of
// "name value unit". With an argument, only names that begin so are measured.

import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const here = join(dirname(fileURLToPath(import.meta.url)), '..');
const only = process.argv[2] ?? '';
const out = join(here, 'build', `bench-${process.pid}`);
const files = readdirSync(join(here, 'bench'), { recursive: true })
  .filter((file) => file.endsWith('.bench.ts'))
  .sort();
mkdirSync(out, { recursive: true });
await build({
  absWorkingDir: here,
  entryPoints: files.map((file) => join('bench', file)),
  outdir: out,
  outbase: 'bench',
  outExtension: { '.js': '.mjs' },
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  packages: 'external',
});
let failed = 0;
for (const file of files) {
  const script = join(out, file.replace(/\.ts$/, '.mjs'));
  const run = spawnSync(process.execPath, [script], { stdio: 'inherit', cwd: here, env: { ...process.env, ONLY: only } });
  if (run.status !== 0) failed = run.status ?? 1;
}
rmSync(out, { recursive: true, force: true });
process.exit(failed);
