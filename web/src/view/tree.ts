// Room: view. One epoch's tree: nodes by id, and the steps that change them. Steps are checked against the tree before
// the first one is applied; a body that names what isn't there changes nothing.

import { BOX, FRAME } from '../wire/allow.ts';
import type { Sieve } from '../wire/css.ts';
import {
  type Attribute,
  type Entry,
  type FormState,
  type Id,
  MOST,
  type Moving,
  type NewElement,
  type Op,
  SHARE,
  type Sight,
} from '../wire/tree.ts';
import { innermost, type States, shareOf } from './far.ts';
import { fill, freshDocument, makeFrame } from './frames.ts';
import { MediaShown } from './media.ts';
import { setMotion } from './motion.ts';
import {
  createElement,
  isHtml,
  isTop,
  LAYERS,
  layer,
  lower,
  OWN,
  removeAttribute,
  setAttribute,
  setForm,
  setRoot,
  writtenAs,
} from './nodes.ts';
import { resourceSieve, type Sheets } from './sheets.ts';
import { SightShown } from './sight.ts';
import { sumShown } from './sum.ts';
import { Veil } from './veil.ts';

export interface Shown {
  id: Id;
  /** Of what is in a frame: its document, or a shadow root that stands in for it before it is there. */
  node: Element | Text | ShadowRoot | Document | undefined;
  parent: Shown | undefined;
  kids: Shown[];
  shadow?: Shown;
  /** As it came; what was masked is written in other signs. */
  text?: string;
  /** Of a control. */
  form?: FormState;
  /** Attributes that came to something else than was said, as they were said. */
  said?: Map<string, string>;
}

const STATES = ['hover', 'active', 'focus', 'focus-visible', 'focus-within'] as const;
/** Each level may have a shadow root as well. */
const MOST_CHAIN = 2 * MOST.depth;
/** Modal dialogs and open popovers: each is a layer of its own, and a thousand of them are more than a browser can draw. */
const MOST_LAYERS = 64;
type Splice = Extract<Op, { op: 'splice' }>;

/** What the tree shows of the states, to take back. */
type Marked = { element: Element; name: string };

export class ViewTree {
  readonly #doc: Document;
  readonly #sheets: Sheets;
  readonly #sieve: Sieve;
  readonly #nodes = new Map<Id, Shown>();
  #root: Shown | undefined;
  #marked: Marked[] = [];
  /** Pointer and focus as told last, by share. */
  readonly #told = new Map<number, States>();
  /** What of the applicant's sight was told last, and what is shown of it. */
  #sight: Sight | undefined;
  readonly #seen = new SightShown();
  #moving: Moving[] = [];
  readonly #layers = new Set<Element>();
  /** What is in the top layer, from below. */
  #stacked: Element[] = [];
  /** Each `use` of an SVG, and where it wants to lead. */
  readonly #uses = new Map<Element, string>();
  /** Each frame, and what is in it. */
  readonly #frames = new Map<Element, Shown>();
  /** Where the applicant scrolled to. */
  readonly #scrolls = new Map<Id, { x: number; y: number }>();
  readonly #veil: Veil;
  readonly #media = new MediaShown();
  #connected = false;

  constructor(doc: Document, sheets: Sheets) {
    this.#veil = new Veil(doc);
    this.#doc = doc;
    this.#sheets = sheets;
    this.#sieve = resourceSieve((number) => sheets.url(number));
  }

  /** The element to put in place of the document's own; undefined where the page has none. */
  get element(): Element | undefined {
    const node = this.#root?.kids[0]?.node;
    return node && 'localName' in node ? node : undefined;
  }

  get rootId(): Id {
    return this.#root?.id ?? 0;
  }

  /** The tree is now the document's: what needs layout can be done. */
  connected(): void {
    this.#connected = true;
    this.#fillFrames();
    this.#veil.draw();
    this.#stack();
    this.#scrollAll();
    this.#look();
    this.#move();
  }

  /** Throws RangeError where the steps don't fit the tree; then nothing has changed. */
  check(ops: readonly Op[]): void {
    const brought = new Set<Id>();
    const placed = new Set<Id>();
    const gone = new Set<Id>();
    const spliced = new Set<Id>();
    let frames = this.#frames.size;
    /** Of what is brought or placed: below what. */
    const above = new Map<Id, Id>();
    const entries = (list: readonly Entry[], parent: Id): void => {
      for (const entry of list) {
        above.set(entry.id, parent);
        if (entry.kind === 'known') {
          const known = this.#nodes.get(entry.id);
          if (!known?.parent || isRoot(known) || placed.has(entry.id)) throw new RangeError('unknown node');
          placed.add(entry.id);
          continue;
        }
        if (entry.kind === 'element' && entry.shadow) above.set(entry.shadow.id, entry.id);
        const ids = entry.kind === 'element' && entry.shadow ? [entry.id, entry.shadow.id] : [entry.id];
        for (const id of ids) {
          if (this.#nodes.has(id) || brought.has(id)) throw new RangeError('node given twice');
          brought.add(id);
        }
        if (entry.kind !== 'element') continue;
        // Those that go may still be there.
        if (entry.name === FRAME && ++frames > 2 * MOST.frames) throw new RangeError('too many frames');
        if (entry.shadow) entries(entry.shadow.kids, entry.shadow.id);
        entries(entry.kids, entry.id);
      }
    };
    for (const op of ops) {
      if (op.op === 'page' || op.op === 'resource' || op.op === 'states' || op.op === 'sight') continue;
      if (op.op === 'motion' || op.op === 'sum' || op.op === 'far') continue;
      if (op.op === 'root') {
        if (this.#nodes.size > 0 || brought.size > 0) throw new RangeError('second root');
        brought.add(op.id);
        entries(op.kids, op.id);
      } else if (op.op === 'splice') {
        const at = this.#nodes.get(op.id);
        if (!at || spliced.has(op.id) || op.start + op.removed > at.kids.length) throw new RangeError('no such place');
        if (at.node && 'data' in at.node) throw new RangeError('text has no kids');
        spliced.add(op.id);
        for (const kid of at.kids.slice(op.start, op.start + op.removed)) gone.add(kid.id);
        entries(op.entries, op.id);
        if (at === this.#root) this.#checkRoot(op);
      } else if (!this.#nodes.has(op.id) && !brought.has(op.id)) throw new RangeError('unknown node');
    }
    const removed = gone.size - [...placed].filter((id) => gone.has(id)).length;
    if (this.#nodes.size + brought.size > MOST.nodes + removed) throw new RangeError('too many nodes');
    this.#checkMoves(placed, gone, above);
  }

  /** The page keeps an element of its own: what is shown begins with it. */
  #checkRoot({ start, removed, entries }: Splice): void {
    const kids = this.#root?.kids.map(({ node }) => node !== undefined && 'localName' in node) ?? [];
    const brought = entries.map((entry) => {
      const node = entry.kind === 'known' ? this.#nodes.get(entry.id)?.node : undefined;
      return entry.kind === 'element' || (node !== undefined && 'localName' in node);
    });
    kids.splice(start, removed, ...brought);
    if (!kids[0]) throw new RangeError('no document element');
  }

  /** What is put elsewhere was taken out, or lies below what is gone for good; and nothing comes to lie below itself. */
  #checkMoves(placed: ReadonlySet<Id>, gone: ReadonlySet<Id>, above: ReadonlyMap<Id, Id>): void {
    // Each node is walked over once, however many are placed below it.
    const free = new Map<Id, boolean>();
    for (const id of placed) {
      const path: Id[] = [];
      let lies: boolean | undefined = gone.has(id) || undefined;
      for (let up = this.#nodes.get(id)?.parent; up && lies === undefined; up = up.parent) {
        lies = free.get(up.id) ?? (placed.has(up.id) ? false : gone.has(up.id) || undefined);
        path.push(up.id);
      }
      for (const passed of path) free.set(passed, lies ?? false);
      if (!lies) throw new RangeError('not taken out');
    }
    const safe = new Set<Id>();
    for (const id of placed) {
      const path = new Set<Id>();
      for (let at: Id | undefined = id; at !== undefined && !safe.has(at); ) {
        if (path.has(at)) throw new RangeError('below itself');
        path.add(at);
        at = above.get(at) ?? (gone.has(at) ? undefined : this.#nodes.get(at)?.parent?.id);
      }
      for (const passed of path) safe.add(passed);
    }
  }

  /** Applies steps that were checked. Throws DOMException where they would tie a knot: then send a keyframe. */
  apply(ops: readonly Op[]): void {
    const splices = ops.filter((op): op is Splice => op.op === 'splice');
    const limbo: Shown[] = [];
    for (const { id, start, removed } of splices) {
      for (const kid of this.#nodes.get(id)?.kids.splice(start, removed) ?? []) {
        kid.parent = undefined;
        this.#detach(kid);
        limbo.push(kid);
      }
    }
    for (const op of splices) this.#insert(op);
    for (const kid of limbo) if (!kid.parent) this.#drop(kid);
    const states = ops.find((op): op is States => op.op === 'states');
    if (states) this.#told.set(shareOf(ops), states);
    for (const op of ops) this.#step(op);
    this.#forms(ops);
    if (ops.some(({ op }) => op === 'root' || op === 'splice' || op === 'attributes')) this.#copies();
    if (this.#connected && this.#layers.size + this.#stacked.length > 0) this.#stack();
    // Last, and each once: where a thing can be scrolled to takes a layout.
    const scrolled = new Set(ops.map((op) => (op.op === 'scroll' ? op.id : 0)));
    if (this.#connected) {
      this.#fillFrames();
      this.#veil.draw();
      for (const id of scrolled) {
        const to = this.#scrolls.get(id);
        if (to) this.#scroll(id, to.x, to.y);
      }
      // The note beside an open control moves with it.
      if (this.#sight?.open || ops.some(({ op }) => op === 'sight')) this.#look();
      this.#move();
    }
  }

  /** Sets addresses that became known, on elements that wait for them. */
  refresh(): void {
    for (const shown of this.#nodes.values()) {
      if (shown.node && 'localName' in shown.node) this.#image(shown.node);
    }
    // What arrived may have given the page its length only now.
    if (this.#connected) this.#scrollAll();
  }

  /** Whether the document has what the mirror summed up. */
  agrees({ from, to, sum }: Extract<Op, { op: 'sum' }>): boolean {
    let own = 0;
    for (let id = from; id <= to; id++) {
      const shown = this.#nodes.get(id);
      if (shown) own = sumShown(own, shown, this.#sieve, this.#connected ? this.#doc : undefined);
    }
    return own === sum;
  }

  clear(): void {
    this.#seen.clear();
    this.#sight = undefined;
    this.#nodes.clear();
    this.#root = undefined;
    this.#marked = [];
    this.#told.clear();
    this.#layers.clear();
    this.#stacked = [];
    this.#uses.clear();
    this.#frames.clear();
    this.#scrolls.clear();
    this.#veil.clear();
  }

  #step(op: Op): void {
    switch (op.op) {
      case 'root': {
        const root: Shown = { id: op.id, node: undefined, parent: undefined, kids: [] };
        this.#nodes.set(op.id, root);
        this.#root = root;
        root.kids = op.kids.map((kid) => this.#build(kid, root));
        break;
      }
      case 'attributes': {
        const shown = this.#nodes.get(op.id);
        const node = shown?.node;
        if (!node || !('localName' in node)) break;
        for (const name of op.gone) {
          shown.said?.delete(name);
          this.#sheets.unstyle(node, name);
          if (name === 'href') this.#uses.delete(node);
          removeAttribute(node, name === 'link' ? 'href' : name);
        }
        for (const attribute of op.set) this.#attribute(shown, node, attribute);
        this.#image(node);
        break;
      }
      case 'text': {
        const shown = this.#nodes.get(op.id);
        const node = shown?.node;
        if (!node || !('data' in node)) break;
        node.data = op.text;
        shown.text = op.text;
        this.#veil.note(node);
        break;
      }
      case 'form': {
        const shown = this.#nodes.get(op.id);
        if (shown) this.#form(shown, op.state);
        break;
      }
      case 'scroll':
        this.#scrolls.set(op.id, op);
        break;
      case 'sight':
        this.#sight = op;
        break;
      case 'motion':
        this.#moving = op.moving;
        break;
      case 'states':
        this.#states();
        break;
      case 'styles':
        this.#sheets.set(this.#rootNode(op.id), op.sheets);
        break;
      case 'resource':
        this.#sheets.resource(op.number, op.hash);
        break;
      case 'splice':
      case 'page':
      case 'sum':
      case 'far':
        break;
    }
  }

  #rootNode(id: Id): ShadowRoot | Document | undefined {
    const node = id === this.rootId ? this.#doc : this.#nodes.get(id)?.node;
    return node && 'adoptedStyleSheets' in node ? node : undefined;
  }

  /** Gives each frame what is in it, where its element came into a document, this one or a frame's, or it changed. */
  readonly #fillFrames = (): void => {
    for (let filled = true; filled; ) {
      filled = false;
      for (const [element, inner] of this.#frames) {
        const doc = freshDocument(element, inner.node);
        if (doc) {
          if (isRoot(inner)) this.#sheets.moved(inner.node, doc);
          inner.node = doc;
          filled = true;
        }
        if (inner.node?.nodeType === 9) this.#fill(inner);
        if (doc) for (const kid of inner.kids) this.#movedIn(kid);
      }
    }
  };

  #fill({ node, kids }: Shown): void {
    const first = kids[0]?.node;
    fill(node as Document, first && 'localName' in first ? first : undefined);
  }

  /** A sheet is of one document, and so those of shadow roots that came into another are made anew. */
  #movedIn(shown: Shown): void {
    const { shadow } = shown;
    if (shadow && isRoot(shadow) && shadow.node.nodeType !== 9) {
      this.#sheets.moved(shadow.node, shadow.node);
      for (const kid of shadow.kids) this.#movedIn(kid);
    }
    for (const kid of shown.kids) this.#movedIn(kid);
    const scroll = this.#scrolls.get(shown.id);
    if (scroll) this.#scroll(shown.id, scroll.x, scroll.y);
  }

  #insert({ id, start, entries }: Splice): void {
    const parent = this.#nodes.get(id);
    if (!parent) return;
    const kids = entries.map((entry) => this.#build(entry, parent));
    const before = parent.kids[start]?.node ?? this.#ownKid(parent);
    parent.kids.splice(start, 0, ...kids);
    if (parent === this.#root) {
      const { element } = this;
      if (element && this.#connected && element !== this.#doc.documentElement) setRoot(this.#doc, element);
    } else if (parent.node && 'append' in parent.node && parent.node.nodeType !== 9) {
      const fragment = this.#doc.createDocumentFragment();
      for (const { node } of kids) if (node) fragment.append(node);
      parent.node.insertBefore(fragment, before ?? null);
    } else if (parent.node?.nodeType === 9) {
      // At once: what is told of its styles is for roots of this document.
      this.#fill(parent);
    }
  }

  /** Puts on top what is on top for the applicant, in that order; what lies right already stays. */
  #stack(): void {
    const top = (element: Element): number => Number(element.getAttribute('insyn-top'));
    const wanted = [...this.#layers]
      .filter((element) => element.isConnected && LAYERS.some((name) => element.hasAttribute(name)))
      .sort((a, b) => top(a) - top(b));
    const wrong = wanted.findIndex((element, at) => this.#stacked[at] !== element || !isTop(element));
    const from = wrong < 0 ? wanted.length : wrong;
    for (const element of this.#stacked.slice(from)) lower(element);
    for (const element of wanted.slice(from)) {
      lower(element);
      layer(element);
    }
    this.#stacked = wanted;
  }

  /** The option that a select shows for what isn't told stays last. */
  #ownKid(parent: Shown): Node | undefined {
    const last = parent.node?.lastChild;
    return last && 'hasAttribute' in last && (last as Element).hasAttribute(OWN) ? last : undefined;
  }

  #build(entry: Entry, parent: Shown): Shown {
    if (entry.kind === 'known') {
      const known = this.#nodes.get(entry.id);
      if (!known) throw new RangeError('unknown node');
      // Its old parent, where it is gone itself, no longer has it.
      known.parent = parent;
      return known;
    }
    const shown: Shown = { id: entry.id, node: undefined, parent, kids: [] };
    this.#nodes.set(entry.id, shown);
    if (entry.kind === 'text') {
      shown.node = this.#doc.createTextNode(entry.text);
      shown.text = entry.text;
      this.#veil.note(shown.node);
    } else this.#element(entry, shown);
    return shown;
  }

  #element(entry: NewElement, shown: Shown): void {
    const frame = entry.name === FRAME;
    const element = frame ? makeFrame(this.#doc, this.#fillFrames) : createElement(this.#doc, entry.name);
    shown.node = element;
    for (const attribute of entry.attributes) this.#attribute(shown, element, attribute);
    if (entry.shadow) {
      const node = (frame ? this.#doc.createElement('div') : element).attachShadow({ mode: 'open' });
      const shadow: Shown = { id: entry.shadow.id, node, parent: shown, kids: [] };
      shown.shadow = shadow;
      if (frame) this.#frames.set(element, shadow);
      this.#nodes.set(shadow.id, shadow);
      this.#sheets.set(node, []);
      shadow.kids = entry.shadow.kids.map((kid) => this.#build(kid, shadow));
      for (const kid of shadow.kids) if (kid.node) node.append(kid.node);
    }
    shown.kids = entry.kids.map((kid) => this.#build(kid, shown));
    for (const kid of shown.kids) if (kid.node) element.append(kid.node);
    if (entry.form) this.#form(shown, entry.form);
    this.#image(element);
  }

  #form(shown: Shown, state: FormState): void {
    shown.form = state;
    if (shown.node && 'localName' in shown.node) setForm(shown.node, state);
  }

  /** Another type, or other options, and a browser makes up its own mind about what is filled in and chosen. */
  #forms(ops: readonly Op[]): void {
    const touched = new Set<Shown>();
    for (const op of ops) {
      if (op.op !== 'splice' && op.op !== 'attributes') continue;
      let up = this.#nodes.get(op.id);
      while (up && !up.form) up = up.parent;
      if (up) touched.add(up);
    }
    for (const shown of touched) if (shown.form) this.#form(shown, shown.form);
  }

  #attribute(shown: Shown, element: Element, attribute: Attribute): void {
    const [name, value] = attribute;
    if (LAYERS.includes(name)) {
      if (this.#layers.size >= MOST_LAYERS && !this.#layers.has(element)) return;
      this.#layers.add(element);
    }
    if (name === 'style') this.#sheets.styled(element, value);
    const use = name === 'href' && element.localName === 'use';
    const written = use ? '#' : writtenAs(attribute, this.#sieve);
    if (written === value) shown.said?.delete(name);
    else {
      shown.said ??= new Map();
      shown.said.set(name, value);
    }
    if (use) this.#uses.set(element, value);
    else setAttribute(element, name, written);
  }

  /**
   * Leads each `use` to what it shows. One that would show another `use` stays empty, and so do those past what a page may
   * have of nodes: thirty of them, each of the one before, would be more than any browser can hold.
   */
  #copies(): void {
    if (this.#uses.size === 0) return;
    const wanted = new Set([...this.#uses.values()].map((href) => href.slice(1)));
    const sizes = new Map<string, number>();
    let counted = 0;
    for (const { node } of this.#nodes.values()) {
      if (!node || !('localName' in node) || !wanted.has(node.id)) continue;
      const size = counted > MOST.nodes ? Number.POSITIVE_INFINITY : 1 + node.getElementsByTagName('*').length;
      counted += size;
      const nested = node.localName === 'use' || node.querySelector('use') !== null;
      sizes.set(node.id, nested ? Number.POSITIVE_INFINITY : Math.max(size, sizes.get(node.id) ?? 0));
    }
    let left = MOST.nodes;
    for (const [element, href] of this.#uses) {
      const size = sizes.get(href.slice(1)) ?? 0;
      const led = size <= left ? href : '#';
      if (led === href) left -= size;
      if (element.getAttribute('href') !== led) element.setAttribute('href', led);
    }
  }

  /** An image shows its bytes once they are here, and before that an empty one of its size. */
  #image(element: Element): void {
    const size = element.getAttribute('insyn-size');
    const number = element.getAttribute('insyn-src');
    if (element.localName === BOX) {
      this.#media.show(element, number === null ? undefined : this.#sheets.url(Number(number)));
      return;
    }
    if (size === null && number === null) {
      if (element.localName === 'img') element.removeAttribute('src');
      return;
    }
    const url = number === null ? undefined : this.#sheets.url(Number(number));
    if (element.localName === 'image') {
      if (url) element.setAttribute('href', url);
      return;
    }
    if (isHtml(element, 'input') && url) element.setAttribute('src', url);
    if (element.localName !== 'img' || !('naturalWidth' in element)) return;
    const image = element as HTMLImageElement;
    const [width = 0, height = 0] = (size ?? '').split(' ').map(Number);
    const src = url ?? emptyImage(width, height);
    if (image.getAttribute('src') === src || image.srcset.startsWith(`${src} `)) return;
    image.removeAttribute('srcset');
    // A picture that was there before may say so only now.
    image.onload = (): void => {
      if (!url || image.currentSrc !== url) return;
      image.onload = null;
      // A picture for a denser screen: its own size is not the one that it has on the page.
      const density = image.naturalWidth / width;
      if (!(width > 0 && Math.abs(density - 1) > 0.02)) return;
      image.srcset = `${url} ${density}x`;
      // It would be the better choice for this screen.
      image.removeAttribute('src');
    };
    image.src = src;
  }

  #move(): void {
    for (const moving of this.#moving) {
      const { node } = this.#nodes.get(moving.id) ?? {};
      if (node && 'localName' in node) setMotion(node, moving);
    }
    this.#moving = [];
  }

  #look(): void {
    if (this.#sight) this.#seen.show(this.#sight, (id) => this.#nodes.get(id)?.node);
  }

  #scrollAll(): void {
    for (const [id, { x, y }] of this.#scrolls) this.#scroll(id, x, y);
  }

  #scroll(id: Id, x: number, y: number): void {
    const node = this.#rootNode(id) ?? this.#nodes.get(id)?.node;
    const box = node && 'scrollingElement' in node ? node.scrollingElement : node;
    if (box && 'scrollTo' in box) box.scrollTo({ left: x, top: y, behavior: 'instant' });
  }

  #states(): void {
    // What a page in a frame told ends with it.
    for (const share of this.#told.keys())
      if (share && !this.#nodes.has(share * SHARE.nodes + 1)) this.#told.delete(share);
    const { hover, active, focus, visible } = innermost(this.#told, (id) => this.#nodes.get(id)?.shadow?.id ?? 0);
    const marks: Marked[] = [];
    const chain = (id: Id, name: (typeof STATES)[number], whole: boolean): void => {
      let left = MOST_CHAIN;
      for (let up = this.#nodes.get(id); up && left > 0; up = whole ? up.parent : undefined) {
        left--;
        if (up.node && 'localName' in up.node) marks.push({ element: up.node, name: `insyn-${name}` });
      }
    };
    chain(hover, 'hover', true);
    chain(active, 'active', true);
    chain(focus, 'focus', false);
    chain(focus, 'focus-within', true);
    if (visible) chain(focus, 'focus-visible', false);
    for (const { element, name } of this.#marked) {
      if (!marks.some((mark) => mark.element === element && mark.name === name)) element.removeAttribute(name);
    }
    for (const { element, name } of marks) if (!element.hasAttribute(name)) element.setAttribute(name, '');
    this.#marked = marks;
  }

  #detach(shown: Shown): void {
    if (shown.node && 'remove' in shown.node) shown.node.remove();
  }

  #drop(shown: Shown): void {
    this.#nodes.delete(shown.id);
    this.#scrolls.delete(shown.id);
    if (shown.node && 'localName' in shown.node) {
      this.#layers.delete(shown.node);
      this.#uses.delete(shown.node);
      this.#frames.delete(shown.node);
      this.#sheets.unstyle(shown.node, 'style');
    }
    if (shown.node && 'data' in shown.node) this.#veil.drop(shown.node);
    if (isRoot(shown)) this.#sheets.drop(shown.node);
    for (const kid of shown.shadow ? [shown.shadow, ...shown.kids] : shown.kids)
      if (kid.parent === shown) this.#drop(kid);
  }
}

function isRoot(shown: Shown): shown is Shown & { node: ShadowRoot | Document } {
  return shown.node !== undefined && 'adoptedStyleSheets' in shown.node;
}

function emptyImage(width: number, height: number): string {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><rect width="100%" height="100%" fill="#d9d9de"/></svg>`;
  return `data:image/svg+xml,${encodeURIComponent(svg)}`;
}
