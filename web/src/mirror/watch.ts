// Room: mirror. Everything the page tells by events: pointer, focus, scroll, size, loading. One way in for all roots, and
// one way out: after `stop` no listener is left.

export interface Watcher {
  /** Something of a node changed that no mutation tells: an image loaded, a control changed, a popover opened. */
  touched(node: Node): void;
  scrolled(node: Node): void;
  /** Innermost element under the pointer, pressed or with focus; undefined leaves it as it was. */
  state(change: { hover?: Element | null; active?: Element | null; focus?: Element | null }): void;
  pointer(x: number, y: number): void;
  /** The document changed its size, visibility or address. */
  document(): void;
}

type Root = Document | ShadowRoot;

/** The innermost element of an event, shadow roots seen through. */
function innermost(event: Event): Element | null {
  const first = event.composedPath()[0];
  return first instanceof Element ? first : null;
}

/** The open shadow roots of a page, at any depth. */
export function openRoots(root: Root): ShadowRoot[] {
  const found: ShadowRoot[] = [];
  for (const { shadowRoot } of root.querySelectorAll('*')) {
    if (shadowRoot) found.push(shadowRoot, ...openRoots(shadowRoot));
  }
  return found;
}

export class Watch {
  readonly #abort = new AbortController();
  readonly #roots = new Map<Root, AbortController>();
  readonly #watcher: Watcher;

  constructor(root: Document, watcher: Watcher) {
    this.#watcher = watcher;
    const on = (target: EventTarget, names: string[], listener: (event: Event) => void): void => {
      for (const name of names) {
        target.addEventListener(name, listener, { capture: true, passive: true, signal: this.#abort.signal });
      }
    };
    on(root, ['pointermove'], (event) => {
      if (event instanceof PointerEvent) watcher.pointer(event.clientX, event.clientY);
    });
    on(root, ['pointerover'], (event) => watcher.state({ hover: innermost(event) }));
    on(root, ['pointerleave'], (event) => {
      if (event.target === root || event.target === root.documentElement) watcher.state({ hover: null });
    });
    on(root, ['pointerdown'], (event) => watcher.state({ active: innermost(event) }));
    on(root, ['pointerup', 'pointercancel'], () => watcher.state({ active: null }));
    on(root, ['focusin'], (event) => watcher.state({ focus: innermost(event) }));
    on(root, ['focusout'], () => watcher.state({ focus: null }));
    on(root, ['visibilitychange'], () => watcher.document());
    on(window, ['resize', 'hashchange', 'popstate'], () => watcher.document());
    this.root(root, true);
  }

  /** Events that don't leave a shadow root are heard on each. */
  root(root: Root, there: boolean): void {
    this.#roots.get(root)?.abort();
    this.#roots.delete(root);
    if (!there) return;
    const controller = new AbortController();
    this.#roots.set(root, controller);
    const how = { capture: true, passive: true, signal: controller.signal };
    root.addEventListener(
      'scroll',
      (event) => event.target instanceof Node && this.#watcher.scrolled(event.target),
      how,
    );
    for (const name of ['load', 'error', 'input', 'change', 'toggle', 'close', 'reset', 'invalid']) {
      root.addEventListener(name, (event) => event.target instanceof Node && this.#watcher.touched(event.target), how);
    }
  }

  stop(): void {
    this.#abort.abort();
    for (const controller of this.#roots.values()) controller.abort();
    this.#roots.clear();
  }
}
