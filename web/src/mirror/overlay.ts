// Room: mirror. "Show what is hidden": paints on the applicant's own page what the agent can't see. Lives in a closed
// shadow root that is not mirrored, styled by a constructed sheet and CSSOM only, so that a strict CSP has no objection.
// A popover where there are any: an open modal dialog has fields too, and nothing else lies above it.

import { offset } from './frames.ts';
import { Element } from './kinds.ts';

const STYLE = `
  :host { all: initial; display: block !important; position: fixed !important; inset: 0 !important;
    width: auto !important; height: auto !important; margin: 0 !important; padding: 0 !important;
    border: 0 !important; background: none !important; overflow: hidden !important; z-index: 2147483646 !important;
    pointer-events: none !important; contain: strict; }
  div { position: fixed; box-sizing: border-box; border: 2px solid #7a0b4b; border-radius: 2px;
    background: repeating-linear-gradient(45deg, #7a0b4bb3 0 6px, #ffffffb3 6px 12px); }
  @media (forced-colors: active) { div { border-color: Highlight; background: none; } }`;

/** The most regions painted at once. */
const MOST_RECTS = 2000;

export class Overlay {
  readonly host: HTMLElement;
  readonly #document: Document;
  readonly #shadow: ShadowRoot;

  constructor(root: Document) {
    this.#document = root;
    this.host = root.createElement('div');
    this.host.setAttribute('aria-hidden', 'true');
    if (this.raises) this.host.popover = 'manual';
    this.#shadow = this.host.attachShadow({ mode: 'closed' });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLE);
    this.#shadow.adoptedStyleSheets = [sheet];
  }

  /** Whether the browser knows popovers; where it doesn't, dialogs stay above the painting. */
  get raises(): boolean {
    return 'popover' in this.host;
  }

  /** To the top of the top layer. */
  raise(): void {
    const { host } = this;
    if (!this.raises || !host.isConnected) return;
    if (host.matches(':popover-open')) host.hidePopover();
    host.showPopover();
  }

  /** Paints over parts, of which it returns how many: elements by their box, text by its lines. Only in the viewport. */
  paint(hidden: Iterable<Element | Range>): number {
    // The first time, and where a page's script removed what it doesn't know.
    if (!this.host.isConnected) {
      this.#document.documentElement.append(this.host);
      this.raise();
    }
    let parts = 0;
    const marks: HTMLElement[] = [];
    for (const part of hidden) {
      const node = part instanceof Element ? part : part.startContainer;
      if (!node.isConnected) continue;
      const before = marks.length;
      this.#mark(
        marks,
        part === node ? [part.getBoundingClientRect()] : part.getClientRects(),
        offset(node, this.#document),
      );
      if (marks.length > before) parts++;
      if (marks.length >= MOST_RECTS) break;
    }
    this.#shadow.replaceChildren(...marks);
    return parts;
  }

  hide(): void {
    this.#shadow.replaceChildren();
    this.host.remove();
  }

  #mark(marks: HTMLElement[], rects: Iterable<DOMRect>, { x, y }: { x: number; y: number }): void {
    for (const rect of rects) {
      const { width, height } = rect;
      const left = rect.left + x;
      const top = rect.top + y;
      const outside = left + width < 0 || top + height < 0 || left > innerWidth || top > innerHeight;
      if (outside || width === 0 || height === 0) continue;
      const mark = document.createElement('div');
      const { style } = mark;
      style.left = `${left}px`;
      style.top = `${top}px`;
      style.width = `${width}px`;
      style.height = `${height}px`;
      marks.push(mark);
    }
  }
}
