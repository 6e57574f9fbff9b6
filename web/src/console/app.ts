// Room: console. The agent's way: sign in, desk, a session, its end, the desk again. One screen at a time.

import { makeSecret } from '../wire/code.ts';
import type { Reason } from '../wire/reason.ts';
import type { Receipt } from '../wire/server.ts';
import type { Agent, Api } from './api.ts';
import { h, icon } from './dom.ts';
import { isSignedOut, wordsFor } from './errors.ts';
import { deskScreen, endedScreen, type Screen, signInScreen } from './screens.ts';
import { Session } from './session.ts';
import type { ViewEvents, ViewPort } from './stage.ts';
import { texts } from './texts.ts';

/** What the server writes into the page. */
export interface ConsoleConfig {
  /** Where the applicant's end comes from. */
  insynOrigin: string;
  policyHash: string;
  demo: boolean;
  /** Page rules of the policy: id to label. */
  labels: Record<string, string>;
}

/** Everything of the platform that a test replaces. */
export interface Surroundings {
  api: Api;
  worker(): Worker;
  view(frame: HTMLIFrameElement, events: ViewEvents): ViewPort;
  /** Fills with random bytes: crypto.getRandomValues. */
  fill(bytes: Uint8Array): void;
}

/** In this tab's storage: the console went while a session was on. It says no more than that. */
const LEFT = 'insyn.left';

function markLeft(): void {
  try {
    sessionStorage.setItem(LEFT, '1');
  } catch {
    // A browser that keeps nothing: the session's end goes unexplained, and nothing else depends on it.
  }
}

/** Whether it was marked; it is not any more. */
function takeLeft(): boolean {
  try {
    const left = sessionStorage.getItem(LEFT) !== null;
    sessionStorage.removeItem(LEFT);
    return left;
  } catch {
    return false;
  }
}

export class App {
  readonly #config: ConsoleConfig;
  readonly #on: Surroundings;
  readonly #main = h('main', {});
  readonly #who = h('div', { class: 'who' });
  readonly #slot = h('div', { class: 'slot' });
  #agent: Agent | undefined;
  #session: Session | undefined;
  /** Settles once the server has been told of the last sign-out, or can't be. */
  #signedOut: Promise<unknown> = Promise.resolve();

  constructor(config: ConsoleConfig, on: Surroundings) {
    this.#config = config;
    this.#on = on;
  }

  async start(body: HTMLElement): Promise<void> {
    const brand = h('div', { class: 'brand' }, icon('mark'), h('b', {}, texts.product), h('span', {}, texts.desk));
    body.append(h('header', { class: 'head' }, brand, this.#slot, this.#who), this.#main);
    addEventListener('pagehide', () => {
      if (this.#session?.leave()) markLeft();
    });
    // A console that comes out of the back-forward cache has lost its line, and with it what it knew.
    addEventListener('pageshow', (event) => {
      if (event.persisted) location.reload();
    });
    addEventListener('keydown', (event) => {
      const saves = (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 's';
      if (saves && this.#session) event.preventDefault();
    });
    const { title, text } = texts.ended.ends.console_closed;
    const notice = takeLeft() ? `${title}. ${text}` : undefined;
    try {
      this.#agent = await this.#on.api.whoami();
      this.#home(notice);
    } catch (error) {
      this.#signIn([wordsFor(error), notice].filter(Boolean).join(' '));
    }
  }

  #show(screen: Screen): void {
    this.#slot.replaceChildren();
    this.#main.replaceChildren(screen.element);
    document.body.classList.remove('in-session');
    this.#named();
    screen.focus.focus({ preventScroll: true });
  }

  #named(): void {
    this.#who.replaceChildren();
    if (!this.#agent) return;
    const { name } = this.#agent;
    this.#who.append(
      h('span', { class: 'name', title: texts.signedInAs(name) }, name),
      h('button', { type: 'button', class: 'plain', onclick: () => this.#signOut() }, texts.signOut),
    );
  }

  #signIn(notice?: string): void {
    this.#agent = undefined;
    this.#show(
      signInScreen(this.#config.demo, notice, async (name) => {
        // A sign-out that is still under way would undo it.
        await this.#signedOut;
        this.#agent = await this.#on.api.signIn(name);
        this.#home();
      }),
    );
  }

  #signOut(): void {
    // Whatever the answer, and whenever: who presses "Sign out" must not stay in front of a desk that looks signed in.
    this.#session?.signOut();
    this.#signedOut = this.#on.api.signOut().catch(() => undefined);
    this.#signIn();
  }

  #home(notice?: string): void {
    if (this.#agent) this.#show(deskScreen(this.#config.policyHash, notice, () => this.#issue()));
    else this.#signIn(notice);
  }

  async #issue(): Promise<void> {
    const agent = this.#agent;
    if (!agent) return this.#signIn();
    try {
      const offer = await this.#on.api.issue();
      if (offer.policy !== this.#config.policyHash) {
        // This document is older than the policy in force, so no code could match. The next one takes the place of this.
        location.reload();
        return;
      }
      const session = new Session(offer, agent, makeSecret(this.#on.fill), {
        api: this.#on.api,
        origin: location.origin,
        insynOrigin: this.#config.insynOrigin,
        policyHash: this.#config.policyHash,
        labels: this.#config.labels,
        worker: this.#on.worker,
        view: this.#on.view,
        ended: (reason, receipt, unproven) => this.#ended(reason, receipt, unproven),
      });
      this.#session = session;
      this.#show(session);
      document.body.classList.add('in-session');
      this.#slot.replaceChildren(session.head);
    } catch (error) {
      if (!isSignedOut(error)) throw error;
      this.#signIn(texts.errors.signedOut);
    }
  }

  #ended(reason: Reason, receipt: Receipt | undefined, unproven: boolean): void {
    this.#session = undefined;
    if (reason === 'taken_back') this.#home(texts.code.takenBack);
    else if (reason === 'signed_out') this.#signIn(texts.errors.signedOut);
    else this.#show(endedScreen(reason, receipt, unproven, () => this.#issue()));
  }
}
