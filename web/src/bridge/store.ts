// Room: bridge. What the bridge keeps between pages of one tab, and the content-free cookie that tells the loader on the
// agency's other pages that a session is active. Nothing is written before a code was accepted.

const KEY = 'insyn';
/** Milliseconds that a page waits for the one before it to let go. Longer means that another tab holds the session. */
export const LOCK_WAIT = 2000;

export interface Stored {
  /** 16 characters of base32. */
  session: string;
  /** The last page of this tab, 1 to 65535. */
  page: number;
}

/** The tab's session, or undefined where there is none or the browser keeps no storage for us. */
export function stored(): Stored | undefined {
  try {
    const value: unknown = JSON.parse(sessionStorage.getItem(KEY) ?? 'null');
    if (typeof value !== 'object' || value === null || !('session' in value) || !('page' in value)) return undefined;
    const { session, page } = value;
    if (typeof session !== 'string' || !/^[A-Za-z0-9]{16}$/.test(session)) return undefined;
    if (typeof page !== 'number' || !Number.isInteger(page) || page < 1 || page >= 65535) return undefined;
    return { session, page };
  } catch {
    return undefined;
  }
}

export function store(value: Stored): void {
  try {
    sessionStorage.setItem(KEY, JSON.stringify(value));
  } catch {
    // Without storage the session holds for this page alone; the applicant loses nothing but the next page.
  }
}

export function forget(): void {
  try {
    sessionStorage.removeItem(KEY);
  } catch {
    // Nothing was kept where nothing can be.
  }
}

/** Takes the session for this document: the function lets go again; undefined where another tab has it. */
export function take(session: string): Promise<(() => void) | undefined> {
  return new Promise((resolve) => {
    navigator.locks
      .request(`insyn-${session}`, { signal: AbortSignal.timeout(LOCK_WAIT) }, () => {
        return new Promise<void>((release) => resolve(release));
      })
      .catch(() => resolve(undefined));
  });
}

/** Says to the loader on this domain's pages that a session is active, for `seconds`; 0 takes it back. */
export function mark(domain: string, seconds: number): void {
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is not in Firefox 115 and Safari 16.4.
  document.cookie = `insyn=${seconds > 0 ? 1 : ''}; Domain=${domain}; Path=/; Max-Age=${seconds}; SameSite=Lax; Secure`;
}
