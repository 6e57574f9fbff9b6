// Room: mirror. What the applicant has in front of them beside the page itself: the part that is pinched open, the control
// whose native pop-up is open, and what of the text is selected.

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
  const place = (node: Node, offset: number, end: boolean): { node: Node; at: number } => {
    if (typeOf(node) === Node.TEXT_NODE) return { node, at: offset };
    // Between two kids: at the beginning of the next, or at the end of the one before.
    const kid = firstChild(node) && (node.childNodes[end ? offset - 1 : offset] ?? null);
    if (!kid) return { node, at: offset ? 1 : 0 };
    const text = typeOf(kid) === Node.TEXT_NODE ? (kid.nodeValue ?? '').length : 1;
    return { node: kid, at: end ? text : 0 };
  };
  const first = place(range.startContainer, range.startOffset, false);
  const last = place(range.endContainer, range.endOffset, true);
  // A field with the caret in it is selected as a whole, so its document says.
  if (first.node === last.node && typeOf(first.node) === Node.ELEMENT_NODE) return undefined;
  const [from, to] = [idOf(first.node), idOf(last.node)];
  return from && to ? { from, at: first.at, to, end: last.at } : undefined;
}

/** What is selected in a document and the shadow roots in it. */
function rangesOf(doc: Document, shadowRoots: ShadowRoot[]): StaticRange[] {
  try {
    return doc.getSelection()?.getComposedRanges({ shadowRoots }) ?? [];
  } catch {
    // Browsers that know of none: in Chromium each root has its own then.
    return [doc, ...shadowRoots].flatMap((root) => {
      const selection = (root as Document).getSelection?.();
      return Array.from({ length: selection?.rangeCount ?? 0 }, (_, n) => selection?.getRangeAt(n) as Range);
    });
  }
}

/**
 * All of it as it is now, in documents and in shadow roots. `nearest` gives the id of an element or of what may be told in its place, `open` that of a node in
 * which it may be told where something is, else 0.
 */
export function sightOf(
  docs: Iterable<Document>,
  shadows: ShadowRoot[],
  nearest: (element: Element | null) => Id,
  open: (node: Node) => Id,
): Sight {
  const selected: Selected[] = [];
  let popped: Element | null = null;
  for (const doc of docs) {
    popped ??= found(doc, OPEN);
    for (const range of rangesOf(doc, shadows)) {
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
    selected,
  };
}
