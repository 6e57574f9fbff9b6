// Room: mirror. What the banner asks for while a session waits on this page: the applicant's word that it is to go on here, or
// four digits that the agent reads out. What is typed leaves it only as four ASCII digits.

import { make } from '../dom.ts';
import type { BannerTexts } from '../wire/banner-texts.ts';
import { parseDigits, SECRET_DIGITS } from '../wire/code.ts';
import type { Need } from '../wire/messages.ts';

export interface HoldEvents {
  continue(): void;
  digits(digits: string): void;
}

/** What would tell the page's scripts about typing: the key, the text or the clipboard. */
const TELLING = [
  ...['keydown', 'keypress', 'keyup', 'beforeinput', 'input', 'textInput'],
  ...['compositionstart', 'compositionupdate', 'compositionend', 'paste', 'copy', 'cut', 'drop'],
];

export class BannerHold {
  readonly element: HTMLFormElement;
  readonly #host: HTMLElement;
  readonly #texts: BannerTexts;
  readonly #label: HTMLElement;
  readonly #field: HTMLInputElement;
  readonly #error: HTMLElement;
  readonly #button: HTMLButtonElement;
  #need: Need = 'yes';

  /** `note` is the id of the words that say what is asked for. `given` is called once an answer was given. */
  constructor(host: HTMLElement, texts: BannerTexts, note: string, events: HoldEvents, given: () => void) {
    this.#host = host;
    this.#texts = texts;
    this.#error = make('p', { id: 'error', class: 'error', role: 'alert' });
    this.#label = make('label', { for: 'digits' }, texts.fourDigits);
    this.#field = make('input', {
      id: 'digits',
      type: 'text',
      inputmode: 'numeric',
      autocomplete: 'off',
      autocapitalize: 'off',
      spellcheck: 'false',
      enterkeyhint: 'go',
      dir: 'ltr',
      'aria-describedby': `error ${note}`,
      'aria-required': 'true',
    });
    this.#button = make('button', { type: 'submit', class: 'go' });
    this.element = make('form', { novalidate: '' }, this.#error, this.#label, this.#field, this.#button);
    this.element.onsubmit = (event) => {
      event.preventDefault();
      if (this.#need === 'yes') {
        given();
        events.continue();
        return;
      }
      const read = parseDigits(this.#field.value, SECRET_DIGITS);
      if (!read.ok) {
        this.#refuse(texts.typing[read.error]);
        return;
      }
      this.forget();
      given();
      events.digits(read.digits);
    };
  }

  /** Asks, in front of `next`; what was typed and not sent is still there if it was asked before. */
  ask(need: Need, next: Element): void {
    this.#need = this.element.dataset.need = need;
    const yes = need === 'yes';
    this.#label.hidden = this.#field.hidden = yes;
    this.#button.textContent = yes ? this.#texts.continueHere : this.#texts.continue;
    if (!this.element.isConnected) next.before(this.element);
    if (yes) return;
    for (const type of TELLING) addEventListener(type, this.#fence, true);
  }

  /** What was typed did not go out. Says it, and so returns true, unless it stands there already, or is typed again already. */
  again(): boolean {
    if (this.#need === 'yes' || this.#field.value !== '' || this.#error.textContent !== '') return false;
    this.#error.textContent = this.#texts.again;
    return true;
  }

  /** Asks no more. */
  hide(): void {
    this.element.remove();
  }

  /** Nothing typed is left. */
  forget(): void {
    this.#field.value = '';
    this.#clear();
  }

  remove(): void {
    this.forget();
    this.hide();
    for (const type of TELLING) removeEventListener(type, this.#fence, true);
  }

  focus(): void {
    (this.#need === 'yes' ? this.#button : this.#field).focus({ preventScroll: true });
  }

  /**
   * Stops what comes from the banner before it reaches the page's listeners: those on the document and below, and those on the window
   * that were added later. It stays until the banner goes, since keys come up late. What the browser itself does with a key
   * goes on: typing, Tab, Enter. It can't be stopped from a listener that the page put on the window, in the capture phase, before
   * this; nor from a page that changed attachShadow or addEventListener before we came. That page is the agency's own, and the
   * digits are good for one guess, which is the one that is being typed.
   */
  readonly #fence = (event: Event): void => {
    // Within an open root that we moved into, the target is that root's host.
    if (!event.composedPath().includes(this.#host)) return;
    event.stopImmediatePropagation();
    // Not even a listener of ours inside hears of it.
    if (event.type === 'input') this.#clear();
  };

  #refuse(words: string): void {
    this.#error.textContent = words;
    this.#field.setAttribute('aria-invalid', 'true');
    // Not selected: in Chromium a page can read what is selected, out of a closed root too.
    this.#field.value = '';
    this.#field.focus();
  }

  #clear(): void {
    this.#error.textContent = '';
    this.#field.removeAttribute('aria-invalid');
  }
}
