// Room: <opening-hours from="08.00" to="16.00" days="1 2 3 4 5">: the week, with today marked. An open shadow root
// whose style comes by <link>, since the page's CSP allows no <style>.

import { agencyTime, toMinutes } from './hours.js';
import { make, say } from './say.js';

const names = say(
  'Monday Tuesday Wednesday Thursday Friday Saturday Sunday',
  'Måndag Tisdag Onsdag Torsdag Fredag Lördag Söndag',
);

class OpeningHours extends HTMLElement {
  #timer = 0;

  connectedCallback() {
    if (!this.shadowRoot) {
      this.attachShadow({ mode: 'open' }).append(
        make('link', { rel: 'stylesheet', href: '/css/opening-hours.css' }),
        make('p', { class: 'caption' }, make('slot')),
        make('p', { class: 'now' }),
        make('ul'),
      );
    }
    this.#draw();
    this.#timer = setInterval(() => this.#draw(), 60_000);
  }

  disconnectedCallback() {
    clearInterval(this.#timer);
  }

  #draw() {
    const from = this.getAttribute('from') ?? '';
    const to = this.getAttribute('to') ?? '';
    const days = (this.getAttribute('days') ?? '').split(' ').map(Number);
    const now = agencyTime();
    const open = days.includes(now.day) && now.minutes >= toMinutes(from) && now.minutes < toMinutes(to);
    const rows = names.split(' ').map((name, i) => {
      const hours = days.includes(i + 1) ? `${from}-${to}` : say('closed', 'stängt');
      const row = make('li', i + 1 === now.day ? { class: 'today', 'aria-current': 'date' } : {});
      row.append(make('span', {}, name), make('span', {}, hours));
      return row;
    });
    const sign = this.shadowRoot.querySelector('.now');
    sign.classList.toggle('open', open);
    sign.textContent = open ? say('Open now', 'Öppet nu') : say('Closed now', 'Stängt nu');
    this.shadowRoot.querySelector('ul').replaceChildren(...rows);
  }
}

customElements.define('opening-hours', OpeningHours);
