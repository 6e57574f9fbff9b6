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
} as const;

export type Reason = (typeof REASONS)[keyof typeof REASONS];

/** The reason behind a close code; anything unknown, 1006 and the like included, means "come back". */
export function reasonOf(code: number): Reason {
  return (REASONS as Record<number, Reason>)[code] ?? 'gone';
}

/** Whether nothing can come back after this close code. */
export function isOver(code: number): boolean {
  return code >= 4500 && code <= 4999;
}
