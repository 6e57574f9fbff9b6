// Room: validation errors: a summary that takes the focus, a text at each field, aria-invalid on the controls.

import { make } from './say.js';

function controls(scope, id) {
  const first = scope.querySelector(`#${id}`);
  if (!first) return []; // the times of a day may still be on their way
  return first.type === 'radio' ? [...scope.querySelectorAll(`input[name="${first.name}"]`)] : [first];
}

/** Shows problems (id of the field's first control, message), or clears all when there are none. True: none. */
export function showProblems(scope, problems) {
  for (const place of scope.querySelectorAll('.error')) {
    place.hidden = true;
    place.textContent = '';
    for (const control of controls(scope, place.id.replace(/-error$/, ''))) control.removeAttribute('aria-invalid');
    place.closest('.field')?.classList.remove('field-wrong');
  }
  const summary = document.getElementById('summary');
  summary.hidden = problems.length === 0;
  summary
    .querySelector('ul')
    .replaceChildren(...problems.map(({ id, message }) => make('li', {}, make('a', { href: `#${id}` }, message))));
  for (const { id, message } of problems) {
    const place = scope.querySelector(`#${id}-error`);
    place.textContent = message;
    place.hidden = false;
    place.closest('.field')?.classList.add('field-wrong');
    for (const control of controls(scope, id)) control.setAttribute('aria-invalid', 'true');
  }
  if (problems.length > 0) summary.focus();
  return problems.length === 0;
}

/** Takes back one field's error, once the field has been changed. */
function forget(field) {
  const place = field?.querySelector('.error:not([hidden])');
  if (!place) return;
  const id = place.id.replace(/-error$/, '');
  place.hidden = true;
  place.textContent = '';
  field.classList.remove('field-wrong');
  for (const control of controls(field, id)) control.removeAttribute('aria-invalid');
  const summary = document.getElementById('summary');
  summary.querySelector(`a[href="#${id}"]`)?.closest('li').remove();
  summary.hidden = !summary.querySelector('li');
}

// At input, not at change: a text field's change comes as the button is pressed, and the page would move under the click.
document.addEventListener('input', (event) => forget(event.target.closest('.field')));

// A link of the summary puts the caret into its field, and leaves the address alone: the address is the step.
document.getElementById('summary')?.addEventListener('click', (event) => {
  const link = event.target.closest('a');
  if (!link) return;
  event.preventDefault();
  const field = document.querySelector(link.getAttribute('href'));
  field?.focus();
  field?.closest('.field')?.scrollIntoView({ block: 'center' });
});
