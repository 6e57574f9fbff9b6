// Room: console. Every word that the agent reads, in English; a translation is another object of this shape.

import { inGroups } from '../wire/hex.ts';
import type { Reason } from '../wire/reason.ts';
import type { Curtain } from './call.ts';

const DIGITS = ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine'];

/** Digits apart, as they are read aloud. */
const inWords = (digits: string) => [...digits].map((digit) => DIGITS[Number(digit)]).join(' ');

/** The policy by the beginning of its hash, as the applicant sees it too: it is compared by eye or ear. */
const rulesOf = (hash: string) => `Rules ${inGroups(hash)}`;

interface Words {
  title: string;
  text: string;
}

const ENDS: Record<Reason, Words> = {
  stopped: { title: 'The applicant stopped', text: 'They ended screen mirroring on their side.' },
  ended: { title: 'You ended the session', text: 'The applicant is told.' },
  console_closed: {
    title: 'The console was closed',
    text: 'A closed or reloaded console cannot come back to its session. Use a new code to go on.',
  },
  no_match: {
    title: 'The digits did not match',
    text: 'What was typed is not what you read aloud. Those digits are used up: make a new code, and read that out.',
  },
  not_joined: {
    title: 'The connection was not made in time',
    text: 'The code was typed, but the applicant’s browser did not get through. Try again with a new code.',
  },
  expired: { title: 'The code ran out', text: 'Nobody typed it in time. It can no longer be used.' },
  taken_back: { title: 'Code taken back', text: 'It can no longer be used.' },
  idle: {
    title: 'Ended after a time without activity',
    text: 'Nothing happened on the applicant’s page for a while.',
  },
  maximum: { title: 'The longest time was reached', text: 'A session has a longest time. Use a new code to go on.' },
  grace: {
    title: 'Away for too long',
    text: 'The connection to one side did not come back in time, so the session ended.',
  },
  protocol: {
    title: 'Ended for safety',
    text: 'Something went wrong, so the session was ended. Try again with a new code.',
  },
  superseded: { title: 'The applicant began another session', text: 'They typed another code in the same browser.' },
  signed_out: { title: 'You signed out', text: 'Signing out ends the session.' },
  shutdown: { title: 'The service is restarting', text: 'Wait a minute, then use a new code.' },
  not_admitted: { title: 'This session is over', text: 'It has ended, or belongs to another sign-in.' },
  tampered: {
    title: 'Ended to be safe',
    text: 'Something on the way changed what was sent. Use a new code, and tell your IT support if it happens again.',
  },
  policy: {
    title: 'This page expects other rules',
    text: 'The page was made for another version of the rules, so nothing of it was shown. Tell those who run the service; a new code will not help on that page.',
  },
  gone: { title: 'The line was lost', text: 'Check your network, then use a new code.' },
  silent: { title: 'The line was lost', text: 'Check your network, then use a new code.' },
  replaced: { title: 'Opened in another window', text: 'Your session went on in another window.' },
  slow: { title: 'The line was too slow', text: 'Check your network, then use a new code.' },
};

const CURTAINS: Record<Exclude<Curtain, 'none'>, Words & { chip: string }> = {
  waiting: { chip: 'Loading', title: 'Fetching the page…', text: 'The first picture is on its way.' },
  digits: {
    chip: 'Digits needed',
    title: 'Read these four digits aloud',
    text: 'The applicant’s browser could not carry the session to this page by itself. They type the digits into the bar on their page. The digits can be used once.',
  },
  paused: {
    chip: 'Paused',
    title: 'The applicant has paused',
    text: 'They can press “Resume” in the banner when they are ready.',
  },
  away: {
    chip: 'Away',
    title: 'The applicant is away',
    text: 'They left the agency’s pages, or lost their line. You see nothing of it. The view returns when they do.',
  },
  quiet: {
    chip: 'No answer',
    title: 'The applicant’s page does not answer',
    text: 'Nothing has come from it for a while, so what you saw may be out of date. Ask whether the page is still open. The view returns when it answers.',
  },
  'hidden-tab': {
    chip: 'Tab hidden',
    title: 'The applicant is in another tab',
    text: 'You see nothing of what they do there. The view returns when they switch back.',
  },
  'closed-page': {
    chip: 'Not shown',
    title: 'This page is not shown',
    text: 'The rules do not allow it. The view returns on the next page that they allow.',
  },
  line: {
    chip: 'Line down',
    title: 'Your line is down',
    text: 'Trying to reconnect. The session goes on by itself once the line is back.',
  },
};

export const texts = {
  product: 'Insyn',
  desk: 'Agent desk',
  viewOnly: 'View only: you can’t do anything on the applicant’s page',

  signIn: {
    title: 'Sign in',
    lead: 'See the agency’s pages together with the applicant, during the call.',
    name: 'Your name',
    hint: 'The applicant sees this name when you look.',
    demo: 'Demo: any name works, no password is asked for.',
    button: 'Sign in',
    refused: 'Use 2 to 40 letters. Spaces and hyphens are fine.',
  },
  signOut: 'Sign out',
  signedInAs: (name: string) => `Signed in as ${name}`,

  home: {
    title: 'Ready for the next call',
    lead: 'The applicant types a code that you read aloud. By typing it they agree to screen mirroring, this once.',
    button: 'New code',
    how: 'How it goes',
    steps: [
      'Press “New code” and read the ten digits aloud.',
      'The applicant opens the agency’s support page, reads what they agree to and types the digits.',
      'You see their page within seconds. They can pause or stop at any time.',
    ],
    promises: 'What holds',
    points: [
      'Only the agency’s own pages are shown, never anything else on their computer.',
      'What they type in fields stays with them: you see whether a field is empty or filled.',
      'Nothing is recorded or kept.',
    ],
    rules: (hash: string) => `${rulesOf(hash)} decide what may be shown. The applicant sees the same characters.`,
  },

  code: {
    title: 'Read these digits aloud',
    name: 'Code',
    groups: (ten: string) => [ten.slice(0, 3), ten.slice(3, 6), ten.slice(6)].map(inWords),
    advice:
      'Three groups, with a pause between them. Ask the applicant to open the agency’s support page and type the digits there.',
    valid: 'Valid for',
    extend: '5 more minutes',
    extended: 'Five minutes added',
    extendedMost: 'It can’t be made longer. Take it back and use a new code if more time is needed.',
    takeBack: 'Take back',
    justUsed: 'The code was just used.',
    takenBack: 'The code was taken back. It can no longer be used.',
    waiting: 'Waiting for the applicant to type the code',
    unreached: 'No connection. Until it is back, nobody can use the code. Trying again…',
    lastMinute: 'One minute left',
    connecting: 'Connecting…',
    used: 'The code was typed and is used up. The view opens as soon as both sides have found each other.',
    cancel: 'End session',
  },

  live: {
    region: 'Session',
    chip: 'Live',
    left: 'Time left',
    graceLeft: (time: string) => `Without their return the session ends in ${time}.`,
    fourDigits: 'Four digits',
    digitsLeft: (time: string) => `Without the digits the session ends in ${time}.`,
    digits: (four: string) => `${four.slice(0, 2)} ${four.slice(2)}`,
    digitsSpoken: (four: string) => `${inWords(four.slice(0, 2))}, ${inWords(four.slice(2))}`,
    rules: rulesOf,
    consent: 'Consent',
    consented: (time: string, language: string) => `${time}, read in ${language}`,
    end: 'End session',
    ending: 'Ending…',
    // As in DESIGN 9, apostrophe included: tests and assistive technology look for it.
    view: "Applicant's page",
    scroll: 'View, scrollable',
    size: 'Size',
    fit: 'Fit',
    full: '100 %',
    viewport: (width: number, height: number) => `${width} × ${height}`,
    print: 'The applicant’s page is not printed.',
  },
  curtains: CURTAINS,

  ended: {
    ends: ENDS,
    unproven:
      'The digits were tried, and the attempt was broken off. If the applicant did not just leave the page, tell those who run the service.',
    kept: 'The view has been emptied. Nothing of what was shown is kept.',
    again: 'New code',
    receipt: 'Receipt',
    receiptNote: 'Proof of consent, without content. It was also given to the applicant.',
    session: 'Session',
    statement: 'Statement',
    hash: 'Statement’s hash',
    statementOf: (version: string, language: string) => `${version} (${language})`,
    rules: 'Rules',
    inGroups,
    consented: 'Consent given',
    over: 'Ended',
  },

  errors: {
    offline: 'The service can’t be reached. Check your network and try again.',
    signedOut: 'You have been signed out. Sign in again.',
    full: 'The service is full at the moment. Try again in a minute.',
    many: 'Too many tries. Wait a moment and try again.',
    refused: 'That did not work. Try again.',
  },

  language: (tag: string) => {
    try {
      return new Intl.DisplayNames(['en'], { type: 'language' }).of(tag) ?? tag;
    } catch {
      return tag;
    }
  },
};
