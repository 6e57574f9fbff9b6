// Room: test. The build gives the same files for the same sources, so that what is served can be compared with what was built.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { WEB } from '../support/browser.ts';

test('a second build of the same sources gives what the first one did, byte for byte', () => {
  const out = mkdtempSync(join(WEB, 'build', 'again-'));
  try {
    const { status, stderr } = spawnSync(process.execPath, ['build.mjs', out], { cwd: WEB, encoding: 'utf8' });
    assert.equal(status, 0, stderr);
    const files = (folder: string) => readdirSync(join(folder, 'assets')).sort();
    assert.deepEqual(files(out), files(join(WEB, 'dist')));
    for (const file of files(out)) {
      assert.deepEqual(readFileSync(join(out, 'assets', file)), readFileSync(join(WEB, 'dist', 'assets', file)), file);
    }
    for (const file of ['manifest.json', 'bridge.html', 'console.html', 'view.html']) {
      assert.deepEqual(readFileSync(join(out, file)), readFileSync(join(WEB, 'dist', file)), file);
    }
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
});

test('the curve is in a file of its own, which no other bundle carries', () => {
  const assets = join(WEB, 'dist', 'assets');
  for (const file of readdirSync(assets).filter((name) => name.endsWith('.js'))) {
    const text = readFileSync(join(assets, file), 'utf8');
    assert.equal(text.includes('ristretto255_XMD'), file.startsWith('cpace.'), file);
  }
  const worker = readdirSync(assets).find((name) => name.startsWith('bridge-worker.')) ?? '';
  const size = gzipSync(readFileSync(join(assets, worker)), { level: 9 }).length;
  assert.ok(size < 12 << 10, `the bridge's Worker weighs ${size} bytes`);
});
