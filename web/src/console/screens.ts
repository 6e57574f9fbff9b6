// Room: console. The screens around a session: sign-in, the desk between calls, and what remains after an end.

import type { Reason } from '../wire/reason.ts';
import type { Receipt } from '../wire/server.ts';
import { ApiError } from './api.ts';
import { dayOf, timeOfDay } from './clock.ts';
import { h, icon, say } from './dom.ts';
import { wordsFor } from './errors.ts';
import { texts } from './texts.ts';

/** A screen and what gets the focus when it appears. */
export interface Screen {
  element: HTMLElement;
  focus: HTMLElement;
}

function heading(text: string): HTMLHeadingElement {
  return h('h1', { tabindex: -1 }, text);
}

export function signInScreen(
  demo: boolean,
  notice: string | undefined,
  signIn: (name: string) => Promise<void>,
): Screen {
  const words = texts.signIn;
  const input = h('input', {
    id: 'name',
    name: 'name',
    autocomplete: 'name',
    required: true,
    minlength: 2,
    maxlength: 40,
    'aria-describedby': 'name-hint name-error',
    oninput: () => {
      input.removeAttribute('aria-invalid');
      say(error, '');
    },
  });
  const error = h('p', { id: 'name-error', class: 'error', role: 'alert' }, notice);
  const button = h('button', { class: 'primary', type: 'submit' }, words.button);
  const submit = async (event: Event) => {
    event.preventDefault();
    const name = input.value.trim().replace(/\s+/g, ' ');
    if (!/^[\p{L}\p{M}][\p{L}\p{M} -]{1,39}$/u.test(name)) {
      input.setAttribute('aria-invalid', 'true');
      say(error, words.refused);
      input.focus();
      return;
    }
    button.disabled = true;
    await signIn(name).catch((refused: unknown) => {
      say(error, refused instanceof ApiError && refused.status === 400 ? words.refused : wordsFor(refused));
      button.disabled = false;
    });
  };
  const form = h(
    'form',
    { class: 'card sign-in', novalidate: true, onsubmit: (event) => void submit(event) },
    h('div', { class: 'emblem' }, icon('mark')),
    heading(words.title),
    h('p', { class: 'lead' }, words.lead),
    h('label', { for: 'name' }, words.name),
    h('p', { id: 'name-hint', class: 'hint' }, words.hint),
    input,
    error,
    button,
    demo ? h('p', { class: 'note' }, words.demo) : undefined,
  );
  return { element: h('div', { class: 'centre' }, form), focus: input };
}

function list(tag: 'ol' | 'ul', items: readonly string[]): HTMLElement {
  return h(tag, {}, ...items.map((item) => h('li', {}, item)));
}

/** A button that asks for a code, with a place for the refusal. */
function newCode(label: string, issue: () => Promise<void>): { button: HTMLButtonElement; error: HTMLElement } {
  const error = h('p', { class: 'error', role: 'alert' });
  const press = async () => {
    button.disabled = true;
    say(error, '');
    await issue().catch((refused: unknown) => {
      say(error, wordsFor(refused));
      button.disabled = false;
      button.focus();
    });
  };
  const button = h('button', { class: 'primary large', type: 'button', onclick: () => void press() }, label);
  return { button, error };
}

export function deskScreen(policyHash: string, notice: string | undefined, issue: () => Promise<void>): Screen {
  const words = texts.home;
  const { button, error } = newCode(words.button, issue);
  const region = h('p', { class: 'notice', role: 'status', 'aria-label': 'Notice' });
  // A live region speaks what changes in it, so it has to be there before its words are.
  if (notice) setTimeout(() => say(region, notice), 0);
  const element = h(
    'div',
    { class: 'centre' },
    h(
      'section',
      { class: 'card desk' },
      heading(words.title),
      h('p', { class: 'lead' }, words.lead),
      region,
      button,
      error,
      h('p', { class: 'view-only' }, icon('mark'), texts.viewOnly),
    ),
    h(
      'div',
      { class: 'pair' },
      h('section', { class: 'quiet' }, h('h2', {}, words.how), list('ol', words.steps)),
      h('section', { class: 'quiet' }, h('h2', {}, words.promises), list('ul', words.points)),
    ),
    h('p', { class: 'fine' }, words.rules(policyHash)),
  );
  return { element, focus: button };
}

function receiptOf(receipt: Receipt): HTMLElement {
  const words = texts.ended;
  const row = (term: string, value: string, mono = false) =>
    h('div', {}, h('dt', {}, term), h('dd', { class: mono ? 'mono' : false }, value));
  const { version, language, hash } = receipt.statement;
  return h(
    'section',
    { class: 'receipt' },
    h('h2', {}, words.receipt),
    h(
      'dl',
      {},
      row(words.session, receipt.session, true),
      row(words.statement, words.statementOf(version, texts.language(language))),
      row(words.hash, words.inGroups(hash), true),
      row(words.rules, words.inGroups(receipt.policy), true),
      row(words.consented, `${dayOf(receipt.consented)}, ${timeOfDay(receipt.consented)}`),
      receipt.ended > 0 ? row(words.over, `${dayOf(receipt.ended)}, ${timeOfDay(receipt.ended)}`) : h('div', {}),
    ),
    h('p', { class: 'hint' }, words.receiptNote),
  );
}

export function endedScreen(
  reason: Reason,
  receipt: Receipt | undefined,
  unproven: boolean,
  issue: () => Promise<void>,
): Screen {
  const words = texts.ended;
  const { title, text } = words.ends[reason] ?? words.ends.protocol;
  // Digits that did not match are not confirmed either, and the words above say so already.
  const told = unproven && reason !== 'no_match';
  const { button, error } = newCode(words.again, issue);
  const head = heading(title);
  const element = h(
    'div',
    { class: 'centre' },
    h(
      'section',
      { class: 'card ended' },
      h('div', { class: 'emblem plain' }, icon(receipt ? 'done' : 'closed')),
      head,
      h('p', { class: 'lead' }, text),
      told ? h('p', {}, words.unproven) : undefined,
      receipt ? h('p', { class: 'kept' }, words.kept) : undefined,
      receipt ? receiptOf(receipt) : undefined,
      button,
      error,
    ),
  );
  return { element, focus: head };
}
