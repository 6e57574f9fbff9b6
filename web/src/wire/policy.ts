// Room: wire. The policy as the browser sees it (consent/policy.go parses and hashes it), and which page a path is.

export type TextMode = 'show' | 'labels' | 'hide';

export interface PageRule {
  id: string;
  label: string;
  /** An exact origin; any listed one where missing. */
  origin?: string;
  /** `*` is a run without "/", `**` any run. */
  path: string;
  text: TextMode;
  /** Whether it shows which radio, checkbox or option is chosen; `hide` where missing. */
  choices?: 'show' | 'hide';
  /** Whether the agent reads the document's title or the label alone; where missing, the title on pages that show their text. */
  title?: 'show' | 'label';
}

export interface ElementRule {
  path?: string;
  selector: string;
  text: TextMode | 'mask';
}

/** What the agency knows as personal data beside what is known here. */
export interface PolicyPattern {
  name: string;
  /** A regular expression of the few kinds of parts that consent/policy_pattern.go allows. */
  match: string;
}

export interface Policy {
  version: string;
  domain: string;
  origins: string[];
  /** Origins whose files the page's own CSP lets the mirror fetch (connect-src). */
  fetch: string[];
  pages: PageRule[];
  rules: ElementRule[];
  patterns?: PolicyPattern[];
  /** Whether class names leave as they are, which is so where missing, or as numbers. */
  classes?: 'show' | 'map';
}

export function matchesPath(pattern: string, path: string): boolean {
  const source = pattern
    .split(/(\*\*|\*)/)
    .map((part) => (part === '**' ? '.*' : part === '*' ? '[^/]*' : part.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')))
    .join('');
  return new RegExp(`^${source}$`, 's').test(path);
}

/** The first rule that matches, or undefined: then nothing of the page is shown. */
export function pageRule(policy: Policy, origin: string, path: string): PageRule | undefined {
  if (!policy.origins.includes(origin)) return undefined;
  return policy.pages.find((rule) => (rule.origin ?? origin) === origin && matchesPath(rule.path, path));
}
