// Room: test. The product as its users meet it: bin/insyn demo in its own process, behind a line that the test can cut
// and listen in on, and one browser for each of the two people.

import { type ChildProcess, spawn } from 'node:child_process';
import type { AddressInfo } from 'node:net';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import type { Browser, BrowserContext, Frame, Page } from 'puppeteer-core';
import { launch, launchFirefox, WEB } from '../support/browser.ts';
import { FrameReader } from '../support/frames.ts';

const BINARY = join(WEB, '..', 'bin', 'insyn');

/** A TCP line from the browsers to the server. */
export class Line {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  /** Everything that the browsers sent, as Latin-1: requests as they are, WebSocket messages unmasked. */
  heard = '';
  /** Of that, the messages. */
  readonly messages: Buffer[] = [];
  /** Changes one bit of the next large message on its way to a browser, as a relay could that wants to. */
  tamper = false;
  #open = true;

  constructor(target: number) {
    this.#server = createServer((near) => {
      if (!this.#open) {
        near.destroy();
        return;
      }
      const far = connect(target, '127.0.0.1');
      for (const socket of [near, far]) {
        this.#sockets.add(socket);
        socket.on('error', () => socket.destroy());
        socket.on('close', () => {
          this.#sockets.delete(socket);
          near.destroy();
          far.destroy();
        });
      }
      let frames: FrameReader | undefined;
      near.on('data', (data: Buffer) => {
        if (!frames) {
          const text = data.toString('latin1');
          this.heard += text;
          // Nothing follows the request for an upgrade before it is answered.
          if (/^Upgrade: websocket\r$/im.test(text)) frames = new FrameReader();
          return;
        }
        for (const { payload } of frames.read(data)) {
          this.messages.push(payload);
          this.heard += `\n${payload.toString('latin1')}\n`;
        }
      });
      near.pipe(far);
      far.on('data', (data: Buffer) => {
        if (this.tamper && frames && data[0] === 0x82 && data.length > 400) {
          this.tamper = false;
          data[data.length - 1] = (data[data.length - 1] ?? 0) ^ 1;
        }
      });
      far.pipe(near);
    });
  }

  async listen(): Promise<number> {
    await new Promise<void>((done) => this.#server.listen(0, '127.0.0.1', done));
    return (this.#server.address() as AddressInfo).port;
  }

  /** Cuts every connection, and refuses new ones until `mend`. */
  cut(): void {
    this.#open = false;
    for (const socket of this.#sockets) socket.destroy();
  }

  mend(): void {
    this.#open = true;
  }

  close(): void {
    this.cut();
    this.#server.close();
  }
}

export interface Product {
  port: number;
  /** Of the server's process. */
  pid: number;
  /** The origin of a demo host, such as `www.agency`. */
  host(name: string): string;
  /** What the server printed so far. */
  printed(): string;
  line: Line;
  browser: Browser;
  stop(): Promise<void>;
}

/** Starts the product with these flags beside --listen, and a browser that reaches it through a line of its own. */
export function startProduct(...flags: string[]): Promise<Product> {
  return start(flags, (through) => launch([`--host-resolver-rules=MAP *.localhost 127.0.0.1:${through}`]));
}

/** The same in Firefox, which reaches the product directly: the line hears nothing and cuts nothing. */
export function startInFirefox(...flags: string[]): Promise<Product> {
  return start(flags, () => launchFirefox());
}

async function start(flags: string[], open: (through: number) => Promise<Browser>): Promise<Product> {
  const child: ChildProcess = spawn(BINARY, ['demo', '--listen', '127.0.0.1:0', ...flags], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let printed = '';
  const port = await new Promise<number>((resolve, reject) => {
    const failed = setTimeout(() => reject(new Error(`insyn demo did not start:\n${printed}`)), 20_000);
    const read = (data: Buffer) => {
      printed += data.toString();
      const found = /http:\/\/desk\.agency\.localhost:(\d+)/.exec(printed);
      if (found) {
        clearTimeout(failed);
        resolve(Number(found[1]));
      }
    };
    child.stdout?.on('data', read);
    child.stderr?.on('data', read);
    child.on('exit', (code) => reject(new Error(`insyn demo ended with ${code}:\n${printed}`)));
  });
  const line = new Line(port);
  const browser = await open(await line.listen());
  return {
    port,
    pid: child.pid ?? 0,
    host: (name) => `http://${name}.localhost:${port}`,
    printed: () => printed,
    line,
    browser,
    stop: async () => {
      await browser.close();
      line.close();
      child.kill('SIGTERM');
      await new Promise((done) => (child.exitCode === null ? child.once('exit', done) : done(undefined)));
    },
  };
}

/** A person's own browser profile, with pages of a given size. */
export async function person(product: Product): Promise<BrowserContext> {
  return product.browser.createBrowserContext();
}

export const DESKTOP = { width: 1280, height: 900 };
export const PHONE = { width: 390, height: 844, isMobile: true, hasTouch: true, deviceScaleFactor: 2 };

/** Polls until `probe` gives something truthy; says what it waited for when it doesn't. */
export async function until<T>(what: string, probe: () => Promise<T> | T, most = 15_000): Promise<NonNullable<T>> {
  const end = Date.now() + most;
  let last: unknown;
  while (Date.now() < end) {
    try {
      const got = await probe();
      if (got) return got as NonNullable<T>;
      last = got;
    } catch (error) {
      last = error;
    }
    await new Promise((done) => setTimeout(done, 50));
  }
  throw new Error(`waited in vain for ${what}; last: ${String(last)}`);
}

/** The agent, signed in at the console. `arrived` collects every plain body that the console's Worker handed over. */
export async function agent(product: Product, name = 'Kim Ek'): Promise<Page> {
  const page = await (await person(product)).newPage();
  await page.setViewport(DESKTOP);
  await page.evaluateOnNewDocument(record);
  await page.goto(`${product.host('desk.agency')}/`);
  const field = await page.waitForSelector('input');
  await field?.type(name);
  await page.keyboard.press('Enter');
  await page.waitForSelector('aria/New code[role="button"]');
  return page;
}

/** Runs in the console: keeps a copy of all bytes that a Worker posts, as Latin-1. */
function record(): void {
  const kept: string[] = [];
  Object.defineProperty(window, 'arrived', { value: kept });
  const Original = window.Worker;
  window.Worker = class extends Original {
    constructor(url: string | URL, options?: WorkerOptions) {
      super(url, options);
      this.addEventListener('message', (event: MessageEvent<{ body?: Uint8Array }>) => {
        if (event.data?.body)
          kept.push(new TextDecoder('latin1').decode(event.data.body), new TextDecoder().decode(event.data.body));
      });
    }
  };
}

export function arrived(console: Page): Promise<string> {
  return console.evaluate(() => (window as unknown as { arrived: string[] }).arrived.join('\n'));
}

/** Presses "New code" and reads the ten digits off the screen. */
export async function newCode(console: Page): Promise<string> {
  const button = await console.waitForSelector('aria/New code[role="button"]');
  await button?.click();
  return until('a code', async () => {
    const text = await console.$eval('aria/Code[role="status"]', (element) => element.textContent ?? '');
    const digits = text.replace(/\D/g, '');
    return digits.length === 10 ? digits : undefined;
  });
}

/** The bridge's form on the support page. */
export async function form(applicant: Page): Promise<Frame> {
  return until('the form', async () => {
    const frame = applicant.frames().find((candidate) => new URL(candidate.url()).pathname === '/bridge');
    return frame && (await frame.$('aria/Code[role="textbox"]')) ? frame : undefined;
  });
}

/** The bridge that the page frames. */
export function bridge(page: Page): Promise<Frame> {
  return until('the bridge', () => page.frames().find((frame) => new URL(frame.url()).pathname === '/bridge'));
}

/** The applicant on the support page, without having typed anything. */
export async function applicant(product: Product, viewport: typeof DESKTOP = DESKTOP): Promise<Page> {
  const page = await (await person(product)).newPage();
  await page.setViewport(viewport);
  await page.goto(`${product.host('www.agency')}/en/support`);
  return page;
}

export async function submit(page: Page, typed: string): Promise<Frame> {
  const frame = await form(page);
  const field = await frame.waitForSelector('aria/Code[role="textbox"]');
  // As a person does, who sees whether the caret is there: the page may still be growing under the pointer.
  await until('the field to take the click', async () => {
    await field?.click({ count: 3 });
    return field?.evaluate((element) => element === document.activeElement);
  });
  await field?.type(typed);
  await (await frame.waitForSelector('aria/Start screen mirroring[role="button"]'))?.click();
  return frame;
}

/** The view's document in the console. */
export async function view(console: Page): Promise<Frame> {
  const handle = await console.waitForSelector('iframe[title="Applicant\'s page"]', { timeout: 1000 });
  const frame = await handle?.contentFrame();
  if (!frame) throw new Error('no view');
  return frame;
}

/** What can be read in the view right now. */
export async function seen(console: Page): Promise<string> {
  return (await view(console)).evaluate(() => document.documentElement?.textContent ?? '');
}

/** An element inside the banner's closed shadow root, found the way assistive technology finds it. */
export async function banner(page: Page, name: string): Promise<import('puppeteer-core').ElementHandle<Element>> {
  return until(`the banner's button ${name}`, () => page.$(`aria/${name}[role="button"]`));
}

export interface Call {
  console: Page;
  page: Page;
}

/** The whole way from sign-in to a live view of the support page. */
export async function call(product: Product, viewport: typeof DESKTOP = DESKTOP): Promise<Call> {
  const console = await agent(product);
  const code = await newCode(console);
  const page = await applicant(product, viewport);
  await submit(page, code);
  try {
    await until('the support page in the view', async () => (await seen(console)).includes('08.00'));
  } catch (error) {
    // What both people would say on the phone now, and what the server has printed.
    const texts = [console, ...page.frames()].map((where) =>
      where.evaluate(() => document.body.innerText.slice(0, 500)),
    );
    const log = product.printed().split('\n').slice(-12);
    throw new Error([String(error), ...(await Promise.all(texts)), ...log].join('\n---\n'));
  }
  return { console, page };
}

/** Ends both people's browsers' pages; the product stays. */
export async function hangUp(...pages: Page[]): Promise<void> {
  for (const page of pages) await page.browserContext().close();
}
