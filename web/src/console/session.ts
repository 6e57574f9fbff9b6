// Room: console. One session from its code to its end: owns the Worker, the stage and what is said about both. Everything
// it holds of the applicant's is gone with the end.

import { signalUrl } from '../link/link.ts';
import type { PageInfo } from '../view/view.ts';
import { checkDigit, formatCode } from '../wire/code.ts';
import type { Bytes, FromConsoleWorker, ToConsoleWorker } from '../wire/messages.ts';
import type { Reason } from '../wire/reason.ts';
import type { Receipt } from '../wire/server.ts';
import { type Agent, type Api, ApiError, type Offer } from './api.ts';
import { type Call, type CallEvent, type Curtain, curtainOf, newCall, step } from './call.ts';
import { countdown } from './clock.ts';
import { CodePanel } from './code-panel.ts';
import { h } from './dom.ts';
import { isSignedOut, wordsFor } from './errors.ts';
import { Stage, type ViewEvents, type ViewPort } from './stage.ts';
import { StatusLine } from './status-line.ts';
import { texts } from './texts.ts';

/** How often times are drawn anew, and how long the end may take to come back from the server; milliseconds. */
const TICK_MS = 250;
const END_WAIT_MS = 2000;

/** Curtains behind which the last view, once it has faded, is the past. */
const PAST: ReadonlySet<Curtain> = new Set(['away', 'line', 'quiet']);

export interface SessionOptions {
  api: Api;
  origin: string;
  /** Of the applicant's end, and the policy's hash: both ends must know the same ones. */
  insynOrigin: string;
  policyHash: string;
  /** The policy's page rules by id, with the label to show. A rule that is not here is not shown. */
  labels: Record<string, string>;
  worker(): Worker;
  view(frame: HTMLIFrameElement, events: ViewEvents): ViewPort;
  /** Called once. */
  ended(reason: Reason, receipt: Receipt | undefined, unproven: boolean): void;
}

export class Session {
  /** For the page's main area, and for its head. */
  readonly element: HTMLElement;
  readonly head: HTMLElement;
  readonly focus: HTMLElement;
  readonly #options: SessionOptions;
  readonly #offer: Offer;
  readonly #worker: Worker;
  readonly #stage = new Stage();
  readonly #code: CodePanel;
  readonly #line: StatusLine;
  readonly #live: HTMLElement;
  readonly #tick: ReturnType<typeof setInterval>;
  #ending: ReturnType<typeof setTimeout> | undefined;
  #view: ViewPort | undefined;
  #emptied = true;
  #call = newCall();
  /** The page that the view named last, until it is drawn. */
  #turned: PageInfo | undefined;
  #expires: number;
  /** Digits were answered, and nobody has shown to know them. */
  #unproven = false;
  #over = false;

  /** `secret`: four digits. They stay on the screen until they are used up; the bytes are the Worker's from `open` on. */
  constructor(offer: Offer, agent: Agent, secret: string, options: SessionOptions) {
    this.#options = options;
    this.#offer = offer;
    this.#expires = offer.expires;
    const nine = offer.routing + secret;
    const ten = nine + checkDigit(nine);
    this.#code = new CodePanel(ten, formatCode(ten), {
      extend: () => this.#extend(),
      takeBack: () => this.#takeBack(),
      end: () => this.end(),
    });
    this.#line = new StatusLine(() => this.end());
    this.head = this.#line.element;
    this.head.hidden = true;
    // Laid out from the start, behind the code, so that the view's document is loaded before the first picture comes.
    this.#live = h(
      'div',
      { class: 'live behind' },
      this.#stage.element,
      h(
        'footer',
        { class: 'foot' },
        h('p', { class: 'view-only' }, texts.viewOnly),
        h('p', { class: 'rules' }, texts.live.rules(options.policyHash)),
        this.#stage.tools,
      ),
    );
    this.#live.inert = true;
    this.element = h('div', { class: 'session' }, this.#code.element, this.#live);
    this.focus = this.#code.focus;
    this.#worker = options.worker();
    this.#worker.onmessage = (event: MessageEvent<FromConsoleWorker>) => this.#receive(event.data);
    this.#worker.onerror = () => this.#finish('gone', undefined);
    this.#tick = setInterval(() => this.#render(), TICK_MS);
    this.#render();
    void this.#open(agent, new TextEncoder().encode(secret));
  }

  /** The agent ends it: what is shown goes at once, whether or not the server can be reached. */
  end(): void {
    if (this.#over || this.#ending !== undefined) return;
    this.#tell({ t: 'close', leaving: false });
    this.#empty();
    this.#step({ t: 'digits' });
    this.#line.ending();
    this.#stage.element.hidden = true;
    this.#ending = setTimeout(() => this.#finish('ended', this.#call.status?.receipt, true), END_WAIT_MS);
  }

  /** The agent signs out: over at once. The Worker lives on until the server has heard of it. */
  signOut(): void {
    if (this.#over) return;
    this.#tell({ t: 'close', leaving: false });
    this.#finish('signed_out', undefined, true);
  }

  /** The console is being closed or reloaded. Says whether a session ends by that. */
  leave(): boolean {
    if (this.#over) return false;
    this.#tell({ t: 'close', leaving: true });
    return this.#ending === undefined;
  }

  async #open(agent: Agent, secret: Bytes): Promise<void> {
    this.#view = await this.#stage.open((frame) =>
      this.#options.view(frame, {
        want: (hashes) => this.#tell({ t: 'want', hashes }),
        resync: () => this.#tell({ t: 'resync' }),
        applied: (epoch, counter) => {
          this.#tell({ t: 'applied', epoch, counter });
          this.#step({ t: 'applied', epoch });
        },
        page: (page) => this.#page(page),
      }),
    );
    if (this.#over) {
      secret.fill(0);
      return;
    }
    const { session, routing } = this.#offer;
    const { origin, insynOrigin, policyHash } = this.#options;
    const url = signalUrl(origin, session, 1);
    const bound = { routing, origin: insynOrigin, agentId: agent.id, agentName: agent.name, policyHash };
    this.#tell({ t: 'open', url, session, bound, secret }, [secret.buffer]);
  }

  /** One body may name thousands of pages, and each costs a layout: only where it ends is drawn, still before it is seen. */
  #page(page: PageInfo): void {
    if (!this.#turned) {
      queueMicrotask(() => {
        const last = this.#turned;
        this.#turned = undefined;
        if (last && !this.#over) this.#step({ t: 'page', page: last });
      });
    }
    this.#turned = page;
  }

  #tell(message: ToConsoleWorker, transfer: Transferable[] = []): void {
    this.#worker.postMessage(message, transfer);
  }

  #receive(message: FromConsoleWorker): void {
    if (this.#over) return;
    switch (message.t) {
      case 'status':
        if (message.status.expires > 0) this.#expires = message.status.expires;
        this.#step(message);
        return;
      case 'view':
        this.#step(message);
        if (message.shown === 'visible' && this.#emptied) this.#tell({ t: 'resync' });
        return;
      case 'line':
        this.#step(message);
        return;
      case 'quiet':
        this.#step(message);
        // What was shown before may be long past: only a keyframe is the present, and one may have come meanwhile.
        if (!message.quiet && this.#call.keyframe === undefined) this.#tell({ t: 'resync' });
        return;
      case 'digits':
        if (this.#ending === undefined) this.#step(message);
        return;
      case 'ended':
        this.#unproven = message.unproven === true;
        this.#finish(message.reason, message.receipt, message.unheard === true);
        return;
      case 'frame':
        if (this.#ending === undefined) this.#frame(message);
        return;
      case 'resource':
        if (this.#ending === undefined) this.#view?.resource(message.hash, message.type, message.body);
        return;
      case 'pointer':
        if (this.#ending === undefined) this.#view?.pointer(message.x, message.y);
        return;
      default:
        message satisfies never;
    }
  }

  #frame({ kind, epoch, counter, body }: Extract<FromConsoleWorker, { t: 'frame' }>): void {
    const { page } = this.#call;
    if (kind === 'delta' && this.#emptied) {
      // Nothing is there to change. On a page that is not shown that is as it should be, and costs the line nothing.
      const shut = page !== undefined && !this.#known(page.rule);
      this.#tell(shut ? { t: 'applied', epoch, counter } : { t: 'resync' });
      return;
    }
    this.#emptied = false;
    if (kind === 'keyframe') this.#step({ t: 'keyframe', epoch });
    this.#view?.frame(kind, epoch, counter, body);
  }

  #step(event: CallEvent): void {
    this.#call = step(this.#call, event, performance.now());
    if (event.t === 'page') this.#stage.page(event.page, this.#label(this.#call) ?? '');
    this.#render();
  }

  #known = (rule: string): boolean => Object.hasOwn(this.#options.labels, rule);

  /** The policy's own name of the page: what the applicant's side calls it is not relied on. */
  #label(call: Call): string | undefined {
    return call.page && this.#known(call.page.rule) ? this.#options.labels[call.page.rule] : undefined;
  }

  #render(): void {
    if (this.#over) return;
    const call = this.#call;
    const now = this.#options.api.now();
    if (call.phase === 'code' || call.phase === 'connecting') {
      this.#code.render(call, this.#expires, now);
      return;
    }
    if (this.head.hidden) this.#goLive();
    const { kind, dimmed } = curtainOf(call, this.#known, performance.now());
    // Past the dimmed seconds, and where it is not to be seen, the last view is not only covered but gone.
    if (kind === 'closed-page' || kind === 'digits' || (PAST.has(kind) && !dimmed)) this.#empty();
    const grace = call.status?.state === 'away' && call.status.grace > 0 ? call.status.grace - now : undefined;
    const { graceLeft, digitsLeft } = texts.live;
    const left = grace === undefined ? '' : (kind === 'digits' ? digitsLeft : graceLeft)(countdown(grace));
    this.#stage.cover(kind, dimmed, left, kind === 'digits' ? call.digits : undefined);
    this.#line.render({ kind, label: this.#label(call), status: call.status, now });
  }

  #goLive(): void {
    this.head.hidden = false;
    this.#code.clear();
    this.#code.element.remove();
    this.#live.classList.remove('behind');
    this.#live.inert = false;
    this.#line.focus();
  }

  #empty(): void {
    if (this.#emptied) return;
    this.#emptied = true;
    this.#call = step(this.#call, { t: 'emptied' }, performance.now());
    this.#view?.clear();
  }

  /** `unheard`: the server has not confirmed; the Worker lives on until it has told it. */
  #finish(reason: Reason, receipt: Receipt | undefined, unheard = false): void {
    if (this.#over) return;
    this.#over = true;
    clearInterval(this.#tick);
    clearTimeout(this.#ending);
    this.#call = step(this.#call, { t: 'ended', reason, ...(receipt ? { receipt } : {}) }, performance.now());
    this.#empty();
    this.#code.clear();
    this.#stage.close();
    this.#view = undefined;
    if (unheard) {
      this.#worker.onmessage = (event: MessageEvent<FromConsoleWorker>) => {
        if (event.data.t === 'ended' && !event.data.unheard) this.#worker.terminate();
      };
    } else {
      this.#worker.terminate();
    }
    this.#options.ended(reason, receipt, this.#unproven);
  }

  async #extend(): Promise<void> {
    try {
      this.#expires = await this.#options.api.extend(this.#offer.session);
      this.#code.notice(texts.code.extended);
      this.#render();
    } catch (error) {
      const most = error instanceof ApiError && error.status === 409;
      this.#code.notice(most ? texts.code.extendedMost : wordsFor(error));
    }
  }

  async #takeBack(): Promise<void> {
    try {
      await this.#options.api.takeBack(this.#offer.session);
      this.#finish('taken_back', undefined);
    } catch (error) {
      if (isSignedOut(error)) this.#finish('signed_out', undefined);
      else if (error instanceof ApiError && error.status === 404) this.#code.notice(texts.code.justUsed);
      else this.#code.notice(wordsFor(error));
    }
  }
}
