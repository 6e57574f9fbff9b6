// Room: wire. Why a session or a connection ended, by WebSocket close code; session/reason.go is the same table.

export const REASONS = {
  4000: 'gone',
  4001: 'silent',
  4002: 'replaced',
  4003: 'slow',
  4500: 'stopped',
  4501: 'ended',
  4502: 'console_closed',
  4503: 'no_match',
  4504: 'not_joined',
  4505: 'expired',
  4506: 'taken_back',
  4507: 'idle',
  4508: 'maximum',
  4509: 'grace',
  4510: 'protocol',
  4511: 'superseded',
  4512: 'signed_out',
  4513: 'shutdown',
  4514: 'not_admitted',
  4515: 'tampered',
  4516: 'policy',
} as const;

/** The byte of a seat's close frame (signaling/doc.go, Ending). */
export const CLOSE = {
  /** A person ended it. */
  person: 0,
  /** The applicant's page went before the codes had matched; the agent's console is being closed. */
  left: 1,
  /** A frame did not open: the relay changed what it carried. */
  tampered: 2,
  /** The applicant's page pins another policy. */
  policy: 3,
  /** Something failed at this end that should not. */
  broken: 4,
} as const;

export type Reason = (typeof REASONS)[keyof typeof REASONS];

export function isReason(text: string): text is Reason {
  return (Object.values(REASONS) as string[]).includes(text);
}

/** The reason behind a close code; anything unknown, 1006 and the like included, means "come back". */
export function reasonOf(code: number): Reason {
  return (REASONS as Record<number, Reason>)[code] ?? 'gone';
}

/** Whether nothing can come back after this close code. */
export function isOver(code: number): boolean {
  return code >= 4500 && code <= 4999;
}
