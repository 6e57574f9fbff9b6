// Room: wire. What crosses the browser's own ports: agency page <-> bridge, bridge page <-> its Worker, and console page
// <-> its Worker. The bytes in `body` are plain here (wire/tree.ts); the Workers compress, seal and number them.

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
  /** The policy is not the one that the page pins: nothing may be shown. */
  | { t: 'distrust' }
  /** The applicant wants to go on in this tab, in answer to `hold` with `yes`. */
  | { t: 'continue' }
  /** Four ASCII digits, typed in answer to `hold` with `digits`. */
  | { t: 'digits'; digits: string }
  | { t: 'bye' };

/**
 * A page in a frame -> the agency page of another origin at the top of its tab. First that it may be shown. Then what its mirror
 * says, of the `share` that it was told to begin with: one step in answer to `begin` and to each `credit`. `bye`: it is gone.
 */
export type FromFramed =
  | { t: 'hello'; quirks: boolean }
  | (Extract<FromMirror, { t: 'keyframe' | 'delta' | 'pointer' | 'resource' | 'view' }> & { share: number })
  | { t: 'bye' };

/** The other way. */
export type ToFramed =
  | {
      t: 'begin';
      /** Which part of all numbers is its own. */
      share: number;
      /** What it may show at most. */
      mode: 'show' | 'labels' | 'mask' | 'hide';
      label: boolean;
      choices: boolean;
      /** As in `want`. */
      hashes: Hash[];
    }
  /** What was told has been sent. */
  | { t: 'credit' }
  | { t: 'want'; hashes: Hash[] }
  /** Whether to paint over what is not told. */
  | { t: 'paint'; on: boolean }
  | { t: 'end' };

/**
 * What the session waits for on a page that could not bring the secret along: the applicant's word that it is to go on in this tab,
 * or the four digits that the agent reads out then.
 */
export type Need = 'yes' | 'digits';

/** Whether the applicant's page can be seen right now, and if not, why the curtain is drawn. */
export type Shown = 'visible' | 'hidden-tab' | 'not-in-policy';

/** What the applicant's end says of it to the agent's, sealed: the server's word for a pause is not enough. */
export type Seen = Shown | 'paused';

/** Bridge Worker -> agency page (mirror). */
export type ToMirror =
  | { t: 'status'; state: SessionState; agent: string; ends: number; peer: boolean; policy: string }
  /** The policy's file, byte for byte, so that the page can compare it with what it pins. */
  | { t: 'go'; policy: string }
  /**
   * Nothing is shown until the applicant has given what is needed; any status or end that follows takes it back. `again`: what was
   * given did not go out, and nothing was guessed.
   */
  | { t: 'hold'; need: Need; agent: string; again?: true }
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
  | { t: 'view'; shown: Seen }
  | { t: 'line'; up: boolean }
  /** Nothing that the applicant's end has sealed came for a while, or it comes again. */
  | { t: 'quiet'; quiet: boolean }
  /** Four fresh digits to read out, for a page that could not bring the secret along; absent: no more. */
  | { t: 'digits'; digits?: string }
  /**
   * `unproven`: digits were answered, and nobody has shown to know them. `unheard`: the server has not been told yet; what follows
   * is another end, once it has.
   */
  | { t: 'ended'; reason: Reason; receipt?: Receipt; unproven?: true; unheard?: true };

/** What the console knows by itself of what both ends must agree on (docs/protocol.md, section 1). Hashes are hex. */
export interface AgentBound {
  /** Five digits. */
  routing: string;
  /** Insyn's origin. */
  origin: string;
  agentId: string;
  agentName: string;
  policyHash: string;
}

/** Console page -> its Worker. */
export type ToConsoleWorker =
  | { t: 'open'; url: string; session: string; bound: AgentBound; secret: Bytes }
  /** A state frame was applied: gives the credit back. */
  | { t: 'applied'; epoch: number; counter: number }
  | { t: 'want'; hashes: Hash[] }
  | { t: 'resync' }
  | { t: 'close'; leaving: boolean };
