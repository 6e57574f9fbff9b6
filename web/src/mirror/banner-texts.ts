// Room: mirror. The banner's words, by language. The English names of region and buttons are relied on by assistive
// technology's users and by tests (DESIGN 9).

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
  began: string;
  finished: string;
  reasons: Record<Reason, string>;
}

const en: BannerTexts = {
  lang: 'en',
  dir: 'ltr',
  region: 'Screen mirroring',
  looking: (agent) => `${agent || 'The support agent'} can see this page`,
  notCovered: (agent) => `${agent || 'The support agent'} does not see this page`,
  paused: (agent) => `Paused. ${agent || 'The support agent'} sees nothing now`,
  away: 'Connecting. Nothing more is sent.',
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
    no_match: 'The codes did not match.',
    not_joined: 'The agent did not answer in time.',
    expired: 'The code was too old.',
    taken_back: 'The agent took the code back.',
    idle: 'Nothing had happened for a while.',
    maximum: 'The longest time was reached.',
    grace: 'The connection was away for too long.',
    protocol: 'Something went wrong, so it was ended to be safe.',
    superseded: 'You started a new one in another window.',
    signed_out: 'The agent signed out.',
    shutdown: 'The service is being restarted.',
    not_admitted: 'It had ended while you were away.',
  },
};

const sv: BannerTexts = {
  lang: 'sv',
  dir: 'ltr',
  region: 'Skärmvisning',
  looking: (agent) => `${agent || 'Handläggaren'} kan se den här sidan`,
  notCovered: (agent) => `${agent || 'Handläggaren'} ser inte den här sidan`,
  paused: (agent) => `Pausat. ${agent || 'Handläggaren'} ser ingenting nu`,
  away: 'Ansluter. Inget mer skickas.',
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
    no_match: 'Koderna stämde inte överens.',
    not_joined: 'Handläggaren svarade inte i tid.',
    expired: 'Koden var för gammal.',
    taken_back: 'Handläggaren tog tillbaka koden.',
    idle: 'Inget hade hänt på en stund.',
    maximum: 'Den längsta tiden var nådd.',
    grace: 'Anslutningen var borta för länge.',
    protocol: 'Något gick fel, och därför avslutades den.',
    superseded: 'Du startade en ny i ett annat fönster.',
    signed_out: 'Handläggaren loggade ut.',
    shutdown: 'Tjänsten startas om.',
    not_admitted: 'Den avslutades medan du var borta.',
  },
};

export const BANNER_TEXTS = { en, sv };
