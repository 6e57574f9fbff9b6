// Room: test. Both ends of the exchange against each other: who has the same digits or the same secret meets, and nobody else.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CHAINS_MOST } from '../../src/link/chains.ts';
import type { Carried } from '../../src/link/exchange.ts';
import { type Bound, exchangeId } from '../../src/link/keys.ts';
import { lvCat, lvSplit, utf8 } from '../../src/link/octets.ts';
import { Offer } from '../../src/link/resume.ts';
import { noCounters, PageSeal } from '../../src/link/seal.ts';
import type { Bytes } from '../../src/wire/messages.ts';
import {
  agentEnd,
  applicantEnd,
  BOUND,
  Chains,
  carriedFrom,
  keysFrom,
  type Met,
  meet,
  SESSION,
} from '../support/ends.ts';

const typed = (digits = '4917') => ({ digits: utf8(digits) });

/** Whether both ends have the same keys, in both directions: what one seals, the other opens. */
async function agree({ applicant, agent }: Met, page: number): Promise<boolean> {
  const a = new PageSeal(keysFrom(applicant), SESSION, page, noCounters());
  const b = new PageSeal(keysFrom(agent), SESSION, page, noCounters());
  for (const [from, to] of [
    [a, b],
    [b, a],
  ] as const) {
    const frame = { kind: 'state' as const, page, epoch: 0, counter: 1, payload: utf8('words') };
    const payload = (await from.seal(frame)).slice(16);
    if (typeof (await to.open({ ...frame, payload })) === 'string') return false;
  }
  return true;
}

/** A first page over digits, and the chain it leaves behind. */
async function first(chains: Chains, page = 1): Promise<Carried> {
  const met = await meet(applicantEnd(typed(), { page }), agentEnd(chains, '4917', { page }));
  return carriedFrom(met.applicant);
}

test('the same digits at both ends: both find a match, and the same keys', async () => {
  const secret = typed();
  const met = await meet(applicantEnd(secret), agentEnd(new Chains(), '4917'));
  assert.deepEqual([met.applicant.verdict, met.agent.verdict], [true, true]);
  assert.deepEqual(
    met.messages.map((message) => [message[0], message.length]),
    [
      [1, 33],
      [2, 97],
      [3, 65],
    ],
  );
  assert.ok(await agree(met, 1));
  assert.deepEqual(secret.digits, new Uint8Array(4), 'the digits are erased');
});

test('other digits: the applicant finds it out first, and says nothing more', async () => {
  const met = await meet(applicantEnd(typed('4918')), agentEnd(new Chains(), '4917'));
  assert.equal(met.applicant.verdict, false);
  assert.equal(met.applicant.reply, undefined);
  assert.equal(met.applicant.agreement, undefined);
});

test('an agent whose answer is not that of the same digits is refused by a wrong tag of the applicant too', async () => {
  const agent = agentEnd(new Chains(), '4917');
  const { reply } = await applicantEnd(typed('4918')).start();
  assert.ok(reply);
  assert.equal((await agent.receive(reply)).reply?.[0], 2);
  const { verdict, agreement } = await agent.receive(Uint8Array.of(3, ...new Uint8Array(64)));
  assert.deepEqual([verdict, agreement], [false, undefined]);
});

test('every part of what must be agreed on is: routing digits, origin, agent, policy, statement, session, page', async () => {
  const ways: Partial<Record<keyof Bound, string>>[] = Object.keys(BOUND).map((part) => ({ [part]: 'x' }));
  for (const way of ways) {
    const met = await meet(applicantEnd(typed()), agentEnd(new Chains(), '4917', { bound: { ...BOUND, ...way } }));
    assert.equal(met.applicant.verdict, false, Object.keys(way)[0]);
  }
  const session = 'bbcdefghijklmnopqrstuvwxya';
  assert.equal(
    (await meet(applicantEnd(typed()), agentEnd(new Chains(), '4917', { session }))).applicant.verdict,
    false,
  );
  assert.equal(
    (await meet(applicantEnd(typed()), agentEnd(new Chains(), '4917', { page: 2 }))).applicant.verdict,
    false,
  );
});

/** Runs the exchange once for each byte of each message, with that byte changed. */
async function changeEachByte(run: (change: (message: Bytes, index: number) => Bytes) => Promise<Met>): Promise<void> {
  const { messages } = await run((message) => message);
  assert.equal(messages.length, 3);
  for (const [index, { length }] of messages.entries()) {
    for (let at = 0; at < length; at++) {
      const met = await run((message, which) => {
        if (which === index) message[at] = (message[at] ?? 0) ^ 0x40;
        return message;
      });
      const matched = met.applicant.verdict === true && met.agent.verdict === true;
      assert.ok(!matched, `message ${index}, byte ${at}`);
    }
    for (const cut of [0, 1, length - 1, length + 1]) {
      const met = await run((message, which) =>
        which === index ? Uint8Array.from({ length: cut }, (_, at) => message[at] ?? 0) : message,
      );
      assert.ok(!(met.applicant.verdict && met.agent.verdict), `message ${index} of ${cut} bytes`);
    }
  }
}

test('any changed byte of the exchange over digits fails, and so does any other length', async () => {
  await changeEachByte((change) => meet(applicantEnd(typed()), agentEnd(new Chains(), '4917'), change));
});

test('any changed byte of a resumption fails, and so does any other length', async () => {
  await changeEachByte(async (change) => {
    const chains = new Chains();
    const carried = await first(chains);
    return meet(applicantEnd({ carried }, { page: 2 }), agentEnd(chains, undefined, { page: 2 }), change);
  });
});

test('the agent answers once: the same message again gets the same answer, another one the end', async () => {
  const agent = agentEnd(new Chains(), '4917');
  const one = await applicantEnd(typed()).start();
  const two = await applicantEnd(typed()).start();
  assert.ok(one.reply && two.reply);
  const answer = await agent.receive(one.reply);
  assert.deepEqual(await agent.receive(one.reply), { reply: answer.reply });
  assert.deepEqual(await agent.receive(two.reply), { verdict: false });
  assert.deepEqual(await agent.receive(one.reply), {}, 'nothing more is said');
});

test('pages continue one after the other, each with keys of its own', async () => {
  const chains = new Chains();
  let carried = await first(chains);
  const seen = new Set([carried.secret]);
  for (let page = 2; page <= 6; page++) {
    const met = await meet(applicantEnd({ carried }, { page }), agentEnd(chains, undefined, { page }));
    assert.deepEqual([met.applicant.verdict, met.agent.verdict], [true, true], `page ${page}`);
    assert.ok(await agree(met, page));
    carried = carriedFrom(met.applicant);
    seen.add(carried.secret);
  }
  assert.equal(seen.size, 6, 'a secret came twice');
});

test('X25519 where both have it, P-256 where either lacks it', async () => {
  for (const [ours, theirs] of [
    [true, true],
    [true, false],
    [false, true],
    [false, false],
  ] as const) {
    const chains = new Chains();
    const carried = await first(chains);
    const applicant = applicantEnd({ carried }, { page: 2, x25519: ours });
    const met = await meet(applicant, agentEnd(chains, undefined, { page: 2, x25519: theirs }));
    assert.ok(await agree(met, 2));
    assert.equal(met.messages[1]?.length, ours && theirs ? 1 + 34 + 64 : 1 + 67 + 64);
  }
});

test('a page that went before it could store is followed by one with the old secret', async () => {
  const chains = new Chains();
  const carried = await first(chains);
  // Page 2 is answered, and gone before it hears it.
  const { reply } = await applicantEnd({ carried }, { page: 2 }).start();
  assert.ok(reply);
  await agentEnd(chains, undefined, { page: 2 }).receive(reply);
  const met = await meet(applicantEnd({ carried }, { page: 3 }), agentEnd(chains, undefined, { page: 3 }));
  assert.deepEqual([met.applicant.verdict, met.agent.verdict], [true, true]);
});

test('a page that went after it had stored is followed by one with the new secret, also on the very first page', async () => {
  const chains = new Chains();
  // Page 1 finds a match and stores, and its confirmation is lost.
  const applicant = applicantEnd(typed());
  const { reply } = await applicant.start();
  assert.ok(reply);
  const answer = await agentEnd(chains, '4917').receive(reply);
  assert.ok(answer.reply);
  const carried = carriedFrom(await applicant.receive(answer.reply));
  const met = await meet(applicantEnd({ carried }, { page: 2 }), agentEnd(chains, undefined, { page: 2 }));
  assert.deepEqual([met.applicant.verdict, met.agent.verdict], [true, true]);
});

test('once a frame has opened under the new keys, the old secret is of no more use', async () => {
  const chains = new Chains();
  const old = await first(chains);
  const agent = agentEnd(chains, undefined, { page: 2 });
  await meet(applicantEnd({ carried: old }, { page: 2 }), agent);
  assert.ok(agent.chain);
  chains.settle(agent.chain);
  const late = agentEnd(chains, undefined, { page: 3 });
  const { reply } = await applicantEnd({ carried: old }, { page: 3 }).start();
  assert.ok(reply);
  assert.deepEqual(await late.receive(reply), { reply: Uint8Array.of(7), need: 'digits' });
});

test('a secret of another session, page or policy is lost, and four fresh digits find a match on the same page', async () => {
  for (const how of [{ page: 3 }, { bound: { ...BOUND, policyHash: 'x' } }]) {
    const chains = new Chains();
    const carried = await first(chains);
    const applicant = applicantEnd({ carried }, { page: 2, ...how });
    const { reply } = await applicant.start();
    assert.ok(reply);
    assert.equal((await agentEnd(chains, undefined, { page: 2 }).receive(reply)).need, 'digits');
  }
  const chains = new Chains();
  const applicant = applicantEnd({ carried: await first(new Chains()) }, { page: 2 });
  const agent = agentEnd(chains, undefined, { page: 2 });
  const { reply } = await applicant.start();
  assert.ok(reply);
  const lost = await agent.receive(reply);
  assert.ok(lost.reply);
  assert.deepEqual(await agent.receive(reply), { reply: lost.reply }, 'said again, no second digits');
  assert.deepEqual(await applicant.receive(lost.reply), { need: 'digits' });
  assert.deepEqual(await applicant.receive(lost.reply), {}, 'an echo');
  agent.digits(utf8('0042'));
  const share = await applicant.digits(utf8('0042'));
  assert.ok(share.reply);
  assert.deepEqual(await applicant.receive(lost.reply), {}, 'a late echo costs nothing');
  const answer = await agent.receive(share.reply);
  assert.ok(answer.reply);
  const mine = await applicant.receive(answer.reply);
  assert.ok(mine.reply);
  const theirs = await agent.receive(mine.reply);
  assert.ok(await agree({ applicant: mine, agent: theirs, messages: [] }, 2));
});

test('a page without a secret asks; wrong fresh digits are the end, and a share before digits are shown too', async () => {
  const agent = agentEnd(new Chains(), undefined, { page: 2 });
  const applicant = applicantEnd(undefined, { page: 2 });
  const asked = await applicant.start();
  assert.deepEqual(asked, { reply: Uint8Array.of(8), need: 'digits' });
  assert.deepEqual(await agent.receive(Uint8Array.of(8)), { need: 'digits' });
  agent.digits(utf8('1111'));
  assert.deepEqual(await agent.receive(Uint8Array.of(8)), {}, 'asked again, no other digits');
  const share = await applicant.digits(utf8('1112'));
  assert.ok(share.reply);
  const answer = await agent.receive(share.reply);
  assert.ok(answer.reply);
  assert.deepEqual(await applicant.receive(answer.reply), { verdict: false });

  const early = await applicantEnd(typed(), { page: 2 }).start();
  assert.ok(early.reply);
  assert.deepEqual(await agentEnd(new Chains(), undefined, { page: 2 }).receive(early.reply), { verdict: false });
});

test('digits that were answered and not confirmed are one guess, on whatever page', async () => {
  const chains = new Chains();
  const guess = applicantEnd(typed('4918'));
  const { reply } = await guess.start();
  assert.ok(reply);
  const answered = agentEnd(chains, '4917');
  await answered.receive(reply);
  const { unproven } = answered;
  assert.ok(unproven);
  const next = () => agentEnd(chains, undefined, { page: 2 }, { unproven });
  for (const message of [Uint8Array.of(8), (await applicantEnd(typed('4919'), { page: 2 }).start()).reply]) {
    assert.ok(message);
    assert.deepEqual(await next().receive(message), { verdict: false });
  }
  for (const chain of [unproven, 'ab'.repeat(16)]) {
    const wrong = applicantEnd({ carried: { chain, secret: '11'.repeat(32) } }, { page: 2 });
    const tried = await wrong.start();
    assert.ok(tried.reply);
    assert.deepEqual(await next().receive(tried.reply), { verdict: false });
  }
});

test('while a guess is open, another chain that is known does not help who made it', async () => {
  const chains = new Chains();
  const known = await first(chains);
  const { reply } = await applicantEnd(typed('0000'), { page: 2 }).start();
  const answered = agentEnd(chains, '1111', { page: 2 });
  await answered.receive(reply ?? utf8(''));
  const { unproven } = answered;
  assert.ok(unproven);
  const next = agentEnd(chains, undefined, { page: 3 }, { unproven });
  const other = await applicantEnd({ carried: known }, { page: 3 }).start();
  assert.deepEqual(await next.receive(other.reply ?? utf8('')), { verdict: false });
});

test('who did find the match, and went before it could say so, shows it with the secret of that chain', async () => {
  const chains = new Chains();
  const applicant = applicantEnd(typed());
  const { reply } = await applicant.start();
  const agent = agentEnd(chains, '4917');
  const answer = await agent.receive(reply ?? utf8(''));
  const carried = carriedFrom(await applicant.receive(answer.reply ?? utf8('')));
  const next = agentEnd(chains, undefined, { page: 2 }, { unproven: agent.unproven });
  const met = await meet(applicantEnd({ carried }, { page: 2 }), next);
  assert.deepEqual([met.applicant.verdict, met.agent.verdict], [true, true]);
  assert.equal(next.unproven, undefined);
});

test('a match is found once: what is repeated afterwards changes nothing', async () => {
  const applicant = applicantEnd(typed());
  const met = await meet(applicant, agentEnd(new Chains(), '4917'));
  assert.deepEqual(await applicant.receive(met.messages[1] ?? utf8('')), {});
});

test('what is secret is overwritten when it has done its work, or never will', async () => {
  const chains = new Chains();
  const carried = await first(chains);
  const [held] = chains.candidates(carried.chain);
  assert.ok(held?.some((byte) => byte !== 0));
  for (let page = 2; page <= 3; page++) {
    const { reply } = await applicantEnd({ carried }, { page }).start();
    await agentEnd(chains, undefined, { page }).receive(reply ?? utf8(''));
  }
  const [pending, present] = chains.candidates(carried.chain);
  assert.deepEqual(present, held, 'the tab has shown twice that this is what it has');
  chains.settle(carried.chain);
  assert.deepEqual(held, new Uint8Array(32), 'replaced, so erased');
  chains.clear();
  assert.deepEqual(pending, new Uint8Array(32));

  const shown = utf8('4917');
  const agent = agentEnd(new Chains(), undefined);
  agent.digits(shown);
  agent.close();
  assert.deepEqual(shown, new Uint8Array(4));
  const mine = typed();
  applicantEnd(mine).close();
  assert.deepEqual(mine.digits, new Uint8Array(4));
});

test('a pending secret that comes to nothing is overwritten by the next', async () => {
  const chains = new Chains();
  const carried = await first(chains);
  const go = async (page: number) => {
    const { reply } = await applicantEnd({ carried }, { page }).start();
    await agentEnd(chains, undefined, { page }).receive(reply ?? utf8(''));
    return chains.candidates(carried.chain)[0];
  };
  const lost = await go(2);
  await go(3);
  assert.deepEqual(lost, new Uint8Array(32));
});

test('an answer with two shares, or with none, is no answer', async () => {
  const offer = await Offer.make(true);
  const [p256, x25519] = [await Offer.make(false), offer].map((one) => lvSplit(one.shares, 2) ?? []);
  const empty = new Uint8Array(0);
  const point = p256?.[0] ?? empty;
  const other = x25519?.[1] ?? empty;
  assert.equal(await offer.finish(lvCat(point, other)), undefined);
  assert.equal(await offer.finish(lvCat(empty, empty)), undefined);
  assert.equal((await offer.finish(lvCat(point, empty)))?.length, 32);
  assert.equal(await (await Offer.make(false)).finish(lvCat(empty, other)), undefined, 'a group that was not offered');
  for (const bad of [new Uint8Array(32), Uint8Array.of(1, ...new Uint8Array(31))]) {
    assert.equal(await offer.finish(lvCat(empty, bad)), undefined, 'a point of small order');
  }
});

test('pages beyond 255 are pages of their own', async () => {
  const met = await meet(applicantEnd(typed(), { page: 256 }), agentEnd(new Chains(), '4917', { page: 512 }));
  assert.equal(met.applicant.verdict, false);
  assert.notDeepEqual(exchangeId(SESSION, 256), exchangeId(SESSION, 512));
});

test('chains are kept apart, and the one used longest ago makes room', async () => {
  const chains = new Chains();
  const oldest = await first(chains, 1);
  const second = await first(chains, 2);
  const go = (carried: Carried, page: number) =>
    meet(applicantEnd({ carried }, { page }), agentEnd(chains, undefined, { page }));
  const again = carriedFrom((await go(oldest, 3)).applicant);
  for (let page = 4; page < 3 + CHAINS_MOST; page++) await first(chains, page);
  assert.equal((await go(again, 20)).applicant.verdict, true, 'used since');
  assert.equal((await go(second, 21)).applicant.need, 'digits', 'not used since');
});
