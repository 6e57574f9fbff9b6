// Room: the appointment, as this tab knows it. Until something is booked, moved or cancelled, the page's own stands.

import { longDay, say } from './say.js';

const key = 'appointment';

export function errandName(errand) {
  const names = {
    passport: say('Show a passport', 'Visa pass'),
    fingerprints: say('Leave fingerprints and a photo', 'Lämna fingeravtryck och foto'),
    visit: say('Complete an application for a visitor’s permit', 'Komplettera en ansökan om besökstillstånd'),
    apply: say('Apply for an alien’s passport or a travel document', 'Ansöka om främlingspass eller resedokument'),
    collect: say('Collect an alien’s passport or a travel document', 'Hämta främlingspass eller resedokument'),
  };
  return names[errand] ?? names.fingerprints;
}

/** {errand, day, time, office, check}, null when cancelled, undefined when this tab has changed nothing. */
export function stored() {
  const text = sessionStorage.getItem(key);
  return text === null ? undefined : JSON.parse(text);
}

export function store(meeting) {
  sessionStorage.setItem(key, JSON.stringify(meeting));
}

/** Writes the appointment into the page's places for it. */
export function drawMeeting() {
  const meeting = stored();
  const place = (name) => document.querySelectorAll(`[data-appointment="${name}"]`);
  for (const element of place('some')) element.hidden = meeting === null;
  for (const element of place('none')) element.hidden = meeting !== null;
  if (meeting) {
    for (const element of place('day')) element.dateTime = meeting.day;
    for (const element of place('time')) element.textContent = meeting.time;
    for (const element of place('office')) element.textContent = meeting.office;
    for (const element of place('check')) element.textContent = meeting.check;
    for (const element of place('errand')) element.textContent = errandName(meeting.errand);
  }
  for (const element of place('day')) element.textContent = longDay(element.dateTime);
}
