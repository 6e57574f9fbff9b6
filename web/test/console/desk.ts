// Room: test. A desk without Insyn's server: the console's real document, style and headers, a small API in memory, a
// Worker that says what the test tells it to, and a view that draws what a frame's body says.

import { readFileSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { build } from 'esbuild';
import type { Browser, Page } from 'puppeteer-core';
import type { FromConsoleWorker, ToConsoleWorker } from '../../src/wire/messages.ts';
import { bundle, WEB } from '../support/browser.ts';
import { acceptLines, type TestLine } from './line.ts';

/** The hash of the policy in force. */
const POLICY = '9f3b7c21aa';
const CSP =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self' ws:; worker-src 'self'; " +
  "frame-src 'self'; img-src 'self' data: blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; " +
  "require-trusted-types-for 'script'; trusted-types insyn";
const VIEW_CSP =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data: blob:; font-src data: blob:; base-uri 'none'; " +
  "form-action 'none'; frame-src 'none'; sandbox allow-same-origin";

/** Passes on what the test and the page say to each other. */
const WORKER = `
  const test = new BroadcastChannel('worker');
  test.onmessage = ({ data }) => { if ('to' in data) postMessage(data.to); };
  onmessage = ({ data }) => test.postMessage({ from: data });
`;

export interface Desk {
  origin: string;
  /** Method, path and body of each call of the API. */
  calls: string[];
  state: { name: string | undefined; lives: number; refuse: number; used: boolean; policy: string };
  /** A page on the desk, waiting for whatever its first screen is. */
  open(browser: Browser, size: { width: number; height: number }): Promise<Page>;
  /** The next line that the console opens. */
  line(): Promise<TestLine>;
  close(): Promise<void>;
}

/** `realWorker`: the console's own Worker instead of the test's, so that lines are opened. */
export async function openDesk(realWorker = false): Promise<Desk> {
  const calls: string[] = [];
  const state: Desk['state'] = { name: undefined, lives: 5 * 60_000, refuse: 0, used: false, policy: POLICY };
  const css = await build({
    absWorkingDir: WEB,
    entryPoints: ['src/console/console.css'],
    bundle: true,
    write: false,
  });
  const html = readFileSync(join(WEB, 'src/console/console.html'), 'utf8')
    .replace('{{.CSS}}', 'console.css')
    .replace('{{.JS}}', 'console.js')
    .replace(
      '{{.Config}}',
      JSON.stringify({
        insynOrigin: 'http://insyn.agency.localhost',
        policyHash: POLICY,
        demo: true,
        labels: { my: 'My Page: book an appointment', start: 'Start page' },
      }),
    );
  const files: Record<string, [type: string, body: string, csp?: string]> = {
    '/': ['text/html', html, CSP],
    '/view': ['text/html', readFileSync(join(WEB, 'src/view/view.html'), 'utf8'), VIEW_CSP],
    '/assets/console.css': ['text/css', css.outputFiles[0]?.text ?? ''],
    '/assets/console.js': ['text/javascript', await bundle('test/console/entry.ts')],
    '/assets/worker.js': [
      'text/javascript',
      realWorker ? await bundle('src/console/worker.ts') : WORKER,
      "default-src 'none'; connect-src 'self' ws:",
    ],
  };
  const json = (response: ServerResponse, status: number, value?: object) => {
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(value ? JSON.stringify(value) : undefined);
  };
  const api = (call: string, body: string, response: ServerResponse) => {
    if (state.refuse) return json(response, state.refuse, { error: 'refused' });
    const agent = { id: 'kim', name: state.name };
    if (call === 'POST /api/sign-in') {
      state.name = (JSON.parse(body) as { name: string }).name;
      return json(response, 200, { ...agent, name: state.name });
    }
    if (!state.name) return json(response, 401, { error: 'sign_in' });
    if (call === 'GET /api/whoami') return json(response, 200, agent);
    if (call === 'POST /api/codes') {
      return json(response, 201, {
        session: 'K7QX2M4TB3WZ5HNA',
        routing: '47291',
        expires: Date.now() + state.lives,
        policy: state.policy,
      });
    }
    if (call.endsWith('/extend')) return json(response, 200, { expires: Date.now() + state.lives + 5 * 60_000 });
    if (call.startsWith('DELETE ') && state.used) return json(response, 404, { error: 'no_code' });
    if (call === 'POST /api/sign-out') state.name = undefined;
    return json(response, 204);
  };
  const server = createServer((request, response) => {
    const path = request.url ?? '/';
    const file = files[path];
    if (file) {
      const [type, body, csp] = file;
      response.writeHead(200, {
        'content-type': `${type}; charset=utf-8`,
        ...(csp ? { 'content-security-policy': csp } : {}),
      });
      response.end(body);
      return;
    }
    let body = '';
    request.on('data', (part) => {
      body += part;
    });
    request.on('end', () => {
      calls.push(`${request.method} ${path} ${body}`.trim());
      if (request.headers['insyn-request'] !== '1') json(response, 403, { error: 'header' });
      else api(`${request.method} ${path}`, body, response);
    });
  });
  const lines = acceptLines(server);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const origin = `http://desk.agency.localhost:${(server.address() as AddressInfo).port}`;
  return {
    origin,
    calls,
    state,
    line: () => lines.next(),
    open: async (browser, size) => {
      const page = await (await browser.createBrowserContext()).newPage();
      await page.setViewport(size);
      await page.evaluateOnNewDocument(() => {
        const channel = new BroadcastChannel('worker');
        const heard: unknown[] = [];
        channel.onmessage = ({ data }) => {
          if ('from' in data) heard.push(data.from);
        };
        Object.assign(globalThis, {
          heard,
          say: (to: unknown) => channel.postMessage({ to }),
          refusals: [] as string[],
        });
        document.addEventListener('securitypolicyviolation', (event) => {
          (globalThis as unknown as { refusals: string[] }).refusals.push(
            `${event.violatedDirective} ${event.blockedURI}`,
          );
        });
      });
      await page.goto(`${origin}/`);
      await page.waitForSelector('h1');
      return page;
    },
    close: () =>
      new Promise((done) => {
        lines.cut();
        server.closeAllConnections();
        server.close(() => done());
      }),
  };
}

/** The Worker says something to the page. */
export async function workerSays(page: Page, message: FromConsoleWorker): Promise<void> {
  // Bytes do not survive the way into the browser as JSON; the fake view reads them as text.
  const { body, ...rest } = message as FromConsoleWorker & { body?: Uint8Array };
  const words = body ? new TextDecoder().decode(body) : undefined;
  await page.evaluate(
    (to, text) => {
      const bytes = text === undefined ? {} : { body: new TextEncoder().encode(text) };
      (globalThis as unknown as { say(to: object): void }).say({ ...to, ...bytes });
    },
    rest as object,
    words,
  );
}

/** What the page has said to its Worker so far. */
export function workerHeard(page: Page): Promise<ToConsoleWorker[]> {
  return page.evaluate(() => (globalThis as unknown as { heard: ToConsoleWorker[] }).heard);
}
