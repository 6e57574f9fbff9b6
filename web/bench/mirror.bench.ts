// Room: bench. The mirror and the view beside rrweb with its masks on, in Chromium, on the same pages, one after the other in
// each round; what comes of a change over the real relay, and over a slow line.

import { capture, Rig } from './mirror/capture.ts';
import { latency } from './mirror/latency.ts';
import { staleness } from './mirror/staleness.ts';
import { view } from './mirror/view.ts';
import { weight } from './mirror/weight.ts';
import { wanted } from './report.ts';

async function main(): Promise<void> {
  if (!wanted('mirror/') && !wanted('view/')) return;
  weight();
  const rig = await Rig.open();
  try {
    await capture(rig);
    await view(rig);
  } finally {
    await rig.close();
  }
  await latency();
  await staleness();
}

await main();
