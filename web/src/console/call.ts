// Room: console. Where a session stands as the agent sees it, in one value and one function that changes it, and from it
// what covers the view. Pure: time comes as a parameter.

import type { PageInfo } from '../view/view.ts';
import type { FromConsoleWorker, Seen } from '../wire/messages.ts';
import type { Reason } from '../wire/reason.ts';
import type { Receipt, Status } from '../wire/server.ts';

/** After this many milliseconds the dimmed last view gives way to the curtain (DESIGN 5, step 5). */
export const DIMMED_MOST_MS = 2000;

export type Phase = 'code' | 'connecting' | 'live' | 'ended';

export interface Call {
  phase: Phase;
  status: Status | undefined;
  up: boolean;
  shown: Seen;
  /** Nothing that the applicant's end has sealed came for a while. */
  quiet: boolean;
  page: PageInfo | undefined;
  /** The epoch of the last keyframe that was given to the view, until something makes it worthless. */
  keyframe: number | undefined;
  /** The view holds what that keyframe said. */
  picture: boolean;
  /** When a picture that was shown went stale (away, line down), until the next one or until the view was emptied. */
  lostAt: number | undefined;
  /** Four fresh digits that wait to be read aloud. */
  digits: string | undefined;
  end: { reason: Reason; receipt: Receipt | undefined } | undefined;
}

export type CallEvent =
  | Extract<FromConsoleWorker, { t: 'status' | 'view' | 'line' | 'quiet' | 'digits' | 'ended' }>
  | { t: 'keyframe'; epoch: number }
  | { t: 'applied'; epoch: number }
  | { t: 'page'; page: PageInfo }
  | { t: 'emptied' };

/** Why nothing, or only a dimmed last view, is shown. */
export type Curtain =
  | 'none'
  | 'line'
  | 'digits'
  | 'away'
  | 'paused'
  | 'quiet'
  | 'closed-page'
  | 'hidden-tab'
  | 'waiting';

export function newCall(): Call {
  return {
    phase: 'code',
    status: undefined,
    up: false,
    shown: 'visible',
    quiet: false,
    page: undefined,
    keyframe: undefined,
    picture: false,
    lostAt: undefined,
    digits: undefined,
    end: undefined,
  };
}

const PHASES: Record<Status['state'], Phase | undefined> = {
  offered: 'code',
  joining: 'connecting',
  live: 'live',
  paused: 'live',
  away: 'live',
  closed: undefined,
};
const ORDER: readonly Phase[] = ['code', 'connecting', 'live', 'ended'];

/** The call after an event. A phase is never gone back to; after the end nothing changes. */
export function step(call: Call, event: CallEvent, now: number): Call {
  if (call.phase === 'ended') return call;
  switch (event.t) {
    case 'status': {
      const named = PHASES[event.status.state];
      const phase = named && ORDER.indexOf(named) > ORDER.indexOf(call.phase) ? named : call.phase;
      const met = seated(event.status) && !seated(call.status);
      const next = { ...call, phase, status: event.status, digits: met ? undefined : call.digits };
      return (call.status?.state === 'away') === (event.status.state === 'away') ? next : stale(next, now);
    }
    case 'line':
      return stale({ ...call, up: event.up }, now);
    case 'quiet':
      // What came meanwhile, if a keyframe did, is the present.
      return event.quiet ? stale({ ...call, quiet: true }, now) : { ...call, quiet: false };
    case 'digits':
      if (event.digits === undefined) return { ...call, digits: undefined };
      // They are for a new page: the picture of the one before is no more. They may come before the first picture, too.
      return stale({ ...call, phase: 'live', digits: event.digits }, now);
    case 'view':
      return { ...call, shown: event.shown };
    case 'keyframe':
      // It opened under the new page's keys, so the digits have done their work.
      return { ...call, keyframe: event.epoch, picture: false, digits: undefined };
    case 'applied':
      return event.epoch === call.keyframe ? { ...call, picture: true, lostAt: undefined } : call;
    case 'page':
      return { ...call, page: event.page };
    case 'emptied':
      return { ...call, keyframe: undefined, picture: false, lostAt: undefined };
    case 'ended':
      return {
        ...call,
        phase: 'ended',
        end: { reason: event.reason, receipt: event.receipt },
        picture: false,
        digits: undefined,
      };
    default:
      return event satisfies never;
  }
}

/** Both sides have found each other. */
function seated(status: Status | undefined): boolean {
  return status?.state === 'live' || status?.state === 'paused';
}

/** What stood in the view before an absence is the past: only a new keyframe is the present. */
function stale(call: Call, now: number): Call {
  return { ...call, keyframe: undefined, picture: false, lostAt: call.picture ? now : call.lostAt };
}

/** What covers the view, and whether its last picture may still be seen dimmed behind it. */
export function curtainOf(
  call: Call,
  known: (rule: string) => boolean,
  now: number,
): { kind: Curtain; dimmed: boolean } {
  const state = call.status?.state;
  const closed = call.shown === 'not-in-policy' || (call.page !== undefined && !known(call.page.rule));
  // Either word is enough: the server's, and the applicant's own, which the server can't forge.
  const paused = state === 'paused' || call.shown === 'paused';
  const kept = !paused && !closed && call.shown === 'visible';
  const dimmed = kept && call.lostAt !== undefined && now - call.lostAt < DIMMED_MOST_MS;
  if (!call.up) return { kind: 'line', dimmed };
  // To be read, they can't wait for a picture to fade.
  if (call.digits !== undefined) return { kind: 'digits', dimmed: false };
  if (state === 'away') return { kind: 'away', dimmed };
  if (paused) return { kind: 'paused', dimmed };
  if (call.quiet) return { kind: 'quiet', dimmed };
  if (closed) return { kind: 'closed-page', dimmed };
  if (call.shown === 'hidden-tab') return { kind: 'hidden-tab', dimmed };
  if (!call.picture) return { kind: 'waiting', dimmed };
  return { kind: 'none', dimmed: false };
}
