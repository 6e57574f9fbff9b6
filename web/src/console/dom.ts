// Room: console. Making elements without markup strings: the console's CSP demands Trusted Types, so there is no other way.

type Value = string | number | boolean | undefined | ((event: Event) => void);
type Child = Node | string | undefined;

/** An element with attributes (`true` sets an empty one, `false` none), `on…` listeners and children. */
export function h<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Record<string, Value> = {},
  ...children: Child[]
): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, '');
    else if (value !== undefined && value !== false) element.setAttribute(name, String(value));
  }
  for (const child of children) if (child !== undefined) element.append(child);
  return element;
}

/** Sets text only where it differs: a live region speaks on each change, and a caret survives. */
export function say(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

const SVG = 'http://www.w3.org/2000/svg';

/** Strokes on a 24 by 24 field, drawn for this console. */
const ICONS = {
  mark: 'M3 12c3.2-4.7 6.2-7 9-7s5.8 2.3 9 7c-3.2 4.7-6.2 7-9 7s-5.8-2.3-9-7zM12 9a3 3 0 1 0 0 6 3 3 0 0 0 0-6z',
  paused: 'M8.5 5v14M15.5 5v14',
  away: 'M14 5h5v14h-5M4 12h10M10 8l4 4-4 4',
  hidden: 'M4 8h16v11H4zM4 8V5h7v3M9 13.5h6',
  closed:
    'M4 4l16 16M9.5 5.4A8 8 0 0 1 12 5c2.8 0 5.8 2.3 9 7a20 20 0 0 1-3 3.6M6.3 7.5A20 20 0 0 0 3 12c3.2 4.7 6.2 7 9 7a7.5 7.5 0 0 0 4.2-1.4',
  line: 'M4 4l16 16M2.5 9.5A14 14 0 0 1 7 6.7M21.5 9.5A14 14 0 0 0 11 5.6M6 13.3a9 9 0 0 1 3.6-2.2M18 13.3a9 9 0 0 0-2-1.5M9.5 16.8a4 4 0 0 1 5 0M12 20h.01',
  quiet: 'M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16zM12 8v4.2l2.8 1.8',
  waiting: 'M12 4a8 8 0 1 1-8 8',
  digits: 'M3 7.5h18v9H3zM7 12h.01M10.3 12h.01M13.7 12h.01M17 12h.01',
  done: 'M5 12.5l4.5 4.5L19 7.5',
} as const;
export type Icon = keyof typeof ICONS;

export function icon(name: Icon): SVGSVGElement {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('viewBox', '0 0 24 24');
  svg.setAttribute('aria-hidden', 'true');
  svg.setAttribute('class', `icon icon-${name}`);
  const path = document.createElementNS(SVG, 'path');
  path.setAttribute('d', ICONS[name]);
  svg.append(path);
  return svg;
}
