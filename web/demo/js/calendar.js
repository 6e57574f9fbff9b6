// Room: the booking's own calendar: one month as a grid of buttons, moved through with the arrow keys as the ARIA
// Authoring Practices describe their date grid.

import { isoDay, lang, longDay, make, say } from './say.js';

const dayNames = say('Mo Tu We Th Fr Sa Su', 'Må Ti On To Fr Lö Sö').split(' ');
const steps = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 };

/** A local date without its time. */
function plain(date) {
  return new Date(date.getFullYear(), date.getMonth(), date.getDate());
}

function plusDays(date, days) {
  return new Date(date.getFullYear(), date.getMonth(), date.getDate() + days);
}

export class Calendar {
  #place;
  #onChoose;
  #from;
  #to;
  #cursor; // the day that Tab reaches; its month is the one on show
  #chosen = '';

  /** Draws into place. onChoose gets the day as "2026-12-03". Days outside of [from, to] and weekends can't be chosen. */
  constructor(place, { from, to, onChoose }) {
    this.#place = place;
    this.#onChoose = onChoose;
    this.#from = plain(from);
    this.#to = plain(to);
    this.#cursor = this.#from;
    while (!this.allows(this.#cursor)) this.#cursor = plusDays(this.#cursor, 1);
    place.addEventListener('keydown', (event) => this.#key(event));
    place.addEventListener('click', (event) => this.#click(event));
    this.#draw();
  }

  allows(date) {
    const weekend = date.getDay() === 0 || date.getDay() === 6;
    return !weekend && date >= this.#from && date <= this.#to;
  }

  /** Shows a day as chosen, when it was typed elsewhere; "" for none. */
  set day(iso) {
    this.#chosen = iso;
    const date = new Date(`${iso}T00:00`);
    if (!Number.isNaN(date.getTime()) && date >= this.#from && date <= this.#to) this.#cursor = date;
    this.#draw();
  }

  #draw() {
    const first = new Date(this.#cursor.getFullYear(), this.#cursor.getMonth(), 1);
    const month = new Intl.DateTimeFormat(lang === 'sv' ? 'sv-SE' : 'en-GB', { month: 'long', year: 'numeric' }).format(
      first,
    );
    const title = make('p', { class: 'calendar-month', id: 'calendar-month', 'aria-live': 'polite' }, month);
    const turn = (by, name, sign) => {
      const button = make(
        'button',
        { type: 'button', class: 'calendar-turn', 'data-turn': String(by), 'aria-label': name },
        sign,
      );
      const beyond = by < 0 ? first <= this.#from : new Date(first.getFullYear(), first.getMonth() + 1, 1) > this.#to;
      button.disabled = beyond;
      return button;
    };
    const head = make('tr', {}, ...dayNames.map((name) => make('th', { scope: 'col' }, name)));
    const body = make('tbody');
    let day = plusDays(first, -((first.getDay() + 6) % 7));
    while (day.getMonth() === first.getMonth() || day < first) {
      const row = make('tr');
      for (let i = 0; i < 7; i++) {
        row.append(this.#cell(day, first.getMonth()));
        day = plusDays(day, 1);
      }
      body.append(row);
    }
    this.#place.replaceChildren(
      make(
        'div',
        { class: 'calendar-head' },
        turn(-1, say('Month before', 'Månaden före'), '‹'),
        title,
        turn(1, say('Month after', 'Månaden efter'), '›'),
      ),
      make('table', { role: 'grid', 'aria-labelledby': 'calendar-month' }, make('thead', {}, head), body),
    );
  }

  #cell(day, month) {
    if (day.getMonth() !== month) return make('td');
    const iso = isoDay(day);
    const button = make(
      'button',
      { type: 'button', 'data-day': iso, 'aria-label': longDay(iso) },
      String(day.getDate()),
    );
    button.tabIndex = iso === isoDay(this.#cursor) ? 0 : -1;
    if (!this.allows(day)) button.setAttribute('aria-disabled', 'true');
    if (iso === isoDay(new Date())) button.setAttribute('aria-current', 'date');
    return make('td', { role: 'gridcell', 'aria-selected': String(iso === this.#chosen) }, button);
  }

  #key(event) {
    const by = steps[event.key];
    if (by === undefined || !event.target.dataset.day) return;
    event.preventDefault();
    let next = plusDays(this.#cursor, by);
    if (next < this.#from) next = this.#from;
    if (next > this.#to) next = this.#to;
    this.#cursor = next;
    this.#draw();
    this.#place.querySelector(`[data-day="${isoDay(next)}"]`).focus();
  }

  #click(event) {
    const button = event.target.closest('button');
    if (!button) return;
    const turn = Number(button.dataset.turn ?? 0);
    if (turn !== 0) {
      let next = new Date(this.#cursor.getFullYear(), this.#cursor.getMonth() + turn, 1);
      if (next < this.#from) next = this.#from;
      this.#cursor = next;
      this.#draw();
      const again = this.#place.querySelector(`[data-turn="${turn}"]`);
      (again.disabled ? this.#place.querySelector('[tabindex="0"]') : again).focus();
      return;
    }
    if (button.getAttribute('aria-disabled') === 'true') return;
    const iso = button.dataset.day;
    this.day = iso;
    this.#onChoose(iso);
    this.#place.querySelector(`[data-day="${iso}"]`).focus();
  }
}
