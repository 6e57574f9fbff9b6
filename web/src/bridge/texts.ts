// Room: bridge. The form's words, by language; the statement itself comes from the server. The English names of the field
// and the button are relied on by assistive technology's users and by tests (DESIGN 9).

import type { CodeError } from '../wire/code.ts';
import { inGroups } from '../wire/hex.ts';

/** Why a code was not accepted, beside what can be seen in the browser. */
export type Refusal = 'unknown' | 'offline' | 'failed';

export interface FormTexts {
  lang: string;
  dir: 'ltr' | 'rtl';
  title: string;
  /** The policy, by the beginning of its hash, and what that is. */
  rules(hash: string): string;
  code: string;
  hint: string;
  start: string;
  /** Of the field, before anything is sent. */
  typing: Record<CodeError, string>;
  refused: Record<Refusal, string>;
  wait(seconds: number): string;
  waited: string;
  changed: string;
  connecting: string;
  on: string;
  looking(agent: string): string;
  notCovered(agent: string): string;
  paused: string;
  away: string;
  controls: string;
  ended: string;
  again: string;
  /** After the reason, where it ended before anything was shown, and what to do then. */
  early: string;
  /** The ticket's cookie did not come back. */
  blocked: string;
}

const en: FormTexts = {
  lang: 'en',
  dir: 'ltr',
  title: 'Screen mirroring',
  rules: (hash) => `Rules ${inGroups(hash)} decide what may be shown. The agent sees the same characters.`,
  code: 'Code',
  hint: 'Ten digits that the agent reads to you, such as 472 915 3086',
  start: 'Start screen mirroring',
  typing: {
    length: 'The code has ten digits. Check that you have typed all of them, and none twice.',
    check: 'One of the digits is not right. Ask the agent to read the code once more. The code still works.',
    characters: 'Type digits only. Spaces and dashes are fine.',
  },
  refused: {
    unknown: 'This code does not work. It may have been used already, or be too old. Ask the agent for a new code.',
    offline: 'There is no connection right now. Check your internet connection and try again.',
    failed: 'It did not work right now. Try again in a moment, or tell the agent.',
  },
  wait: (seconds) =>
    `There were too many tries. You can try again in ${seconds} ${seconds === 1 ? 'second' : 'seconds'}.`,
  waited: 'You can try again now.',
  changed: 'The text below has been updated. Read it, and send the code again.',
  connecting: 'Connecting…',
  on: 'Screen mirroring is on',
  looking: (agent) => `${agent || 'The support agent'} can see this page.`,
  notCovered: (agent) => `${agent || 'The support agent'} does not see this page.`,
  paused: 'Paused. The agent sees nothing now.',
  away: 'Connecting. Nothing more is sent.',
  controls: 'You can pause or stop at any time, in the bar at the edge of the window.',
  ended: 'Screen mirroring has ended. Nothing was kept.',
  again: 'If you need help again, the agent gives you a new code.',
  early: 'Nothing was shown. Ask the agent for a new code.',
  blocked:
    'This browser blocks cookies, so screen mirroring could not begin. Allow cookies for this site, and ask the agent for a new code.',
};

const sv: FormTexts = {
  lang: 'sv',
  dir: 'ltr',
  title: 'Skärmvisning',
  rules: (hash) => `Regler ${inGroups(hash)} avgör vad som får visas. Handläggaren ser samma tecken.`,
  code: 'Kod',
  hint: 'Tio siffror som handläggaren läser upp, till exempel 472 915 3086',
  start: 'Starta skärmvisning',
  typing: {
    length: 'Koden har tio siffror. Kontrollera att du har skrivit alla, och ingen två gånger.',
    check: 'En av siffrorna stämmer inte. Be handläggaren läsa upp koden en gång till. Koden gäller fortfarande.',
    characters: 'Skriv bara siffror. Mellanslag och bindestreck går bra.',
  },
  refused: {
    unknown: 'Koden fungerar inte. Den kan vara använd redan, eller för gammal. Be handläggaren om en ny kod.',
    offline: 'Det finns ingen anslutning just nu. Kontrollera din internetanslutning och försök igen.',
    failed: 'Det gick inte just nu. Försök igen om en stund, eller säg till handläggaren.',
  },
  wait: (seconds) =>
    `Det blev för många försök. Du kan försöka igen om ${seconds} ${seconds === 1 ? 'sekund' : 'sekunder'}.`,
  waited: 'Nu kan du försöka igen.',
  changed: 'Texten nedan har uppdaterats. Läs den, och skicka koden igen.',
  connecting: 'Ansluter…',
  on: 'Skärmvisningen är på',
  looking: (agent) => `${agent || 'Handläggaren'} kan se den här sidan.`,
  notCovered: (agent) => `${agent || 'Handläggaren'} ser inte den här sidan.`,
  paused: 'Pausat. Handläggaren ser ingenting nu.',
  away: 'Ansluter. Inget mer skickas.',
  controls: 'Du kan pausa eller avsluta när som helst, i raden vid fönstrets kant.',
  ended: 'Skärmvisningen är avslutad. Ingenting sparades.',
  again: 'Om du behöver hjälp igen får du en ny kod av handläggaren.',
  early: 'Ingenting visades. Be handläggaren om en ny kod.',
  blocked:
    'Webbläsaren blockerar kakor, så skärmvisningen kunde inte börja. Tillåt kakor för webbplatsen, och be handläggaren om en ny kod.',
};

export const FORM_TEXTS = { en, sv };
