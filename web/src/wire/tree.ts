// Room: wire. The body of a keyframe or delta: operations on the tree, as values and as bytes. Everything is read and
// checked before any of it is applied; what doesn't parse throws RangeError or TypeError and yields nothing.

import {
  ATTRIBUTES,
  type AttributeType,
  attributeNumber,
  attributeType,
  ELEMENTS,
  elementNumber,
  FRAME,
  fits,
  isCustomName,
} from './allow.ts';
import { Reader, Writer } from './bytes.ts';
import type { Bytes, Hash, ResourceType } from './messages.ts';
import { drain } from './steps.ts';
import { SUM_IDS } from './sum.ts';

/**
 * Nodes one body may bring, and how deep they may nest, where the mirror stops by itself; operations in a body; characters
 * of a text node, CSS pixels of a viewport's side and device pixels in one of them, where the writer does; sheets a root;
 * frames of a page that are shown.
 */
export const MOST = {
  nodes: 200_000,
  depth: 400,
  ops: 200_000,
  text: 1 << 20,
  side: 8192,
  ratio: 8,
  sheets: 256,
  frames: 64,
  selected: 16,
  scale: 16,
  moving: 256,
  time: 1e9,
};

/**
 * The page of another origin in a frame numbers its nodes, and its ids and resources, in a share of its own, from the share's
 * number times these; what is around it has share 0.
 */
export const SHARE = { most: 127, nodes: 2 ** 24, names: 2 ** 22 };

/** A node of the page, by a number from 1 that the mirror gives it, unique within an epoch. */
export type Id = number;
/** A name from ATTRIBUTES and its value. */
export type Attribute = readonly [string, string];

/** A child that the view has already, or one that it hasn't. */
export type Entry = { kind: 'known'; id: Id } | NewText | NewElement;
export interface NewText {
  kind: 'text';
  id: Id;
  text: string;
}
export interface NewElement {
  kind: 'element';
  id: Id;
  /** A name from ELEMENTS, or of a custom element. */
  name: string;
  attributes: Attribute[];
  form?: FormState;
  /** Its shadow root; of a frame, the document in it. */
  shadow?: { id: Id; kids: Entry[] };
  kids: Entry[];
}

/** FORM bits, and for a select the options to show as chosen, by position. */
export interface FormState {
  bits: number;
  chosen: number[];
}

/** One style sheet of a document or shadow root. Its text names url n as insyn:n and id n as #in: places in these lists. */
export interface Sheet {
  hash: Hash;
  media: string;
  /** Resource numbers. */
  urls: number[];
  /** The ids' new numbers. */
  ids: number[];
}

/**
 * The part of the viewport that is seen, pinched open by `scale`, in CSS pixels from the corner; the control whose native pop-up
 * is open, 0 where there is none; and what is selected.
 */
export interface Sight {
  op: 'sight';
  scale: number;
  x: number;
  y: number;
  open: Id;
  selected: Selected[];
}
/** From a place in a node to another: characters of a text; in an element 0 where it begins, 1 where it ends. */
export interface Selected {
  from: Id;
  at: number;
  to: Id;
  end: number;
}

/** Where an animation or transition is: the index-th of its kind of an element, or of its ::before (1) or ::after (2). */
export interface Moving {
  id: Id;
  pseudo: number;
  transition: boolean;
  index: number;
  paused: boolean;
  /** Milliseconds from its beginning. */
  time: number;
}

export type Op =
  | {
      op: 'page';
      rule: string;
      label: string;
      title: string;
      quirks: boolean;
      /** CSS pixels, and device pixels in one of them. */
      width: number;
      height: number;
      ratio: number;
    }
  /** Begins a new tree; first in a keyframe after page, and nowhere else. The root is the document. */
  | { op: 'root'; id: Id; kids: Entry[] }
  /** Of the children that the view has: take `removed` out from `start`, put `entries` in their place. */
  | { op: 'splice'; id: Id; start: number; removed: number; entries: Entry[] }
  | { op: 'attributes'; id: Id; set: Attribute[]; gone: string[] }
  | { op: 'text'; id: Id; text: string }
  | { op: 'form'; id: Id; state: FormState }
  | { op: 'scroll'; id: Id; x: number; y: number }
  /** Innermost elements under the pointer, pressed, and with focus; 0 where there is none. */
  | { op: 'states'; hover: Id; active: Id; focus: Id; visible: boolean }
  /** Hash "" where the resource can't be had. */
  | { op: 'resource'; number: number; hash: Hash; type: ResourceType }
  | { op: 'styles'; id: Id; sheets: Sheet[] }
  | Sight
  | { op: 'motion'; moving: Moving[] }
  /** What the nodes with these ids, in the order of their numbers, amount to once all that stands before is applied (wire/sum.ts). */
  | { op: 'sum'; from: Id; to: Id; sum: number }
  /** First of a body that is told by the page of another origin in a frame: all in it is of this share. */
  | { op: 'far'; share: number };

const OPS: readonly Op['op'][] = [
  'page',
  'root',
  'splice',
  'attributes',
  'text',
  'form',
  'scroll',
  'states',
  'resource',
  'styles',
  'sight',
  'motion',
  'sum',
  'far',
];
const ENTRIES = ['known', 'text', 'element'] as const;
const HAS = { form: 1, shadow: 2 };

function writeName(out: Writer, name: string): void {
  const number = attributeNumber(name) + 1;
  out.uint(number);
  if (number === 0) out.text(name);
}

function writeAttributes(out: Writer, attributes: readonly Attribute[]): void {
  out.uint(attributes.length);
  for (const [name, value] of attributes) {
    writeName(out, name);
    out.text(value);
  }
}

function writeNumbers(out: Writer, numbers: readonly number[]): void {
  out.uint(numbers.length);
  for (const number of numbers) out.uint(number);
}

function writeForm(out: Writer, state: FormState): void {
  out.uint(state.bits);
  writeNumbers(out, state.chosen);
}

class TreeWriter extends Writer {
  /** Ids follow each other nearly always, so that the difference takes one byte. */
  #last = 0;

  id(id: Id): void {
    this.int(id - this.#last);
    this.#last = id;
  }

  /** Pauses after each entry but the smallest. */
  *entries(entries: readonly Entry[]): Generator<void, void> {
    this.uint(entries.length);
    for (const entry of entries) {
      this.byte(ENTRIES.indexOf(entry.kind));
      this.id(entry.id);
      if (entry.kind === 'text') this.text(entry.text.slice(0, MOST.text));
      if (entry.kind !== 'element') continue;
      this.#element(entry);
      if (entry.shadow) {
        this.id(entry.shadow.id);
        yield* this.entries(entry.shadow.kids);
      }
      if (entry.kids.length > 0) yield* this.entries(entry.kids);
      else this.uint(0);
      yield;
    }
  }

  #element(entry: NewElement): void {
    const number = elementNumber(entry.name);
    this.uint(number + 1);
    if (number < 0) this.text(entry.name);
    this.byte((entry.form ? HAS.form : 0) | (entry.shadow ? HAS.shadow : 0));
    writeAttributes(this, entry.attributes);
    if (entry.form) writeForm(this, entry.form);
  }

  *op(op: Op): Generator<void, void> {
    this.byte(OPS.indexOf(op.op));
    switch (op.op) {
      case 'page':
        for (const text of [op.rule, op.label, op.title]) this.text(text);
        this.byte(op.quirks ? 1 : 0);
        for (const size of [op.width, op.height]) this.uint(Math.min(size, MOST.side));
        this.uint(Math.min(op.ratio, MOST.ratio) * 1000);
        break;
      case 'root':
        this.id(op.id);
        yield* this.entries(op.kids);
        break;
      case 'splice':
        this.id(op.id);
        this.uint(op.start);
        this.uint(op.removed);
        yield* this.entries(op.entries);
        break;
      case 'attributes':
        this.id(op.id);
        writeAttributes(this, op.set);
        this.uint(op.gone.length);
        for (const name of op.gone) writeName(this, name);
        break;
      case 'text':
        this.id(op.id);
        this.text(op.text.slice(0, MOST.text));
        break;
      case 'form':
        this.id(op.id);
        writeForm(this, op.state);
        break;
      case 'scroll':
        this.id(op.id);
        this.int(op.x);
        this.int(op.y);
        break;
      case 'states':
        for (const id of [op.hover, op.active, op.focus]) this.uint(id);
        this.byte(op.visible ? 1 : 0);
        break;
      case 'resource':
        this.uint(op.number);
        this.text(op.hash);
        this.text(op.type);
        break;
      case 'motion':
        this.uint(Math.min(op.moving.length, MOST.moving));
        for (const { id, pseudo, transition, index, paused, time } of op.moving.slice(0, MOST.moving)) {
          this.uint(id);
          this.byte(pseudo + (transition ? 4 : 0) + (paused ? 8 : 0));
          this.uint(index);
          this.uint(Math.min(time, MOST.time));
        }
        break;
      case 'sight':
        this.uint(op.scale * 1000);
        for (const place of [op.x, op.y]) this.int(place);
        // Once what fills the screen; an attribute says it.
        for (const id of [op.open, 0]) this.uint(id);
        this.uint(Math.min(op.selected.length, MOST.selected));
        for (const { from, at, to, end } of op.selected.slice(0, MOST.selected)) {
          for (const part of [from, at, to, end]) this.uint(part);
        }
        break;
      case 'styles':
        this.id(op.id);
        this.uint(Math.min(op.sheets.length, MOST.sheets));
        for (const sheet of op.sheets.slice(0, MOST.sheets)) {
          this.text(sheet.hash);
          this.text(sheet.media);
          writeNumbers(this, sheet.urls);
          writeNumbers(this, sheet.ids);
        }
        break;
      case 'sum':
        this.uint(op.from);
        this.uint(op.to - op.from);
        this.uint(op.sum);
        break;
      case 'far':
        this.uint(op.share);
    }
  }
}

/** The operations as one body, a little with each step. They must be well-formed; sizes are the caller's concern. */
export function* encoding(ops: readonly Op[]): Generator<void, Bytes> {
  const out = new TreeWriter();
  for (const op of ops) yield* out.op(op);
  return out.finish();
}

/** The same at once. */
export function encode(ops: readonly Op[]): Bytes {
  return drain(encoding(ops));
}

/** Whether a body says that it is of a share. */
export function isOfShare(body: Bytes, share: number): boolean {
  return body[0] === OPS.indexOf('far') && body[1] === share;
}

class TreeReader extends Reader {
  #last = 0;
  #nodes = 0;

  id(): Id {
    this.#last += this.int();
    if (this.#last < 1 || this.#last > 0xffff_ffff) throw new RangeError('not an id');
    return this.#last;
  }

  flag(): boolean {
    const byte = this.byte();
    if (byte > 1) throw new RangeError('not a flag');
    return byte === 1;
  }

  list<T>(read: () => T): T[] {
    const list: T[] = [];
    for (let left = this.count(); left > 0; left--) list.push(read());
    return list;
  }

  numbers(): number[] {
    return this.list(() => this.uint());
  }

  content(): string {
    const text = this.text();
    if (text.length > MOST.text) throw new RangeError('text too long');
    return text;
  }

  sheets(): Sheet[] {
    const sheets = this.list(() => ({
      hash: this.hash(),
      media: this.text(),
      urls: this.numbers(),
      ids: this.numbers(),
    }));
    if (sheets.length > MOST.sheets) throw new RangeError('too many sheets');
    return sheets;
  }

  hash(): Hash {
    const hash = this.text();
    if (!/^[0-9a-f]{32}$/.test(hash)) throw new TypeError('not a hash');
    return hash;
  }

  attributeName(): { name: string; type: AttributeType } {
    const number = this.uint();
    const name = number === 0 ? this.text() : ATTRIBUTES[number - 1]?.name;
    const type = name && attributeType(name);
    if (!type || (number === 0 && attributeNumber(name) >= 0)) throw new RangeError('unknown attribute');
    return { name, type };
  }

  attributes(): Attribute[] {
    return this.list(() => {
      const { name, type } = this.attributeName();
      const value = this.text();
      if (!fits(type, value)) throw new TypeError('attribute out of shape');
      return [name, value] as const;
    });
  }

  form(): FormState {
    const bits = this.uint();
    if (bits > 511) throw new RangeError('unknown form bits');
    return { bits, chosen: this.numbers() };
  }

  entries(depth = 0): Entry[] {
    if (depth > MOST.depth) throw new RangeError('nested too deep');
    return this.list(() => {
      const kind = ENTRIES[this.byte()];
      if (kind === undefined) throw new RangeError('unknown entry');
      if (++this.#nodes > MOST.nodes) throw new RangeError('too many nodes');
      const id = this.id();
      if (kind === 'known') return { kind, id };
      if (kind === 'text') return { kind, id, text: this.content() };
      return this.#element(id, depth);
    });
  }

  #element(id: Id, depth: number): NewElement {
    const number = this.uint();
    const name = number === 0 ? this.text() : ELEMENTS[number - 1];
    if (name === undefined || (number === 0 && !isCustomName(name))) throw new TypeError('unknown element');
    const has = this.byte();
    if (has > (HAS.form | HAS.shadow)) throw new RangeError('unknown element part');
    const element: NewElement = { kind: 'element', id, name, attributes: this.attributes(), kids: [] };
    if (has & HAS.form) element.form = this.form();
    if (has & HAS.shadow) element.shadow = { id: this.id(), kids: this.entries(depth + 1) };
    else if (name === FRAME) throw new TypeError('nothing in the frame');
    element.kids = this.entries(depth + 1);
    return element;
  }

  op(): Op {
    const op = OPS[this.byte()];
    switch (op) {
      case 'page': {
        const [rule, label, title] = [this.text(), this.text(), this.text()];
        const quirks = this.flag();
        const [width, height, ratio] = [this.uint(), this.uint(), this.uint() / 1000];
        if (width > MOST.side || height > MOST.side || ratio > MOST.ratio) throw new RangeError('not a viewport');
        return { op, rule, label, title, quirks, width, height, ratio };
      }
      case 'root':
        return { op, id: this.id(), kids: this.entries() };
      case 'splice':
        return { op, id: this.id(), start: this.uint(), removed: this.uint(), entries: this.entries() };
      case 'attributes':
        return { op, id: this.id(), set: this.attributes(), gone: this.list(() => this.attributeName().name) };
      case 'text':
        return { op, id: this.id(), text: this.content() };
      case 'form':
        return { op, id: this.id(), state: this.form() };
      case 'scroll':
        return { op, id: this.id(), x: this.int(), y: this.int() };
      case 'states':
        return { op, hover: this.uint(), active: this.uint(), focus: this.uint(), visible: this.flag() };
      case 'resource': {
        const number = this.uint();
        const hash = this.text();
        if (!/^([0-9a-f]{32})?$/.test(hash)) throw new TypeError('not a hash');
        return { op, number, hash, type: this.text() };
      }
      case 'motion': {
        const moving = this.list(() => {
          const [id, bits, index, time] = [this.uint(), this.byte(), this.uint(), this.uint()];
          if (bits > 15 || (bits & 3) > 2 || time > MOST.time) throw new RangeError('not a motion');
          return { id, pseudo: bits & 3, transition: (bits & 4) > 0, index, paused: (bits & 8) > 0, time };
        });
        if (moving.length > MOST.moving) throw new RangeError('too many motions');
        return { op, moving };
      }
      case 'sight': {
        const scale = this.uint() / 1000;
        const [x, y, open] = [this.int(), this.int(), this.uint()];
        this.uint();
        const selected = this.list(() => ({ from: this.uint(), at: this.uint(), to: this.uint(), end: this.uint() }));
        const far = scale < 1 || scale > MOST.scale || Math.max(Math.abs(x), Math.abs(y)) > MOST.side;
        if (far || selected.length > MOST.selected) throw new RangeError('not in sight');
        return { op, scale, x, y, open, selected };
      }
      case 'styles':
        return { op, id: this.id(), sheets: this.sheets() };
      case 'sum': {
        const [from, more, sum] = [this.uint(), this.uint(), this.uint()];
        if (more >= SUM_IDS) throw new RangeError('sum over too much');
        return { op, from, to: from + more, sum };
      }
      case 'far':
        return { op, share: this.uint() };
      default:
        throw new RangeError('unknown operation');
    }
  }
}

/** What may be said once of a thing: each costs much more than its bytes, and only the last would be seen. */
const ONCE: ReadonlySet<Op['op']> = new Set(['page', 'states', 'form', 'styles', 'sight', 'motion', 'sum', 'far']);

/** The operations in a body. Throws RangeError or TypeError if it isn't a whole and proper one. */
export function decode(bytes: Uint8Array): Op[] {
  const reader = new TreeReader(bytes);
  const ops: Op[] = [];
  const once = new Set<string>();
  while (!reader.over) {
    const op = reader.op();
    if (ops.push(op) > MOST.ops) throw new RangeError('too many operations');
    if (!ONCE.has(op.op)) continue;
    const name = 'id' in op ? `${op.op} ${op.id}` : op.op;
    if (once.has(name)) throw new RangeError('said twice');
    once.add(name);
  }
  return ops;
}
