// Room: bridge. The document on Insyn's own origin that an agency page frames: the consent form, or nothing to be seen at
// all. It decides whether this tab has a session, starts the Worker that holds it, and keeps storage and cookie in step.

import { signalUrl } from '../link/link.ts';
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

/** How often the cookie is renewed while a session is active, in milliseconds. */
const RENEW = 60_000;
/** Says to the reloaded form that the statement is a newer one. */
const CHANGED = '#changed';
const FALLBACK_WAIT_SECONDS = 30;

class Bridge {
  readonly #config: Config;
  readonly #form: ConsentForm | undefined;
  #worker: Worker | undefined;
  #ported = false;
  #release: (() => void) | undefined;
  #renewing: ReturnType<typeof setInterval> | undefined;

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
        this.#form?.phase('joining', '');
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
      port.postMessage({ t: 'none' });
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
    const worker = new Worker(`/assets/${WORKER_FILE}`);
    this.#worker = worker;
    worker.onmessage = ({ data }: MessageEvent<FromWorker>) => {
      if (worker === this.#worker) this.#heard(data);
    };
    const url = signalUrl(location.origin, session, page);
    const { policy } = this.#config;
    this.#tell({ t: 'open', url, page, policy, ...(secret ? { secret } : {}) }, secret ? [secret.buffer] : []);
  }

  #heard(message: FromWorker): void {
    switch (message.t) {
      case 'phase':
        this.#mark(message.phase);
        this.#form?.phase(message.phase, message.agent);
        return;
      case 'ended':
        this.#ended(message.reason);
        return;
      default:
        message satisfies never;
    }
  }

  /** The loader on the next page learns of the session once the codes have matched, and for as long as it is active. */
  #mark(phase: Phase): void {
    clearInterval(this.#renewing);
    if (phase !== 'live' && phase !== 'paused') return;
    const renew = () => mark(this.#config.domain, this.#config.graceSeconds);
    renew();
    this.#renewing = setInterval(renew, RENEW);
  }

  #ended(reason: Reason): void {
    clearInterval(this.#renewing);
    // The Worker closes itself: it may still have to tell the server of a stop.
    this.#worker = undefined;
    forget();
    this.#release?.();
    // Cookie and ticket belong to the newer session, if that is what ended this one.
    if (reason !== 'superseded') {
      mark(this.#config.domain, 0);
      void this.#ask('DELETE').catch(() => undefined);
    }
    this.#form?.ended(reason);
  }

  /** The page goes: the Worker, and all that it knew, with it. */
  #hide(): void {
    clearInterval(this.#renewing);
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
    return new ConsentForm(root, this.#config.statement, location.hash === CHANGED, {
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
    if (response.ok) return this.#accepted(await response.json().catch(() => undefined), secret);
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

  async #accepted(answer: unknown, secret: string): Promise<Answer> {
    const session = typeof answer === 'object' && answer && 'session' in answer ? answer.session : undefined;
    if (typeof session !== 'string') return { t: 'refused', why: 'failed' };
    store({ session, page: 1 });
    this.#release = await take(session);
    this.#open(session, 1, new TextEncoder().encode(secret));
    this.#say({ insyn: 'accepted' });
    return { t: 'accepted' };
  }
}

(() => {
  const config = document.getElementById('config')?.textContent;
  // A document of its own has no agency page around it, so there is nothing to be a bridge to.
  if (config && parent !== self) void new Bridge(JSON.parse(config)).begin();
})();
