// Room: console. The line above the view: live or why not, which page, how long still, under which consent, and the end.

import type { Status } from '../wire/server.ts';
import type { Curtain } from './call.ts';
import { countdown, timeOfDay } from './clock.ts';
import { h, say } from './dom.ts';
import { texts } from './texts.ts';

/** Below this the time left is shown as a warning. */
const SHORT_MS = 5 * 60_000;

export interface LineState {
  kind: Curtain;
  label: string | undefined;
  status: Status | undefined;
  now: number;
}

export class StatusLine {
  readonly element: HTMLElement;
  readonly #chip = h('span', { class: 'chip' });
  readonly #page = h('span', { class: 'page' });
  readonly #left = h('span', { role: 'timer' });
  readonly #consent = h('dd', {});
  readonly #where: HTMLElement;
  readonly #end: HTMLButtonElement;

  constructor(end: () => void) {
    const words = texts.live;
    this.#end = h('button', { type: 'button', class: 'danger', onclick: end }, words.end);
    const named = { class: 'where', role: 'status', 'aria-label': words.region, tabindex: -1 };
    this.#where = h('p', named, this.#chip, ' ', this.#page);
    this.element = h(
      'section',
      { class: 'line', 'aria-label': words.region },
      this.#where,
      h(
        'dl',
        { class: 'facts' },
        h('div', { class: 'consent' }, h('dt', {}, words.consent), this.#consent),
        h('div', {}, h('dt', {}, words.left), h('dd', {}, this.#left)),
      ),
      this.#end,
    );
  }

  /** Not on the button: a key pressed by habit must not end a session that has just begun. */
  focus(): void {
    this.#where.focus({ preventScroll: true });
  }

  ending(): void {
    this.#end.disabled = true;
    say(this.#end, texts.live.ending);
  }

  render({ kind, label, status, now }: LineState): void {
    this.element.dataset.kind = kind;
    say(this.#chip, kind === 'none' ? texts.live.chip : texts.curtains[kind].chip);
    const here = kind === 'none' || kind === 'paused' || kind === 'hidden-tab' || kind === 'line';
    say(this.#page, here ? (label ?? '') : '');
    const left = status && status.ends > 0 ? status.ends - now : undefined;
    say(this.#left, left === undefined ? '–' : countdown(left));
    this.element.classList.toggle('short', left !== undefined && left < SHORT_MS);
    const receipt = status?.receipt;
    if (!receipt || !(receipt.consented > 0)) return;
    const language = texts.language(receipt.statement.language);
    say(this.#consent, texts.live.consented(timeOfDay(receipt.consented).slice(0, 5), language));
  }
}
