// Room: mirror. What the applicant has in front of them beside the page itself: the part that is pinched open, the control
// whose native pop-up is open, what fills the screen, and what of the text is selected.

import type { Id, Selected, Sight } from '../wire/tree.ts';
import { firstChild, typeOf } from './native.ts';

const OPEN = ':is(select,input):open';

/** What a document's own selector finds, where the browser knows it. */
function found(root: Document, selector: string): Element | null {
  try {
    return root.querySelector(selector);
  } catch {
    return null;
  }
}

/** The ends of a range as places in nodes that the view has; undefined where it has one of them not. */
function placed(range: StaticRange, idOf: (node: Node) => Id): Selected | undefined {
  const place = (node: Node, offset: number, end: boolean): { id: Id; at: number } => {
    if (typeOf(node) === Node.TEXT_NODE) return { id: idOf(node), at: offset };
    // Between two kids: at the beginning of the next, or at the end of the one before.
    const kid = firstChild(node) && (node.childNodes[end ? offset - 1 : offset] ?? null);
    if (!kid) return { id: idOf(node), at: offset ? 1 : 0 };
    const text = typeOf(kid) === Node.TEXT_NODE ? (kid.nodeValue ?? '').length : 1;
    return { id: idOf(kid), at: end ? text : 0 };
  };
  const from = place(range.startContainer, range.startOffset, false);
  const to = place(range.endContainer, range.endOffset, true);
  return from.id && to.id ? { from: from.id, at: from.at, to: to.id, end: to.at } : undefined;
}

/**
 * All of it as it is now. `nearest` gives the id of an element or of what may be told in its place, `open` that of a node in
 * which it may be told where something is, else 0.
 */
export function sightOf(
  root: Document,
  docs: Iterable<Document>,
  nearest: (element: Element | null) => Id,
  open: (node: Node) => Id,
): Sight {
  const selected: Selected[] = [];
  let popped: Element | null = null;
  for (const doc of docs) {
    popped ??= found(doc, OPEN);
    const selection = doc.getSelection();
    for (let n = 0; selection && n < selection.rangeCount; n++) {
      const range = selection.getRangeAt(n);
      const part = range.collapsed ? undefined : placed(range, open);
      if (part) selected.push(part);
    }
  }
  const { scale = 1, offsetLeft = 0, offsetTop = 0 } = visualViewport ?? {};
  return {
    op: 'sight',
    scale: Math.min(16, Math.max(1, Math.round(scale * 1000) / 1000)),
    x: Math.round(offsetLeft),
    y: Math.round(offsetTop),
    open: nearest(popped),
    full: nearest(root.fullscreenElement),
    selected,
  };
}
