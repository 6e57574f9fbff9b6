// Room: test. What covers the view, by what the Worker has said and when.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type Call,
  type CallEvent,
  type Curtain,
  curtainOf,
  DIMMED_MOST_MS,
  newCall,
  step,
} from '../../src/console/call.ts';
import { statusOf } from './fake-socket.ts';

const PAGE = { rule: 'my', label: '', title: '', width: 1280, height: 800, scale: 1 };
const status = (part: Parameters<typeof statusOf>[0]): CallEvent => ({ t: 'status', status: statusOf(part) });
const after = (call: Call, ...events: CallEvent[]) => events.reduce((now, event) => step(now, event, 0), call);
const picture = (epoch: number): CallEvent[] => [
  { t: 'keyframe', epoch },
  { t: 'applied', epoch },
];
const LIVE = after(
  newCall(),
  { t: 'line', up: true },
  status({ state: 'joining' }),
  status({ state: 'live' }),
  { t: 'page', page: PAGE },
  ...picture(1),
);
const seen = (call: Call, now = DIMMED_MOST_MS) => {
  const { kind, dimmed } = curtainOf(call, (rule) => rule === 'my', now);
  return dimmed ? `${kind}, dimmed` : kind;
};

test('a page that is not heard from: dimmed for two seconds, then covered, until the next picture', () => {
  assert.equal(seen(LIVE), 'none');
  const quiet = after(LIVE, { t: 'quiet', quiet: true });
  assert.equal(seen(quiet, DIMMED_MOST_MS - 1), 'quiet, dimmed');
  assert.equal(seen(quiet), 'quiet');
  const heard = after(quiet, { t: 'emptied' }, { t: 'quiet', quiet: false });
  assert.equal(seen(heard), 'waiting');
  assert.equal(seen(after(heard, ...picture(2))), 'none');
  // One that was on its way when it went quiet is no present.
  assert.equal(seen(after(heard, { t: 'applied', epoch: 1 })), 'waiting');
});

test('either word for a pause is enough, and both are needed to go on', () => {
  const sealed = after(LIVE, { t: 'view', shown: 'paused' });
  assert.equal(seen(sealed), 'paused');
  assert.equal(seen(after(sealed, status({ state: 'live' }))), 'paused');
  const said = after(LIVE, status({ state: 'paused' }));
  assert.equal(seen(said), 'paused');
  assert.equal(seen(after(said, { t: 'view', shown: 'visible' })), 'paused');
  assert.equal(seen(after(sealed, { t: 'view', shown: 'visible' })), 'none');
});

test('of several reasons the one is told that the agent can do most about', () => {
  const causes: [Curtain, CallEvent][] = [
    ['hidden-tab', { t: 'view', shown: 'hidden-tab' }],
    ['closed-page', { t: 'page', page: { ...PAGE, rule: 'unheard-of' } }],
    ['quiet', { t: 'quiet', quiet: true }],
    ['paused', status({ state: 'paused' })],
    ['away', status({ state: 'away' })],
    ['digits', { t: 'digits', digits: '4917' }],
    ['line', { t: 'line', up: false }],
  ];
  let call = LIVE;
  for (const [kind, event] of causes) {
    call = step(call, event, 0);
    assert.equal(seen(call), kind);
    assert.equal(seen(step(LIVE, event, 0)), kind, 'by itself');
  }
});

test('what was covered for a reason of its own is not seen dimmed', () => {
  for (const shown of ['paused', 'hidden-tab', 'not-in-policy'] as const) {
    const call = after(LIVE, { t: 'view', shown }, { t: 'quiet', quiet: true });
    assert.doesNotMatch(seen(call, 0), /dimmed/, shown);
  }
});
