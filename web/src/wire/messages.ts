// Room: wire. What crosses the browser's own ports: agency page <-> bridge, bridge page <-> its Worker, and console page
// <-> its Worker. The bytes in `body` are plain here (wire/tree.ts); the Workers compress, number and, later, seal them.

import type { Policy } from './policy.ts';
import type { Reason } from './reason.ts';
import type { Receipt, SessionState, Status } from './server.ts';

export type Bytes = Uint8Array<ArrayBuffer>;

/** Lower hex of the first 16 bytes of SHA-256 over a resource's bytes. */
export type Hash = string;

/** MIME type of a resource; the console accepts those of its allow-list only. */
export type ResourceType = string;

/** Agency page (mirror) -> bridge Worker, over the transferred MessagePort. Buffers are transferred. */
export type FromMirror =
  | { t: 'keyframe'; epoch: number; body: Bytes }
  | { t: 'delta'; epoch: number; body: Bytes }
  | { t: 'pointer'; epoch: number; x: number; y: number }
  | { t: 'resource'; hash: Hash; type: ResourceType; body: Bytes }
  | { t: 'view'; shown: Shown }
  | { t: 'pause' }
  | { t: 'resume' }
  | { t: 'stop' }
  | { t: 'bye' };

/** Whether the applicant's page can be seen right now, and if not, why the curtain is drawn. */
export type Shown = 'visible' | 'hidden-tab' | 'not-in-policy';

/** Bridge Worker -> agency page (mirror). */
export type ToMirror =
  | { t: 'status'; state: SessionState; agent: string; ends: number; peer: boolean }
  | { t: 'go'; policy: Policy }
  /** Whether a state frame may be sent now. The mirror waits, staying dirty, while it is false. */
  | { t: 'credit'; open: boolean }
  /** Send a keyframe under a new epoch. */
  | { t: 'resync' }
  | { t: 'want'; hashes: Hash[] }
  | { t: 'ended'; reason: Reason; receipt?: Receipt }
  /** There is no session for this tab: leave no trace. */
  | { t: 'none' };

/** Bridge Worker -> console page mirrors this on the other side: frames opened and in order. */
export type FromConsoleWorker =
  | { t: 'status'; status: Status }
  | { t: 'frame'; kind: 'keyframe' | 'delta'; epoch: number; counter: number; body: Bytes }
  | { t: 'pointer'; x: number; y: number }
  | { t: 'resource'; hash: Hash; type: ResourceType; body: Bytes }
  | { t: 'view'; shown: Shown }
  | { t: 'line'; up: boolean }
  | { t: 'ended'; reason: Reason; receipt?: Receipt };

/** Console page -> its Worker. */
export type ToConsoleWorker =
  | { t: 'open'; url: string; session: string; routing: string; agent: string; secret: string }
  /** A state frame was applied: gives the credit back. */
  | { t: 'applied'; epoch: number; counter: number }
  | { t: 'want'; hashes: Hash[] }
  | { t: 'resync' }
  | { t: 'close'; leaving: boolean };
