// Room: test. What every browser test needs: a browser, a bundle of the code under test, and a small server that
// answers alike for all *.localhost hosts.

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { build } from 'esbuild';
import puppeteer, { type Browser } from 'puppeteer-core';

/** The web/ folder: tests run from there (test/run.mjs). */
export const WEB = process.cwd().endsWith('web') ? process.cwd() : join(dirname(process.cwd()), 'web');

const QUIET = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-quic',
  '--no-first-run',
  '--mute-audio',
];

export const CHROMIUM = process.env.INSYN_CHROMIUM ?? '/usr/bin/chromium';

/** A headless Chromium; INSYN_CHROMIUM names another binary than Debian's, `through` one that starts it somewhere else. */
export function launch(args: string[] = [], through?: string): Promise<Browser> {
  return puppeteer.launch({
    executablePath: through ?? CHROMIUM,
    args: [...QUIET, ...args],
    headless: true,
    pipe: through !== undefined,
    protocolTimeout: 120_000,
  });
}

/** A headless Firefox, driven over WebDriver BiDi; INSYN_FIREFOX names another binary than Debian's. */
export function launchFirefox(): Promise<Browser> {
  return puppeteer.launch({
    browser: 'firefox',
    executablePath: process.env.INSYN_FIREFOX ?? '/usr/bin/firefox-esr',
    headless: true,
    protocolTimeout: 120_000,
  });
}

/** A TypeScript entry, or inline source resolved from web/, as one classic script. */
export async function bundle(entry: string | { source: string }): Promise<string> {
  const result = await build({
    absWorkingDir: WEB,
    ...(typeof entry === 'string'
      ? { entryPoints: [entry] }
      : { stdin: { contents: entry.source, resolveDir: WEB, loader: 'ts' as const } }),
    bundle: true,
    write: false,
    format: 'iife',
    target: 'chrome111',
    sourcemap: 'inline',
    define: { CORE_FILE: '"core.js"', CORE_INTEGRITY: '""', WORKER_FILE: '"worker.js"', CPACE_FILE: '"cpace.js"' },
  });
  return result.outputFiles[0]?.text ?? '';
}

export interface Answer {
  body: string | Uint8Array;
  type?: string;
  status?: number;
  headers?: Record<string, string>;
}

export interface Served {
  /** http://www.agency.localhost:PORT */
  origin: string;
  port: number;
  /** Every request so far: host, method and path with query. */
  requests: string[];
  close(): Promise<void>;
}

/** Serves routes by path on every host; a string is HTML. Unknown paths are 404. */
export async function serve(routes: Record<string, string | Answer>): Promise<Served> {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    requests.push(`${request.headers.host} ${request.method} ${request.url}`);
    const route = routes[new URL(request.url ?? '/', 'http://x').pathname];
    const answer: Answer = typeof route === 'string' ? { body: route } : (route ?? { body: 'not found', status: 404 });
    response.writeHead(answer.status ?? 200, {
      'content-type': answer.type ?? 'text/html; charset=utf-8',
      ...answer.headers,
    });
    response.end(answer.body);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://www.agency.localhost:${port}`,
    port,
    requests,
    close: () =>
      new Promise((done) => {
        server.closeAllConnections();
        server.close(() => done());
      }),
  };
}
