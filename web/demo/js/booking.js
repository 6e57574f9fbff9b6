// Room: the booking: which step is on show, the way between them (each has an address), and what they hand on.

import { Calendar } from './calendar.js';
import { checks } from './checks.js';
import { showProblems } from './errors.js';
import { errandName, store, stored } from './meeting.js';
import { isoDay, lang, longDay, make, say } from './say.js';

const form = document.getElementById('booking');
const title = document.getElementById('title');
const moving = new URLSearchParams(location.search).has('move');
const steps = moving ? ['time', 'check', 'done'] : ['errand', 'time', 'details', 'check', 'done'];
const passed = new Set();

const today = new Date();
const calendar = new Calendar(document.getElementById('calendar'), {
  from: new Date(today.getFullYear(), today.getMonth(), today.getDate() + 1),
  to: new Date(today.getFullYear(), today.getMonth() + 3, today.getDate()),
  onChoose(iso) {
    form.elements.date.value = iso;
    for (const type of ['input', 'change']) form.elements.date.dispatchEvent(new Event(type, { bubbles: true }));
  },
});

function addressOf(step) {
  return `/${lang}/booking${step === 'errand' ? '' : `/${step}`}${moving ? '?move' : ''}`;
}

/** The step that the address names, or the first one before it that isn't done yet. */
function stepHere() {
  const named = location.pathname.split('/')[3] ?? 'errand';
  const wanted = Math.max(0, steps.indexOf(named));
  const open = steps.findIndex((step) => !passed.has(step));
  return steps[Math.min(wanted, open)];
}

function show(step, focus) {
  showProblems(form, []);
  for (const section of form.querySelectorAll('section[data-step]')) section.hidden = section.dataset.step !== step;
  for (const item of document.querySelectorAll('.steps li')) {
    const at = steps.indexOf(item.dataset.step);
    item.hidden = at < 0;
    item.classList.toggle('is-done', at >= 0 && at < steps.indexOf(step));
    if (item.dataset.step === step) item.setAttribute('aria-current', 'step');
    else item.removeAttribute('aria-current');
  }
  const part = steps.indexOf(step) / (steps.length - 1);
  document.getElementById('progress').style.setProperty('inline-size', `${Math.round(part * 100)}%`);
  document.getElementById('moves').hidden = step === 'done';
  document.getElementById('back').hidden = steps.indexOf(step) === 0;
  document.getElementById('next').textContent =
    step === 'check'
      ? moving
        ? say('Move the appointment', 'Flytta tiden')
        : say('Book the time', 'Boka tiden')
      : say('Continue', 'Fortsätt');
  if (step === 'check') drawAnswers();
  if (focus) {
    title.focus({ preventScroll: true });
    scrollTo({ top: 0 });
  }
}

/** The times of the day and office that are chosen. They take a moment, and some are gone already. */
let asked = 0;
function offerSlots() {
  const place = document.getElementById('slots');
  const office = form.elements.office.value;
  const day = form.elements.date.value;
  const turn = ++asked;
  if (!office || !day || !calendar.allows(new Date(`${day}T00:00`))) {
    place.replaceChildren(
      make('p', { class: 'hint' }, say('Choose an office and a day first.', 'Välj kontor och dag först.')),
    );
    return;
  }
  place.replaceChildren(make('p', { class: 'waiting' }, say('Looking for free times …', 'Letar efter lediga tider …')));
  setTimeout(() => {
    if (turn !== asked) return; // another day was chosen meanwhile
    const seed = Number(day.slice(-2)) + office.length;
    const times = ['08.20', '09.00', '09.40', '10.20', '11.00', '13.00', '13.40', '14.20'];
    place.replaceChildren(
      ...times.map((time, i) => {
        const input = make('input', { type: 'radio', name: 'slot', value: time });
        input.disabled = (seed + i * 3) % 5 < 2;
        return make('label', { class: 'choice slot' }, input, make('span', {}, time));
      }),
    );
    const first = place.querySelector('input:not(:disabled)') ?? place.querySelector('input');
    first.id = 'slot';
  }, 600);
}

function drawAnswers() {
  const data = new FormData(form);
  const errand = data.get('errand');
  const pairs = [
    [say('Errand', 'Ärende'), errandName(errand)],
    [say('Office', 'Kontor'), data.get('office')],
    [say('Day', 'Dag'), longDay(data.get('date'))],
    [say('Time', 'Tid'), data.get('slot')],
  ];
  if (!moving) {
    pairs.push(
      [say('People', 'Antal personer'), data.get('people')],
      [say('Name', 'Namn'), `${data.get('given')} ${data.get('family')}`],
      [say('E-mail', 'E-post'), data.get('mail')],
      [say('Interpreter', 'Tolk'), data.get('interpreter') || say('none', 'ingen')],
      [say('File', 'Fil'), data.get('file').name || say('none', 'ingen')],
    );
  }
  document
    .getElementById('answers')
    .replaceChildren(...pairs.map(([name, value]) => make('div', {}, make('dt', {}, name), make('dd', {}, value))));
}

function finish() {
  const data = new FormData(form);
  const known = stored();
  const digits = crypto.getRandomValues(new Uint32Array(2));
  const check =
    (moving && known?.check) || `${String(20_000_000 + (digits[0] % 9_999_999))}-${String(10 + (digits[1] % 90))}`;
  const meeting = {
    errand: data.get('errand'),
    day: data.get('date'),
    time: data.get('slot'),
    office: data.get('office'),
    check,
  };
  store(meeting);
  document.getElementById('done-when').textContent = `${longDay(meeting.day)}, ${meeting.time}, ${meeting.office}`;
  document.getElementById('done-check').textContent = check;
  passed.clear();
  form.reset();
  calendar.day = '';
  offerSlots();
}

form.addEventListener('submit', (event) => {
  event.preventDefault();
  const step = stepHere();
  if (!showProblems(form, checks[step](new FormData(form), calendar))) return;
  passed.add(step);
  const next = steps[steps.indexOf(step) + 1];
  history.pushState(null, '', addressOf(next));
  if (next === 'done') finish();
  show(next, true);
});

document.getElementById('back').addEventListener('click', () => {
  const before = steps[steps.indexOf(stepHere()) - 1];
  history.pushState(null, '', addressOf(before));
  show(before, true);
});

addEventListener('popstate', () => {
  const step = stepHere();
  history.replaceState(null, '', addressOf(step));
  show(step, true);
});

form.addEventListener('change', (event) => {
  if (event.target.name === 'known') document.getElementById('number-field').hidden = event.target.value !== 'yes';
  if (event.target.name === 'date') calendar.day = event.target.value;
  if (event.target.name === 'date' || event.target.name === 'office') offerSlots();
});

const message = form.elements.message;
function countDown() {
  const left = message.maxLength - message.value.length;
  document.getElementById('message-left').textContent = say(`${left} characters left.`, `${left} tecken kvar.`);
}
message.addEventListener('input', countDown);
countDown();

form.elements.date.min = isoDay(new Date(today.getFullYear(), today.getMonth(), today.getDate() + 1));
if (moving) {
  title.textContent = say('Move your appointment', 'Flytta din tid');
  form.elements.errand.value = stored()?.errand ?? 'fingerprints';
}
const start = stepHere();
history.replaceState(null, '', addressOf(start));
show(start, false);
