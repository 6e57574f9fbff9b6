// Room: bench. What sealing and opening a frame costs, in Chromium, beside WebCrypto's bare AES-GCM over the same bytes.

import { bundle, launch, serve } from '../test/support/browser.ts';
import { report, wanted } from './report.ts';

/** Medians in milliseconds. */
interface Costs {
  seal: number;
  open: number;
  bare: number;
}

const SOURCE = `
  import { pageKeys } from './test/support/keys.ts';
  import { noCounters, PageSeal } from './src/link/seal.ts';
  import { decodeFrame } from './src/wire/frame.ts';

  const median = (values) => values.sort((a, b) => a - b)[values.length >> 1];

  /** Runs of a batch each, since a clock of a browser is coarse. */
  globalThis.measure = async (kind, size, batch, runs) => {
    const keys = await pageKeys(1);
    const session = 'a'.repeat(26);
    const from = new PageSeal(keys.applicant, session, 1, noCounters());
    const to = new PageSeal(keys.agent, session, 1, noCounters());
    const payload = crypto.getRandomValues(new Uint8Array(Math.min(size, 65536)));
    const content = new Uint8Array(size).map((_, at) => payload[at % payload.length]);
    const bare = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt']);
    const iv = new Uint8Array(12);
    const took = { seal: [], open: [], bare: [] };
    let counter = 0;
    for (let run = -3; run < runs; run++) {
      const messages = [];
      const begun = performance.now();
      for (let i = 0; i < batch; i++) messages.push(await from.seal({ kind, page: 1, epoch: 1, counter: ++counter, payload: content }));
      const sealed = performance.now();
      for (const message of messages) {
        if (typeof (await to.open(decodeFrame(message.buffer))) === 'string') throw new Error('refused');
      }
      const opened = performance.now();
      for (let i = 0; i < batch; i++) await crypto.subtle.encrypt({ name: 'AES-GCM', iv }, bare, content);
      const done = performance.now();
      if (run < 0) continue;
      took.seal.push((sealed - begun) / batch);
      took.open.push((opened - sealed) / batch);
      took.bare.push((done - opened) / batch);
    }
    return { seal: median(took.seal), open: median(took.open), bare: median(took.bare) };
  };
`;

async function main(): Promise<void> {
  if (!wanted('seal/')) return;
  const served = await serve({ '/': '<!doctype html><title>bench</title>' });
  const browser = await launch();
  try {
    const page = await browser.newPage();
    await page.goto(served.origin);
    await page.evaluate(await bundle({ source: SOURCE }));
    const measure = (kind: string, size: number, batch: number, runs: number) =>
      page.evaluate(
        (...how) => (globalThis as unknown as { measure(...how: unknown[]): Promise<Costs> }).measure(...how),
        kind,
        size,
        batch,
        runs,
      );
    // The most that a keyframe may be, packed.
    const large = await measure('keyframe', (1 << 20) - 4, 4, 25);
    report('seal/keyframe_1MB/ms', large.seal, 'ms');
    report('seal/keyframe_1MB/open_ms', large.open, 'ms');
    report('seal/keyframe_1MB/vs_webcrypto', large.seal / large.bare, 'ratio');
    const small = await measure('delta', 300, 200, 25);
    report('seal/delta_300B/us', 1000 * small.seal, 'us');
    report('seal/delta_300B/open_us', 1000 * small.open, 'us');
    report('seal/delta_300B/vs_webcrypto', small.seal / small.bare, 'ratio');
  } finally {
    await browser.close();
    await served.close();
  }
}

await main();
