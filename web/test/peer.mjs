// Runs test/link/peer.ts, the TypeScript ends of an exchange behind a pipe, for the Go tests that talk to them
// (signaling/interop_test.go).

import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const here = dirname(fileURLToPath(import.meta.url));
mkdirSync(join(here, '..', 'build'), { recursive: true });
const out = mkdtempSync(join(here, '..', 'build', 'peer-'));
process.on('exit', () => rmSync(out, { recursive: true, force: true }));
const file = join(out, 'peer.mjs');
await build({
  entryPoints: [join(here, 'link', 'peer.ts')],
  outfile: file,
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
});
await import(pathToFileURL(file).href);
