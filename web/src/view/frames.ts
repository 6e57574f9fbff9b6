// Room: view. Frames of the page, each an empty document of the view's own inside of the hermetic one. Such a document is
// never asked of anybody; it inherits the sandbox and the Content-Security-Policy of the one around it
// (docs/decisions/007-frames-in-the-view.md). It begins anew wherever its element was moved, and so is filled anew.

import { FRAME } from '../wire/allow.ts';
import { isHtml, setRoot } from './nodes.ts';

/** Makes the element of a frame; `loaded` is called when its document may be another. It can neither name an address nor hold markup: no such attribute is on the list. */
export function makeFrame(doc: Document, loaded: () => void): HTMLIFrameElement {
  const frame = doc.createElement(FRAME);
  // Inherited as well: said again, should a browser ever forget.
  frame.setAttribute('sandbox', 'allow-same-origin');
  // Older browsers put the empty document there late, in place of a first one; all say so in the midst of being told to.
  frame.addEventListener('load', () => queueMicrotask(loaded));
  return frame;
}

/** The document in a frame's element where it isn't the one that was filled last, in the mode that the page's own has. */
export function freshDocument(element: Element, filled: unknown): Document | undefined {
  if (!isHtml(element, FRAME) || !element.isConnected) return undefined;
  const doc = element.contentDocument;
  if (!doc || doc === filled) return undefined;
  if (!element.hasAttribute('insyn-quirks')) {
    doc.open();
    doc.write('<!doctype html>');
    doc.close();
  }
  return doc;
}

/** Puts a root element, or nothing, into the document of a frame. */
export function fill(doc: Document, element: Element | undefined): void {
  if (element && element !== doc.documentElement) setRoot(doc, element);
  else if (!element) doc.documentElement?.remove();
}
