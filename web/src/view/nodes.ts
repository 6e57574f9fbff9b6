// Room: view. Elements of the view, built by name from the allow-list, and their attributes, form state and the states of
// the applicant's pointer and focus. Nothing is ever parsed as HTML.

import { attributeType, BOX, FORM, NAMESPACES } from '../wire/allow.ts';
import { type Sieve, sieveDeclarations, sieveValue } from '../wire/css.ts';
import type { Attribute, FormState } from '../wire/tree.ts';
import { VEIL_STYLE } from './veil.ts';

/** What stands for whatever somebody filled in. */
export const FILLED = '••••••';

/** Marks what the view added to the tree by itself. */
export const OWN = 'insyn-own';

export function createElement(doc: Document, name: string): Element {
  const [space, local] = name.includes(':') ? name.split(':') : ['html', name];
  if (space === 'svg') return doc.createElementNS(NAMESPACES.svg, local ?? '');
  if (space === 'math') return doc.createElementNS(NAMESPACES.math, local ?? '');
  return doc.createElementNS(NAMESPACES.html, local ?? '');
}

/** The name on the wire of an element that was built from one. */
export function nameOn({ localName, namespaceURI }: Element): string {
  return namespaceURI === NAMESPACES.html
    ? localName
    : `${namespaceURI === NAMESPACES.svg ? 'svg' : 'math'}:${localName}`;
}

/** Makes an element the document's own, whether or not it has one. Chromium's replaceChildren refuses where it has. */
export function setRoot(doc: Document, element: Element): void {
  for (const old of Array.from(doc.children)) old.remove();
  doc.append(element);
}

/** Whether an object is of one of the frame's own classes; instanceof only knows this window's. */
export function isHtml<K extends keyof HTMLElementTagNameMap>(node: Node, name: K): node is HTMLElementTagNameMap[K] {
  return (
    node.nodeType === 1 &&
    'localName' in node &&
    node.localName === name &&
    'style' in node &&
    !('ownerSVGElement' in node)
  );
}

/** What an attribute of the allow-list comes to in the view. `sieve` gives resource numbers their address. */
export function writtenAs([name, value]: Attribute, sieve: Sieve): string {
  switch (attributeType(name)) {
    case 'link':
      // The same for every link, so that :any-link matches and nothing is ever led to.
      return value || '#';
    case 'css':
      return sieveDeclarations(value, sieve);
    case 'value':
      return sieveValue(value, name, sieve);
    default:
      return name === 'contenteditable' ? 'false' : value;
  }
}

/** Sets one attribute of the allow-list, in what it comes to. */
export function setAttribute(element: Element, name: string, written: string): void {
  // A frame with a name could be led somewhere by it.
  if (name === 'name' && element.localName !== 'slot') return;
  // A picture would ask for it, wherever in the view it leads.
  if (name === 'href' && /image$/i.test(element.localName)) return;
  // Of SVG but its links, what leads nowhere would lead to the view itself.
  if (name === 'href' && written === '#' && 'ownerSVGElement' in element && element.localName !== 'a') return;
  if (name === 'insyn-caption' && isHtml(element, 'input')) element.value = written;
  element.setAttribute(name, written);
}

/** What brings an element to the top layer. */
export const LAYERS: readonly string[] = ['insyn-modal', 'insyn-popover', 'insyn-fullscreen'];

export function removeAttribute(element: Element, name: string): void {
  element.removeAttribute(name);
  const open = element.hasAttribute('open');
  if (LAYERS.includes(name)) lower(element);
  if (name === 'insyn-fullscreen') element.removeAttribute('popover');
  // What was a modal dialog may stay open without being one.
  if (open && name === 'insyn-modal') element.setAttribute('open', '');
}

/** Whether an element lies in the top layer. */
export function isTop(element: Element): boolean {
  return element.matches(':modal') || element.matches(':popover-open');
}

/** Takes an element out of the top layer, if it is there. */
export function lower(element: Element): void {
  if (isHtml(element, 'dialog') && element.matches(':modal')) {
    // Only an open one can be closed.
    element.open = true;
    element.close();
  }
  if ('hidePopover' in element && element.matches(':popover-open')) (element as HTMLElement).hidePopover();
}

/** Brings an element to the top layer, above what is there already; keeps the agent's focus. */
export function layer(element: Element): void {
  const focused = document.activeElement;
  try {
    if (element.hasAttribute('insyn-modal') && isHtml(element, 'dialog')) {
      element.removeAttribute('open');
      element.showModal();
    } else if ('showPopover' in element) {
      // The screen to fill here is the frame, and nothing needs to be asked of the browser for that.
      if (element.hasAttribute('insyn-fullscreen')) element.setAttribute('popover', 'manual');
      (element as HTMLElement).showPopover();
    }
  } catch {
    // A page may send what can't be a dialog or popover; it stays where it is.
  }
  // Who has the focus is told by the mirror, and not by what the browser makes of a dialog.
  (element.ownerDocument.activeElement as HTMLElement | null)?.blur?.();
  if (focused instanceof HTMLElement && focused !== document.activeElement) focused.focus({ preventScroll: true });
}

const FLAGS: readonly (readonly [string, number])[] = [
  ['insyn-filled', FORM.filled],
  ['insyn-secret', FORM.secret],
  ['insyn-valid', FORM.valid],
  ['insyn-invalid', FORM.invalid],
  ['insyn-user-valid', FORM.userValid],
  ['insyn-user-invalid', FORM.userInvalid],
  ['insyn-placeholder-shown', FORM.placeholder],
];
/** A value that inputs of these types take; bullets are drawn over it. */
const STAND_INS: Readonly<Record<string, string>> = {
  number: '000000',
  date: '2000-01-01',
  month: '2000-01',
  week: '2000-W01',
  time: '00:00',
  'datetime-local': '2000-01-01T00:00',
};

/** The bits that setForm left on an element. */
export function formBits(element: Element): number {
  return FLAGS.reduce((bits, [name, bit]) => (element.hasAttribute(name) ? bits | bit : bits), 0);
}

export function setForm(element: Element, { bits, chosen }: FormState): void {
  for (const [name, bit] of FLAGS) element.toggleAttribute(name, (bits & bit) !== 0);
  const filled = (bits & FORM.filled) !== 0;
  if (isHtml(element, 'textarea')) element.value = filled ? FILLED : '';
  else if (isHtml(element, 'select')) setSelect(element, filled, chosen);
  else if (isHtml(element, 'input')) setInput(element, bits);
}

function setInput(input: HTMLInputElement, bits: number): void {
  const filled = (bits & FORM.filled) !== 0;
  if (input.type === 'radio' || input.type === 'checkbox') {
    input.checked = (bits & FORM.checked) !== 0;
    // Of a group that is filled it isn't told which: the checkbox shows its third state.
    input.indeterminate =
      (bits & FORM.indeterminate) !== 0 || (input.type === 'checkbox' && filled && !(bits & FORM.checked));
    input.toggleAttribute('insyn-indeterminate', input.indeterminate);
  } else if (input.type === 'file') {
    const files = new DataTransfer();
    if (filled) files.items.add(new File([], FILLED));
    input.files = files.files;
  } else if (!/^(submit|reset|button|image|range|color|hidden)$/.test(input.type)) {
    input.value = filled ? (STAND_INS[input.type] ?? FILLED) : '';
  }
}

/** Something is chosen, but not told: an option of the view's own says so. */
function setSelect(select: HTMLSelectElement, filled: boolean, chosen: readonly number[]): void {
  for (const own of select.querySelectorAll(`option[${OWN}]`)) own.remove();
  if (filled && chosen.length === 0 && !select.multiple) {
    const option = select.ownerDocument.createElement('option');
    option.setAttribute(OWN, '');
    option.hidden = true;
    option.text = FILLED;
    select.append(option);
    option.selected = true;
    return;
  }
  for (const [index, option] of Array.from(select.options).entries()) {
    const wanted = chosen.includes(index);
    if (option.selected !== wanted) option.selected = wanted;
  }
  if (chosen.length === 0) select.selectedIndex = -1;
}

/** The view's own styles: first in each root, and stronger than the page's where it matters. */
export const BASE_STYLE = `
* { scroll-behavior: auto !important; overflow-anchor: none !important; caret-color: transparent !important; }
@layer insyn-scheme { [insyn-dark] { color-scheme: dark; } }
insyn-void { display: none !important; }
:where([insyn-focus-visible]) { outline: 1px auto; outline: auto 1px -webkit-focus-ring-color; }
::highlight(insyn-selection) { background-color: Highlight; color: HighlightText; }
[insyn-fullscreen] { position: fixed !important; inset: 0 !important; margin: 0 !important; box-sizing: border-box !important;
  width: 100% !important; height: 100% !important; min-width: 0 !important; max-width: none !important;
  min-height: 0 !important; max-height: none !important; transform: none !important; z-index: 2147483646 !important; }
insyn-box:not([insyn-pictured]) {
  background: #d9d9de repeating-linear-gradient(45deg, #0001 0 8px, #0000 8px 16px) !important; }
insyn-box { overflow: hidden; color: #3a3a44 !important; font: 12px/1.3 system-ui, sans-serif !important; text-align: center !important; }
${Object.entries({
  hidden: 'Hidden',
  frame: 'Other content',
  video: 'Video',
  audio: 'Audio',
  canvas: 'Graphic',
  unknown: 'Not shown',
  deep: 'Not shown',
})
  .map(([kind, label]) => `${BOX}[insyn-kind="${kind}"]::before { content: "${label}" !important; }`)
  .join('\n')}
insyn-box[insyn-media]::before { content: none !important; }
[insyn-kind="edit"][insyn-filled]::before { content: "${FILLED}"; }
input[insyn-filled]:is([type="number"], [type="date"], [type="month"], [type="week"], [type="time"],
  [type="datetime-local"]) { -webkit-text-security: disc !important; }
input[insyn-filled]::-webkit-datetime-edit { -webkit-text-security: disc !important; }
:where([insyn-fullscreen]) { border: 0; padding: 0; color: inherit; background: transparent; overflow: visible;
  object-fit: contain; }
:where([insyn-fullscreen])::backdrop { background: #000; }
input[insyn-secret]:not(:checked) { outline: 2px dotted currentcolor; outline-offset: 1px; }
${VEIL_STYLE}
`;
