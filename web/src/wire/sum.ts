// Room: wire. The sum over a part of the tree: by it the view finds out that it no longer has what the mirror sent. Both
// ends take it over what is on the wire; it guards against mistakes, not against an enemy.

import type { Attribute, Id } from './tree.ts';

/** Ids that one sum may span. */
export const SUM_IDS = 8192;
/** Bits of a control's state that the view writes down as attributes of its own. */
export const SUM_BITS = 0x1f9;

function add(sum: number, number: number): number {
  const mixed = Math.imul(sum ^ number, 0x9e3779b1);
  return mixed ^ (mixed >>> 15);
}

/** Goes on from `sum` with a text, for telling apart and not for secrets. Lone surrogates are what they become on the wire. */
export function sumText(sum: number, text: string): number {
  let out = add(sum, text.length);
  for (let at = 0; at < text.length; at++) {
    let unit = text.charCodeAt(at);
    // Half of a pair, or a lone one: codePointAt gives the whole, or the lone one back.
    if (unit >> 11 === 27) {
      const whole = text.codePointAt(at) ?? 0;
      unit = whole > 0xffff ? whole : 0xfffd;
      if (whole > 0xffff) at++;
    }
    out = add(out, unit);
  }
  return out >>> 0;
}

/** Goes on from `sum` with one node: `said` is an element's name or a text. The order of attributes doesn't count. */
export function sumNode(
  sum: number,
  id: Id,
  said: string,
  attributes: Iterable<Attribute>,
  bits: number,
  shadow: Id,
  kids: Iterable<{ id: Id }>,
): number {
  let out = sumText(add(sum, id), said);
  let all = bits & SUM_BITS;
  for (const [name, value] of attributes) {
    // What fills the screen is a popover in the view, which no page said; and not all that leads somewhere is written there.
    const own = name === 'popover' || name === 'insyn-fullscreen';
    if (!own && (name !== 'href' || (value && !/image$/i.test(said)))) all += sumText(sumText(0, name), value);
  }
  out = add(add(out, all), shadow);
  for (const kid of kids) out = add(out, kid.id);
  return out >>> 0;
}
