// Room: test. The exchange, the resumption over both groups, and the seal, in each of the three engines: ciphers and curves are
// theirs, not ours.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { bundle, launch, launchFirefox, type Served, serve } from '../support/browser.ts';
import { inWebKit } from '../support/webkit.ts';

const SOURCE = `
  import { Chains } from './src/link/chains.ts';
  import { cpace } from './src/link/cpace.ts';
  import { AgentExchange } from './src/link/exchange-agent.ts';
  import { ApplicantExchange } from './src/link/exchange-applicant.ts';
  import { utf8 } from './src/link/octets.ts';
  import { hasX25519 } from './src/link/resume.ts';
  import { noCounters, PageSeal } from './src/link/seal.ts';
  import { decodeFrame } from './src/wire/frame.ts';

  const session = 'a'.repeat(26);
  const bound = { routing: '47291', origin: 'o', agentId: 'a', agentName: 'k', policyHash: 'p', statementHash: 's' };

  /** What each page came to: who found a match, and what was opened of what was sealed. */
  globalThis.run = async () => {
    const pages = [];
    const chains = new Chains();
    let carried;
    for (const [at, x25519] of [false, await hasX25519(), false].entries()) {
      const page = at + 1;
      const options = { session, page, bound, cpace: async () => cpace, x25519 };
      const digits = () => utf8('1234');
      const a = new ApplicantExchange(options, carried ? { carried } : { digits: digits() });
      const allowed = { fresh: true, unproven: undefined };
      const b = new AgentExchange(options, chains, carried ? undefined : digits(), allowed);
      let mine = await a.start();
      let theirs = {};
      while (mine.reply) {
        theirs = await b.receive(mine.reply);
        if (!theirs.reply) break;
        mine = await a.receive(theirs.reply);
      }
      carried = mine.agreement?.store;
      const from = new PageSeal(mine.agreement.keys, session, page, noCounters());
      const to = new PageSeal(theirs.agreement.keys, session, page, noCounters());
      const frame = { kind: 'delta', page, epoch: 1, counter: 1, payload: utf8('words') };
      const message = await from.seal(frame);
      const opened = await to.open(decodeFrame(message.buffer));
      message[30] ^= 1;
      const changed = decodeFrame(message.buffer);
      const forged = await to.open({ ...changed, counter: 2 });
      pages.push([mine.verdict, theirs.verdict, typeof opened === 'string' ? opened : new TextDecoder().decode(opened), forged]);
    }
    return JSON.stringify(pages);
  };
`;
const WANT = JSON.stringify(Array.from({ length: 3 }, () => [true, true, 'words', 'forged']));

let served: Served;

before(async () => {
  const script = await bundle({ source: SOURCE });
  served = await serve({
    '/': '<!doctype html><title>ends</title><script src="/ends.js"></script>',
    '/ends.js': { body: script, type: 'text/javascript' },
  });
});
after(() => served.close());

for (const [name, open] of Object.entries({ Chromium: () => launch(), Firefox: () => launchFirefox() })) {
  test(`both ends meet and seal in ${name}`, async () => {
    const browser = await open();
    try {
      const page = await browser.newPage();
      await page.goto(served.origin);
      assert.equal(await page.evaluate(() => (globalThis as unknown as { run(): Promise<string> }).run()), WANT);
    } finally {
      await browser.close();
    }
  });
}

test('both ends meet and seal in WebKit', async () => {
  // Its hosts below localhost don't all lead here; localhost itself does, and is as good a secure context.
  const address = `http://localhost:${served.port}/`;
  const script = 'const done = arguments[0]; run().then(done, (error) => done(String(error)));';
  assert.equal(await inWebKit(address, script), WANT);
});
