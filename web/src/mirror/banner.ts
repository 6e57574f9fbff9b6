// Room: mirror. The banner on the agency page: who is looking, pause, stop, what is hidden, and at the end the receipt.
// It lives in a closed shadow root, steals no focus, and is not mirrored.

import { make } from '../dom.ts';
import { inLanguage } from '../wire/language.ts';
import type { ToMirror } from '../wire/messages.ts';
import type { Reason } from '../wire/reason.ts';
import type { Receipt } from '../wire/server.ts';
import { BannerPlace } from './banner-place.ts';
import { BANNER_STYLE } from './banner-style.ts';
import { BANNER_TEXTS, type BannerTexts } from './banner-texts.ts';

export interface BannerEvents {
  pause(): void;
  resume(): void;
  stop(): void;
  showHidden(on: boolean): void;
}

type Status = Extract<ToMirror, { t: 'status' }>;

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
  readonly #pause: HTMLButtonElement;
  readonly #hidden: HTMLButtonElement;
  #said: ReturnType<typeof setTimeout> | undefined;
  #paused = false;
  shown = false;

  /** Puts the host into the page; nothing of it is seen before `status` or `ended`. */
  constructor(events: BannerEvents) {
    this.#texts = inLanguage<BannerTexts>(BANNER_TEXTS, document.documentElement.lang);
    const texts = this.#texts;
    this.#words = make('span', {});
    // A live region that is there, and empty, before it has something to say: else nothing is announced.
    this.#spoken = make('p', { role: 'status', 'aria-live': 'polite', class: 'who' }, this.#words);
    this.#words.before(make('span', { class: 'dot', 'aria-hidden': 'true' }));
    this.#hidden = make('button', { type: 'button', 'aria-pressed': 'false' }, texts.showHidden);
    this.#pause = make('button', { type: 'button' }, texts.pause);
    const stop = make('button', { type: 'button', class: 'stop' }, texts.stop);
    this.#live = make('div', { class: 'buttons' }, this.#hidden, this.#pause, stop);
    this.#section = make(
      'section',
      { 'aria-label': texts.region, lang: texts.lang, dir: texts.dir, hidden: '' },
      this.#spoken,
      this.#live,
    );
    this.#hidden.onclick = () => {
      this.#hidden.setAttribute('aria-pressed', String(!this.showsHidden));
      events.showHidden(this.showsHidden);
    };
    this.#pause.onclick = () => (this.#paused ? events.resume() : events.pause());
    stop.onclick = () => events.stop();

    this.host = document.createElement('insyn-banner');
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

  /** Gives the bridge's hidden frame a place in the page. */
  hold(frame: HTMLIFrameElement): void {
    this.#root.append(frame);
  }

  status({ state, agent }: Pick<Status, 'state' | 'agent'>): void {
    const texts = this.#texts;
    this.#paused = state === 'paused';
    this.#pause.textContent = this.#paused ? texts.resume : texts.pause;
    if (state === 'live') this.#show('live', texts.looking(agent));
    else if (state === 'paused') this.#show('paused', texts.paused(agent));
    else this.#show('away', texts.away);
  }

  /** The page came back from the browser's history and its bridge is not there yet. */
  reconnecting(): void {
    if (this.shown) this.#show('away', this.#texts.away);
  }

  /** Says that it is over, and why, until it is closed. */
  ended(reason: Reason, receipt: Receipt | undefined): void {
    const texts = this.#texts;
    const close = make('button', { type: 'button' }, texts.close);
    close.onclick = () => this.remove();
    const hadFocus = this.#live.contains(this.#root.activeElement);
    this.#live.replaceChildren(close);
    this.#show('ended', texts.ended, texts.reasons[reason] ?? '');
    this.#section.querySelector('details')?.remove();
    if (receipt) this.#live.before(this.#receipt(receipt));
    if (hadFocus) close.focus();
  }

  remove(): void {
    clearTimeout(this.#said);
    this.#place.remove();
  }

  #show(state: 'live' | 'paused' | 'away' | 'ended', words: string, reason = ''): void {
    this.#section.dataset.state = state;
    this.#section.hidden = false;
    this.shown = true;
    this.#place.open();
    const text = reason ? `${words} ${reason}` : words;
    clearTimeout(this.#said);
    if (this.#words.textContent === text) return;
    const write = () => {
      this.#words.replaceChildren(words, ...(reason ? [' ', make('span', { class: 'reason' }, reason)] : []));
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
    rows.push([texts.statement, `${receipt.statement.version} (${receipt.statement.language})`]);
    if (receipt.consented > 0) rows.push([texts.began, time(receipt.consented)]);
    if (receipt.ended > 0) rows.push([texts.finished, time(receipt.ended)]);
    const list = make('dl', {});
    for (const [term, value] of rows) list.append(make('dt', {}, term), make('dd', {}, value));
    return make('details', {}, make('summary', {}, texts.receipt), list);
  }
}
