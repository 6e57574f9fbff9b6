// Room: mirror. What stands in one line with a text: its neighbours across inline elements, not across blocks. Personal data
// is found there although it is split over nodes, and what changes in a line is looked at again together.

import { Element } from './kinds.ts';
import { firstChild, lastChild, nextSibling, parentOf, previousSibling } from './native.ts';

/** Characters looked at on each side, and texts. */
const REACH = 64;
const MOST_TEXTS = 16;

const INLINE: ReadonlySet<string> = new Set(
  `a abbr b bdi bdo big cite code data del dfn em font i ins kbd label mark nobr q s samp script slot small span strike
   strong style sub sup template time tspan tt u var wbr`.split(/\s+/),
);

/** Whether an element goes on with the line that it stands in. A `div` may by its styles. */
function isInline(element: Element): boolean {
  const name = element.localName;
  if (name === 'div') return /^(inline|contents)/.test(getComputedStyle(element).display);
  return INLINE.has(name) || name.includes('-');
}

/** The texts before or after a place among the kids of `parent`, nearest first. `next` is the first node on that side. */
export function inLine(parent: Node | null, next: Node | null, back: boolean): Text[] {
  const texts: Text[] = [];
  let left = REACH;
  let up = parent;
  let at = next;
  while (left > 0 && texts.length < MOST_TEXTS) {
    if (!at) {
      if (!(up instanceof Element) || !isInline(up)) break;
      at = back ? previousSibling(up) : nextSibling(up);
      up = parentOf(up);
      continue;
    }
    if (at instanceof Element) {
      if (!isInline(at)) break;
      const kid = /^(script|style|template)$/.test(at.localName) ? null : back ? lastChild(at) : firstChild(at);
      if (kid) {
        up = at;
        at = kid;
        continue;
      }
    } else if (at.nodeType === Node.TEXT_NODE || at.nodeType === Node.CDATA_SECTION_NODE) {
      texts.push(at as Text);
      left -= (at as Text).length;
    }
    at = back ? previousSibling(at) : nextSibling(at);
  }
  return texts;
}

/** What stands beside a text, as it is. */
export function beside(text: Node): { before: string[]; after: string[] } {
  const read = (back: boolean): string[] =>
    inLine(parentOf(text), back ? previousSibling(text) : nextSibling(text), back).map(({ data }) =>
      back ? data.slice(-REACH) : data.slice(0, REACH),
    );
  return { before: read(true).reverse(), after: read(false) };
}
