// Room: mirror. Frames of the page that can be looked into: of its own origin, on a path that the policy has as well.
// Their documents are parts of the page's tree, as shadow roots are; every other frame stays a box of its size.

import type { PageRule, Policy } from '../wire/policy.ts';
import { pageRule } from '../wire/policy.ts';
import type { Id } from '../wire/tree.ts';
import { Document, HTMLIFrameElement, ShadowRoot } from './kinds.ts';
import { type Context, STRENGTH } from './mask.ts';
import { parentOf } from './native.ts';

/** What is shown in a frame, and how. */
export interface Inside {
  /** Of another origin: what stands for it. */
  document: Node;
  context: Context;
  /** Of another origin: has it begin, under a document with the id that comes back, and end. */
  far?: { open(): Id; close(): void };
}

/** Where a document lies. What a page wrote into a frame by itself lies where the page does. */
export function placeOf(doc: Document): Location {
  const { location, frameElement } = doc.defaultView ?? window;
  return location.protocol === 'about:' && frameElement ? placeOf(frameElement.ownerDocument) : location;
}

/**
 * The document in a frame; undefined where none may be shown. It shows no more than the page around it does, and than its
 * own path may: `page` is the rule of the page.
 */
export function inside(frame: Node, { mode }: Context, policy: Policy, page: PageRule): Inside | undefined {
  if (!(frame instanceof HTMLIFrameElement)) return undefined;
  const document = frame.contentDocument;
  if (!document?.documentElement || document.designMode === 'on') return undefined;
  const { origin, pathname } = placeOf(document);
  const rule = pageRule(policy, origin, pathname);
  if (!rule || (page.choices === 'show' && rule.choices !== 'show')) return undefined;
  const stronger = STRENGTH.indexOf(rule.text) > STRENGTH.indexOf(mode) ? rule.text : mode;
  return { document, context: { mode: stronger, label: false } };
}

/** The node around a node, out of shadow roots and frames; null at the outermost. */
export function around(node: Node): Node | null {
  if (node instanceof ShadowRoot) return node.host;
  if (node instanceof Document) return node.defaultView?.frameElement ?? null;
  return parentOf(node);
}

/** Where the viewport in a frame begins, in CSS pixels of the one that the frame is in. */
function corner(frame: Element): { x: number; y: number } {
  const { left, top } = frame.getBoundingClientRect();
  const { paddingLeft, paddingTop } = getComputedStyle(frame);
  return {
    x: left + frame.clientLeft + Number.parseFloat(paddingLeft),
    y: top + frame.clientTop + Number.parseFloat(paddingTop),
  };
}

/** Where the viewport that a node is in, or that is in `within`, begins, in CSS pixels of the one of `root`. */
export function offset(node: Node, root: Document, within?: Element): { x: number; y: number } {
  const at = within ? corner(within) : { x: 0, y: 0 };
  for (let doc: Document | null = node instanceof Document ? node : node.ownerDocument; doc && doc !== root; ) {
    const frame: Element | null = doc.defaultView?.frameElement ?? null;
    if (!frame) break;
    const { x, y } = corner(frame);
    at.x += x;
    at.y += y;
    doc = frame.ownerDocument;
  }
  return at;
}
