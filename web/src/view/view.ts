// Room: view. What the agent sees: the present state of the applicant's page in a document of its own that runs nothing
// and asks for nothing. Holds no history; `clear` empties it at once. The applicant is treated as hostile.

import type { Bytes, Hash, ResourceType } from '../wire/messages.ts';
import { decode, type Op } from '../wire/tree.ts';
import { Cache } from './cache.ts';
import { checkShare } from './far.ts';
import { setRoot } from './nodes.ts';
import { Sheets } from './sheets.ts';
import { ViewTree } from './tree.ts';

/** CSS pixels of the applicant's viewport, and device pixels in one of them. */
export interface PageInfo {
  rule: string;
  label: string;
  /** "" where the page's rule doesn't show it. */
  title: string;
  width: number;
  height: number;
  scale: number;
  /** The part that is seen where the page is pinched open, in CSS pixels from the corner. */
  seen?: { scale: number; x: number; y: number };
}

/** Called from within frame(), or later when a keyframe that waited for its style sheets is swapped in. */
export interface ViewEvents {
  want(hashes: Hash[]): void;
  /** What came made no sense, or came out of place: nothing is applied until the next keyframe. */
  resync(): void;
  applied(epoch: number, counter: number): void;
  page(info: PageInfo): void;
}

/** How long a keyframe waits for its style sheets before it is shown without, in milliseconds. */
const SHEETS_MS = 1000;

/** What lies at least between two keyframes asked for because sums differ, at first and in the end, in milliseconds. */
const RESYNC_MS = 2000;
const RESYNC_MOST_MS = 60_000;

interface Epoch {
  number: number;
  /** Of the last frame in it. */
  counter: number;
  tree: ViewTree;
  sheets: Sheets;
}

export class View {
  readonly #frame: HTMLIFrameElement;
  readonly #events: ViewEvents;
  readonly #cache = new Cache();
  /** What is seen, and what waits for its style sheets to be seen. */
  #now: Epoch | undefined;
  #next: Epoch | undefined;
  #wait: ReturnType<typeof setTimeout> | undefined;
  #refresh = 0;
  /** Something didn't fit, or stopped half-way: what was built can't be trusted with more until a keyframe comes. */
  #void = false;
  /** Sums are not looked at before; and for how long not, after the last that differed. */
  #trusts = Number.NEGATIVE_INFINITY;
  #patience = RESYNC_MS;
  #cursor: HTMLElement | undefined;
  /** What was told of the page last. */
  #info: PageInfo | undefined;

  /** The frame's document is the hermetic one, loaded, of this page's origin. Nothing in it takes input. */
  constructor(frame: HTMLIFrameElement, events: ViewEvents) {
    this.#frame = frame;
    this.#events = events;
    frame.tabIndex = -1;
    frame.style.pointerEvents = 'none';
  }

  /** Applies a body. One that doesn't parse or doesn't fit asks for a resync, and voids the deltas up to the keyframe. */
  frame(kind: 'keyframe' | 'delta', epoch: number, counter: number, body: Bytes): void {
    try {
      const ops = decode(body);
      checkShare(ops);
      if (kind === 'keyframe') this.#keyframe(epoch, counter, ops);
      else {
        const target = this.#next ?? this.#now;
        if (this.#void || target?.number !== epoch) throw new RangeError('delta of another epoch');
        target.tree.check(ops);
        target.tree.apply(ops);
        target.counter = counter;
        this.#told(ops);
        // Its bytes may have come with an earlier page.
        if (ops.some(({ op }) => op === 'resource')) this.#refreshSoon();
        this.#compare(target.tree, ops);
      }
    } catch {
      this.#void = true;
      this.#events.resync();
      return;
    }
    this.#ask();
    // What waits for its style sheets is not seen yet, and so not applied: the swap says when it is.
    if (this.#next) this.#swapIfWhole();
    else this.#events.applied(epoch, counter);
  }

  /**
   * What is shown goes on: it is wrong, but no more so than before. Where keyframes don't help, or somebody makes a game of
   * it, they are asked for ever more seldom.
   */
  #compare(tree: ViewTree, ops: readonly Op[]): void {
    const now = performance.now();
    // What arrived is not in its place yet.
    if (now < this.#trusts || this.#refresh) return;
    for (const op of ops) {
      if (op.op !== 'sum' || tree.agrees(op)) continue;
      this.#patience =
        now - this.#trusts > 4 * this.#patience ? RESYNC_MS : Math.min(2 * this.#patience, RESYNC_MOST_MS);
      this.#trusts = now + this.#patience;
      this.#events.resync();
    }
  }

  resource(hash: Hash, type: ResourceType, body: Bytes): void {
    if (this.#cache.put(hash, type, body)) this.#refreshSoon();
  }

  #refreshSoon(): void {
    this.#refresh ||= window.setTimeout(() => {
      this.#refresh = 0;
      for (const epoch of [this.#now, this.#next]) {
        epoch?.sheets.refresh();
        epoch?.tree.refresh();
      }
      this.#swapIfWhole();
    }, 0);
  }

  /** Where the applicant's pointer is, in CSS pixels of the viewport. */
  pointer(x: number, y: number): void {
    const doc = this.#frame.contentDocument;
    if (!doc?.documentElement || !this.#now) return;
    if (!this.#cursor?.isConnected || this.#cursor.ownerDocument !== doc) this.#cursor = cursor(doc);
    // As important as the `all` beside it, which would win otherwise.
    this.#cursor.style.setProperty('transform', `translate(${x}px, ${y}px)`, 'important');
  }

  /** Empties everything at once. The view can be used again after. */
  clear(): void {
    clearTimeout(this.#wait);
    clearTimeout(this.#refresh);
    this.#refresh = 0;
    this.#cache.clear();
    for (const epoch of [this.#now, this.#next]) {
      epoch?.tree.clear();
      epoch?.sheets.clear();
    }
    this.#now = undefined;
    this.#next = undefined;
    this.#cursor = undefined;
    this.#info = undefined;
    this.#void = false;
    this.#trusts = Number.NEGATIVE_INFINITY;
    const doc = this.#frame.contentDocument;
    if (doc) {
      doc.adoptedStyleSheets = [];
      setRoot(doc, doc.createElement('html'));
    }
  }

  #keyframe(number: number, counter: number, ops: readonly Op[]): void {
    const doc = this.#frame.contentDocument;
    const frame = doc?.defaultView;
    if (!doc || !frame || !ops.some(({ op }) => op === 'root')) throw new RangeError('no tree');
    const quirks = ops.some((op) => op.op === 'page' && op.quirks);
    if (quirks !== (doc.compatMode === 'BackCompat')) {
      doc.open();
      doc.write(quirks ? '<html>' : '<!doctype html>');
      doc.close();
    }
    const sheets = new Sheets(frame, this.#cache);
    const tree = new ViewTree(doc, sheets);
    tree.check(ops);
    tree.apply(ops);
    if (!tree.element) throw new RangeError('no document element');
    this.#next?.tree.clear();
    this.#next?.sheets.clear();
    this.#next = { number, counter, tree, sheets };
    this.#void = false;
    this.#cache.askAgain();
    clearTimeout(this.#wait);
    this.#wait = setTimeout(() => this.#swap(), SHEETS_MS);
    this.#told(ops);
    sheets.refresh();
    tree.refresh();
  }

  #swapIfWhole(): void {
    if (this.#next?.sheets.whole) this.#swap();
  }

  #swap(): void {
    const next = this.#next;
    const doc = this.#frame.contentDocument;
    if (!next?.tree.element || !doc) return;
    clearTimeout(this.#wait);
    this.#now?.tree.clear();
    this.#now?.sheets.clear();
    this.#now = next;
    this.#next = undefined;
    next.sheets.adopt(doc);
    setRoot(doc, next.tree.element);
    next.tree.connected();
    if (this.#cursor) doc.documentElement.append(this.#cursor);
    this.#events.applied(next.number, next.counter);
  }

  #ask(): void {
    const epoch = this.#next ?? this.#now;
    const missing = this.#cache.missing(epoch?.sheets.hashes() ?? []);
    if (missing.length > 0) this.#events.want(missing);
  }

  #told(ops: readonly Op[]): void {
    for (const op of ops) {
      if (op.op === 'sight') {
        const { scale, x, y } = op;
        const seen = this.#info?.seen;
        if (!this.#info || (scale === (seen?.scale ?? 1) && x === (seen?.x ?? 0) && y === (seen?.y ?? 0))) continue;
        this.#info = { ...this.#info, seen: { scale, x, y } };
      } else if (op.op === 'page') {
        const { rule, label, title, width, height, ratio } = op;
        this.#frame.style.width = `${width}px`;
        this.#frame.style.height = `${height}px`;
        this.#info = { rule, label, title, width, height, scale: ratio };
      } else continue;
      this.#events.page(this.#info);
    }
  }
}

/** The applicant's pointer, drawn above the page in a shadow root that the page's styles can't reach. */
function cursor(doc: Document): HTMLElement {
  const host = doc.createElement('insyn-pointer');
  host.setAttribute(
    'style',
    'all:initial!important;position:fixed!important;left:0!important;top:0!important;z-index:2147483647!important;' +
      'pointer-events:none!important;width:18px!important;height:18px!important;margin:-9px 0 0 -9px!important',
  );
  const dot = doc.createElement('div');
  dot.setAttribute(
    'style',
    'width:18px;height:18px;border-radius:50%;box-sizing:border-box;border:3px solid #fff;background:#c2185b;' +
      'box-shadow:0 0 0 2px #c2185b',
  );
  host.attachShadow({ mode: 'open' }).append(dot);
  doc.documentElement.append(host);
  return host;
}
