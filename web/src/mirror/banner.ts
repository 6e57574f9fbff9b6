// Room: mirror. The banner on the agency page: who is looking, pause, stop, what is hidden, what is waited for, and at the end
// the receipt.
// It lives in a closed shadow root, steals no focus, and is not mirrored.

import { make } from '../dom.ts';
import type { BannerTexts, Plural } from '../wire/banner-texts.ts';
import { inGroups } from '../wire/hex.ts';
import type { Need, Shown, ToMirror } from '../wire/messages.ts';
import type { Reason } from '../wire/reason.ts';
import type { Receipt } from '../wire/server.ts';
import { BannerHold, type HoldEvents } from './banner-hold.ts';
import { BannerPlace } from './banner-place.ts';
import { BANNER_STYLE } from './banner-style.ts';

export interface BannerEvents extends HoldEvents {
  pause(): void;
  resume(): void;
  stop(): void;
  showHidden(on: boolean): void;
}

type Status = Extract<ToMirror, { t: 'status' }>;

/** How long before the longest time is reached it is said, in milliseconds. */
const WARNING = 5 * 60_000;
/** The id of what is said after the words. */
const NOTE = 'note';

export class Banner {
  /** What the mirror leaves out. */
  readonly host: HTMLElement;
  readonly #root: ShadowRoot;
  readonly #place: BannerPlace;
  readonly #texts: BannerTexts;
  readonly #section: HTMLElement;
  readonly #words: HTMLElement;
  readonly #spoken: HTMLElement;
  readonly #live: HTMLElement;
  readonly #rules: HTMLElement;
  /** The rules' name. */
  readonly #print: HTMLElement;
  readonly #hold: BannerHold;
  readonly #pause: HTMLButtonElement;
  readonly #hidden: HTMLButtonElement;
  #said: ReturnType<typeof setTimeout> | undefined;
  #paused = false;
  #stopping = false;
  /** An answer is waited for, or what comes of it. */
  #holding = false;
  #status: Status | undefined;
  #seen: Shown = 'visible';
  /** What is said after the words: how much is hidden, that the end is near. */
  #parts = '';
  #ending = '';
  #warning: ReturnType<typeof setTimeout> | undefined;
  /** Of the page, what had the focus before the banner. */
  #before: HTMLElement | undefined;
  shown = false;

  /** Puts the host into the page; nothing of it is seen before `status`, `hold` or `ended`. */
  constructor(events: BannerEvents, texts: BannerTexts) {
    this.#texts = texts;
    this.#words = make('span', {});
    // A live region that is there, and empty, before it has something to say: else nothing is announced.
    // It takes the focus from what goes away, since a key pressed once too often does nothing there.
    this.#spoken = make('p', { role: 'status', 'aria-live': 'polite', class: 'who', tabindex: '-1' }, this.#words);
    this.#words.before(make('span', { class: 'dot', 'aria-hidden': 'true' }));
    this.#hidden = make('button', { type: 'button', 'aria-pressed': 'false' }, texts.showHidden);
    this.#pause = make('button', { type: 'button' }, texts.pause);
    const stop = make('button', { type: 'button', class: 'stop' }, texts.stop);
    this.#live = make('div', { class: 'buttons' }, this.#hidden, this.#pause, stop);
    this.#print = make('span', {});
    const about = make('span', { class: 'about' }, texts.aboutRules);
    this.#rules = make('p', { class: 'rules', hidden: '' }, this.#print, ' ', about);
    this.host = document.createElement('insyn-banner');
    this.#hold = new BannerHold(this.host, texts, NOTE, events, () => {
      this.#change(() => this.#hold.hide());
      this.#show('hold', texts.connecting);
    });
    this.#section = make(
      'section',
      { 'aria-label': texts.region, lang: texts.lang, dir: texts.dir, hidden: '' },
      this.#spoken,
      this.#rules,
      this.#live,
    );
    this.#hidden.onclick = () => {
      this.#hidden.setAttribute('aria-pressed', String(!this.showsHidden));
      this.#parts = '';
      events.showHidden(this.showsHidden);
      this.#say();
    };
    this.#pause.onclick = () => (this.#paused ? events.resume() : events.pause());
    stop.onclick = () => {
      this.#stopping = true;
      this.#hold.forget();
      this.#hold.hide();
      this.#show('away', texts.stopping);
      events.stop();
    };
    this.#section.addEventListener('focusin', ({ relatedTarget }) => {
      if (relatedTarget instanceof HTMLElement && !this.#section.contains(relatedTarget)) this.#before = relatedTarget;
    });

    this.#root = this.host.attachShadow({ mode: 'closed' });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(BANNER_STYLE);
    this.#root.adoptedStyleSheets = [sheet];
    this.#root.append(this.#section);
    this.#place = new BannerPlace(this.#root, this.host, this.#section);
  }

  get showsHidden(): boolean {
    return this.#hidden.getAttribute('aria-pressed') === 'true';
  }

  status(status: Status): void {
    if (status.ends !== this.#status?.ends) this.#warn(status.ends);
    this.#status = status;
    this.#paused = status.state === 'paused';
    this.#pause.textContent = this.#paused ? this.#texts.resume : this.#texts.pause;
    this.#rules.hidden = !status.policy;
    this.#print.textContent = this.#texts.rules.replace('{hash}', inGroups(status.policy));
    this.#release();
    this.#say();
  }

  /**
   * Nothing is shown until the applicant has answered; the next status, or the end, takes it back. `again`: the digits that were
   * typed did not go out.
   */
  hold(need: Need, agent: string, again = false): void {
    if (this.#stopping) return;
    this.#holding = true;
    const focused = this.#root.activeElement;
    this.#change(() => {
      this.#hidden.hidden = this.#pause.hidden = true;
      this.#hold.ask(need, this.#rules);
    });
    const { holding, askDigits, somebodyWithin } = this.#texts;
    this.#show(
      'hold',
      this.#with(agent, holding),
      need === 'digits' ? this.#with(agent || somebodyWithin, askDigits) : '',
    );
    const refused = again && this.#hold.again();
    // Who has just answered is still here, and is asked for more.
    if (focused === this.#spoken || (refused && focused)) this.#hold.focus();
  }

  /** What the mirror tells the agent's side of this page. */
  view(seen: Shown): void {
    this.#seen = seen;
    this.#say();
  }

  /** How many parts of the page are hidden, in answer to `showHidden`. */
  hiddenParts(count: number): void {
    this.#parts = this.#count(count, this.#texts.hiddenParts);
    this.#say();
  }

  /** The page came back from the browser's history and its bridge is not there yet. */
  reconnecting(): void {
    if (!this.shown) return;
    this.#release();
    this.#show('away', this.#texts.away);
  }

  /** Says that it is over, and why, until it is closed. */
  ended(reason: Reason, receipt: Receipt | undefined): void {
    const texts = this.#texts;
    clearTimeout(this.#warning);
    const close = make('button', { type: 'button' }, texts.close);
    close.onclick = () => this.remove(true);
    const hadFocus = this.#live.contains(this.#root.activeElement);
    this.#change(() => this.#hold.remove());
    this.#rules.remove();
    this.#live.replaceChildren(close);
    const why = texts.reasons[reason] ?? '';
    this.#show('ended', texts.ended, reason === 'no_match' ? `${why} ${texts.newCode}` : why);
    this.#section.querySelector('details')?.remove();
    if (receipt) this.#live.before(this.#receipt(receipt));
    if (hadFocus) close.focus();
  }

  /** `back`: the focus goes back to the page, as it does where the banner has it. */
  remove(back = this.#root.activeElement !== null): void {
    clearTimeout(this.#said);
    clearTimeout(this.#warning);
    this.#hold.remove();
    this.#place.remove();
    if (back) giveFocus(this.#before);
  }

  #with(agent: string, text: string): string {
    return text.replace('{agent}', () => agent || this.#texts.somebody);
  }

  #count(n: number, forms: Plural): string {
    const form = new Intl.PluralRules(this.#texts.lang).select(n);
    return (forms[form] ?? forms.other).replace('{n}', String(n));
  }

  #release(): void {
    if (!this.#holding) return;
    this.#holding = false;
    this.#change(() => {
      this.#hold.hide();
      this.#hidden.hidden = this.#pause.hidden = false;
    });
  }

  /** Shows and hides parts of the banner. Where the focus would go with them, it goes to the words. */
  #change(parts: () => void): void {
    const focused = this.#root.activeElement;
    parts();
    if (focused && (focused.closest('[hidden]') || !focused.isConnected)) this.#spoken.focus({ preventScroll: true });
  }

  /** Once the applicant pressed stop, nothing but the end is said any more. */
  #say(): void {
    const status = this.#status;
    if (!status || this.#stopping || this.#holding) return;
    const texts = this.#texts;
    const notes = [this.#parts, this.#ending].filter((note) => note !== '').join(' ');
    if (status.state === 'paused') this.#show('paused', this.#with(status.agent, texts.paused), notes);
    else if (status.state !== 'live') this.#show('away', texts.away);
    else if (this.#seen === 'not-in-policy')
      this.#show('paused', this.#with(status.agent, texts.notCovered), this.#ending);
    else this.#show('live', this.#with(status.agent, texts.looking), notes);
  }

  /** Says once that the longest time, at Unix milliseconds `ends`, is near. */
  #warn(ends: number): void {
    clearTimeout(this.#warning);
    this.#ending = '';
    const left = ends - Date.now();
    if (left <= 0) return;
    this.#warning = setTimeout(
      () => {
        this.#ending = this.#count(Math.max(1, Math.round((ends - Date.now()) / 60_000)), this.#texts.endsIn);
        this.#say();
      },
      Math.max(0, left - WARNING),
    );
  }

  #show(state: 'live' | 'paused' | 'hold' | 'away' | 'ended', words: string, reason = ''): void {
    this.#section.dataset.state = state;
    this.#section.hidden = false;
    this.shown = true;
    this.#place.open();
    const full = reason && !/[.…]$/.test(words) ? `${words}.` : words;
    const text = reason ? `${full} ${reason}` : words;
    clearTimeout(this.#said);
    if (this.#words.textContent === text) return;
    const write = () => {
      this.#words.replaceChildren(full, ...(reason ? [' ', make('span', { class: 'reason', id: NOTE }, reason)] : []));
    };
    // The first words come a moment after the region: assistive technology announces changes, not beginnings.
    if (this.#words.textContent === '') this.#said = setTimeout(write, 100);
    else write();
  }

  #receipt(receipt: Receipt): HTMLElement {
    const texts = this.#texts;
    const time = (at: number) =>
      new Intl.DateTimeFormat(texts.lang, { dateStyle: 'medium', timeStyle: 'short' }).format(new Date(at));
    const rows: [string, string][] = [[texts.session, receipt.session]];
    rows.push([
      texts.statement,
      `${receipt.statement.version} (${receipt.statement.language}), ${inGroups(receipt.statement.hash)}`,
    ]);
    rows.push([texts.policy, inGroups(receipt.policy)]);
    if (receipt.consented > 0) rows.push([texts.began, time(receipt.consented)]);
    if (receipt.ended > 0) rows.push([texts.finished, time(receipt.ended)]);
    const list = make('dl', {});
    for (const [term, value] of rows) list.append(make('dt', {}, term), make('dd', {}, value));
    return make('details', {}, make('summary', {}, texts.receipt), list);
  }
}

/** The focus to where it came from, or to the page's own beginning, without leaving a mark on it. */
function giveFocus(before: HTMLElement | undefined): void {
  before?.focus({ preventScroll: true });
  if (before && document.activeElement === before) return;
  const start = document.querySelector<HTMLElement>('h1, main') ?? document.body;
  const marked = start.hasAttribute('tabindex');
  if (!marked) start.tabIndex = -1;
  start.focus({ preventScroll: true });
  if (!marked) start.addEventListener('blur', () => start.removeAttribute('tabindex'), { once: true });
}
