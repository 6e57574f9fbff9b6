// Room: mirror. Everything the page tells by events: pointer, focus, scroll, size, loading. One way in for all roots, and
// one way out: after `stop` no listener is left.

import { Document, Element, Node } from './kinds.ts';
import { find, shadowOf } from './native.ts';

export interface Watcher {
  /** Something of a node changed that no mutation tells: an image loaded, a control changed, a popover opened. */
  touched(node: Node): void;
  /** Something may come to lie on top of all else: a dialog, a popover, what fills the screen. */
  topped(node: Node): void;
  scrolled(node: Node): void;
  slotted(slot: HTMLSlotElement): void;
  /** Somebody writes in a field. */
  typed(field: EventTarget | null): void;
  /** Innermost element under the pointer, pressed or with focus; undefined leaves it as it was. */
  state(change: { hover?: Element | null; active?: Element | null; focus?: Element | null }): void;
  /** In CSS pixels of the document's viewport. */
  pointer(x: number, y: number, within: Document): void;
  /** The document changed its size, visibility or address. */
  document(): void;
}

type Root = Document | ShadowRoot;

function listen(to: EventTarget, names: string[], listener: (event: Event) => void, signal: AbortSignal): void {
  for (const name of names) to.addEventListener(name, listener, { capture: true, passive: true, signal });
}

/** The innermost element of an event, shadow roots seen through. */
function innermost(event: Event): Element | null {
  const first = event.composedPath()[0];
  return first instanceof Element ? first : null;
}

/** The open shadow roots of a page, at any depth. */
export function openRoots(root: Root): ShadowRoot[] {
  const found: ShadowRoot[] = [];
  for (const element of find(root, '*')) {
    const shadowRoot = shadowOf(element);
    if (shadowRoot) found.push(shadowRoot, ...openRoots(shadowRoot));
  }
  return found;
}

/** Whether a field is one to write in, and not one where something is picked. */
function isWritten(target: EventTarget | null): boolean {
  return !(
    target instanceof Element &&
    target.matches('select,input:is([type=checkbox],[type=radio],[type=range],[type=color])')
  );
}

export class Watch {
  readonly #roots = new Map<Root, AbortController>();
  readonly #watcher: Watcher;

  constructor(root: Document, watcher: Watcher) {
    this.#watcher = watcher;
    this.root(root, true);
  }

  /** What a document tells of pointer and focus, those in shadow roots included. */
  #person(root: Document, signal: AbortSignal): void {
    const watcher = this.#watcher;
    const on = (names: string[], listener: (event: Event) => void): void => listen(root, names, listener, signal);
    on(['visibilitychange', 'selectionchange', 'fullscreenchange'], () => watcher.document());
    listen(root.defaultView ?? root, ['resize', 'hashchange', 'popstate'], () => watcher.document(), signal);
    const seen = root.defaultView?.visualViewport;
    if (seen) listen(seen, ['resize', 'scroll'], () => watcher.document(), signal);
    on(['pointermove'], (event) => {
      if ('clientX' in event) watcher.pointer(Number(event.clientX), Number((event as PointerEvent).clientY), root);
    });
    on(['pointerover'], (event) => watcher.state({ hover: innermost(event) }));
    on(['pointerleave'], (event) => {
      if (event.target === root || event.target === root.documentElement) watcher.state({ hover: null });
    });
    on(['pointerdown'], (event) => watcher.state({ active: innermost(event) }));
    on(['pointerup', 'pointercancel'], () => watcher.state({ active: null }));
    on(['focusin'], (event) => watcher.state({ focus: innermost(event) }));
    on(['focusout'], () => watcher.state({ focus: null }));
  }

  /** Events that don't leave a shadow root are heard on each. */
  root(root: Root, there: boolean): void {
    this.#roots.get(root)?.abort();
    this.#roots.delete(root);
    if (!there) return;
    const controller = new AbortController();
    this.#roots.set(root, controller);
    const { signal } = controller;
    listen(root, ['scroll'], ({ target }) => target instanceof Node && this.#watcher.scrolled(target), signal);
    listen(
      root,
      [
        ...['load', 'error', 'input', 'change', 'toggle', 'close', 'reset', 'invalid'],
        ...['play', 'pause', 'loadeddata', 'volumechange'],
      ],
      ({ target }) => target instanceof Node && this.#watcher.touched(target),
      signal,
    );
    listen(root, ['input'], ({ target }) => isWritten(target) && this.#watcher.typed(target), signal);
    listen(
      root,
      ['beforetoggle', 'fullscreenchange'],
      ({ target }) => target instanceof Node && this.#watcher.topped(target),
      signal,
    );
    listen(root, ['slotchange'], ({ target }) => this.#watcher.slotted(target as HTMLSlotElement), signal);
    if (root instanceof Document) this.#person(root, signal);
  }

  stop(): void {
    for (const controller of this.#roots.values()) controller.abort();
    this.#roots.clear();
  }
}
