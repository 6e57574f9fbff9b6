// Room: mirror. What a form control may tell: whether it is empty, filled or invalid. Never what was typed, and what was
// chosen only where the policy says so.

import { FORM } from '../wire/allow.ts';
import type { FormState } from '../wire/tree.ts';
import { Document, HTMLInputElement, HTMLSelectElement, HTMLTextAreaElement, ShadowRoot } from './kinds.ts';
import { matches } from './native.ts';

/** What somebody chooses, and what such choices stand in. */
export const CHOICE =
  'label,option,input[type=radio],input[type=checkbox],[role=radio],[role=checkbox],[role=switch],[role=option],' +
  '[role=menuitemradio],[role=menuitemcheckbox]';
/** What scripts make a text field of counts as one. */
const EDITABLE =
  '[contenteditable]:not([contenteditable=false]),:not(input,textarea,select):is([role=textbox],[role=searchbox])';
export const CONTROLS = `input,textarea,select,form,fieldset,${EDITABLE}`;
/** Inputs that are buttons: nothing is filled in. */
const BUTTONS: ReadonlySet<string> = new Set(['button', 'submit', 'reset', 'image', 'hidden']);

export function isControl(element: Element): boolean {
  return matches(element, CONTROLS);
}

/** What has no value of its own, and is valid where all in it is. */
export function isGroup(element: Element): boolean {
  return matches(element, 'form,fieldset');
}

export function isEditable(element: Element): boolean {
  return matches(element, EDITABLE);
}

/** Whether the element's children are what somebody wrote, not the page's. */
export function keepsContent(element: Element): boolean {
  return element.localName === 'textarea' || isEditable(element);
}

function is(element: Element, selector: string): boolean {
  try {
    return matches(element, selector);
  } catch {
    return false;
  }
}

/** One of a group is on; never told of a group of one, where it would be the choice itself. */
function groupFilled(input: HTMLInputElement): boolean {
  const root = input.getRootNode();
  if (!(root instanceof Document || root instanceof ShadowRoot)) return input.checked;
  const within = input.type === 'radio' ? (input.form ?? root) : (input.closest('fieldset,form,[role=group]') ?? root);
  const group = Array.from(within.querySelectorAll<HTMLInputElement>(`input[type=${input.type}]`)).filter(
    (other) => input.type === 'checkbox' || other.name === input.name,
  );
  return group.length > 1 && group.some((other) => other.checked);
}

function inputBits(input: HTMLInputElement, choices: boolean): number {
  if (BUTTONS.has(input.type)) return 0;
  if (input.type === 'radio' || input.type === 'checkbox') {
    if (!choices) return FORM.secret | (groupFilled(input) ? FORM.filled : 0);
    return (
      (input.checked ? FORM.checked | FORM.filled : 0) | (input.matches(':indeterminate') ? FORM.indeterminate : 0)
    );
  }
  if (input.type === 'range' || input.type === 'color') return FORM.filled;
  return input.value !== '' || input.validity.badInput ? FORM.filled : 0;
}

/** The state of a control as it may be told; undefined for what isn't one. */
export function formState(element: Element, choices: boolean): FormState | undefined {
  let bits = 0;
  let chosen: number[] = [];
  if (element instanceof HTMLInputElement) bits = inputBits(element, choices);
  else if (element instanceof HTMLTextAreaElement) bits = element.value === '' ? 0 : FORM.filled;
  else if (element instanceof HTMLSelectElement) {
    const options = Array.from(element.selectedOptions);
    const empty = options.every((option) => option.value === '');
    bits = empty ? 0 : FORM.filled;
    // By their places among those that the view has.
    const there = Array.from(element.options).filter((option) => !option.closest(EDITABLE));
    if (choices || empty) chosen = there.flatMap(({ selected }, at) => (selected ? [at] : []));
  } else if (isEditable(element)) {
    return { bits: element.textContent?.trim() || element.querySelector('img') ? FORM.filled : 0, chosen };
  } else if (!isGroup(element)) return undefined;
  if (is(element, ':valid')) bits |= FORM.valid;
  if (is(element, ':invalid')) bits |= FORM.invalid;
  if (is(element, ':user-valid')) bits |= FORM.userValid;
  if (is(element, ':user-invalid')) bits |= FORM.userInvalid;
  if (is(element, ':placeholder-shown')) bits |= FORM.placeholder;
  return { bits, chosen };
}

export function sameState(a: FormState | undefined, b: FormState | undefined): boolean {
  return a?.bits === b?.bits && String(a?.chosen) === String(b?.chosen);
}
