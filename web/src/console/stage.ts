// Room: console. The stage: the view's frame at the size of the applicant's viewport, scaled to fit, behind a shield that
// takes every click, and the curtain in front.

import type { PageInfo } from '../view/view.ts';
import type { Bytes, Hash } from '../wire/messages.ts';
import type { Curtain } from './call.ts';
import { h, type Icon, icon, say } from './dom.ts';
import { texts } from './texts.ts';

/** The door of web/src/view/view.ts, as far as the console uses it. */
export interface ViewPort {
  frame(kind: 'keyframe' | 'delta', epoch: number, counter: number, body: Bytes): void;
  resource(hash: Hash, type: string, body: Bytes): void;
  pointer(x: number, y: number): void;
  clear(): void;
}

export interface ViewEvents {
  want(hashes: Hash[]): void;
  resync(): void;
  applied(epoch: number, counter: number): void;
  page(info: PageInfo): void;
}

/** Below this width in CSS pixels the applicant's viewport is drawn as a phone. */
const PHONE_BELOW = 600;
/** The longest side that is drawn, in CSS pixels: an absurd one would cost the agent's browser its memory. */
const LONGEST = 8192;
const EMPTY = { width: 1280, height: 800 };
const CURTAIN_ICONS: Record<Exclude<Curtain, 'none'>, Icon> = {
  waiting: 'waiting',
  paused: 'paused',
  away: 'away',
  'hidden-tab': 'hidden',
  'closed-page': 'closed',
  line: 'line',
  quiet: 'quiet',
  digits: 'digits',
};

export class Stage {
  readonly element: HTMLElement;
  /** The switch between fitting and true size, and what size that is. */
  readonly tools: HTMLElement;
  readonly #frame = h('iframe', {
    title: texts.live.view,
    class: 'view',
    sandbox: 'allow-same-origin',
    // What is in there can be read by assistive technology, but neither Tab nor a click reaches it.
    tabindex: -1,
  });
  readonly #label = h('span', { class: 'device-label' });
  readonly #screen = h('div', { class: 'screen' }, this.#frame, h('div', { class: 'shield' }));
  readonly #device = h('div', { class: 'device' }, h('div', { class: 'device-bar' }, this.#label), this.#screen);
  readonly #curtain = h('div', { class: 'curtain' });
  readonly #scroller = h('div', { class: 'scroller' }, h('div', { class: 'mount' }, this.#device));
  readonly #viewport = h('span', { class: 'viewport' });
  readonly #watch = new ResizeObserver(() => this.#lay());
  #size = EMPTY;
  #seen: PageInfo['seen'];
  #full = false;
  #drawn = '';

  constructor() {
    const radio = (value: 'fit' | 'full', label: string) =>
      h(
        'label',
        {},
        h('input', {
          type: 'radio',
          name: 'size',
          checked: value === 'fit',
          onchange: () => this.#choose(value === 'full'),
        }),
        h('span', {}, label),
      );
    this.tools = h(
      'div',
      { class: 'tools' },
      this.#viewport,
      h(
        'fieldset',
        { class: 'switch' },
        h('legend', { class: 'unseen' }, texts.live.size),
        radio('fit', texts.live.fit),
        radio('full', texts.live.full),
      ),
    );
    this.element = h(
      'div',
      { class: 'stage' },
      this.#scroller,
      this.#curtain,
      h('p', { class: 'print-note' }, texts.live.print),
    );
    for (const refused of ['copy', 'cut', 'dragstart', 'contextmenu', 'selectstart']) {
      this.element.addEventListener(refused, (event) => event.preventDefault());
    }
    this.#watch.observe(this.#scroller);
    this.#lay();
  }

  /** Loads the view's own document; resolves once it can be drawn into. The stage must be in the document. */
  async open(make: (frame: HTMLIFrameElement) => ViewPort): Promise<ViewPort> {
    await new Promise<void>((loaded) => {
      this.#frame.addEventListener('load', () => loaded(), { once: true });
      this.#frame.src = '/view';
    });
    return make(this.#frame);
  }

  /** The applicant's viewport in CSS pixels, and the policy's name for the page. */
  page(info: PageInfo, label: string): void {
    const side = (length: number) => Math.max(1, Math.min(LONGEST, length));
    const size = { width: side(info.width), height: side(info.height) };
    this.#size = size;
    this.#seen = info.seen;
    say(this.#label, label);
    say(this.#viewport, texts.live.viewport(size.width, size.height));
    this.#lay();
  }

  /** What is in front of the view. `more` is a second, smaller line; `digits` are those of the curtain of that name. */
  cover(kind: Curtain, dimmed: boolean, more: string, digits = ''): void {
    this.element.dataset.cover = kind === 'none' ? 'none' : dimmed ? 'dimmed' : 'full';
    if (kind === 'none' || dimmed) {
      this.#drawn = '';
      this.#curtain.replaceChildren();
      return;
    }
    if (this.#drawn !== kind + digits) {
      this.#drawn = kind + digits;
      const { title, text } = texts.curtains[kind];
      this.#curtain.replaceChildren(
        h('div', { class: 'emblem' }, icon(CURTAIN_ICONS[kind])),
        h('h2', {}, title),
        ...(digits ? [aloud(digits)] : []),
        h('p', {}, text),
        h('p', { class: 'more' }),
      );
    }
    const line = this.#curtain.querySelector('.more');
    if (line) say(line, more);
  }

  /** Takes the view's document away; the stage is of no use afterwards. */
  close(): void {
    this.#watch.disconnect();
    this.cover('none', false, '');
    this.#frame.remove();
  }

  #choose(full: boolean): void {
    this.#full = full;
    // Only what scrolls may take a place in the tab order.
    if (full) {
      this.#scroller.tabIndex = 0;
      this.#scroller.setAttribute('role', 'region');
      this.#scroller.setAttribute('aria-label', texts.live.scroll);
    } else {
      for (const name of ['tabindex', 'role', 'aria-label']) this.#scroller.removeAttribute(name);
    }
    this.element.classList.toggle('full', full);
    this.#lay();
  }

  #scale(): number {
    if (this.#full) return 1;
    const { clientWidth, clientHeight } = this.#scroller;
    const bezel = this.#device.offsetWidth - this.#screen.offsetWidth;
    const bars = this.#device.offsetHeight - this.#screen.offsetHeight;
    const { paddingLeft, paddingTop } = getComputedStyle(this.#scroller);
    const across = clientWidth - 2 * Number.parseFloat(paddingLeft || '0') - bezel;
    const down = clientHeight - 2 * Number.parseFloat(paddingTop || '0') - bars;
    return Math.max(0.1, Math.min(1, across / this.#size.width, down / this.#size.height));
  }

  #lay(): void {
    const { width, height } = this.#size;
    this.#device.classList.toggle('phone', width < PHONE_BELOW);
    const scale = this.#scale();
    this.#frame.style.width = `${width}px`;
    this.#frame.style.height = `${height}px`;
    // Pinched open, the same part fills the screen here as it does there.
    const { scale: zoom = 1, x = 0, y = 0 } = this.#seen ?? {};
    const part = zoom === 1 ? '' : ` translate(${-x}px, ${-y}px)`;
    this.#frame.style.transform = scale * zoom === 1 ? 'none' : `scale(${scale * zoom})${part}`;
    // Whole pixels, so that the frame's edges and, at 100 %, its text stay sharp.
    this.#screen.style.width = `${Math.floor(width * scale)}px`;
    this.#screen.style.height = `${Math.floor(height * scale)}px`;
  }
}

/** Four digits to read out. Assistive technology reads them one by one, and as in CodePanel, once the region is there. */
function aloud(four: string): HTMLElement {
  const region = h('p', { class: 'digits', role: 'status', 'aria-label': texts.live.fourDigits });
  const { digits, digitsSpoken } = texts.live;
  setTimeout(() => {
    region.append(
      h('span', { class: 'unseen' }, digitsSpoken(four)),
      h('span', { 'aria-hidden': 'true' }, digits(four)),
    );
  }, 0);
  return region;
}
