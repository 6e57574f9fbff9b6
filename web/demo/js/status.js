// Room: how the agency's services are today. Fetched a second after the page, as such things are.

import { lang, make, say } from './say.js';

const place = document.getElementById('status');

async function load() {
  try {
    const answer = await fetch('/data/status.json');
    if (!answer.ok) throw new Error('no status');
    const { services } = await answer.json();
    const rows = services.map((service) =>
      make(
        'li',
        { class: `service service-${service.state}` },
        make('strong', {}, service.name[lang]),
        make('span', {}, service.text[lang]),
      ),
    );
    place.replaceChildren(make('ul', { class: 'services' }, ...rows));
  } catch {
    place.replaceChildren(
      make(
        'p',
        {},
        say('We can’t tell just now. Try again in a while.', 'Det går inte att se just nu. Försök igen om en stund.'),
      ),
    );
  }
  place.setAttribute('aria-busy', 'false');
}

setTimeout(load, 1000);
