// Room: bench. What an agency page loads: the loader on every page, and all of it where a session is under way.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { WEB } from '../../test/support/browser.ts';
import { report } from '../report.ts';

export function weight(): void {
  const assets = join(WEB, 'dist', 'assets');
  const packed = (name: RegExp): number => {
    const file = readdirSync(assets).find((candidate) => name.test(candidate));
    if (!file) throw new Error('the browser code is not built: make build');
    return gzipSync(readFileSync(join(assets, file)), { level: 9 }).length;
  };
  const loader = packed(/^mirror\.[0-9a-f]+\.js$/);
  report('mirror/loader_gzip_bytes', loader, 'bytes');
  report('mirror/all_gzip_bytes', loader + packed(/^mirror-core\.[0-9a-f]+\.js$/), 'bytes');
}
