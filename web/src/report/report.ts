// Room: report. Opens each page of a folder in a frame, with the mirror in it as in a session, and lists what would be sent of it,
// for an integrator to sign off. Nothing leaves the browser.

import { make } from '../dom.ts';
import { STRENGTH } from '../mirror/mask.ts';
import type { Mirror } from '../mirror/mirror.ts';
import { RULE_BLOCKS } from '../wire/css.ts';
import type { Bytes, FromMirror } from '../wire/messages.ts';
import { type Policy, pageRule } from '../wire/policy.ts';
import { decode } from '../wire/tree.ts';
import type { Probed } from './probe.ts';
import { readKeyframe, type Sent } from './read.ts';

interface Config {
  pages: string[];
  policy: string;
  policyHash: string;
  probe: string;
  /** What the policy's paths lie below here; "" for a policy made for these pages. */
  below: string;
}

/** How long a page may take to load, and how long nothing may come from it until it counts as whole, in milliseconds. */
const LOAD_MS = 10_000;
const QUIET_MS = 1200;
const wait = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

/** The policy as it holds for pages that lie elsewhere than it says. */
function moved(policy: Policy, below: string): Policy {
  const here = [location.origin];
  if (!below) return policy;
  const page = (path: string): string => below + path;
  return {
    ...policy,
    origins: here,
    fetch: policy.fetch.length > 0 ? here : [],
    pages: policy.pages.map(({ origin: _, ...rule }) => ({ ...rule, path: page(rule.path) })),
    rules: policy.rules.map((rule) => (rule.path === undefined ? rule : { ...rule, path: page(rule.path) })),
  };
}

/** What of a document's styles doesn't cross. */
function leftOut(doc: Document): string[] {
  const out = new Set<string>();
  for (const sheet of doc.styleSheets) {
    const name = sheet.href ? new URL(sheet.href).pathname : 'a style element';
    try {
      for (const rule of sheet.cssRules) {
        const at = /^@([-\w]+)/.exec(rule.cssText)?.[1];
        if (at && at !== 'import' && !RULE_BLOCKS.has(at)) out.add(`${name}: @${at} is not on the list`);
      }
    } catch {
      out.add(`${name}: of another origin, and can't be read without CORS`);
    }
  }
  return [...out];
}

/** Marks and rules that don't say what they were meant to. */
function oddities(doc: Document, policy: Policy): string[] {
  const out: string[] = [];
  for (const element of doc.querySelectorAll('[data-insyn]')) {
    const said = element.getAttribute('data-insyn') ?? '';
    if (said !== 'consent' && !STRENGTH.some((mode) => mode === said))
      out.push(`data-insyn="${said}" is no mode: hidden`);
  }
  for (const { selector } of policy.rules) {
    try {
      doc.querySelector(selector);
    } catch {
      out.push(`the rule for ${selector} can't be parsed: the page is hidden`);
    }
  }
  return out;
}

async function probe(path: string, config: Config, policy: Policy): Promise<HTMLElement> {
  const address = `/pages/${path.split('/').map(encodeURIComponent).join('/')}`;
  const rule = pageRule(policy, location.origin, decodeURI(new URL(address, location.href).pathname));
  const head = (words: string): HTMLElement => make('h2', {}, path, make('small', {}, words));
  if (!rule) return make('section', {}, head('no rule of the policy: nothing is shown'));
  const frame = make('iframe', { title: path, tabindex: '-1' });
  const trouble: string[] = [];
  const keyframe: { body?: Bytes | undefined } = {};
  let heard = performance.now();
  let mirror: Mirror | undefined;
  const sizes = new Map<string, number>();
  try {
    await new Promise<void>((done) => {
      frame.onload = () => done();
      setTimeout(done, LOAD_MS);
      frame.src = address;
      document.body.append(frame);
    });
    const win = frame.contentWindow as Probed;
    const doc = frame.contentDocument;
    if (!doc) throw new Error('it went to another origin');
    doc.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) =>
      trouble.push(`the page's CSP refused ${violatedDirective}: ${blockedURI}`),
    );
    await new Promise<void>((done, fail) => {
      const script = doc.createElement('script');
      script.onload = () => done();
      script.onerror = () => fail(new Error("the page's CSP does not let Insyn's script in"));
      script.src = config.probe;
      doc.documentElement.append(script);
    });
    const take = (message: FromMirror): void => {
      heard = performance.now();
      if (message.t === 'keyframe') keyframe.body = message.body;
      if (message.t === 'resource') sizes.set(message.hash, message.body.length);
    };
    mirror = win.insynProbe?.(policy, take);
    const quiet = async (): Promise<void> => {
      heard = performance.now();
      const end = heard + LOAD_MS;
      while (performance.now() < Math.min(end, heard + QUIET_MS)) await wait(100);
    };
    await quiet();
    keyframe.body = undefined;
    mirror?.resync();
    await quiet();
    const last = keyframe.body as Bytes | undefined;
    if (!last) throw new Error('the mirror sent nothing');
    const ops = decode(last);
    mirror?.want(ops.flatMap((op) => (op.op === 'resource' && op.hash ? [op.hash] : [])));
    await quiet();
    const sent = readKeyframe(ops, (hash) => sizes.get(hash));
    trouble.push(...oddities(doc, policy));
    const by = policy.fetch.includes(location.origin) ? 'by fetch' : 'off a canvas';
    return section(
      head(`${rule.id} · ${rule.label} · ${rule.text}, choices ${rule.choices ?? 'hide'}`),
      sent,
      last.length,
      by,
      leftOut(doc),
      trouble,
    );
  } catch (error) {
    return make('section', { class: 'trouble' }, head(error instanceof Error ? error.message : 'it could not be read'));
  } finally {
    mirror?.stop();
    frame.remove();
  }
}

function section(
  head: HTMLElement,
  sent: Sent,
  bytes: number,
  by: string,
  styles: string[],
  trouble: string[],
): HTMLElement {
  const list = (title: string, items: readonly string[], open = false): HTMLElement => {
    const counts = new Map<string, number>();
    for (const item of items) counts.set(item, (counts.get(item) ?? 0) + 1);
    const rows = Array.from(counts, ([item, count]) => make('li', {}, count > 1 ? `${item} (${count} times)` : item));
    return make(
      'details',
      open && items.length > 0 ? { open: '' } : {},
      make('summary', {}, `${title}: ${items.length}`),
      make('ul', {}, ...rows),
    );
  };
  return make(
    'section',
    trouble.length > 0 ? { class: 'trouble' } : {},
    head,
    make(
      'p',
      {},
      `${bytes} bytes in the first frame. Title: ${sent.title || 'not told'}. Masked texts: ${sent.masked}. Files that can't be had: ${sent.missing}.`,
    ),
    list('To look at', trouble, true),
    list('Words that the agent reads', sent.texts),
    list('Words in attributes', sent.attributes),
    list('Fields', sent.fields),
    list(`Pictures, read ${by}`, sent.images),
    list('Boxes', sent.boxes),
    list('Styles that are left out', styles),
  );
}

async function main(): Promise<void> {
  const config: Config = JSON.parse(document.querySelector('#config')?.textContent ?? '{}');
  const policy = moved(JSON.parse(config.policy), config.below);
  const state = make('p', { role: 'status' });
  const main = make(
    'main',
    {},
    make('h1', {}, 'What would be sent'),
    make('p', {}, `Policy ${policy.version}, SHA-256 `, make('code', {}, config.policyHash)),
    state,
  );
  document.body.append(main);
  for (const [n, path] of config.pages.entries()) {
    state.textContent = `Reading ${n + 1} of ${config.pages.length}: ${path}`;
    main.append(await probe(path, config, policy));
  }
  state.textContent = `${config.pages.length} pages were read, each as it is right after loading.`;
  document.body.dataset.done = '';
}

void main();
