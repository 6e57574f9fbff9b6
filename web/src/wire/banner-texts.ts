// Room: wire. The banner's words in one language. The bridge has all languages and gives the page the one that it asks for, so
// that a page carries none: who looks, and whether, is the bridge's word either way.

import type { CodeError } from './code.ts';
import type { Reason } from './reason.ts';

/** By the language's plural forms (CLDR); `{n}` is the number. */
export type Plural = Partial<Record<Intl.LDMLPluralRule, string>> & { other: string };

/** `{agent}` is the agent's name, or where there is none `somebody`, in `askDigits` `somebodyWithin`. */
export interface BannerTexts {
  lang: string;
  dir: 'ltr' | 'rtl';
  region: string;
  somebody: string;
  somebodyWithin: string;
  looking: string;
  notCovered: string;
  paused: string;
  away: string;
  /** The session waits for an answer on this page, and what is asked for. */
  holding: string;
  askDigits: string;
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
  hiddenParts: Plural;
  endsIn: Plural;
  stopping: string;
  ended: string;
  close: string;
  receipt: string;
  session: string;
  statement: string;
  policy: string;
  /** The policy while it is in force, by the beginning of its hash, `{hash}`, and what that is. */
  rules: string;
  aboutRules: string;
  began: string;
  finished: string;
  reasons: Record<Reason, string>;
  /** After a reason that only a new code helps against. */
  newCode: string;
}
