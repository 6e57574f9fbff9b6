// Room: mirror. The banner's words, by language. The English names of region and buttons are relied on by assistive
// technology's users and by tests (DESIGN 9).

import type { CodeError } from '../wire/code.ts';
import type { Reason } from '../wire/reason.ts';

export interface BannerTexts {
  lang: string;
  dir: 'ltr' | 'rtl';
  region: string;
  /** The agent's name, or "" where there is none. */
  looking(agent: string): string;
  notCovered(agent: string): string;
  paused(agent: string): string;
  away: string;
  /** The session waits for an answer on this page, and what is asked for. */
  holding(agent: string): string;
  askDigits(agent: string): string;
  continueHere: string;
  fourDigits: string;
  continue: string;
  typing: Record<Exclude<CodeError, 'check'>, string>;
  /** What was typed did not go out. */
  again: string;
  connecting: string;
  pause: string;
  resume: string;
  stop: string;
  showHidden: string;
  hiddenParts(count: number): string;
  endsIn(minutes: number): string;
  stopping: string;
  ended: string;
  close: string;
  receipt: string;
  session: string;
  statement: string;
  policy: string;
  /** The policy while it is in force, by the beginning of its hash, and what that is. */
  rules(hash: string): string;
  aboutRules: string;
  began: string;
  finished: string;
  reasons: Record<Reason, string>;
  /** After a reason that only a new code helps against. */
  newCode: string;
}

const en: BannerTexts = {
  lang: 'en',
  dir: 'ltr',
  region: 'Screen mirroring',
  looking: (agent) => `${agent || 'The support agent'} can see this page`,
  notCovered: (agent) => `${agent || 'The support agent'} does not see this page`,
  paused: (agent) => `Paused. ${agent || 'The support agent'} sees nothing now`,
  away: 'Connecting. Nothing more is sent.',
  holding: (agent) => `Screen mirroring is waiting. ${agent || 'The support agent'} sees nothing here.`,
  askDigits: (agent) =>
    `Ask ${agent || 'the support agent'} to read you four digits. They can be tried once; if they are wrong, you need a new code.`,
  continueHere: 'Continue here',
  fourDigits: 'Four digits',
  continue: 'Continue',
  typing: {
    length: 'Type four digits. Nothing has been sent.',
    characters: 'Type digits only. Nothing has been sent.',
  },
  again: 'That did not go through. Type the four digits again.',
  connecting: 'Connecting…',
  pause: 'Pause',
  resume: 'Resume',
  stop: 'Stop',
  showHidden: 'Show what is hidden',
  hiddenParts: (count) =>
    count === 1
      ? '1 part of this page is hidden from the agent.'
      : `${count} parts of this page are hidden from the agent.`,
  endsIn: (minutes) => `It ends in ${minutes} ${minutes === 1 ? 'minute' : 'minutes'}.`,
  stopping: 'Stopping…',
  ended: 'Screen mirroring has ended. Nothing was kept.',
  close: 'Close',
  receipt: 'Receipt',
  session: 'Session',
  statement: 'You agreed to',
  policy: 'Rules',
  rules: (hash) => `Rules ${inGroups(hash)}`,
  aboutRules: 'They decide what may be shown. The agent sees the same characters.',
  began: 'Began',
  finished: 'Ended',
  reasons: {
    gone: 'The connection was lost.',
    silent: 'The connection was lost.',
    replaced: 'It went on in another window.',
    slow: 'The connection was too slow.',
    stopped: 'You stopped it.',
    ended: 'The agent ended it.',
    console_closed: 'The agent closed the window.',
    no_match: 'The digits did not match.',
    not_joined: 'The agent did not answer in time.',
    expired: 'The code was too old.',
    taken_back: 'The agent took the code back.',
    idle: 'Nothing happened for a while.',
    maximum: 'The longest time was reached.',
    grace: 'The connection was away for too long.',
    protocol: 'Something went wrong, so it was ended to be safe.',
    superseded: 'You started a new one in another window.',
    signed_out: 'The agent signed out.',
    shutdown: 'The service is being restarted.',
    not_admitted: 'It ended while you were away.',
    tampered: 'Something on the way changed what was sent, so it was ended to be safe.',
    policy: 'This page expects other rules for what may be shown, so nothing of it was shown.',
  },
  newCode: 'Ask the agent for a new code.',
};

const sv: BannerTexts = {
  lang: 'sv',
  dir: 'ltr',
  region: 'Skärmvisning',
  looking: (agent) => `${agent || 'Handläggaren'} kan se den här sidan`,
  notCovered: (agent) => `${agent || 'Handläggaren'} ser inte den här sidan`,
  paused: (agent) => `Pausat. ${agent || 'Handläggaren'} ser ingenting nu`,
  away: 'Ansluter. Inget mer skickas.',
  holding: (agent) => `Skärmvisningen väntar. ${agent || 'Handläggaren'} ser ingenting här.`,
  askDigits: (agent) =>
    `Be ${agent || 'handläggaren'} läsa upp fyra siffror. De kan provas en gång; om de är fel behöver du en ny kod.`,
  continueHere: 'Fortsätt här',
  fourDigits: 'Fyra siffror',
  continue: 'Fortsätt',
  typing: {
    length: 'Skriv fyra siffror. Inget har skickats.',
    characters: 'Skriv bara siffror. Inget har skickats.',
  },
  again: 'Det kom inte fram. Skriv de fyra siffrorna igen.',
  connecting: 'Ansluter…',
  pause: 'Pausa',
  resume: 'Fortsätt',
  stop: 'Avsluta',
  showHidden: 'Visa vad som är dolt',
  hiddenParts: (count) =>
    count === 1
      ? '1 del av den här sidan är dold för handläggaren.'
      : `${count} delar av den här sidan är dolda för handläggaren.`,
  endsIn: (minutes) => `Den slutar om ${minutes} ${minutes === 1 ? 'minut' : 'minuter'}.`,
  stopping: 'Avslutar…',
  ended: 'Skärmvisningen är avslutad. Ingenting sparades.',
  close: 'Stäng',
  receipt: 'Kvitto',
  session: 'Tillfälle',
  statement: 'Du godkände',
  policy: 'Regler',
  rules: (hash) => `Regler ${inGroups(hash)}`,
  aboutRules: 'De avgör vad som får visas. Handläggaren ser samma tecken.',
  began: 'Började',
  finished: 'Slutade',
  reasons: {
    gone: 'Anslutningen bröts.',
    silent: 'Anslutningen bröts.',
    replaced: 'Den fortsatte i ett annat fönster.',
    slow: 'Anslutningen var för långsam.',
    stopped: 'Du avslutade den.',
    ended: 'Handläggaren avslutade den.',
    console_closed: 'Handläggaren stängde sitt fönster.',
    no_match: 'Siffrorna stämde inte.',
    not_joined: 'Handläggaren svarade inte i tid.',
    expired: 'Koden var för gammal.',
    taken_back: 'Handläggaren tog tillbaka koden.',
    idle: 'Inget hände på en stund.',
    maximum: 'Den längsta tiden var nådd.',
    grace: 'Anslutningen var borta för länge.',
    protocol: 'Något gick fel, så den avslutades för säkerhets skull.',
    superseded: 'Du startade en ny i ett annat fönster.',
    signed_out: 'Handläggaren loggade ut.',
    shutdown: 'Tjänsten startas om.',
    not_admitted: 'Den avslutades medan du var borta.',
    tampered: 'Något på vägen ändrade det som skickades, så den avslutades för säkerhets skull.',
    policy: 'Den här sidan räknar med andra regler för vad som får visas, så inget av den har visats.',
  },
  newCode: 'Be handläggaren om en ny kod.',
};

export const BANNER_TEXTS = { en, sv };

/** Enough of a hash to compare it by eye or ear: `9f3b 7c21`. */
export function inGroups(hash: string): string {
  return `${hash.slice(0, 4)} ${hash.slice(4, 8)}`;
}
