// Room: bench. What showing costs the agent: a page of 30,000 nodes beside rrweb's live player, and what is left of an hour.

import type { CDPSession } from 'puppeteer-core';
import { compare, quantile, report, wanted } from '../report.ts';
import { type Rig, ROUNDS, rest, spent } from './capture.ts';

const HOUR = 36_000;

/** What an engine sent of the page, with bytes as Base64. */
async function sent(rig: Rig, engine: 'insyn' | 'rrweb'): Promise<string> {
  const { page } = await rig.captured('/30k', engine, 'labels');
  const kept = await page.evaluate(async (kind) => {
    const { rig } = window;
    rig.keep = true;
    await rig.keyframe();
    const sheets = rig.hashes;
    rig.want(sheets);
    return JSON.stringify(rig.kept, (_, value) => {
      if (!(value instanceof Uint8Array) || kind === 'rrweb') return value;
      return { base64: btoa(Array.from(value, (byte) => String.fromCharCode(byte)).join('')) };
    });
  }, engine);
  await page.close();
  return kept;
}

async function apply(rig: Rig): Promise<void> {
  if (!wanted('view/apply_30k')) return;
  const kept = { insyn: await sent(rig, 'insyn'), rrweb: await sent(rig, 'rrweb') };
  const ms = { insyn: [] as number[], rrweb: [] as number[] };
  const nodes = { insyn: 0, rrweb: 0 };
  for (let round = 0; round < ROUNDS; round++) {
    for (const engine of ['insyn', 'rrweb'] as const) {
      const { page, cdp } = await rig.page('/apply');
      await page.evaluate((text) => window.agent.prepare(text), kept[engine]);
      await rest(300);
      const before = await spent(cdp);
      await page.evaluate(() => window.agent.apply());
      ms[engine].push((await spent(cdp)) - before);
      nodes[engine] = await page.evaluate(() => window.agent.nodes());
      await page.close();
    }
  }
  if (Math.min(nodes.insyn, nodes.rrweb) < 25_000) throw new Error(`not shown: ${JSON.stringify(nodes)}`);
  compare('view/apply_30k', ms.insyn, ms.rrweb, 'ms');
}

async function used(cdp: CDPSession): Promise<number> {
  for (let n = 0; n < 3; n++) await cdp.send('HeapProfiler.collectGarbage');
  return (await cdp.send('Runtime.getHeapUsage')).usedSize;
}

async function heap(rig: Rig): Promise<void> {
  if (!wanted('view/heap_after_1h')) return;
  const grown: number[] = [];
  for (let round = 0; round < Math.min(ROUNDS, 3); round++) {
    const { page, cdp } = await rig.page('/apply');
    await page.evaluate(() => window.agent.begin());
    await page.evaluate((count) => window.agent.steps(count), HOUR / 10);
    const before = await used(cdp);
    await page.evaluate((count) => window.agent.steps(count), HOUR - HOUR / 10);
    grown.push(((await used(cdp)) - before) / 1024);
    await page.close();
  }
  report('view/heap_after_1h', quantile(grown, 0.5), 'KiB');
}

export async function view(rig: Rig): Promise<void> {
  await apply(rig);
  await heap(rig);
}
