// Room: mirror. What the view has of the page, node by node, and the steps that bring it up to date. Dirty is compared
// with sent, at the time of sending: what came and went in between leaves no trace.

import { BOX, FORM, FRAME, nameOf, VOID } from '../wire/allow.ts';
import { type Attribute, type Entry, type Id, MOST, type NewElement, type Op, SHARE } from '../wire/tree.ts';
import { attributesOf, boxAttributes, editAttributes, type Surroundings } from './attributes.ts';
import { isClosed } from './closed.ts';
import { formState, isControl, isGroup, keepsContent, sameState } from './forms.ts';
import { around, type Inside } from './frames.ts';
import { Document, Element, HTMLElement, HTMLHeadElement, HTMLIFrameElement, HTMLInputElement } from './kinds.ts';
import { beside, inLine } from './line.ts';
import { type Context, type Masks, readable, stronger } from './mask.ts';
import { firstChild, nextSibling, parentOf, rootOf, shadowOf, textOf, typeOf } from './native.ts';
import type { Sprites } from './sprites.ts';

/** Nodes between two looks at the clock. */
const STRIDE = 8;
/** Slotted to where nothing is shown. */
const HIDDEN: Context = { mode: 'hide', label: false };

/** A node as the view has it. */
export interface Sent {
  id: Id;
  node: Node;
  parent: Sent | undefined;
  kids: Sent[];
  context: Context;
  /** Elements: what was sent. */
  name?: string;
  attributes?: readonly Attribute[];
  /** Why a box stands here. */
  box?: string;
  form?: ReturnType<typeof formState>;
  text?: string;
  /** Its shadow root, or the document in a frame. */
  shadow?: Sent;
  /** The page of another origin in it. */
  far?: NonNullable<Inside['far']>;
  /** Whose it was: in another document a node is another. */
  owner: Node | null;
}

/** A run of kids that is another now, between those that stayed. */
interface Splice {
  sent: Sent;
  start: number;
  removed: Sent[];
  nodes: Node[];
  before: Sent[];
  after: Sent[];
}

/** Kids that are still to be read, and where they are told. */
interface Rest {
  sent: Sent;
  kids: Entry[];
  depth: number;
}

export interface Capture {
  surroundings: Surroundings;
  masks: Masks;
  sprites: Sprites;
  /** Never mirrored. */
  ignore: ReadonlySet<Node>;
  choices: boolean;
  /** The document to show in a frame. */
  inside(frame: Element, context: Context): Inside | undefined;
  /** A shadow root or the document in a frame was met for the first time, and is not read yet; or it is gone. */
  root(root: ShadowRoot | Document, there: boolean): void;
  /** A box or editable was met (its size matters), or is gone. */
  sized(element: Element, there: boolean): void;
}

/** Which child of an SVG's switch is shown: it depends on languages, and those of the view are others. */
function isSwitchedOff(element: Element): boolean {
  const parent = parentOf(element);
  if (!(parent instanceof SVGElement) || parent.localName !== 'switch') return false;
  const shown = Array.from(parent.children).find((kid) => {
    const wanted = kid
      .getAttribute('systemLanguage')
      ?.toLowerCase()
      .split(/[\s,]+/);
    const spoken = navigator.languages.map((language) => language.toLowerCase().split('-')[0]);
    return (
      !kid.getAttribute('requiredExtensions') && (!wanted || wanted.some((one) => spoken.includes(one.split('-')[0])))
    );
  });
  return shown !== element;
}

/** The kids of a document, element or shadow root that are mirrored, in order. */
function wanted(node: Node, ignore: ReadonlySet<Node>): Node[] {
  const kids: Node[] = [];
  for (let kid = firstChild(node); kid; kid = nextSibling(kid)) {
    const type = typeOf(kid);
    if (type === Node.TEXT_NODE || type === Node.CDATA_SECTION_NODE) {
      if (typeOf(node) !== Node.DOCUMENT_NODE) kids.push(kid);
    } else if (type === Node.ELEMENT_NODE && !ignore.has(kid)) kids.push(kid);
  }
  return kids;
}

/** Where in a text another character was sent than stands there; from one word to the next it is one place. */
function* maskedRanges(node: Text, sent: string): Iterable<Range> {
  const range = (start: number, end: number): Range => {
    const made = node.ownerDocument.createRange();
    made.setStart(node, start);
    made.setEnd(node, end);
    return made;
  };
  const told = Array.from(sent);
  let [at, start, end] = [0, -1, 0];
  for (const [index, c] of Array.from(node.data).entries()) {
    if (c !== told[index]) {
      if (start < 0) start = at;
      end = at + c.length;
    } else if (start >= 0 && /\S/.test(c)) {
      yield range(start, end);
      start = -1;
    }
    at += c.length;
  }
  if (start >= 0) yield range(start, end);
}

/** A picture that was not sent, or a control whose words in sight were masked. */
function isCovered(element: Element, attributes: readonly Attribute[]): boolean {
  const told = new Map(attributes);
  if (told.has('insyn-size')) return !told.has('insyn-src');
  const caption = told.get('insyn-caption') ?? told.get('placeholder');
  return !!caption && caption.includes('█') && (told.has('insyn-caption') || element.matches(':placeholder-shown'));
}

export class Tree {
  readonly #capture: Capture;
  readonly #sent = new Map<Node, Sent>();
  readonly #root: Sent;
  readonly #first: Id;
  #last: Id;
  readonly controls = new Set<Sent>();
  readonly customs = new Set<Sent>();
  /** Those that are shown as pictures, and videos. */
  readonly canvases = new Set<Sent>();
  readonly #frames = new Set<Sent>();
  #dirtyKids = new Set<Sent>();
  #dirtyAttributes = new Set<Sent>();
  #dirtyTexts = new Set<Sent>();
  /** Something happened that the observer should have told and did not. */
  broken = false;
  /** When the slice is over; nothing new is read after, but for one node in each slice. */
  #until = Number.POSITIVE_INFINITY;
  /** New nodes read in this slice, and at how many the clock is looked at next; 0 once time is up. */
  #made = 0;
  #look = 1;
  /** Something known is elsewhere now. */
  #moved = false;
  /** What this slice had no time for. */
  #rest: Rest[] = [];
  /** The first step is not whole yet. */
  #building = false;

  /** Its nodes have numbers after `first`. */
  constructor(root: Document, context: Context, capture: Capture, first: Id) {
    this.#capture = capture;
    this.#first = first;
    this.#last = first;
    this.#root = this.#put(root, undefined, context);
  }

  get(node: Node | null | undefined): Sent | undefined {
    return node ? this.#sent.get(node) : undefined;
  }

  id(node: Node | null | undefined): Id {
    return this.get(node)?.id ?? 0;
  }

  /** Begins the first step. Nothing may have been sent yet, and nothing is taken from it until `more` has made it whole. */
  first(): Op {
    const { id } = this.#root;
    const kids: Entry[] = [];
    this.#building = true;
    this.#rest = [{ sent: this.#root, kids, depth: 0 }];
    // Of the page in a frame the view has the document already.
    return this.#first ? { op: 'splice', id, start: 0, removed: 0, entries: kids } : { op: 'root', id, kids };
  }

  /**
   * Reads on for so many milliseconds. Whether the first step is whole. What changed meanwhile of what was read already is dirty
   * as ever, and so comes with the step after it.
   */
  more(ms: number): boolean {
    const rests = this.#rest;
    this.#rest = [];
    this.#begin(ms);
    let at = 0;
    for (; at < rests.length && !this.#late; at++) {
      const { sent, kids, depth } = rests[at] as Rest;
      if (this.#live(sent)) this.#fill(sent, kids, depth);
    }
    // What is deepest comes first, so that ids go on as the page does.
    this.#rest.push(...rests.slice(at));
    this.#building = this.#rest.length > 0;
    return !this.#building;
  }

  #begin(ms: number): void {
    this.#until = performance.now() + ms;
    this.#made = 0;
    this.#look = 1;
    this.#moved = false;
  }

  get #late(): boolean {
    if (this.#made >= this.#look) {
      this.#look = performance.now() > this.#until ? 0 : this.#made + STRIDE;
    }
    return this.#look === 0;
  }

  /** Reads a node's kids, from where an earlier slice left off. */
  #fill(sent: Sent, kids: Entry[], depth: number): void {
    const nodes = this.#kidsOf(sent.node);
    const moved = sent.kids.some((kid, at) => kid.node !== nodes[at]);
    for (const node of moved ? [] : nodes.slice(sent.kids.length)) {
      const known = this.#sent.has(node);
      // In the first step nothing is known: it was elsewhere in an earlier slice.
      if (this.#building && known) {
        this.#dirtyKids.add(sent);
        return;
      }
      if (this.#late && !known) {
        if (this.#rest.at(-1)?.sent !== sent) this.#rest.push({ sent, kids, depth });
        if (this.#building) return;
        continue;
      }
      const made = this.#entry(node, sent, depth);
      sent.kids.push(made.sent);
      kids.push(made.entry);
    }
    if (moved) this.#dirtyKids.add(sent);
  }

  /** Everything that was sent, in the order of ids; goes on over what comes meanwhile. */
  all(): Iterator<Sent> {
    return this.#sent.values();
  }

  /** Compares a node with what was sent of it: what differs is dirty. Whether the observer should have told of it. */
  compare(sent: Sent): boolean {
    const { node } = sent;
    if (sent.text !== undefined) {
      return this.#text(node, sent.context) !== sent.text && this.#missed(this.#dirtyTexts, sent);
    }
    let missed = false;
    if (!sent.box) {
      let at = 0;
      let same = true;
      for (const kid of this.#content(sent) ? wanted(node, this.#capture.ignore) : []) {
        const known = this.#sent.get(kid);
        if (known && known === sent.kids[at++]) continue;
        same = false;
        // It came from there, and nobody told.
        if (known?.parent && known.parent !== sent) this.#dirtyKids.add(known.parent);
      }
      missed = !(same && at === sent.kids.length) && this.#missed(this.#dirtyKids, sent);
    }
    if (node instanceof Element && sent.parent && sent.box !== VOID) {
      const before = new Map(sent.attributes);
      const now = this.#read(node, sent);
      // Much of what differs here no mutation tells, so that nothing was missed.
      if (now.length !== before.size || now.some(([name, value]) => before.get(name) !== value)) this.touch(node);
      if (shadowOf(node) && !sent.shadow && !sent.box) this.stale(node);
    }
    return missed;
  }

  #missed(dirty: Set<Sent>, sent: Sent): boolean {
    return !dirty.has(sent) && !!dirty.add(sent);
  }

  /** Takes what the observer saw. */
  note(records: readonly MutationRecord[]): void {
    for (const record of records) {
      const sent = this.#sent.get(record.target);
      if (sent) {
        if (record.type === 'attributes') this.#dirtyAttributes.add(sent);
        else if (record.type === 'characterData') this.#dirtyTexts.add(sent);
        else if (!sent.box) this.#dirtyKids.add(sent);
      }
      // Outside of the page nobody watches: what comes back from there comes as something new.
      for (const node of record.removedNodes) this.#lose(this.#sent.get(node));
    }
  }

  touch(node: Node): void {
    const sent = this.#sent.get(node);
    if (sent) this.#dirtyAttributes.add(sent);
  }

  /** A frame may have led elsewhere, which nobody tells before it has loaded. */
  lookInside(): void {
    for (const sent of this.#frames) {
      const inside = this.#inside(sent.node, sent.context);
      const { mode } = sent.shadow?.context ?? {};
      if (inside?.document !== sent.shadow?.node || inside?.context.mode !== mode) this.stale(sent.node);
    }
  }

  /** The element's region changed, or what it is: send it anew. */
  stale(node: Node): void {
    const sent = this.#sent.get(node);
    if (!sent?.parent) return;
    this.#drop(sent);
    this.#dirtyKids.add(sent.parent);
  }

  /** The steps from what was sent to what is there now, or as many as can be read in so many milliseconds. */
  steps(ms: number): Op[] {
    this.#begin(ms);
    // An attribute may decide about a region, so that these come first: they can make more kids dirty.
    for (const sent of this.#dirtyAttributes) {
      if (!this.#live(sent) || !(sent.node instanceof Element) || !sent.parent) continue;
      const context = this.#context(sent.node, sent.parent);
      const { box } = this.#kind(sent.node, context);
      const changed = context.mode !== sent.context.mode || context.label !== sent.context.label;
      const turned =
        keepsContent(sent.node) !== this.#keeps.has(sent) || isControl(sent.node) !== this.controls.has(sent);
      if (changed || box !== sent.box || turned) this.stale(sent.node);
      const part = this.#partOf(sent.node);
      if (part && !this.#sent.has(part)) this.#dirtyKids.add(sent.parent);
    }
    const ops: Op[] = [];
    const limbo: Sent[] = [];
    const splices: Splice[] = [];
    const later: Splice[] = [];
    for (const sent of this.#dirtyKids) {
      if (!this.#live(sent)) continue;
      const nodes = this.#content(sent) ? this.#kidsOf(sent.node) : [];
      const kids = sent.kids;
      const most = Math.min(nodes.length, kids.length);
      const same = (node: Node | undefined, kid: Sent | undefined): boolean =>
        !!kid && kid.node === node && this.#sent.get(kid.node) === kid;
      let start = 0;
      while (start < most && same(nodes[start], kids[start])) start++;
      let end = 0;
      while (end < most - start && same(nodes[nodes.length - 1 - end], kids[kids.length - 1 - end])) end++;
      const removed = kids.slice(start, kids.length - end);
      if (removed.length === 0 && nodes.length === kids.length) continue;
      for (const kid of removed) kid.parent = undefined;
      limbo.push(...removed);
      splices.push({
        sent,
        start,
        removed,
        nodes: nodes.slice(start, nodes.length - end),
        before: kids.slice(0, start),
        after: kids.slice(kids.length - end),
      });
    }
    for (const splice of splices) {
      const { sent, start, removed, nodes, before, after } = splice;
      // An earlier step may have sent it anew, as part of what moved into another region.
      if (!this.#live(sent)) continue;
      if (this.#canWait(splice)) {
        later.push(splice);
        continue;
      }
      const depth = this.#depth(sent);
      const entries: { entry: Entry; sent: Sent }[] = [];
      for (const node of nodes) {
        if (this.#sent.has(node) || !this.#late) entries.push(this.#entry(node, sent, depth));
        else if (this.#rest.at(-1)?.sent !== sent) this.#rest.push({ sent, kids: [], depth });
      }
      sent.kids = [...before, ...entries.map((entry) => entry.sent), ...after];
      if (removed.length + entries.length === 0) continue;
      // What came or went may have split a number, or made one whole.
      const [left, right] = [before.at(-1)?.node ?? null, after[0]?.node ?? null];
      for (const text of [
        ...inLine(sent.node, left, true),
        ...inLine(sent.node, right, false),
        ...inLine(sent.node, nodes.at(-1) ?? left, true),
        ...inLine(sent.node, nodes[0] ?? right, false),
      ]) {
        const known = this.#sent.get(text);
        if (known) this.#dirtyTexts.add(known);
      }
      ops.push({
        op: 'splice',
        id: sent.id,
        start,
        removed: removed.length,
        entries: entries.map(({ entry }) => entry),
      });
    }
    for (const { sent, start, removed, before, after } of later) {
      this.#rest.push({ sent, kids: [], depth: 0 });
      // What was there before is better than nothing, unless some of it may be elsewhere now.
      if (!this.#moved) for (const kid of removed) kid.parent = sent;
      else {
        sent.kids = [...before, ...after];
        ops.push({ op: 'splice', id: sent.id, start, removed: removed.length, entries: [] });
      }
    }
    for (const sent of limbo) if (!sent.parent) this.#drop(sent);
    for (const sent of this.#dirtyAttributes) if (this.#live(sent)) this.#attributes(sent, ops);
    for (const { node } of [...this.#dirtyTexts]) {
      for (const back of [true, false]) {
        for (const text of inLine(node.parentNode, back ? node.previousSibling : node.nextSibling, back)) {
          const known = this.#sent.get(text);
          if (known) this.#dirtyTexts.add(known);
        }
      }
    }
    for (const sent of this.#dirtyTexts) {
      const text = this.#live(sent) ? this.#text(sent.node, sent.context) : sent.text;
      if (text === undefined || text === sent.text) continue;
      sent.text = text;
      ops.push({ op: 'text', id: sent.id, text });
    }
    this.#dirtyKids = new Set(this.#rest.map(({ sent }) => sent));
    this.#rest = [];
    this.#dirtyAttributes = new Set();
    this.#dirtyTexts = new Set();
    return ops;
  }

  /** Whether there is no time for it, and nothing of it was read yet. What turned into something hidden is never left as it was. */
  #canWait({ removed, nodes }: Splice): boolean {
    if (nodes.length === 0 || !this.#late || nodes.some((node) => this.#sent.has(node))) return false;
    const kept = new Set(nodes);
    return !removed.some(({ node }) => kept.has(node));
  }

  /** There was no time for all of the last steps. */
  get unfinished(): boolean {
    return this.#dirtyKids.size > 0;
  }

  /** The states of controls that changed since they were sent. */
  forms(): Op[] {
    const ops: Op[] = [];
    for (const sent of this.controls) {
      if (!(sent.node instanceof Element)) continue;
      const state = formState(sent.node, this.#capture.choices);
      if (!state || sameState(state, sent.form)) continue;
      sent.form = state;
      ops.push({ op: 'form', id: sent.id, state });
    }
    return ops;
  }

  /** Where a node that scrolls is; nothing for one that the view doesn't have. */
  scroll(node: Node): Op[] {
    const id = this.id(node);
    const box = node instanceof Document ? node.scrollingElement : node;
    // Where an editable region scrolled to would tell how much was written.
    if (id === 0 || !(box instanceof Element) || (isControl(box) && (!isGroup(box) || keepsContent(box)))) return [];
    return [{ op: 'scroll', id, x: Math.round(box.scrollLeft), y: Math.round(box.scrollTop) }];
  }

  /** All that the view has and that may have been scrolled. */
  nodes(): Iterable<Node> {
    return this.#sent.keys();
  }

  /**
   * What the agent can't see: masked text, boxes, fields with something in them or not told, pictures that stayed here, and
   * controls whose words are masked.
   */
  *hidden(): Iterable<Element | Range> {
    for (const { node, box, form, text, attributes } of this.#sent.values()) {
      if (text !== undefined) yield* maskedRanges(node as Text, text);
      else if (node instanceof Element) {
        const told = form?.chosen.length || (form?.bits ?? 0) & FORM.checked;
        const filled = (form?.bits ?? 0) & FORM.secret || (!told && (form?.bits ?? 0) & FORM.filled);
        const pictured = box && attributes?.some(([name]) => name === 'insyn-src');
        if (box !== undefined ? box !== VOID && !pictured : filled || isCovered(node, attributes ?? [])) yield node;
      }
    }
  }

  readonly #keeps = new WeakSet<Sent>();

  #put(node: Node, parent: Sent | undefined, context: Context): Sent {
    // So that the map keeps the order of ids.
    this.#sent.delete(node);
    this.#made++;
    const sent: Sent = { id: ++this.#last, node, parent, kids: [], context, owner: node.ownerDocument };
    this.#sent.set(node, sent);
    if (sent.id - this.#first >= SHARE.nodes) this.broken = true;
    return sent;
  }

  #live(sent: Sent): boolean {
    return this.#sent.get(sent.node) === sent;
  }

  /** The context of a node below a parent, and in the slot that it shows in. */
  #context(node: Node, parent: Sent): Context {
    let above = parent.context;
    const slot = parent.shadow && 'assignedSlot' in node ? (node as Element | Text).assignedSlot : null;
    if (slot) above = stronger(above, this.#sent.get(slot)?.context ?? HIDDEN);
    return node instanceof Element ? this.#capture.masks.context(node, above) : above;
  }

  /** What a slot shows changed. */
  slotted(slot: HTMLSlotElement): void {
    for (const node of slot.assignedNodes()) {
      const sent = this.#sent.get(node);
      if (sent?.parent && !this.#sameRegion(sent, sent.parent)) this.stale(node);
    }
  }

  #depth(sent: Sent): number {
    let depth = 0;
    for (let up: Sent | undefined = sent; up; up = up.parent) depth++;
    return depth;
  }

  #kind(element: Element, context: Context): { name: string; box: string | undefined } {
    const { name, box } = nameOf(element);
    if (parentOf(element) instanceof Document) return { name, box: undefined };
    if (name === VOID || (element instanceof HTMLInputElement && element.type === 'hidden') || isSwitchedOff(element))
      return { name: VOID, box: VOID };
    if (context.mode === 'hide' && name !== 'head') return { name: BOX, box: 'hidden' };
    if (element instanceof HTMLElement && isClosed(element)) return { name: BOX, box: 'unknown' };
    if (box === 'canvas' && this.#capture.surroundings.resources.drawn(element, context.mode)) {
      return { name: 'img', box: undefined };
    }
    return this.#inside(element, context) ? { name: FRAME, box: undefined } : { name, box };
  }

  #inside(node: Node, context: Context): Inside | undefined {
    const room = this.#frames.size < MOST.frames || this.#sent.get(node)?.shadow;
    return room && node instanceof HTMLIFrameElement ? this.#capture.inside(node, context) : undefined;
  }

  /** The parts of other files that its kids show come last; below a `use` itself gradients would not be drawn. */
  #kidsOf(node: Node): Node[] {
    const kids = wanted(node, this.#capture.ignore);
    if (node instanceof SVGElement) kids.push(...kids.flatMap((kid) => this.#partOf(kid) ?? []));
    return kids;
  }

  /** What a `use` shows out of another file. */
  #partOf(node: Node): Element | undefined {
    return node instanceof SVGElement && node.localName === 'use' ? this.#capture.sprites.copy(node) : undefined;
  }

  /** Whether the view has kids of it. */
  #content(sent: Sent): boolean {
    return (
      !sent.box &&
      !this.#keeps.has(sent) &&
      !this.canvases.has(sent) &&
      !this.#frames.has(sent) &&
      !(sent.node instanceof HTMLHeadElement)
    );
  }

  #text(node: Node, context: Context): string {
    const text = this.#capture.masks.text(textOf(node) ?? '', context, readable(context) ? beside(node) : undefined);
    return text.slice(0, MOST.text);
  }

  #entry(node: Node, parent: Sent, depth: number): { entry: Entry; sent: Sent } {
    const known = this.#sent.get(node);
    if (known) {
      // The observer told of every move: its old place has been taken up already, or is gone itself.
      if (known.parent && this.#live(known.parent) && known.parent !== parent) this.broken = true;
      known.parent = parent;
      this.#moved = true;
      if (this.#sameRegion(known, parent)) return { entry: { kind: 'known', id: known.id }, sent: known };
      this.#drop(known);
      known.parent = undefined;
    }
    if (!(node instanceof Element)) {
      const sent = this.#put(node, parent, this.#context(node, parent));
      sent.text = this.#text(node, sent.context);
      return { entry: { kind: 'text', id: sent.id, text: sent.text }, sent };
    }
    const sent = this.#put(node, parent, this.#context(node, parent));
    return { entry: this.#element(node, sent, depth), sent };
  }

  /** Whether a node that moved is to be shown as it was. */
  #sameRegion(known: Sent, parent: Sent): boolean {
    if (known.owner !== known.node.ownerDocument) return false;
    const context = this.#context(known.node, parent);
    return context.mode === known.context.mode && context.label === known.context.label;
  }

  #element(element: Element, sent: Sent, depth: number): NewElement {
    const capture = this.#capture;
    const deep = depth >= MOST.depth - 1 && firstChild(element) !== null;
    const kind = deep ? { name: BOX, box: 'deep' } : this.#kind(element, sent.context);
    const entry: NewElement = { kind: 'element', id: sent.id, name: kind.name, attributes: [], kids: [] };
    sent.name = kind.name;
    if (kind.box) sent.box = kind.box;
    if (kind.box === VOID) return entry;
    if (kind.box) {
      capture.sized(element, true);
      if (kind.box === 'video') this.canvases.add(sent);
    } else if (keepsContent(element)) {
      this.#keeps.add(sent);
      if (element.localName !== 'textarea') capture.sized(element, true);
    }
    entry.attributes = this.#read(element, sent);
    sent.attributes = entry.attributes;
    if (sent.box) return entry;
    if (isControl(element)) {
      const form = formState(element, capture.choices);
      if (form) {
        sent.form = form;
        entry.form = form;
      }
      this.controls.add(sent);
    }
    if (element.localName.includes('-')) this.customs.add(sent);
    if (element.localName === 'canvas') this.canvases.add(sent);
    const inside = this.#inside(element, sent.context);
    const far = inside?.far;
    const root = (inside?.document as Document | undefined) ?? shadowOf(element);
    if (inside) this.#frames.add(sent);
    if (far && root) {
      const id = far.open();
      if (!id) this.broken = true;
      // Not known by its node, so that nothing of it is looked at here.
      sent.shadow = { id, node: root, parent: sent, kids: [], context: inside.context, owner: null };
      sent.far = far;
      entry.shadow = { id, kids: [] };
    } else if (root) {
      const shadow = this.#put(root, sent, inside?.context ?? sent.context);
      sent.shadow = shadow;
      capture.root(root, true);
      entry.shadow = { id: shadow.id, kids: [] };
      this.#fill(shadow, entry.shadow.kids, depth + 1);
    }
    if (this.#content(sent)) this.#fill(sent, entry.kids, depth + 1);
    return entry;
  }

  #read(element: Element, sent: Sent): Attribute[] {
    const { surroundings } = this.#capture;
    if (sent.box) return boxAttributes(element, sent.box, sent.context, surroundings);
    const attributes = attributesOf(element, sent.context, surroundings);
    return this.#keeps.has(sent) && element.localName !== 'textarea' ? editAttributes(element, attributes) : attributes;
  }

  #attributes(sent: Sent, ops: Op[]): void {
    if (!(sent.node instanceof Element) || sent.box === VOID) return;
    const before = new Map(sent.attributes);
    const now = this.#read(sent.node, sent);
    const set = now.filter(([name, value]) => before.get(name) !== value);
    for (const [name] of now) before.delete(name);
    if (set.length === 0 && before.size === 0) return;
    sent.attributes = now;
    ops.push({ op: 'attributes', id: sent.id, set, gone: [...before.keys()] });
  }

  /** In the page, and not within a shadow root or a frame that nobody has seen yet. */
  #watched(node: Node): boolean {
    const root = rootOf(node);
    const up = this.#sent.has(root) && around(root);
    return root === this.#root.node || (!!up && this.#watched(up));
  }

  /** A removed subtree is no longer known; parts of it that went elsewhere in the page are. */
  #lose(sent: Sent | undefined): void {
    if (!sent || this.#watched(sent.node)) return;
    this.#forget(sent);
    for (const kid of sent.shadow ? [sent.shadow, ...sent.kids] : sent.kids) if (kid.parent === sent) this.#lose(kid);
  }

  #forget(sent: Sent): void {
    if (!this.#live(sent)) return;
    this.#sent.delete(sent.node);
    this.controls.delete(sent);
    this.customs.delete(sent);
    this.canvases.delete(sent);
    this.#frames.delete(sent);
    sent.far?.close();
    if (sent.parent?.shadow === sent) this.#capture.root(sent.node as ShadowRoot | Document, false);
    if (sent.node instanceof Element && (sent.box || this.#keeps.has(sent))) this.#capture.sized(sent.node, false);
  }

  /** A subtree is no longer known, wherever it is: no step brought it back, or it is to be sent anew. */
  #drop(sent: Sent): void {
    this.#forget(sent);
    for (const kid of sent.shadow ? [sent.shadow, ...sent.kids] : sent.kids) if (kid.parent === sent) this.#drop(kid);
  }
}
