// Room: view. What the applicant has in front of them beside the page: selected text is highlighted, and a control whose native
// pop-up nobody else can see has a note beside it that says so.

import type { Id, Selected, Sight } from '../wire/tree.ts';
import { isHtml, OWN } from './nodes.ts';

/** Of the highlight; the view's own styles colour it. */
const NAME = 'insyn-selection';
type Own = Window & typeof globalThis;
type NodeOf = (id: Id) => Node | undefined;

const NOTE =
  'all:initial!important;position:fixed!important;z-index:2147483647!important;pointer-events:none!important;' +
  'background:#c2185b!important;color:#fff!important;font:600 12px/1.5 system-ui,sans-serif!important;' +
  'padding:0 6px!important;border-radius:3px!important';

function label(control: Element): string {
  if (isHtml(control, 'input')) {
    if (control.type === 'color') return 'Colour picker is open';
    return control.type === 'file' ? 'File picker is open' : 'Date picker is open';
  }
  return 'List is open';
}

function rangeOf({ from, at, to, end }: Selected, nodeOf: NodeOf): Range | undefined {
  const first = nodeOf(from);
  const last = nodeOf(to);
  const doc = first?.ownerDocument;
  if (!first || !last || !doc || last.ownerDocument !== doc) return undefined;
  const place = (node: Node, offset: number): number =>
    'data' in node ? Math.min(offset, (node as Text).length) : offset === 0 ? 0 : node.childNodes.length;
  const range = doc.createRange();
  range.setStart(first, place(first, at));
  range.setEnd(last, place(last, end));
  return range;
}

export class SightShown {
  readonly #windows = new Set<Own>();
  #note: HTMLElement | undefined;

  show({ open, selected }: Sight, nodeOf: NodeOf): void {
    this.clear();
    const ranges = new Map<Own, Range[]>();
    for (const part of selected) {
      const range = rangeOf(part, nodeOf);
      const own = range?.startContainer.ownerDocument?.defaultView as Own | null | undefined;
      if (range && own) ranges.set(own, [...(ranges.get(own) ?? []), range]);
    }
    for (const [own, list] of ranges) {
      // Older browsers show a page without what is selected in it.
      if (!own.CSS.highlights) continue;
      own.CSS.highlights.set(NAME, new own.Highlight(...list));
      this.#windows.add(own);
    }
    const control = nodeOf(open);
    if (control && 'localName' in control) this.#noteAt(control as Element);
  }

  clear(): void {
    for (const own of this.#windows) own.CSS.highlights.delete(NAME);
    this.#windows.clear();
    this.#note?.remove();
    this.#note = undefined;
  }

  #noteAt(control: Element): void {
    const doc = control.ownerDocument;
    const { left, bottom } = control.getBoundingClientRect();
    const note = doc.createElement('insyn-note');
    note.setAttribute(OWN, '');
    note.setAttribute('style', `${NOTE};left:${left}px!important;top:${bottom}px!important`);
    note.textContent = label(control);
    doc.documentElement.append(note);
    this.#note = note;
  }
}
