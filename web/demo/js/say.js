// Room: the demo agency's two languages in scripts: one sentence, both ways, side by side, as in the pages.

export const lang = document.documentElement.lang === 'sv' ? 'sv' : 'en';

export function say(en, sv) {
  return lang === 'sv' ? sv : en;
}

/** A new element with attributes and children; strings become text. The pages have no other way to make HTML. */
export function make(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

/** "2026-12-03" as people say it: "Thursday 3 December 2026". */
export function longDay(iso) {
  const [y, m, d] = iso.split('-').map(Number);
  const options = { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' };
  return new Intl.DateTimeFormat(lang === 'sv' ? 'sv-SE' : 'en-GB', options).format(new Date(y, m - 1, d));
}

/** A local date as "2026-12-03". */
export function isoDay(date) {
  const two = (n) => String(n).padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}
