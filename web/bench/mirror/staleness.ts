// Room: bench. How old is what the agent sees, when a page changes all the time behind a slow line: the mirror in a session over
// the real relay, and beside it rrweb's events, packed, over a WebSocket, each on a line of its own at the same time.

import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inflateRawSync } from 'node:zlib';
import type { Page } from 'puppeteer-core';
import { agent, applicant, newCode, type Product, seen, startProduct, submit, until } from '../../test/e2e/insyn.ts';
import { bundle } from '../../test/support/browser.ts';
import { BINARY, FrameReader } from '../../test/support/frames.ts';
import { quantile, report, wanted } from '../report.ts';
import { rest } from './capture.ts';
import { noSlowLine, SlowLine } from './slow-line.ts';

const MINUTES = Number(process.env.INSYN_BENCH_MINUTES) || 10;
const SAMPLE_MS = 250;

/** Four hundred words that change ten times a second, and when that was: more than the line can carry one by one. */
const BUSY = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Queue</title><style>
main{display:grid;grid-template-columns:repeat(10,1fr)}</style></head><body><h1>Queue</h1><p id="stamp" data-insyn="show"></p>
<main>${'<h6>word</h6>'.repeat(400)}</main><script>
let seed = 1;
const next = () => (seed = (Math.imul(seed, 1103515245) + 12345) & 0x7fffffff) >>> 8;
setInterval(() => {
  for (const cell of document.querySelectorAll('h6')) cell.textContent = next().toString(36).replace(/\\d/g, 'x');
  document.querySelector('#stamp').textContent = String(Date.now()).replace(/\\d/g, (digit) => 'abcdefghij'[digit]);
}, 100);
</script></body></html>`;

const RRWEB = `import { record } from 'rrweb';
const socket = new WebSocket('ws://' + location.host + '/events');
let busy = Promise.resolve();
socket.onopen = () => record({ maskAllInputs: true, emit(event) {
  busy = busy.then(async () => {
    const stream = new Blob([JSON.stringify(event)]).stream().pipeThrough(new CompressionStream('deflate-raw'));
    socket.send(await new Response(stream).arrayBuffer());
  });
} });`;

/** Milliseconds between now and what was seen, again and again. */
type Ages = number[];

/** The mirror's, from the view in the agent's console. */
async function mirrored(product: Product, line: SlowLine): Promise<Ages> {
  const console = await agent(product);
  const page = await applicant({ ...product, browser: line.browser });
  await submit(page, await newCode(console));
  await until('the view', async () => (await seen(console)).includes('08.00'), 30_000);
  await page.goto(`${product.host('www.agency')}/pages/busy.html`);
  await until('the busy page', async () => (await seen(console)).includes('Queue'), 30_000);
  line.slow();
  await rest(10_000);
  return ages(MINUTES, () => console.evaluate(age));
}

/** Runs in the console. */
function age(): number {
  const view = document.querySelector<HTMLIFrameElement>('iframe[title="Applicant\'s page"]');
  const text = view?.contentDocument?.querySelector('body > p')?.textContent ?? '';
  return Date.now() - Number(text.replace(/[a-j]/g, (letter) => String('abcdefghij'.indexOf(letter))));
}

/** rrweb's, from the newest event that has arrived: no player could show anything newer. */
async function recorded(server: Events, page: Page, line: SlowLine): Promise<Ages> {
  await page.goto(`http://www.agency.localhost:${server.port}/`);
  await until('an event', () => server.newest > 0, 30_000);
  line.slow();
  await rest(10_000);
  return ages(MINUTES, async () => Date.now() - server.newest);
}

async function ages(minutes: number, look: () => Promise<number>): Promise<Ages> {
  const list: Ages = [];
  for (const end = Date.now() + minutes * 60_000; Date.now() < end; ) {
    list.push(await look());
    await rest(SAMPLE_MS);
  }
  return list;
}

/** Serves the busy page with rrweb in it, and takes its events. */
class Events {
  /** When the newest event happened. */
  newest = 0;
  readonly #server: Server;

  constructor(script: string) {
    this.#server = createServer((request, response) => {
      const js = request.url === '/rrweb.js';
      response.setHeader('content-type', js ? 'text/javascript' : 'text/html; charset=utf-8');
      response.end(js ? script : BUSY.replace('</head>', '<script src="/rrweb.js"></script></head>'));
    });
    this.#server.on('upgrade', (request, socket) => {
      const accept = createHash('sha1')
        .update(`${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
        .digest('base64');
      socket.write(
        `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
      );
      const frames = new FrameReader();
      socket.on('error', () => undefined);
      socket.on('data', (data: Buffer) => {
        for (const { opcode, payload } of frames.read(data)) {
          if (opcode !== BINARY) continue;
          const event = JSON.parse(inflateRawSync(payload).toString()) as { timestamp: number };
          this.newest = Math.max(this.newest, event.timestamp);
        }
      });
    });
  }

  async listen(): Promise<void> {
    await new Promise<void>((done) => this.#server.listen(0, '127.0.0.1', done));
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}

export async function staleness(): Promise<void> {
  if (!wanted('mirror/staleness')) return;
  const why = noSlowLine();
  if (why) {
    process.stderr.write(`mirror/staleness_p95_ms is not measured here: ${why}\n`);
    return;
  }
  const folder = mkdtempSync(join(tmpdir(), 'insyn-pages-'));
  writeFileSync(join(folder, 'busy.html'), BUSY);
  const product = await startProduct('--pages', folder);
  const events = new Events(await bundle({ source: RRWEB }));
  await events.listen();
  const lines = [await SlowLine.open(0, product.port), await SlowLine.open(1, events.port)] as const;
  try {
    const page = await lines[1].browser.newPage();
    const [ours, theirs] = await Promise.all([mirrored(product, lines[0]), recorded(events, page, lines[1])]);
    const [own, other] = [quantile(ours, 0.95), quantile(theirs, 0.95)];
    report('mirror/staleness_p95_ms', own, 'ms');
    report('mirror/staleness_p95_ms/vs_rrweb', own / other, 'ratio');
    report('mirror/staleness_p95_ms/rrweb', other, 'ms');
    report('mirror/staleness_p50_ms', quantile(ours, 0.5), 'ms');
    report('mirror/staleness_max_ms', Math.max(...ours), 'ms');
  } finally {
    for (const line of lines) await line.close();
    events.close();
    await product.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}
