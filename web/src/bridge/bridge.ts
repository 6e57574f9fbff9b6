// Room: bridge. The document on Insyn's own origin that an agency page frames: the consent form, or nothing to be seen at
// all. It decides whether this tab has a session, starts the Worker that holds it, and keeps storage and cookie in step.

import type { Carried } from '../link/exchange.ts';
import { signalUrl } from '../link/link.ts';
import { utf8 } from '../link/octets.ts';
import type { BannerTexts } from '../wire/banner-texts.ts';
import { inLanguage } from '../wire/language.ts';
import type { FromMirror, ToMirror } from '../wire/messages.ts';
import type { Policy } from '../wire/policy.ts';
import type { Reason } from '../wire/reason.ts';
import { BANNER_TEXTS } from './banner-texts.ts';
import { type Answer, ConsentForm, type StatementText } from './form.ts';
import { hashOfPolicy, hashOfStatement } from './hashes.ts';
import type { Opening } from './meeting.ts';
import type { FromWorker, Phase, ToWorker } from './messages.ts';
import { type Elsewhere, elsewhere, letGo, redeem } from './server.ts';
import { forget, mark, marked, PAGE_MOST, type Stored, store, stored, take } from './store.ts';

interface Config {
  /** The policy's file, byte for byte: what is hashed is what is used. */
  policy: string;
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
/** How long the server's own word about the end of joining may take. */
const JOIN_MARGIN_SECONDS = 5;

/** How long a session without a tab may be another tab's that is only on its way to its next page; milliseconds. */
const ELSEWHERE_WAIT = 1000;

class Bridge {
  readonly #config: Config;
  readonly #origins: readonly string[];
  readonly #hashes: { policy: string; statement: string };
  readonly #form: ConsentForm | undefined;
  #worker: Worker | undefined;
  /** Has loaded what a code's exchange needs, and waits for the code. */
  #warmed: Worker | undefined;
  #session = '';
  #page = 0;
  #ported = false;
  /** The page's port, while the applicant is asked whether the session is to go on here. */
  #held: MessagePort | undefined;
  #release: (() => void) | undefined;
  #renewing: ReturnType<typeof setInterval> | undefined;
  #joining: ReturnType<typeof setTimeout> | undefined;
  /** Settles once the last session's ticket is gone: the next one's must not go with it. */
  #letGo: Promise<unknown> = Promise.resolve();
  /** The session that this end wants over, while its Worker tells the server. */
  #leaving: string | undefined;
  /** Why the last session ended, if its Worker could not tell the agency page. */
  #failed: Reason | undefined;

  private constructor(config: Config, { origins }: Policy, hashes: { policy: string; statement: string }) {
    this.#config = config;
    this.#origins = origins;
    this.#hashes = hashes;
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

  static async begin(config: Config): Promise<void> {
    const [policy, statement] = await Promise.all([hashOfPolicy(config.policy), hashOfStatement(config.statement)]);
    await new Bridge(config, JSON.parse(config.policy), { policy, statement }).#begin();
  }

  /** Resumes the tab's session where there is one, then says that this document listens. */
  async #begin(): Promise<void> {
    const session = stored()?.session;
    if (session) {
      this.#release = await take(session);
      // Only now: the page before may have stored something while we waited for it to let go.
      const last = stored();
      if (!this.#release) {
        // Another tab holds it: this one is a copy, and its storage with it.
        forget();
      } else if (last?.session === session && this.#next(session, await this.#lastPage(last), last.carried)) {
        this.#form?.phase('joining', '', true);
      }
    }
    this.#ready();
    if (this.#worker && this.#form) this.#say({ insyn: 'accepted' });
  }

  /**
   * The number of the session's last page. Storage that is kept apart by origin does not know of pages on another one; the cookie is
   * seen on all of them, but anybody on the domain can write it, so that it only says when the server is to be asked.
   */
  async #lastPage({ session, page }: Stored): Promise<number> {
    if (marked() <= page) return page;
    const found = await elsewhere();
    return typeof found === 'object' && found.session === session ? Math.max(found.page, page) : page;
  }

  /** Goes on with a session on this page, which comes after `last`. False: there are no more pages to be had. */
  #next(session: string, last: number, carried: Carried | undefined): boolean {
    const page = last + 1;
    if (page > PAGE_MOST) {
      forget();
      this.#release?.();
      return false;
    }
    store({ session, page, ...(carried ? { carried } : {}) });
    if (marked() > 0) mark(this.#config.domain, this.#markSeconds, page);
    this.#open(session, page, carried ? { t: 'carried', carried } : { t: 'nothing' });
    return true;
  }

  /** The page has no words of its own. */
  #ready(): void {
    const language = new URLSearchParams(location.search).get('lang') ?? '';
    this.#say({ insyn: 'ready', texts: inLanguage<BannerTexts>(BANNER_TEXTS, language) });
  }

  /** What is said to the agency page holds nothing of a session, and frame-ancestors says who can frame us: hence "*". */
  #say(
    message: { insyn: 'ready'; texts: BannerTexts } | { insyn: 'accepted' | 'over' } | { insyn: 'height'; px: number },
  ): void {
    parent.postMessage(message, '*');
  }

  readonly #hear = ({ source, origin, data, ports }: MessageEvent): void => {
    const [port] = ports;
    if (source !== parent || !this.#origins.includes(origin) || data?.insyn !== 'port' || !port) return;
    if (!this.#worker) {
      void this.#without(port);
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

  /**
   * This document has no session, and its page asks for one. The browser may have one all the same, with its secret kept where
   * this page can't reach it: then the applicant is asked whether it is to go on here, since another tab may be meant.
   */
  async #without(port: MessagePort): Promise<void> {
    const answer = (message: ToMirror) => port.postMessage(message);
    if (this.#failed) {
      answer({ t: 'ended', reason: this.#failed });
      return;
    }
    const first = marked() > 0 ? await elsewhere() : 'none';
    const away = typeof first === 'object' && first.away;
    if (away) await new Promise((done) => setTimeout(done, ELSEWHERE_WAIT));
    const found = away ? await elsewhere() : 'none';
    if (typeof found !== 'object' || !found.away || this.#worker) return answer({ t: 'none' });
    this.#offer(port, found);
  }

  /** Asks the applicant whether the session is to go on in this tab. */
  #offer(port: MessagePort, offered: Elsewhere): void {
    this.#held = port;
    port.onmessage = ({ data }: MessageEvent<FromMirror>) => {
      if (data.t === 'continue' || data.t === 'stop') void this.#continue(port, offered, data.t === 'stop');
    };
    const hold: ToMirror = { t: 'hold', need: 'yes', agent: offered.agent };
    port.postMessage(hold);
  }

  /** The applicant wants the session here, or over. */
  async #continue(port: MessagePort, offered: Elsewhere, stop: boolean): Promise<void> {
    port.onmessage = null;
    this.#held = undefined;
    const answer = (message: ToMirror) => port.postMessage(message);
    let found = await elsewhere();
    // A stop holds, however long the server can't be reached: nothing is sent meanwhile.
    while (found === 'unknown' && stop) {
      await new Promise((done) => setTimeout(done, ELSEWHERE_WAIT));
      found = await elsewhere();
    }
    if (found === 'unknown') return this.#offer(port, offered);
    // What was agreed to, or stopped, is the session that was asked about; another one is asked about anew.
    if (found !== 'none' && found.session !== offered.session && !stop) return this.#offer(port, found);
    if (found === 'none' || found.session !== offered.session) return answer({ t: 'ended', reason: 'not_admitted' });
    this.#release = found.away ? await take(found.session) : undefined;
    if (!this.#release || !this.#next(found.session, found.page, undefined)) return answer({ t: 'none' });
    this.#ported = true;
    this.#tell({ t: 'port', port, stop }, [port]);
  }

  #tell(message: ToWorker, transfer: Transferable[] = []): void {
    this.#worker?.postMessage(message, transfer);
  }

  #open(session: string, page: number, opening: Opening): void {
    this.#ported = false;
    this.#failed = undefined;
    this.#session = session;
    this.#page = page;
    const worker = this.#warmed ?? this.#newWorker();
    this.#warmed = undefined;
    this.#worker = worker;
    worker.onmessage = ({ data }: MessageEvent<FromWorker>) => {
      if (worker === this.#worker || data.t === 'over') this.#heard(data);
    };
    worker.onerror = () => {
      if (worker === this.#worker) this.#fail('protocol');
    };
    const url = signalUrl(location.origin, session, page);
    const { origin } = location;
    const graceMs = this.#config.graceSeconds * 1000;
    const common = {
      url,
      session,
      page,
      policy: this.#config.policy,
      policyHash: this.#hashes.policy,
      origin,
      graceMs,
    };
    this.#tell({ t: 'open', ...common, opening }, opening.t === 'code' ? [opening.digits.buffer] : []);
    const held = this.#held;
    if (!held) return;
    // A new code was typed instead of an answer: the page has no other port to give.
    held.onmessage = null;
    this.#held = undefined;
    this.#ported = true;
    this.#tell({ t: 'port', port: held }, [held]);
  }

  #newWorker(): Worker {
    return new Worker(`/assets/${WORKER_FILE}`);
  }

  #warm(): void {
    if (this.#worker || this.#warmed) return;
    const worker = this.#newWorker();
    this.#warmed = worker;
    // One that does not come to be is tried again with the code.
    worker.onerror = () => {
      if (worker === this.#warmed) this.#warmed = undefined;
    };
    const warm: ToWorker = { t: 'warm' };
    worker.postMessage(warm);
  }

  #heard(message: FromWorker): void {
    switch (message.t) {
      case 'phase':
        this.#mark(message.phase);
        if (message.phase !== 'joining') clearTimeout(this.#joining);
        this.#form?.phase(message.phase, message.agent, message.covered);
        return;
      case 'store':
        store({ session: this.#session, page: this.#page, carried: message.carried });
        this.#tell({ t: 'stored' });
        return;
      case 'forget':
        this.#unrenew();
        this.#leaving = this.#session;
        forget();
        mark(this.#config.domain, 0, 0);
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
  get #markSeconds(): number {
    return this.#config.graceSeconds + this.#renewSeconds;
  }

  #renew(): void {
    mark(this.#config.domain, this.#markSeconds, this.#page);
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
    if (!FOREIGN.has(reason)) mark(this.#config.domain, 0, 0);
    this.#form?.ended(reason);
  }

  /** The ticket is of no more use, unless this document has a session again. Then the page may drop a frame it only had for that. */
  #over(reason: Reason): void {
    this.#leaving = undefined;
    if (this.#worker) return;
    if (!FOREIGN.has(reason)) this.#letGo = letGo(this.#session);
    void this.#letGo.then(() => this.#say({ insyn: 'over' }));
  }

  /** The Worker is not to be relied on any more: ends the session from here. */
  #fail(reason: Reason): void {
    this.#worker?.terminate();
    this.#ended(reason);
    this.#over(reason);
    this.#failed = reason;
    // The agency page's port went with the Worker; it offers a new one, and is told the reason.
    this.#ready();
  }

  /** The page goes: the Worker, and all that it knew, with it. */
  #hide(): void {
    if (this.#renewing !== undefined) this.#renew();
    this.#unrenew();
    clearTimeout(this.#joining);
    this.#worker?.terminate();
    this.#worker = undefined;
    this.#warmed?.terminate();
    this.#warmed = undefined;
    this.#release?.();
    // Whoever was to tell the server is gone now, and the ticket with it.
    if (this.#leaving !== undefined) void letGo(this.#leaving);
    this.#leaving = undefined;
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
    return new ConsentForm(root, this.#config.statement, this.#hashes.policy, changed, {
      submit: (routing, secret) => this.#submit(routing, secret),
      warm: () => this.#warm(),
    });
  }

  async #submit(routing: string, secret: string): Promise<Answer> {
    const { version, language } = this.#config.statement;
    await this.#letGo;
    const answer = await redeem(routing, version, language);
    if (answer.t === 'outdated') {
      location.hash = CHANGED;
      location.reload();
      return { t: 'refused', why: 'failed' };
    }
    if (answer.t !== 'accepted') return answer;
    const { session, agentId, agentName } = answer;
    store({ session, page: 1 });
    this.#release = await take(session);
    const bound = {
      routing,
      origin: location.origin,
      agentId,
      agentName,
      policyHash: this.#hashes.policy,
      statementHash: this.#hashes.statement,
    };
    this.#open(session, 1, { t: 'code', bound, digits: utf8(secret) });
    // The server ends it in time; this is for a Worker or a line that never came to be.
    this.#joining = setTimeout(() => this.#fail('not_joined'), (answer.joinSeconds + JOIN_MARGIN_SECONDS) * 1000);
    this.#say({ insyn: 'accepted' });
    return { t: 'accepted' };
  }
}

(() => {
  const config = document.getElementById('config')?.textContent;
  // A document of its own has no agency page around it, so there is nothing to be a bridge to.
  if (config && parent !== self) void Bridge.begin(JSON.parse(config));
})();
