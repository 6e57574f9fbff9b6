// Room: console. The code while it waits to be typed: ten digits to read aloud, how long they hold, more time, take back;
// then "Connecting…", when the digits are gone because they are used up.

import type { Call } from './call.ts';
import { countdown } from './clock.ts';
import { h, icon, say } from './dom.ts';
import { texts } from './texts.ts';

export interface CodeActions {
  extend(): Promise<void>;
  takeBack(): Promise<void>;
  end(): void;
}

/** A code lives five minutes, and the bar is full with that much. */
const FULL_MS = 5 * 60_000;
const LAST_MS = 60_000;
/** The line has this long to come up, at first or again, before it is talked about. */
const LINE_MS = 2000;

export class CodePanel {
  readonly element: HTMLElement;
  readonly focus: HTMLElement;
  readonly #card: HTMLElement;
  readonly #time = h('span', { role: 'timer', class: 'time' });
  readonly #bar = h('span', { class: 'bar-fill' });
  readonly #progress = h('p', { class: 'progress', role: 'status', 'aria-label': 'Progress' });
  readonly #notice = h('p', { class: 'notice', role: 'status', 'aria-label': 'Notice' });
  readonly #end: () => void;
  #connecting = false;
  /** Since when there has been no line, by performance.now(): the server's clock may jump. */
  #downSince: number | undefined = performance.now();

  constructor(ten: string, formatted: string, actions: CodeActions) {
    const words = texts.code;
    this.focus = h('h1', { tabindex: -1 }, words.title);
    const digits = h('p', { class: 'digits', role: 'status', 'aria-label': words.name });
    fill(digits, formatted);
    const act = (button: HTMLButtonElement, action: () => Promise<void>) => {
      button.disabled = true;
      void action().finally(() => {
        button.disabled = false;
      });
    };
    const extend = h('button', { type: 'button', onclick: () => act(extend, actions.extend) }, words.extend);
    const takeBack = h(
      'button',
      { type: 'button', class: 'plain', onclick: () => act(takeBack, actions.takeBack) },
      words.takeBack,
    );
    this.#card = h(
      'section',
      { class: 'card code' },
      this.focus,
      digits,
      h('p', { class: 'spoken' }, ...words.groups(ten).map((group) => h('span', {}, group))),
      h('p', { class: 'lead' }, words.advice),
      h(
        'div',
        { class: 'life' },
        h('p', { class: 'valid' }, `${words.valid} `, this.#time),
        h('div', { class: 'bar' }, this.#bar),
        h('div', { class: 'buttons' }, extend, takeBack),
      ),
      this.#progress,
      this.#notice,
    );
    this.element = h(
      'div',
      { class: 'centre' },
      this.#card,
      h('p', { class: 'view-only' }, icon('mark'), texts.viewOnly),
    );
    this.#end = actions.end;
  }

  /** One sentence about what a button did. */
  notice(text: string): void {
    say(this.#notice, text);
  }

  /** `expires` and `now` in Unix milliseconds of the server. */
  render(call: Call, expires: number, now: number): void {
    this.#downSince = call.up ? undefined : (this.#downSince ?? performance.now());
    if (call.phase === 'connecting') {
      this.#connect();
      return;
    }
    const left = expires - now;
    say(this.#time, countdown(left));
    this.#bar.style.transform = `scaleX(${Math.max(0, Math.min(1, left / FULL_MS))})`;
    this.#card.classList.toggle('late', left < LAST_MS);
    // Said when it changes only: the running time would talk over the agent.
    say(
      this.#progress,
      this.#downSince !== undefined && performance.now() - this.#downSince > LINE_MS
        ? texts.code.unreached
        : left < LAST_MS && left > 0
          ? texts.code.lastMinute
          : texts.code.waiting,
    );
  }

  /** Nothing of the digits is left. */
  clear(): void {
    this.#card.replaceChildren();
  }

  #connect(): void {
    if (this.#connecting) return;
    this.#connecting = true;
    const words = texts.code;
    const said = h('p', { class: 'connecting', role: 'status', 'aria-label': 'Progress' });
    this.#card.replaceChildren(
      h('div', { class: 'emblem' }, icon('waiting')),
      said,
      h('p', { class: 'lead' }, words.used),
      h('button', { type: 'button', class: 'plain', onclick: () => this.#end() }, words.cancel),
    );
    setTimeout(() => say(said, words.connecting), 0);
  }
}

/** A live region speaks what changes in it, so it has to be there before the digits are. */
function fill(region: HTMLElement, formatted: string): void {
  // Apart from the panel, whose listeners would hold on to what this holds.
  setTimeout(() => {
    region.append(
      ...formatted.split(' ').flatMap((group, at) => (at ? [' ', h('span', {}, group)] : [h('span', {}, group)])),
    );
  }, 0);
}
