// Room: bench. From a change in the page to its paint in the view, over the real relay: bin/insyn demo with a session in it.

import { call, hangUp, startProduct } from '../../test/e2e/insyn.ts';
import { quantile, report, wanted } from '../report.ts';
import { ROUNDS, rest } from './capture.ts';

/** Changes in one measurement. */
const CHANGES = 40 * ROUNDS;

/** Runs in the console: notes how long after its time stamp each text was painted. */
function watch(): void {
  const took: number[] = [];
  Object.assign(window, { took });
  let last = '';
  const look = (): void => {
    const view = document.querySelector<HTMLIFrameElement>('iframe[title="Applicant\'s page"]');
    const text = view?.contentDocument?.querySelector('body > p.stamp')?.textContent ?? '';
    if (text !== last && text !== '') {
      last = text;
      // What a frame shows is painted when its task is over.
      const channel = new MessageChannel();
      const stamp = Number(text.replace(/[a-j]/g, (letter) => String('abcdefghij'.indexOf(letter)))) / 100;
      channel.port1.onmessage = () => took.push(performance.timeOrigin + performance.now() - stamp);
      channel.port2.postMessage('');
    }
    requestAnimationFrame(look);
  };
  look();
}

/** Runs in the page: writes the time into a text, at odd moments. */
async function change(count: number): Promise<void> {
  const stamp = document.createElement('p');
  stamp.className = 'stamp';
  stamp.dataset.insyn = 'show';
  document.body.append(stamp);
  for (let n = 0; n < count; n++) {
    await new Promise((done) => setTimeout(done, 60 + Math.random() * 60));
    // As letters: digits in a row might be a telephone number.
    const now = String(Math.round((performance.timeOrigin + performance.now()) * 100));
    stamp.textContent = now.replace(/\d/g, (digit) => 'abcdefghij'[Number(digit)] ?? '');
  }
}

export async function latency(): Promise<void> {
  if (!wanted('mirror/latency_')) return;
  const product = await startProduct();
  try {
    const { console, page } = await call(product);
    await page.bringToFront();
    await console.evaluate(watch);
    await page.evaluate(change, CHANGES);
    await rest(500);
    const took = await console.evaluate(() => (window as unknown as { took: number[] }).took);
    if (took.length < CHANGES * 0.9) throw new Error(`only ${took.length} of ${CHANGES} changes were seen`);
    report('mirror/latency_p50_ms', quantile(took, 0.5), 'ms');
    report('mirror/latency_p99_ms', quantile(took, 0.99), 'ms');
    await hangUp(console, page);
  } finally {
    await product.stop();
  }
}
