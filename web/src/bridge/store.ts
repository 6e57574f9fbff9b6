// Room: bridge. What the bridge keeps between pages of one tab, and the content-free cookie that tells the loader on the
// agency's other pages that a session is active. Nothing is written before a code was accepted.

import type { Carried } from '../link/exchange.ts';

const KEY = 'insyn';
const NO_LOCKS: ReadonlySet<string> = new Set(['SecurityError', 'NotSupportedError', 'InvalidStateError']);
/** Milliseconds that a page waits for the one before it to let go. Longer means that another tab holds the session. */
export const LOCK_WAIT = 2000;
/** The highest number that a page may have. */
export const PAGE_MOST = 65535;

export interface Stored {
  /** 26 characters of base32. */
  session: string;
  /** The last page of this tab, 1 to 65534. */
  page: number;
  /** What the next page continues with; absent until the codes have matched. Used once. */
  carried?: Carried;
}

function isPage(page: unknown): page is number {
  return typeof page === 'number' && Number.isInteger(page) && page >= 1 && page < PAGE_MOST;
}

function isCarried(value: unknown): value is Carried {
  if (typeof value !== 'object' || value === null || !('chain' in value) || !('secret' in value)) return false;
  return typeof value.chain === 'string' && typeof value.secret === 'string';
}

/** The tab's session, or undefined where there is none or the browser keeps no storage for us. */
export function stored(): Stored | undefined {
  try {
    const value: unknown = JSON.parse(sessionStorage.getItem(KEY) ?? 'null');
    if (typeof value !== 'object' || value === null || !('session' in value) || !('page' in value)) return undefined;
    const { session, page } = value;
    if (typeof session !== 'string' || !isSession(session) || !isPage(page)) return undefined;
    const carried = 'carried' in value && isCarried(value.carried) ? { carried: value.carried } : {};
    return { session, page, ...carried };
  } catch {
    return undefined;
  }
}

export function isSession(text: string): boolean {
  return /^[a-z2-7]{26}$/.test(text);
}

export function store(value: Stored): void {
  try {
    sessionStorage.setItem(KEY, JSON.stringify(value));
  } catch {
    // Without storage the next page has to be told four digits.
  }
}

export function forget(): void {
  try {
    sessionStorage.removeItem(KEY);
  } catch {
    // Nothing was kept where nothing can be.
  }
}

/**
 * Takes the session for this document: the function lets go again; undefined where another tab has it. Where there are no locks to be
 * had the server's one seat has to do.
 */
export function take(session: string): Promise<(() => void) | undefined> {
  // Not in every browser that is otherwise good enough.
  const locks: LockManager | undefined = navigator.locks;
  if (!locks) return Promise.resolve(() => undefined);
  return new Promise((resolve) => {
    locks
      .request(`insyn-${session}`, { signal: AbortSignal.timeout(LOCK_WAIT) }, () => {
        return new Promise<void>((release) => resolve(release));
      })
      .catch((error: unknown) => {
        // What a document may be refused locks for; everything else means that somebody has it.
        const none = error instanceof DOMException && NO_LOCKS.has(error.name);
        resolve(none ? () => undefined : undefined);
      });
  });
}

/**
 * Says to the loader on this domain's pages that a session is active, for `seconds`; 0 takes it back. The value is the number
 * of the session's last page: where storage is kept apart by origin, only this cookie is seen on all of them.
 */
export function mark(domain: string, seconds: number, page: number): void {
  const value = seconds > 0 ? page : '';
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is not in Firefox 115 and Safari 16.4.
  document.cookie = `insyn=${value}; Domain=${domain}; Path=/; Max-Age=${seconds}; SameSite=Lax; Secure`;
}

/** The page number in the cookie; 0 where there is none. */
export function marked(): number {
  const page = Number(/(?:^|; )insyn=(\d{1,5})(?:;|$)/.exec(document.cookie)?.[1] ?? 0);
  return isPage(page) ? page : 0;
}
