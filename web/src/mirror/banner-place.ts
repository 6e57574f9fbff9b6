// Room: mirror. Keeps the banner reachable: above whatever else the page puts on top, inside an open modal dialog (outside
// of which the browser lets nobody click or tab), back in place where the page's script removed it, off the focused field.

import { openRoots } from './watch.ts';

type Movable = Element & { moveBefore?: (node: Node, child: Node | null) => void };

/** Space left between a focused field and the banner, in CSS pixels. */
const CLEARANCE = 12;

const OBSERVED: MutationObserverInit = { childList: true, subtree: true, attributes: true, attributeFilter: ['open'] };

export class BannerPlace {
  readonly #host: HTMLElement;
  readonly #root: ShadowRoot;
  readonly #section: HTMLElement;
  readonly #tree = new MutationObserver(() => this.#settle());
  /** Open shadow roots that have been seen; what happens in one stays in it, so that each is listened to. */
  readonly #roots = new Set<ShadowRoot>();
  #open = false;

  /** Puts the host at the end of the document. Nothing is listened to until `open`. */
  constructor(root: ShadowRoot, host: HTMLElement, section: HTMLElement) {
    this.#host = host;
    this.#root = root;
    this.#section = section;
    document.documentElement.append(host);
  }

  /** From now on the banner is to be seen. */
  open(): void {
    if (this.#open) return;
    this.#open = true;
    if ('popover' in this.#host) this.#host.popover = 'manual';
    this.#raise();
    for (const root of openRoots(document)) this.#enter(root);
    this.#settle();
    this.#tree.observe(document, OBSERVED);
    this.#listen();
    visualViewport?.addEventListener('resize', this.#lift);
    visualViewport?.addEventListener('scroll', this.#lift);
    this.#lift();
  }

  #listen(): void {
    document.addEventListener('toggle', this.#toggled, true);
    document.addEventListener('fullscreenchange', this.#raise);
    document.addEventListener('focusin', this.#focused);
  }

  remove(): void {
    this.#open = false;
    this.#tree.disconnect();
    document.removeEventListener('toggle', this.#toggled, true);
    for (const root of this.#roots) this.#forget(root);
    document.removeEventListener('fullscreenchange', this.#raise);
    document.removeEventListener('focusin', this.#focused);
    visualViewport?.removeEventListener('resize', this.#lift);
    visualViewport?.removeEventListener('scroll', this.#lift);
    this.#host.remove();
  }

  #enter(root: ShadowRoot): void {
    if (this.#roots.has(root)) return;
    this.#roots.add(root);
    this.#tree.observe(root, OBSERVED);
    root.addEventListener('toggle', this.#toggled, true);
  }

  /** An observer lets go of all or nothing; what is still told of a root that is gone changes nothing here. */
  #forget(root: ShadowRoot): void {
    this.#roots.delete(root);
    root.removeEventListener('toggle', this.#toggled, true);
  }

  /** Moves the host to where it can be reached now. */
  #settle(): void {
    for (const root of this.#roots) if (!root.isConnected) this.#forget(root);
    const dialog = topDialog(this.#roots);
    const home = dialog ?? document.documentElement;
    // After document.open() there is nothing for a while, and no listener is left.
    if (!home || this.#host.parentNode === home) return;
    this.#listen();
    const parent: Movable = home;
    // moveBefore keeps the focus on a button of ours; without it the person has to come back to it.
    if (this.#host.isConnected && parent.moveBefore) parent.moveBefore(this.#host, null);
    else parent.append(this.#host);
    this.#raise();
  }

  /** To the top of the top layer, without taking the focus from a button of ours. */
  readonly #raise = (): void => {
    const host = this.#host;
    if (host.popover !== 'manual' || !host.isConnected) return;
    const focused = this.#root.activeElement;
    if (host.matches(':popover-open')) host.hidePopover();
    host.showPopover();
    if (focused instanceof HTMLElement) focused.focus();
  };

  readonly #toggled = (event: Event): void => {
    const target = event.target;
    if (target === this.#host || !(target instanceof Element)) return;
    if (target instanceof HTMLDialogElement) this.#settle();
    if (target.matches(':modal') || ('popover' in target && target.matches(':popover-open'))) this.#raise();
  };

  /** Scrolls a field out from below the banner; where the page ends, the banner goes to the other edge instead. */
  readonly #focused = (event: FocusEvent): void => {
    // A modal dialog takes the focus when it opens, which is the one thing that shows outside of its shadow root.
    let met = false;
    for (const target of event.composedPath()) {
      if (!(target instanceof ShadowRoot) || this.#roots.has(target)) continue;
      this.#enter(target);
      met = true;
    }
    if (met) this.#settle();
    const field = event.target;
    if (!(field instanceof Element) || field === this.#host) return;
    delete this.#section.dataset.edge;
    const hidden = this.#overlap(field);
    if (hidden <= 0) return;
    field.ownerDocument.defaultView?.scrollBy({ top: hidden + CLEARANCE, behavior: 'instant' });
    if (this.#overlap(field) > 0) this.#section.dataset.edge = 'top';
  };

  /** How many pixels of a field lie below the banner's upper edge. */
  #overlap(field: Element): number {
    const rect = field.getBoundingClientRect();
    const banner = this.#section.getBoundingClientRect();
    // What is taller than the room above can't be cleared, and a box around the whole page is not a field.
    if (rect.height > banner.top || rect.top > innerHeight) return 0;
    return rect.bottom - banner.top;
  }

  /** Above an on-screen keyboard, which shrinks only what is seen and not what is laid out. */
  readonly #lift = (): void => {
    const seen = visualViewport;
    const below = seen && seen.scale === 1 ? document.documentElement.clientHeight - seen.height - seen.offsetTop : 0;
    this.#section.style.setProperty('--lift', `${Math.max(0, Math.round(below))}px`);
  };
}

/** The modal dialog that everything else is inert for: the one with the focus, or the last one found. */
function topDialog(roots: Iterable<ShadowRoot>): HTMLDialogElement | undefined {
  for (let up: Node | null = focused(); up; up = up instanceof ShadowRoot ? up.host : up.parentNode) {
    if (up instanceof HTMLDialogElement && up.matches(':modal')) return up;
  }
  // A live collection is cheap to ask at each change of the page; a selector would walk the whole tree.
  const dialogs = [...document.getElementsByTagName('dialog')];
  for (const root of roots) dialogs.push(...root.querySelectorAll('dialog'));
  return dialogs.findLast((dialog) => dialog.matches(':modal'));
}

/** The innermost element with the focus, open shadow roots seen through. */
function focused(): Element | null {
  let element = document.activeElement;
  while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
  return element;
}
