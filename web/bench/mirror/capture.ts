// Room: bench. What capturing costs the page: main-thread time and bytes of the mirror beside rrweb's on the same page, and the
// longest task of the mirror's.

import type { Browser, CDPSession, Page } from 'puppeteer-core';
import type { Policy } from '../../src/wire/policy.ts';
import { bundle, launch, type Served, serve } from '../../test/support/browser.ts';
import { compare, quantile, report, wanted } from '../report.ts';
import { page as pageOf } from './pages.ts';
import type { Engine, Work } from './source.ts';

/** Fewer to try something out. */
export const ROUNDS = Number(process.env.INSYN_BENCH_ROUNDS) || 5;
const WORKS: readonly Work[] = ['insert', 'reorder', 'class_toggle', 'animation', 'typing'];
/** What the mirrored pages are: all text masked where the rule says "labels", as behind a log-in. */
type Text = 'labels' | 'show';

export class Rig {
  readonly browser: Browser;
  readonly #served: Served;

  private constructor(browser: Browser, served: Served) {
    this.browser = browser;
    this.#served = served;
  }

  static async open(): Promise<Rig> {
    const served = await serve({
      '/30k': pageOf(30_000),
      '/7k': pageOf(7_500),
      '/source.js': { body: await bundle('bench/mirror/source.ts'), type: 'text/javascript' },
      '/apply.js': { body: await bundle('bench/mirror/apply.ts'), type: 'text/javascript' },
      '/apply': '<!doctype html><title>apply</title><body><script src="/apply.js"></script>',
      '/view.html': {
        body: '<!doctype html><title>view</title>',
        headers: {
          'content-security-policy':
            "default-src 'none'; style-src 'unsafe-inline'; img-src data: blob:; font-src data:",
        },
      },
    });
    return new Rig(await launch(), served);
  }

  policy(text: Text): Policy {
    const { origin } = this.#served;
    const pages = [{ id: 'all', label: 'A page', path: '/**', text }];
    return { version: '1', domain: 'agency.localhost', origins: [origin], fetch: [origin], pages, rules: [] };
  }

  /** A page of its own, loaded and at rest, with nobody else in sight. */
  async page(path: string): Promise<{ page: Page; cdp: CDPSession }> {
    const page = await this.browser.newPage();
    await page.setViewport({ width: 1280, height: 800 });
    await page.goto(`${this.#served.origin}${path}`, { waitUntil: 'load' });
    const cdp = await page.createCDPSession();
    // What others do on the same machine doesn't count.
    await cdp.send('Performance.enable', { timeDomain: 'threadTicks' });
    return { page, cdp };
  }

  async captured(path: string, engine: Engine, text: Text): Promise<{ page: Page; cdp: CDPSession }> {
    const opened = await this.page(path);
    const policy = this.policy(text);
    await opened.page.evaluate((as, given) => window.rig.start(as, given), engine, policy);
    if (engine !== 'plain') await opened.page.waitForFunction('window.rig.keyframes > 0');
    await rest(500);
    return opened;
  }

  async close(): Promise<void> {
    await this.browser.close();
    await this.#served.close();
  }
}

export const rest = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

/** Milliseconds of the main thread's time on the processor so far. */
export async function spent(cdp: CDPSession): Promise<number> {
  const { metrics } = await cdp.send('Performance.getMetrics');
  return 1000 * (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? 0);
}

/** Medians of a few keyframes of one page: milliseconds and packed bytes. */
async function keyframe(rig: Rig, engine: Engine, text: Text): Promise<{ ms: number; bytes: number }> {
  const { page, cdp } = await rig.captured('/30k', engine, text);
  const took: number[] = [];
  for (let n = -1; n < 3; n++) {
    const before = await spent(cdp);
    await page.evaluate(() => window.rig.keyframe());
    const after = await spent(cdp);
    if (n >= 0) took.push(after - before);
  }
  const { last } = await page.evaluate(() => window.rig.counted());
  await page.close();
  return { ms: quantile(took, 0.5), bytes: last };
}

async function keyframes(rig: Rig, text: Text, name: string): Promise<void> {
  if (!wanted(`mirror/${name}`) && !wanted(`mirror/keyframe_bytes${name.slice(8)}`)) return;
  const ms: Record<string, number[]> = { insyn: [], rrweb: [] };
  const bytes: Record<string, number[]> = { insyn: [], rrweb: [] };
  for (let round = 0; round < ROUNDS; round++) {
    for (const engine of ['insyn', 'rrweb'] as const) {
      const one = await keyframe(rig, engine, text);
      ms[engine]?.push(one.ms);
      bytes[engine]?.push(one.bytes);
    }
  }
  compare(`mirror/${name}`, ms.insyn ?? [], ms.rrweb ?? [], 'ms');
  compare(`mirror/keyframe_bytes${name.slice(8)}`, bytes.insyn ?? [], bytes.rrweb ?? [], 'bytes');
}

/** Main-thread time that capturing added to the work, and the packed bytes that it sent. */
async function works(rig: Rig, work: Work): Promise<void> {
  if (!wanted(`mirror/${work}`)) return;
  const ms: Record<Engine, number[]> = { plain: [], insyn: [], rrweb: [] };
  const bytes: Record<Engine, number[]> = { plain: [], insyn: [], rrweb: [] };
  for (let round = 0; round < ROUNDS; round++) {
    for (const engine of ['plain', 'insyn', 'rrweb'] as const) {
      const { page, cdp } = await rig.captured('/7k', engine, 'labels');
      const start = await page.evaluate(() => window.rig.counted());
      const before = await spent(cdp);
      await page.evaluate((kind) => window.rig.work(kind), work);
      ms[engine].push((await spent(cdp)) - before);
      const end = await page.evaluate(() => window.rig.counted());
      bytes[engine].push(end.bytes - start.bytes);
      await page.close();
    }
  }
  const plain = quantile(ms.plain, 0.5);
  const added = (engine: Engine): number[] => ms[engine].map((value) => Math.max(0.01, value - plain));
  compare(`mirror/${work}`, added('insyn'), added('rrweb'), 'ms');
  compare(`mirror/${work}_bytes`, bytes.insyn, bytes.rrweb, 'bytes');
}

/** The longest task of a page that does nothing but being mirrored: from the start, and then again from a resync. */
async function longest(rig: Rig): Promise<void> {
  if (!wanted('mirror/longest_task_ms')) return;
  const tasks: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const { page } = await rig.page('/30k');
    await rest(500);
    await page.tracing.start({ categories: ['disabled-by-default-devtools.timeline', '__metadata'] });
    const policy = rig.policy('labels');
    await page.evaluate((given) => window.rig.start('insyn', given), policy);
    await page.waitForFunction('window.rig.keyframes > 0', { polling: 100 });
    await rest(1000);
    await page.evaluate(() => window.rig.keyframe());
    await rest(500);
    tasks.push(longestTask(await page.tracing.stop()));
    await page.close();
  }
  report('mirror/longest_task_ms', quantile(tasks, 0.5), 'ms');
  report('mirror/longest_task_ms/most', Math.max(...tasks), 'ms');
}

interface TraceEvent {
  name: string;
  pid: number;
  tid: number;
  dur?: number;
  args: { name?: string };
}

function longestTask(trace: Uint8Array | undefined): number {
  const { traceEvents } = JSON.parse(new TextDecoder().decode(trace)) as { traceEvents: TraceEvent[] };
  const main = new Set(
    traceEvents
      .filter(({ name, args }) => name === 'thread_name' && args.name === 'CrRendererMain')
      .map(({ pid, tid }) => `${pid}/${tid}`),
  );
  const tasks = traceEvents.filter(({ name, pid, tid }) => name === 'RunTask' && main.has(`${pid}/${tid}`));
  return Math.max(...tasks.map(({ dur = 0 }) => dur / 1000));
}

export async function capture(rig: Rig): Promise<void> {
  await keyframes(rig, 'labels', 'keyframe_30k');
  await keyframes(rig, 'show', 'keyframe_show_30k');
  for (const work of WORKS) await works(rig, work);
  await longest(rig);
}
