// Room: mirror. Whether an element shows what is in a closed shadow root. Nothing says so; but kids that have no slot have
// no style either, and what is empty takes no room.

import { Element } from './kinds.ts';
import { closest, matches, shadowOf } from './native.ts';

/** Forces layout, where an element has a name of its own and no open root. */
export function isClosed(element: HTMLElement): boolean {
  if (!element.localName.includes('-') || shadowOf(element) || !matches(element, ':defined')) return false;
  const rects = Array.from(element.getClientRects());
  if (rects.length === 0 || closest(element, 'svg,math')) return false;
  const kids = Array.from(element.childNodes).filter((kid) => kid instanceof Element || kid.nodeValue?.trim());
  for (const kid of kids) {
    if (kid instanceof Element) return getComputedStyle(kid).display === '';
    if (kid.nodeType !== 3) continue;
    const range = element.ownerDocument.createRange();
    range.selectNode(kid);
    return range.getClientRects().length === 0;
  }
  // Without kids: room that neither a size nor a frame around it nor generated content explains.
  const given = element.computedStyleMap?.();
  const style = getComputedStyle(element);
  const parent = element.parentElement && getComputedStyle(element.parentElement).display;
  const { content } = getComputedStyle(element, '::before');
  if (!given || !/^(static|relative)$/.test(style.position) || /flex|grid/.test(parent ?? '')) return false;
  const free = ['width', 'height', 'min-height', 'min-width', 'aspect-ratio'].every((name) =>
    /^(auto|0px)$/.test(String(given.get(name))),
  );
  const box = (...sides: string[]): number =>
    sides.reduce((sum, side) => sum + Number.parseFloat(style.getPropertyValue(side)), 0);
  const [width, height] = [rects[0]?.width ?? 0, rects[0]?.height ?? 0];
  const room =
    style.display === 'inline'
      ? width - box('padding-left', 'padding-right', 'border-left-width', 'border-right-width')
      : height - box('padding-top', 'padding-bottom', 'border-top-width', 'border-bottom-width');
  return free && !/["'(]/.test(content) && room > 1;
}
