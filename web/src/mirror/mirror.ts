// Room: mirror. The mirror of one page: watches it, and tells the view what it looks like now, whenever there is credit.
// It never throws into the page, changes nothing in it but its own overlay, and after `stop` nothing of it is left.

import type { Bytes, FromMirror, Hash, Shown } from '../wire/messages.ts';
import { type PageRule, type Policy, pageRule, type TextMode } from '../wire/policy.ts';
import { encode, encoding, type Op, SHARE } from '../wire/tree.ts';
import { type Capture, Tree } from './capture.ts';
import { Check } from './check.ts';
import { customFilter } from './custom.ts';
import { Far } from './far.ts';
import { CHOICE } from './forms.ts';
import { around, inside, offset, placeOf } from './frames.ts';
import { Document, Element, HTMLLabelElement, ShadowRoot } from './kinds.ts';
import { type Context, Masks, type Mode, stronger } from './mask.ts';
import { Motion, SAMPLE_MS } from './motion.ts';
import { checkSanity, closest, matches, Observer, shadowOf } from './native.ts';
import { Overlay } from './overlay.ts';
import { mask } from './patterns.ts';
import { Places } from './places.ts';
import { Resources } from './resources.ts';
import { type Root, Sheets } from './sheets.ts';
import { sightOf } from './sight.ts';
import { Sprites } from './sprites.ts';
import { Watch } from './watch.ts';

export interface MirrorOptions {
  policy: Policy;
  /** The policy's file, which pages of other origins in frames compare with what they pin; where missing, these stay boxes. */
  text?: string;
  root: Document;
  send(message: FromMirror, transfer: Transferable[]): void;
  /** What of the page is ours (the banner's host and the like): never mirrored. */
  ignore: readonly Node[];
  /** Filled by the mirror, and kept for the next one of the same page: inputs that somebody could fill in. */
  typed: WeakSet<Element>;
  /** In a frame of another origin's page: what it is told by the one at the top (wire/messages.ts). */
  framed?: Context & { share: number; choices: boolean };
}

/** How often to look at what no event tells (values set by script, sheets, the address), in milliseconds. */
const LOOK_MS = 300;
/** How long a keyframe waits for its style sheets, in milliseconds. */
const SHEETS_MS = 1000;
/** While somebody types, the mirror speaks when a clock of this step does, and not when keys do, in milliseconds. */
const TYPING_MS = 1000;
/** The most of one idle moment that goes to comparing the page with what was sent, in milliseconds. */
const COMPARE_MS = 5;
/** The most of one task that goes to reading the page, in milliseconds. */
const READ_MS = 5;
/** Elements written between two looks at the clock. */
const STRIDE = 64;
/** Between two looks whether the style sheets of a keyframe are here, in milliseconds. */
const WAIT_MS = 20;
/** Hashes that are remembered until their bytes are here. */
const MOST_OWED = 4096;
/** A delta larger than this, in bytes before packing, is sent as a keyframe. */
const DELTA_BYTES = 768 << 10;

const SHOWN: Context = { mode: 'show', label: false };

const GROUP = 'fieldset,form,[role=radiogroup],[role=group],[role=listbox],[role=menu]';

/** How often all may go wrong before the page is taken as one that can't be shown. */
const MOST_FAILURES = 3;

export class Mirror {
  readonly #options: MirrorOptions;
  readonly #root: Document;
  /** The order in which things came to lie on top. */
  readonly #tops = new WeakMap<Node, number>();
  #top = 0;
  readonly #masks: Masks;
  readonly #custom = customFilter((text) => this.#masks.text(text, SHOWN));
  readonly #resources: Resources;
  readonly #sprites: Sprites;
  readonly #sheets: Sheets;
  readonly #overlay: Overlay;
  readonly #far: Far | undefined;
  readonly #ignore: ReadonlySet<Node>;
  readonly #ids = new Map<string, number>();
  #observer: Observer | undefined;
  #failed = 0;
  #sizes: ResizeObserver | undefined;
  #watch: Watch | undefined;
  #look: ReturnType<typeof setInterval> | undefined;
  #animation = 0;
  #stopped = false;

  #tree: Tree | undefined;
  #check: Check | undefined;
  /** Shadow roots and documents of frames. */
  #roots = new Set<Root>();
  /** Per root, the style sheets last sent. */
  #styled = new Map<Node, string>();
  #rule: PageRule | undefined;
  #address = '';
  #shown: Shown | undefined;
  #epoch = 0;
  #credit = false;
  #keyframeDue = true;
  #keyframeSince = 0;
  /** A keyframe that is being read, in slices. */
  #building: { tree: Tree; slices: Generator<number, void> } | undefined;
  #slice: ReturnType<typeof setTimeout> | undefined;
  #page = '';
  #dirty = false;
  /** More than styles of elements and the pointer may have changed. */
  #thorough = true;
  /** Regions may begin or end elsewhere than before. */
  #moved = true;
  #scrolled = new Set<Node>();
  /** Asked for, and not here yet. */
  readonly #owed = new Set<Hash>();
  readonly #places = new Places((node) => {
    this.#scrolled.add(node);
    this.#wake();
  });
  #pointer: { x: number; y: number } | undefined;
  #states: { hover: Element | null; active: Element | null; focus: Element | null } = {
    hover: null,
    active: null,
    focus: null,
  };
  #statesSent = '';
  #sightSent = '';
  readonly #motion = new Motion();
  #sample: ReturnType<typeof setTimeout> | undefined;
  #target: Element | null = null;
  #painting = false;
  /** The step of the typing clock in which a key was last pressed. */
  #typedAt = Number.NEGATIVE_INFINITY;
  #later: ReturnType<typeof setTimeout> | undefined;
  #designed = false;

  constructor(options: MirrorOptions) {
    this.#options = options;
    this.#root = options.root;
    this.#masks = new Masks(options.policy, (doc) => placeOf(doc).pathname);
    this.#resources = new Resources(options.policy.fetch, this.#share * SHARE.names, () => this.#wake());
    this.#sprites = new Sprites(this.#resources, () => {
      for (const root of this.#everywhere) for (const use of root.querySelectorAll('use')) this.#touched(use);
    });
    this.#sheets = new Sheets(
      this.#resources,
      {
        id: (name) => this.#id(name),
        mode: (node) => this.#modeAt(node),
        text: (value, mode) =>
          mode === 'show' ? this.#masks.text(value, SHOWN) : value.replace(/[\p{L}\p{N}]+/gu, mask),
        custom: this.#custom,
        classes: this.#options.policy.classes === 'map',
      },
      () => this.#wake(),
    );
    this.#overlay = new Overlay(this.#root);
    this.#ignore = new Set([...options.ignore, this.#overlay.host]);
    if (options.text !== undefined) {
      this.#far = new Far(options, this.#owed, (frame, at) => {
        if (at) this.#pointed(frame as Element, +at.x || 0, +at.y || 0);
        else if (frame) this.#safely(() => this.#touched(frame));
        else this.#wake(false);
      });
    }
  }

  /** Of all numbers (wire/tree.ts). */
  get #share(): number {
    return this.#options.framed?.share ?? 0;
  }

  /** The document, and all that is a tree of its own in it. */
  get #everywhere(): Root[] {
    return [this.#root, ...this.#roots];
  }

  /** The epoch of the last keyframe; 0 before the first. */
  get epoch(): number {
    return this.#epoch;
  }

  /** Begins to watch. A keyframe goes as soon as there is credit. */
  start(): void {
    this.#safely(() => {
      this.#look = setInterval(() => this.#safely(() => this.#lookAround()), LOOK_MS);
      this.#observer = new Observer((records) => this.#safely(() => this.#noted(records)));
      this.#sizes = new ResizeObserver((entries) => {
        for (const { target } of entries) this.#tree?.touch(target);
        this.#wake();
      });
      this.#watch = new Watch(this.#root, {
        touched: (node) =>
          this.#safely(() => {
            this.#far?.lost(node);
            this.#touched(node);
          }),
        typed: (field) => {
          if (field instanceof Element) this.#options.typed.add(field);
          this.#typedAt = Math.floor(performance.now() / TYPING_MS);
        },
        topped: (node) => {
          this.#tops.set(node, ++this.#top);
          this.#safely(() => {
            this.#touched(node);
            // What fills the screen may be in something that a box stands for.
            let shown: Node | null = node;
            while (shown && !this.#tree?.id(shown)) shown = around(shown);
            if (shown) this.#tree?.touch(shown);
          });
        },
        slotted: (slot) => {
          this.#tree?.slotted(slot);
          this.#wake();
        },
        scrolled: (node) => {
          this.#places.add(node);
          this.#scrolled.add(node);
          this.#wake();
        },
        state: (change) => {
          // Going on to something else is told at once, and what came of the field with it.
          if (change.focus !== undefined || change.active) this.#typedAt = Number.NEGATIVE_INFINITY;
          Object.assign(this.#states, change);
          this.#wake();
        },
        pointer: (x, y, within) => this.#pointed(within, x, y),
        document: () => this.#safely(() => this.#turn()),
      });
      // A frame that somebody else has the focus in has an active element all the same.
      if (!this.#share || this.#root.hasFocus()) this.#states.focus = this.#root.activeElement;
      this.#turn();
    });
  }

  credit(open: boolean): void {
    this.#credit = open;
    if (open) this.#wake();
  }

  /** The view asks for a keyframe. */
  resync(): void {
    this.#keyframeDue = true;
    this.#wake();
  }

  /** What isn't read yet, on a page that has just come, is sent once it is: nobody asks again. */
  want(hashes: Hash[]): void {
    if (this.#shown !== 'visible') return;
    for (const hash of hashes) if (this.#owed.size < MOST_OWED) this.#owed.add(hash);
    this.#give();
    this.#far?.tell({ t: 'want', hashes });
  }

  #pointed(within: Document | Element, x: number, y: number): void {
    const from = offset(within, this.#root, within instanceof Element ? within : undefined);
    this.#pointer = { x: x + from.x, y: y + from.y };
    this.#wake(false);
  }

  #give(): void {
    for (const hash of this.#owed) {
      const kept = this.#resources.get(hash);
      if (!kept) continue;
      this.#owed.delete(hash);
      const body = kept.bytes.slice();
      this.#options.send({ t: 'resource', hash, type: kept.type, body }, [body.buffer]);
    }
  }

  /** Paints over everything in sight that the agent can't see, or stops doing so; how many parts that is now. */
  showHidden(on: boolean): number {
    this.#painting = on;
    let parts = 0;
    this.#safely(() => {
      if (on) parts = this.#paint();
      else {
        this.#overlay.hide();
        this.#far?.tell({ t: 'paint', on });
      }
    });
    return parts;
  }

  /** Leaves the page as it was found. Nothing is sent any more. */
  stop(): void {
    this.#stopped = true;
    this.#credit = false;
    cancelAnimationFrame(this.#animation);
    clearInterval(this.#look);
    clearTimeout(this.#sample);
    clearTimeout(this.#slice);
    clearTimeout(this.#later);
    this.#observer?.disconnect();
    this.#sizes?.disconnect();
    this.#watch?.stop();
    this.#resources.stop();
    this.#sprites.stop();
    this.#far?.stop();
    this.#overlay.hide();
    this.#tree = undefined;
    this.#roots.clear();
    this.#styled.clear();
    this.#scrolled.clear();
    this.#places.stop();
    this.#owed.clear();
    this.#states = { hover: null, active: null, focus: null };
    this.#target = null;
  }

  /** Nothing that goes wrong here is the page's concern: the mirror starts again from what is there. */
  #safely(act: () => void): void {
    if (this.#stopped) return;
    try {
      act();
    } catch {
      this.#tree = undefined;
      this.#anew();
      // Again and again: better to show nothing than what is no longer so.
      if (++this.#failed === MOST_FAILURES) this.#say('not-in-policy');
    }
  }

  #say(shown: Shown): void {
    if (shown === this.#shown) return;
    this.#shown = shown;
    this.#options.send({ t: 'view', shown }, []);
  }

  #id(name: string): number {
    let number = this.#ids.get(name);
    if (number === undefined) {
      number = this.#share * SHARE.names + this.#ids.size + 1;
      this.#ids.set(name, number);
    }
    return number;
  }

  /** Asks for a flush in the next animation frame. */
  #wake(thorough = true): void {
    this.#dirty = true;
    this.#thorough ||= thorough;
    if (this.#stopped || this.#animation || this.#shown !== 'visible') return;
    this.#animation = requestAnimationFrame(() => {
      this.#animation = 0;
      this.#safely(() => this.#flush());
    });
  }

  /** The page's rule; in a frame no more than what is around it shows. */
  #ruleHere(): PageRule | undefined {
    const { policy, framed } = this.#options;
    const rule = pageRule(policy, location.origin, location.pathname);
    if (!rule || !framed) return rule;
    const { mode } = stronger(framed, { mode: rule.text, label: false });
    return { ...rule, text: mode as TextMode, choices: (framed.choices && rule.choices) || 'hide' };
  }

  /** The document may be another page now, or out of sight. */
  #turn(): void {
    if (location.href !== this.#address) {
      this.#address = location.href;
      this.#failed = 0;
      const rule = this.#ruleHere();
      if (rule?.id !== this.#rule?.id || rule?.text !== this.#rule?.text) {
        this.#sheets.forget();
        this.#anew();
      }
      this.#rule = rule;
      this.#moved = true;
      this.#masks.turn(rule?.choices === 'show');
      for (const element of [this.#target, this.#root.querySelector(':target')])
        if (element) this.#tree?.touch(element);
      this.#target = this.#root.querySelector(':target');
    }
    const closed = !this.#rule || this.#failed >= MOST_FAILURES;
    this.#say(closed ? 'not-in-policy' : this.#root.hidden ? 'hidden-tab' : 'visible');
    if (closed) {
      this.#observer?.disconnect();
      this.#tree = undefined;
      this.#far?.reset();
      this.#anew();
    }
    this.#wake();
  }

  /** The page is another: a keyframe that is being read is of no use. */
  #anew(): void {
    this.#keyframeDue = true;
    this.#building = undefined;
    clearTimeout(this.#slice);
  }

  #noted(records: readonly MutationRecord[]): void {
    this.#tree?.note(records);
    this.#moved ||= records.some(
      ({ type, attributeName }) =>
        type === 'childList' || (attributeName !== null && this.#masks.decides(attributeName.toLowerCase())),
    );
    const wakes = records.some(({ attributeName }) => attributeName !== 'style');
    // Older browsers tell nobody that a dialog opened.
    for (const { attributeName, target } of records) {
      if (attributeName === 'open') this.#topped(target);
      // document.open() takes all listeners with it.
      if (target instanceof Document && this.#tree?.id(target)) this.#watch?.root(target, true);
    }
    this.#wake(wakes);
  }

  #touched(node: Node): void {
    this.#tree?.touch(node);
    this.#topped(node);
    this.#wake();
  }

  /** What the page puts on top comes to lie over the painting. */
  #topped(node: Node): void {
    // Ours answer to this in turn: the banner raises itself above the painting.
    if (!this.#painting || this.#ignore.has(node) || !(node instanceof Element)) return;
    if (matches(node, ':modal') || (this.#overlay.raises && matches(node, ':popover-open'))) this.#overlay.raise();
  }

  /** What no event tells: the address, values and sheets set by script, late definitions and shadow roots. */
  #lookAround(): void {
    checkSanity();
    this.#turn();
    if (this.#designed !== (this.#root.designMode === 'on')) this.#anew();
    const tree = this.#tree;
    if (!tree || this.#shown !== 'visible') return;
    for (const sent of tree.customs) {
      const element = sent.node;
      if (!(element instanceof Element)) continue;
      if (shadowOf(element) && !sent.shadow) tree.stale(element);
      else if (sent.attributes?.some(([name]) => name === 'insyn-undefined') && matches(element, ':defined')) {
        tree.touch(element);
      }
    }
    // Of its colour scheme no event tells.
    tree.touch(this.#root.documentElement);
    this.#resources.look();
    void this.#resources.sample(
      [...tree.canvases].flatMap(({ node, context }) => (context.mode === 'show' ? (node as HTMLCanvasElement) : [])),
      (canvas) => this.#touched(canvas),
    );
    this.#sheets.look();
    this.#moved = true;
    this.#wake();
    if (this.#painting) this.#paint();
    (window.requestIdleCallback ?? setTimeout)(() => this.#safely(() => this.#compare()), {
      timeout: LOOK_MS,
    } as never);
  }

  /** What the observer missed, or was kept from: the next delta has it, and the observer is told again what to watch. */
  #compare(): void {
    if (!this.#tree || this.#keyframeDue) return;
    this.#noted(this.#observer?.take() ?? []);
    if (this.#check?.compare(COMPARE_MS)) for (const root of this.#everywhere) this.#observer?.observe(root);
  }

  /**
   * Whether to say nothing until the clock's next step: a key was pressed in this one or the one before. What a page does a
   * moment after a key, such as to check the field, would else tell when that was.
   */
  #typing(): boolean {
    const now = performance.now();
    const step = Math.floor(now / TYPING_MS);
    if (this.#typedAt < step - 1) return false;
    this.#later ??= setTimeout(
      () => {
        this.#later = undefined;
        this.#safely(() => this.#flush(true));
      },
      (step + 1) * TYPING_MS - now,
    );
    return true;
  }

  #flush(byClock = false): void {
    if (!this.#dirty || !this.#credit) return;
    if (!byClock && this.#typing()) return;
    if (location.href !== this.#address) this.#turn();
    const rule = this.#rule;
    if (this.#shown !== 'visible' || !rule || !this.#root.documentElement) return;
    if (this.#keyframeDue || !this.#tree) {
      if (!this.#building) this.#keyframe(rule);
      return;
    }
    this.#dirty = false;
    this.#noted(this.#observer?.take() ?? []);
    this.#dirty = false;
    const thorough = this.#thorough;
    this.#thorough = false;
    if (thorough || this.#masks.moody) this.#regions(this.#tree);
    this.#sampleMotion();
    const ops = this.#tree.steps(READ_MS);
    if (this.#tree.unfinished) this.#wake(false);
    if (this.#tree.broken) {
      this.resync();
      return;
    }
    if (thorough) ops.push(...this.#tree.forms(), ...this.#styles());
    ops.push(...this.#rest(rule));
    if (thorough) this.#sighted(ops);
    ops.push(...(this.#check?.sum(ops.length > 0) ?? []));
    if (ops.length > 0) {
      const body = encode(this.#marked(ops));
      if (body.length > DELTA_BYTES) {
        this.resync();
        return;
      }
      this.#send('delta', body);
      this.#failed = 0;
    }
    for (const body of this.#far?.take() ?? []) this.#send('delta', body);
    this.#give();
    if (this.#painting && ops.length > 0) this.#paint();
    if (this.#pointer && !this.#covered(this.#states.hover)) {
      this.#options.send({ t: 'pointer', epoch: this.#epoch, ...this.#pointer }, []);
    }
    this.#pointer = undefined;
  }

  /** Finds what is in another region now, or became another frame or attribute that is asked about. */
  #regions(tree: Tree): void {
    const moved = this.#moved || this.#masks.moody;
    this.#moved = false;
    for (const element of moved ? this.#masks.refresh(this.#everywhere) : []) {
      const root = element.getRootNode();
      // Of a slot's region what shows in it is a part.
      if (root instanceof ShadowRoot) tree.stale(root.host);
      tree.stale(element);
    }
    tree.lookInside();
    for (const name of this.#sheets.newAsks()) {
      for (const root of this.#everywhere) {
        for (const element of root.querySelectorAll(`[${CSS.escape(name)}]`)) tree.touch(element);
      }
    }
  }

  #keyframe(rule: PageRule): void {
    const observer = this.#observer;
    if (!observer) throw new TypeError('nothing is seen');
    const began = performance.now();
    this.#keyframeSince ||= began;
    // Asked before the tree is read: what wakes the mirror while it waits would cost a whole tree each time.
    if (this.#awaitsSheets()) return;
    // Where the whole document can be written in, all of it is a value.
    this.#designed = this.#root.designMode === 'on';
    const context: Context = { mode: this.#designed ? 'hide' : rule.text, label: false };
    for (const root of this.#roots) this.#rootChanged(root, false);
    this.#roots = new Set();
    observer.disconnect();
    observer.observe(this.#root);
    this.#sizes?.disconnect();
    this.#masks.refresh([this.#root]);
    const capture: Capture = {
      surroundings: {
        resources: this.#resources,
        typed: this.#options.typed,
        choices: rule.choices === 'show',
        moved: (element) => this.#motion.moved.get(element),
        classes: this.#options.policy.classes === 'map',
        asks: this.#sheets.asks,
        top: (element) => {
          if (!this.#tops.has(element)) this.#tops.set(element, ++this.#top);
          return this.#tops.get(element) ?? 0;
        },
        id: (name) => this.#id(name),
        text: (text, context) => this.#masks.text(text, context),
        custom: this.#custom,
        quirks: (frame) => this.#far?.quirks(frame),
      },
      masks: this.#masks,
      sprites: this.#sprites,
      ignore: this.#ignore,
      choices: rule.choices === 'show',
      inside: (frame, context) =>
        inside(frame, context, this.#options.policy, rule) ?? this.#far?.inside(frame, context, capture.choices),
      root: (root, there) => this.#rootChanged(root, there),
      sized: (element, there) => (there ? this.#sizes?.observe(element) : this.#sizes?.unobserve(element)),
    };
    this.#far?.reset();
    const tree = new Tree(this.#root, context, capture, this.#share * SHARE.nodes);
    this.#tree = tree;
    this.#check = new Check(tree);
    this.#building = { tree, slices: this.#slices(tree, rule, began) };
    this.#build();
  }

  /** Goes on with the keyframe. What changes of the page until it is sent comes with the delta after it. */
  #build(): void {
    if (!this.#building) return;
    const { tree, slices } = this.#building;
    if (this.#tree !== tree || this.#shown !== 'visible') {
      this.#anew();
      this.#wake();
      return;
    }
    const { value, done } = slices.next();
    if (done) this.#building = undefined;
    else this.#slice = setTimeout(() => this.#safely(() => this.#build()), value);
  }

  /** Reads a keyframe, a slice with each step, and sends it; gives the milliseconds to wait between. */
  *#slices(tree: Tree, rule: PageRule, began: number): Generator<number, void> {
    const root = tree.first();
    let end = began + READ_MS;
    const rest = function* (): Generator<number, void> {
      yield 0;
      end = performance.now() + READ_MS;
    };
    for (;;) {
      this.#noted(this.#observer?.take() ?? []);
      this.#regions(tree);
      if (tree.more(end - performance.now())) break;
      yield* rest();
    }
    // Its shadow roots are known only now.
    while (this.#awaitsSheets()) yield WAIT_MS;
    yield* rest();
    this.#styled = new Map();
    this.#statesSent = '';
    this.#sightSent = '';
    this.#motion.forget();
    this.#page = '';
    const others = this.#rest(rule, true);
    const page = others.splice(0, this.#share ? 0 : 1);
    const scrolls = Array.from(this.#places.all(tree.nodes()), (node) => tree.scroll(node));
    const body = encoding(this.#marked([...page, root, ...this.#styles(), ...others, ...scrolls.flat()]));
    for (let count = 1; ; count++) {
      const { value, done } = body.next();
      if (done) {
        // Where the credit went meanwhile, the next keyframe is read when it is back.
        if (this.#credit) this.#sendKeyframe(value);
        return;
      }
      if (count % STRIDE === 0 && performance.now() > end) yield* rest();
    }
  }

  #sendKeyframe(body: Bytes): void {
    this.#keyframeSince = 0;
    this.#keyframeDue = false;
    this.#epoch++;
    this.#send('keyframe', body);
    if (this.#painting) this.#paint();
    this.#wake();
  }

  /** Without its sheets the view would show a page that nobody saw; but a slow one does not hold everything up. */
  #awaitsSheets(): boolean {
    if (performance.now() - this.#keyframeSince >= SHEETS_MS) return false;
    const roots = this.#everywhere.filter((root) => root.isConnected);
    // All are asked, so that all are read at the same time.
    return roots.map((root) => this.#sheets.list(root).whole).includes(false);
  }

  #rootChanged(root: Root, there: boolean): void {
    this.#watch?.root(root, there);
    if (root instanceof Document) this.#resources.within(root, there);
    if (there) {
      this.#roots.add(root);
      this.#masks.add(root);
      this.#observer?.observe(root);
    } else {
      this.#roots.delete(root);
      this.#styled.delete(root);
    }
  }

  /** What is told of a page in a frame says so. */
  #marked(ops: readonly Op[]): readonly Op[] {
    return this.#share ? [{ op: 'far', share: this.#share }, ...ops] : ops;
  }

  #send(t: 'keyframe' | 'delta', body: Bytes): void {
    this.#options.send({ t, epoch: this.#epoch, body }, [body.buffer]);
  }

  #styles(): Op[] {
    const ops: Op[] = [];
    for (const root of this.#everywhere) {
      const id = this.#tree?.id(root) ?? 0;
      if (id === 0) continue;
      const { sheets } = this.#sheets.list(root);
      const said = JSON.stringify(sheets);
      if (said === (this.#styled.get(root) ?? '[]')) continue;
      this.#styled.set(root, said);
      ops.push({ op: 'styles', id, sheets });
    }
    return ops;
  }

  /** Page, resources, scroll and states, where they changed. The page comes first. */
  #rest(rule: PageRule, all = false): Op[] {
    const ops: Op[] = [];
    const titled = (rule.title ?? rule.text) === 'show';
    const title = titled && !this.#designed ? this.#masks.text(this.#root.title, SHOWN) : '';
    const page: Op = {
      op: 'page',
      rule: rule.id,
      label: rule.label,
      title,
      quirks: this.#root.compatMode === 'BackCompat',
      width: Math.min(innerWidth, 32_767),
      height: Math.min(innerHeight, 32_767),
      ratio: Math.min(devicePixelRatio, 16),
    };
    const said = JSON.stringify(page);
    if (said !== this.#page && !this.#share) ops.push(page);
    this.#page = said;
    for (const known of this.#resources.take(all)) ops.push({ op: 'resource', ...known });
    for (const node of this.#scrolled) ops.push(...(this.#tree?.scroll(node) ?? []));
    this.#scrolled = new Set();
    const { hover, active, focus } = this.#states;
    const id = (element: Element | null): number => this.#nearest(this.#discreet(element));
    const visible = focus?.isConnected === true && matches(focus, ':focus-visible');
    const states: Op = { op: 'states', hover: id(hover), active: id(active), focus: id(focus), visible };
    const told = JSON.stringify(states);
    if (told !== this.#statesSent) ops.push(states);
    this.#statesSent = told;
    if (all) this.#sighted(ops);
    const moving = this.#motion.news(this.#everywhere, (node) => this.#tree?.id(node) ?? 0);
    if (moving.length > 0) ops.push({ op: 'motion', moving });
    return ops;
  }

  /** What a script animates is looked at again and again while it does. */
  #sampleMotion(): void {
    for (const element of this.#motion.look(this.#everywhere)) this.#tree?.touch(element);
    if (this.#motion.moved.size === 0 || this.#sample) return;
    this.#sample = setTimeout(() => {
      this.#sample = undefined;
      this.#wake();
    }, SAMPLE_MS);
  }

  #sighted(ops: Op[]): void {
    if (this.#share) return;
    const roots = this.#everywhere;
    const sight = sightOf(
      roots.filter((one) => one instanceof Document),
      roots.filter((one) => one instanceof ShadowRoot),
      (element) => this.#nearest(this.#discreet(element)),
      (node) => {
        let at: Node | null = node;
        while (at && !(at instanceof Element)) at = around(at);
        return this.#covered(at) ? 0 : (this.#tree?.id(node) ?? 0);
      },
    );
    const told = JSON.stringify(sight);
    if (told !== this.#sightSent) ops.push(sight);
    this.#sightSent = told;
  }

  /** The group instead of one of its choices, where these are not shown: what is pressed would tell what is ticked. */
  #discreet(element: Element | null): Element | null {
    if (this.#rule?.choices === 'show') return element;
    const found = element && closest(element, CHOICE);
    const choice = found instanceof HTMLLabelElement ? found.control : found;
    if (!choice || !matches(choice, CHOICE)) return element;
    return choice.parentElement?.closest(GROUP) ?? choice.ownerDocument.body;
  }

  /** Whether where the pointer is would tell something that isn't shown there: a choice, or a key on a hidden pad. */
  #covered(element: Element | null): boolean {
    if (this.#discreet(element) !== element) return true;
    for (let up: Node | null = element; up; up = around(up)) {
      const sent = this.#tree?.get(up);
      if (sent) return sent.context.mode === 'hide' || sent.context.mode === 'mask';
    }
    return false;
  }

  /** The mode of where a node is: as it was sent, or will be. */
  #modeAt(node: Node): Mode {
    const sent = this.#tree?.get(node);
    if (sent) return sent.context.mode;
    const up = around(node);
    const above = up ? this.#modeAt(up) : (this.#rule?.text ?? 'hide');
    return node instanceof Element ? this.#masks.mode(node, above) : above;
  }

  /** The innermost node that the view has, for one that it may not have. */
  #nearest(element: Element | null): number {
    for (let up: Node | null = element; up; up = around(up)) {
      const id = this.#tree?.id(up) ?? 0;
      if (id) return id;
    }
    return 0;
  }

  /** Masked text, boxes that hide, and fields with something in them. */
  #paint(): number {
    this.#far?.tell({ t: 'paint', on: true });
    return this.#overlay.paint(this.#tree?.hidden() ?? []);
  }
}
