// Room: bridge. The consent form as the applicant sees it: statement, code, one button, and what became of it. It knows no
// network; what the applicant typed leaves it only as a code whose check digit is right.

import { make } from '../dom.ts';
import type { BannerTexts } from '../wire/banner-texts.ts';
import { type CodeError, parseCode } from '../wire/code.ts';
import { inLanguage } from '../wire/language.ts';
import type { Reason } from '../wire/reason.ts';
import { BANNER_TEXTS } from './banner-texts.ts';
import type { Phase } from './messages.ts';
import { FORM_TEXTS, type FormTexts, type Refusal } from './texts.ts';

export interface StatementText {
  version: string;
  language: string;
  title: string;
  points: string[];
}

/** What became of a code that was sent. `seconds`: how long to wait after too many tries. */
export type Answer = { t: 'accepted' } | { t: 'refused'; why: Refusal } | { t: 'wait'; seconds: number };

export interface FormEvents {
  /** Ten right digits, split. The form waits for the answer. */
  submit(routing: string, secret: string): Promise<Answer>;
  /** Somebody is about to type a code; called once for each session. */
  warm(): void;
}

export class ConsentForm {
  readonly #texts: FormTexts;
  readonly #events: FormEvents;
  readonly #note: HTMLElement;
  readonly #form: HTMLFormElement;
  readonly #field: HTMLInputElement;
  readonly #error: HTMLElement;
  readonly #button: HTMLButtonElement;
  readonly #progress: HTMLElement;
  readonly #on: HTMLElement;
  readonly #onTitle: HTMLElement;
  readonly #onText: HTMLElement;
  #busy = false;
  #warmed = false;
  #waiting: ReturnType<typeof setInterval> | undefined;
  /** A code was taken here, and nothing has come of it yet. */
  #sent = false;

  /**
   * Builds the form into `root`. `policy`: the policy's hash in hex. `changed`: the statement is a newer one than the applicant had
   * read.
   */
  constructor(root: HTMLElement, statement: StatementText, policy: string, changed: boolean, events: FormEvents) {
    this.#events = events;
    this.#texts = inLanguage<FormTexts>(FORM_TEXTS, statement.language);
    const texts = this.#texts;
    document.documentElement.lang = texts.lang;
    document.documentElement.dir = texts.dir;
    document.title = texts.title;

    this.#note = make('p', { class: 'note', role: 'status', tabindex: '-1' });
    this.#error = make('p', { class: 'error', id: 'error', role: 'alert' });
    this.#field = make('input', {
      id: 'code',
      type: 'text',
      inputmode: 'numeric',
      autocomplete: 'off',
      autocapitalize: 'off',
      spellcheck: 'false',
      dir: 'ltr',
      'aria-describedby': 'error hint',
      required: '',
    });
    this.#button = make('button', { type: 'submit' }, texts.start);
    this.#progress = make('p', { class: 'progress', role: 'status' });
    this.#form = make(
      'form',
      { novalidate: '', 'aria-labelledby': 'title' },
      make('h2', { id: 'title', lang: statement.language }, statement.title),
      make('ul', { lang: statement.language }, ...statement.points.map((point) => make('li', {}, point))),
      make('p', { class: 'rules' }, texts.rules(policy)),
      make('label', { for: 'code' }, texts.code),
      make('p', { class: 'hint', id: 'hint' }, texts.hint),
      this.#error,
      make('div', { class: 'row' }, this.#field, this.#button),
      this.#progress,
    );
    this.#onTitle = make('h2', { id: 'on', tabindex: '-1' });
    this.#onText = make('p', {});
    this.#on = make(
      'section',
      { class: 'on', 'aria-labelledby': 'on', hidden: '' },
      make('div', { role: 'status' }, this.#onTitle, this.#onText),
      make('p', { class: 'hint' }, texts.controls),
      make('p', { class: 'rules' }, texts.rules(policy)),
    );
    root.append(this.#note, this.#form, this.#on);
    // A moment after the region: assistive technology announces changes, not beginnings.
    if (changed) setTimeout(() => this.#note.append(texts.changed), 100);

    this.#form.addEventListener('submit', (event) => {
      event.preventDefault();
      void this.#submit();
    });
    this.#field.addEventListener('focus', this.#warm);
    this.#field.addEventListener('input', () => {
      this.#warm();
      if (this.#waiting === undefined) this.#clearError();
    });
  }

  readonly #warm = (): void => {
    if (this.#warmed) return;
    this.#warmed = true;
    this.#events.warm();
  };

  async #submit(): Promise<void> {
    if (this.#busy || this.#waiting !== undefined) return;
    this.#note.textContent = '';
    const code = parseCode(this.#field.value);
    if (!code.ok) {
      this.#refuse(this.#typing(code.error));
      return;
    }
    this.#clearError();
    this.#setBusy(true);
    const answer = await this.#events.submit(code.routing, code.secret);
    if (answer.t === 'accepted') {
      this.#field.value = '';
      this.#sent = true;
      return;
    }
    this.#setBusy(false);
    if (answer.t === 'wait') this.#wait(answer.seconds);
    else this.#refuse(this.#texts.refused[answer.why]);
  }

  /** The session's phase changed. `covered`: the policy lets the agent see this page. */
  phase(phase: Exclude<Phase, 'ended'>, agent: string, covered: boolean): void {
    const texts = this.#texts;
    if (phase === 'joining') {
      this.#setBusy(true);
      return;
    }
    this.#sent = false;
    this.#note.textContent = '';
    const moveFocus = this.#form.contains(document.activeElement);
    this.#form.hidden = true;
    this.#on.hidden = false;
    this.#on.dataset.phase = phase;
    this.#onTitle.textContent = texts.on;
    this.#onText.textContent = this.#seen(phase, agent, covered);
    if (moveFocus) this.#onTitle.focus({ preventScroll: true });
  }

  /** The session is over; the form is offered again. */
  ended(reason: Reason): void {
    const texts = this.#texts;
    const moveFocus = this.#on.contains(document.activeElement) || this.#form.contains(document.activeElement);
    this.#setBusy(false);
    this.#on.hidden = true;
    this.#form.hidden = false;
    // The banner's words for it, since no banner may be there to say them.
    const { reasons } = inLanguage<BannerTexts>(BANNER_TEXTS, texts.lang);
    const why = reasons[reason] ?? reasons.protocol;
    // On this page a new code is of no use.
    if (reason === 'policy') this.#note.textContent = `${texts.ended} ${why}`;
    else if (!this.#sent) this.#note.textContent = `${texts.ended} ${texts.again}`;
    else if (reason === 'not_admitted') this.#note.textContent = texts.blocked;
    else this.#note.textContent = `${why} ${texts.early}`;
    this.#sent = false;
    this.#warmed = false;
    if (moveFocus) this.#note.focus({ preventScroll: true });
  }

  #seen(phase: Phase, agent: string, covered: boolean): string {
    const texts = this.#texts;
    if (phase === 'away') return texts.away;
    if (phase !== 'live') return texts.paused;
    return covered ? texts.looking(agent) : texts.notCovered(agent);
  }

  #typing(error: CodeError): string {
    return this.#texts.typing[error];
  }

  #refuse(text: string): void {
    this.#error.textContent = text;
    this.#field.setAttribute('aria-invalid', 'true');
    this.#field.focus();
    this.#field.select();
  }

  #clearError(): void {
    this.#error.textContent = '';
    this.#field.removeAttribute('aria-invalid');
  }

  /** Counts down where it can be seen, and speaks only at the beginning and the end. */
  #wait(seconds: number): void {
    const until = Date.now() + seconds * 1000;
    this.#refuse(this.#texts.wait(seconds));
    this.#button.setAttribute('aria-disabled', 'true');
    const seen = make('span', { 'aria-hidden': 'true', class: 'left' });
    this.#progress.replaceChildren(seen);
    const tick = () => {
      const left = Math.ceil((until - Date.now()) / 1000);
      if (left > 0) {
        seen.textContent = `${left}`;
        return;
      }
      clearInterval(this.#waiting);
      this.#waiting = undefined;
      this.#button.removeAttribute('aria-disabled');
      this.#clearError();
      this.#progress.replaceChildren(this.#texts.waited);
    };
    this.#waiting = setInterval(tick, 500);
    tick();
  }

  /** The fields stay focusable while busy, so that nobody's focus falls off the form. */
  #setBusy(busy: boolean): void {
    this.#busy = busy;
    this.#form.classList.toggle('busy', busy);
    this.#field.readOnly = busy;
    if (busy) this.#button.setAttribute('aria-disabled', 'true');
    else this.#button.removeAttribute('aria-disabled');
    this.#progress.textContent = busy ? this.#texts.connecting : '';
  }
}
