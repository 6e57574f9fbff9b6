// Room: bridge. What the bridge's document and its Worker say to each other.

import type { Carried } from '../link/exchange.ts';
import type { Reason } from '../wire/reason.ts';
import type { Opening } from './meeting.ts';

export type ToWorker =
  /** A code is being typed: load what its exchange needs. */
  | { t: 'warm' }
  /** Once. What is secret in `opening` is erased by the Worker after use. */
  | {
      t: 'open';
      url: string;
      session: string;
      page: number;
      policy: string;
      policyHash: string;
      origin: string;
      graceMs: number;
      opening: Opening;
    }
  /** The agency page's end of things, at most once. `stop`: the applicant has already said that it is to end. */
  | { t: 'port'; port: MessagePort; stop?: boolean }
  /** What was to be stored is, or can't be. */
  | { t: 'stored' };

/** As far as the form and the cookie care. */
export type Phase = 'joining' | 'live' | 'paused' | 'away' | 'stopping' | 'ended';

export type FromWorker =
  /** `covered`: the policy lets the agent see this page. */
  | { t: 'phase'; phase: Exclude<Phase, 'ended'>; agent: string; covered: boolean }
  /** For the next page of this tab; a Worker has no such storage. To be answered with `stored`. */
  | { t: 'store'; carried: Carried }
  /** Nothing may go on with this session on a next page any more. */
  | { t: 'forget' }
  /** As the applicant sees it. The Worker may still have to tell the server, and needs the ticket for that. */
  | { t: 'ended'; reason: Reason }
  /** The Worker has nothing more to say to the server, and is gone. */
  | { t: 'over'; reason: Reason };
