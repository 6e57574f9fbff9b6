// Room: bridge. What the bridge's document and its Worker say to each other.

import type { Bytes } from '../wire/messages.ts';
import type { Policy } from '../wire/policy.ts';
import type { Reason } from '../wire/reason.ts';

export type ToWorker =
  /** Once, first. `secret`: the four secret digits in ASCII, absent on later pages; the Worker erases them after use. */
  | { t: 'open'; url: string; page: number; policy: Policy; graceMs: number; secret?: Bytes }
  /** The agency page's end of things, at most once. */
  | { t: 'port'; port: MessagePort };

/** As far as the form and the cookie care. */
export type Phase = 'joining' | 'live' | 'paused' | 'away' | 'stopping' | 'ended';

export type FromWorker =
  /** `covered`: the policy lets the agent see this page. */
  | { t: 'phase'; phase: Exclude<Phase, 'ended'>; agent: string; covered: boolean }
  /** As the applicant sees it. The Worker may still have to tell the server, and needs the ticket for that. */
  | { t: 'ended'; reason: Reason }
  /** The Worker has nothing more to say to the server, and is gone. */
  | { t: 'over'; reason: Reason };
