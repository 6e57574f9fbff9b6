// Room: what the booking asks of each step's answers. Pure: a form's values in, problems (field id, message) out.

import { say } from './say.js';

/** The check digit of a personal identity number: twice, once, twice ... over the last ten digits, and a sum of tens. */
export function identityHolds(text) {
  const digits = text.replace(/\D/g, '').slice(-10);
  if (!/^(\d{2})?\d{6}-?\d{4}$/.test(text.trim())) return false;
  let sum = 0;
  for (const [i, digit] of [...digits].entries()) {
    const n = Number(digit) * (i % 2 === 0 ? 2 : 1);
    sum += n > 9 ? n - 9 : n;
  }
  return sum % 10 === 0;
}

export const checks = {
  errand(data) {
    const problems = [];
    if (!data.get('errand'))
      problems.push({ id: 'errand', message: say('Choose what it is about', 'Välj vad det gäller') });
    if (!data.get('known'))
      problems.push({
        id: 'known',
        message: say('Say whether you have a case with us', 'Säg om du har ett ärende hos oss'),
      });
    if (data.get('known') === 'yes' && !/^\d{8}-\d{2}$/.test(data.get('number').trim())) {
      problems.push({
        id: 'number',
        message: say(
          'Type the case number: eight digits, a dash, two digits',
          'Skriv ärendenumret: åtta siffror, ett streck, två siffror',
        ),
      });
    }
    return problems;
  },

  time(data, calendar) {
    const problems = [];
    if (!data.get('office')) problems.push({ id: 'office', message: say('Choose an office', 'Välj ett kontor') });
    const day = data.get('date');
    if (!day) problems.push({ id: 'date', message: say('Choose a day', 'Välj en dag') });
    else if (!calendar.allows(new Date(`${day}T00:00`))) {
      problems.push({
        id: 'date',
        message: say('Choose a weekday within three months', 'Välj en vardag inom tre månader'),
      });
    } else if (!data.get('slot') && data.get('office')) {
      problems.push({ id: 'slot', message: say('Choose a time', 'Välj en tid') });
    }
    return problems;
  },

  details(data) {
    const problems = [];
    if (!data.get('given').trim())
      problems.push({ id: 'given', message: say('Type your first name', 'Skriv ditt förnamn') });
    if (!data.get('family').trim())
      problems.push({ id: 'family', message: say('Type your family name', 'Skriv ditt efternamn') });
    const identity = data.get('identity');
    if (identity.trim() && !identityHolds(identity)) {
      problems.push({
        id: 'identity',
        message: say(
          'Look at the personal identity number again: it doesn’t add up',
          'Titta på personnumret igen: det stämmer inte',
        ),
      });
    }
    if (!/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(data.get('mail').trim())) {
      problems.push({
        id: 'mail',
        message: say('Type an e-mail address, like name@example.com', 'Skriv en e-postadress, som namn@example.com'),
      });
    }
    if (data.get('file').size > 5 * 1024 * 1024)
      problems.push({ id: 'file', message: say('The file is larger than 5 MB', 'Filen är större än 5 MB') });
    const odd = /[^\p{L}\p{M}\p{N}\s.,:]/u.exec(data.get('message'));
    if (odd)
      problems.push({
        id: 'message',
        message: say(`This character can’t be used: ${odd[0]}`, `Det här tecknet går inte att använda: ${odd[0]}`),
      });
    return problems;
  },

  check(data) {
    return data.get('sure')
      ? []
      : [{ id: 'sure', message: say('Tick the box when everything is right', 'Kryssa i rutan när allt stämmer') }];
  },
};
