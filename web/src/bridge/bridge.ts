// Room: bridge. The document on Insyn's own origin that an agency page frames: the consent form, or nothing to be seen at
// all. It decides whether this tab has a session, starts the Worker that holds it, and keeps storage and cookie in step.

import { signalUrl } from '../link/link.ts';
import type { ToMirror } from '../wire/messages.ts';
import type { Policy } from '../wire/policy.ts';
import type { Reason } from '../wire/reason.ts';
import { type Answer, ConsentForm, type StatementText } from './form.ts';
import type { FromWorker, Phase, ToWorker } from './messages.ts';
import { forget, mark, store, stored, take } from './store.ts';

interface Config {
  policy: Policy;
  domain: string;
  graceSeconds: number;
  statement: StatementText;
}

/** How often the cookie is renewed at least while a session is active, in seconds. */
const RENEW_SECONDS = 60;
/** Says to the reloaded form that the statement is a newer one. */
const CHANGED = '#changed';
/** Ends after which cookie and ticket may belong to a newer session, which another tab has. */
const FOREIGN: ReadonlySet<Reason> = new Set(['superseded', 'not_admitted']);
const FALLBACK_WAIT_SECONDS = 30;
/** How long joining may take where the server does not say it, and how long its own word about the end may take. */
const JOIN_SECONDS = 30;
const JOIN_MARGIN_SECONDS = 5;

class Bridge {
  readonly #config: Config;
  readonly #form: ConsentForm | undefined;
  #worker: Worker | undefined;
  #ported = false;
  #release: (() => void) | undefined;
  #renewing: ReturnType<typeof setInterval> | undefined;
  #joining: ReturnType<typeof setTimeout> | undefined;
  /** Why the last session ended, if its Worker could not tell the agency page. */
  #failed: Reason | undefined;

  constructor(config: Config) {
    this.#config = config;
    if (new URLSearchParams(location.search).has('form')) {
      this.#form = this.#showForm();
    }
    addEventListener('message', this.#hear);
    addEventListener('pagehide', () => this.#hide());
    addEventListener('pageshow', (event) => {
      // Back from the browser's history: what this document knew of the session is old. A new one asks again.
      if (event.persisted) location.reload();
    });
  }

  /** Resumes the tab's session where there is one, then says that this document listens. */
  async begin(): Promise<void> {
    const last = stored();
    if (last) {
      const { session } = last;
      this.#release = await take(session);
      if (this.#release) {
        const page = last.page + 1;
        store({ session, page });
        this.#open(session, page, undefined);
        this.#form?.phase('joining', '', true);
      } else {
        // Another tab holds it: this one is a copy, and its storage with it.
        forget();
      }
    }
    this.#say({ insyn: 'ready' });
    if (this.#worker && this.#form) this.#say({ insyn: 'accepted' });
  }

  /** What is said to the agency page holds nothing of a session, and frame-ancestors says who can frame us: hence "*". */
  #say(message: { insyn: 'ready' | 'accepted' } | { insyn: 'height'; px: number }): void {
    parent.postMessage(message, '*');
  }

  readonly #hear = ({ source, origin, data, ports }: MessageEvent): void => {
    const [port] = ports;
    if (source !== parent || !this.#config.policy.origins.includes(origin) || data?.insyn !== 'port' || !port) return;
    if (!this.#worker) {
      const none: ToMirror = this.#failed ? { t: 'ended', reason: this.#failed } : { t: 'none' };
      port.postMessage(none);
      return;
    }
    if (this.#ported) {
      // The page began anew while we did not: epochs and counters are bound to a page, so we begin anew too.
      location.reload();
      return;
    }
    this.#ported = true;
    this.#tell({ t: 'port', port }, [port]);
  };

  #tell(message: ToWorker, transfer: Transferable[] = []): void {
    this.#worker?.postMessage(message, transfer);
  }

  #open(session: string, page: number, secret: Uint8Array<ArrayBuffer> | undefined): void {
    this.#ported = false;
    this.#failed = undefined;
    const worker = new Worker(`/assets/${WORKER_FILE}`);
    this.#worker = worker;
    worker.onmessage = ({ data }: MessageEvent<FromWorker>) => {
      if (worker === this.#worker || data.t === 'over') this.#heard(data);
    };
    worker.onerror = () => {
      if (worker === this.#worker) this.#fail('protocol');
    };
    const url = signalUrl(location.origin, session, page);
    const { policy, graceSeconds } = this.#config;
    const graceMs = graceSeconds * 1000;
    this.#tell({ t: 'open', url, page, policy, graceMs, ...(secret ? { secret } : {}) }, secret ? [secret.buffer] : []);
  }

  #heard(message: FromWorker): void {
    switch (message.t) {
      case 'phase':
        this.#mark(message.phase);
        if (message.phase !== 'joining') clearTimeout(this.#joining);
        this.#form?.phase(message.phase, message.agent, message.covered);
        return;
      case 'ended':
        this.#ended(message.reason);
        return;
      case 'over':
        this.#over(message.reason);
        return;
      default:
        message satisfies never;
    }
  }

  /** The loader on the next page learns of the session once the codes have matched, and for as long as it is active. */
  #mark(phase: Phase): void {
    this.#unrenew();
    if (phase !== 'live' && phase !== 'paused') return;
    this.#renew();
    this.#renewing = setInterval(() => this.#renew(), this.#renewSeconds * 1000);
  }

  /** Shorter than a short grace time. */
  get #renewSeconds(): number {
    return Math.max(1, Math.min(RENEW_SECONDS, Math.floor(this.#config.graceSeconds / 2)));
  }

  /** The cookie outlives the whole grace time, whenever since the last renewal that began. */
  #renew(): void {
    mark(this.#config.domain, this.#config.graceSeconds + this.#renewSeconds);
  }

  #unrenew(): void {
    clearInterval(this.#renewing);
    this.#renewing = undefined;
  }

  #ended(reason: Reason): void {
    this.#unrenew();
    clearTimeout(this.#joining);
    // The Worker closes itself: it may still have to tell the server of a stop.
    this.#worker = undefined;
    forget();
    this.#release?.();
    if (!FOREIGN.has(reason)) mark(this.#config.domain, 0);
    this.#form?.ended(reason);
  }

  /** The ticket is of no more use, unless this document has a session again. */
  #over(reason: Reason): void {
    if (!this.#worker && !FOREIGN.has(reason)) void this.#ask('DELETE').catch(() => undefined);
  }

  /** The Worker is not to be relied on any more: ends the session from here. */
  #fail(reason: Reason): void {
    this.#worker?.terminate();
    this.#ended(reason);
    this.#over(reason);
    this.#failed = reason;
    // The agency page's port went with the Worker; it offers a new one, and is told the reason.
    this.#say({ insyn: 'ready' });
  }

  /** The page goes: the Worker, and all that it knew, with it. */
  #hide(): void {
    if (this.#renewing !== undefined) this.#renew();
    this.#unrenew();
    clearTimeout(this.#joining);
    this.#worker?.terminate();
    this.#worker = undefined;
    this.#release?.();
  }

  // The form.

  #showForm(): ConsentForm {
    const root = document.createElement('div');
    root.className = 'card';
    document.body.append(root);
    // The whole document's, margins and rings included.
    new ResizeObserver(() => {
      this.#say({ insyn: 'height', px: Math.ceil(document.body.getBoundingClientRect().height) });
    }).observe(document.body);
    const changed = location.hash === CHANGED;
    if (changed) history.replaceState(null, '', location.pathname + location.search);
    return new ConsentForm(root, this.#config.statement, changed, {
      submit: (routing, secret) => this.#submit(routing, secret),
    });
  }

  #ask(method: 'POST' | 'DELETE', body?: object): Promise<Response> {
    return fetch('/consent', {
      method,
      headers: { 'Insyn-Request': '1', ...(body ? { 'Content-Type': 'application/json' } : {}) },
      ...(body ? { body: JSON.stringify(body) } : {}),
      cache: 'no-store',
      redirect: 'error',
    });
  }

  async #submit(routing: string, secret: string): Promise<Answer> {
    const { version, language } = this.#config.statement;
    let response: Response;
    try {
      response = await this.#ask('POST', { routing, statement: version, language });
    } catch {
      return { t: 'refused', why: 'offline' };
    }
    if (response.ok) {
      const answered = Date.parse(response.headers.get('Date') ?? '');
      return this.#accepted(await response.json().catch(() => undefined), answered, secret);
    }
    if (response.status === 404) return { t: 'refused', why: 'unknown' };
    if (response.status === 429) {
      const seconds = Number(response.headers.get('Retry-After'));
      return { t: 'wait', seconds: seconds >= 1 && seconds <= 3600 ? Math.ceil(seconds) : FALLBACK_WAIT_SECONDS };
    }
    if (response.status === 409) {
      location.hash = CHANGED;
      location.reload();
    }
    return { t: 'refused', why: 'failed' };
  }

  /** `answered`: the server's own time of its answer, in Unix milliseconds, NaN where it did not say. */
  async #accepted(answer: unknown, answered: number, secret: string): Promise<Answer> {
    const session = typeof answer === 'object' && answer && 'session' in answer ? answer.session : undefined;
    if (typeof session !== 'string') return { t: 'refused', why: 'failed' };
    store({ session, page: 1 });
    this.#release = await take(session);
    this.#open(session, 1, new TextEncoder().encode(secret));
    const joinBy = typeof answer === 'object' && answer && 'join_by' in answer ? Number(answer.join_by) : Number.NaN;
    const seconds = (joinBy - answered) / 1000;
    const join = seconds > 0 && seconds < 600 ? seconds : JOIN_SECONDS;
    // The server ends it in time; this is for a Worker or a line that never came to be.
    this.#joining = setTimeout(() => this.#fail('not_joined'), (join + JOIN_MARGIN_SECONDS) * 1000);
    this.#say({ insyn: 'accepted' });
    return { t: 'accepted' };
  }
}

(() => {
  const config = document.getElementById('config')?.textContent;
  // A document of its own has no agency page around it, so there is nothing to be a bridge to.
  if (config && parent !== self) void new Bridge(JSON.parse(config)).begin();
})();
