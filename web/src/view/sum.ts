// Room: view. A node of the document, summed up as the mirror sums up what it sent. What counts is what the document has,
// not what the view remembers: but for attributes that came to something else than was said, which are compared with that.

import { attributeType, FRAME } from '../wire/allow.ts';
import type { Sieve } from '../wire/css.ts';
import { sumNode } from '../wire/sum.ts';
import type { Attribute } from '../wire/tree.ts';
import { formBits, nameOn, OWN, writtenAs } from './nodes.ts';
import type { Shown } from './tree.ts';
import { lettered } from './veil.ts';

/** What no mirror sends: the kids are others than were sent. */
const OTHERS = [{ id: 0 }];

/** What the view put there by itself, after all else: an option for what isn't told, the pointer. */
function isOwn(node: Node): boolean {
  return (
    'hasAttribute' in node && ((node as Element).hasAttribute(OWN) || (node as Element).localName.startsWith('insyn-'))
  );
}

function kidsOf({ node, kids }: Shown, doc: Document | undefined): Iterable<{ id: number }> {
  const root = node && 'doctype' in node ? node : !node && doc;
  let next = root ? root.documentElement : node ? node.firstChild : (kids[0]?.node ?? null);
  for (const kid of kids) {
    if (kid.node !== next || !next) return OTHERS;
    next = next.nextSibling;
  }
  for (; next; next = next.nextSibling) if (!isOwn(next)) return OTHERS;
  return kids;
}

function attributesOf(element: Element, said: Shown['said'], sieve: Sieve): Attribute[] {
  const out: Attribute[] = [];
  for (const { name, value } of element.attributes) {
    // What the view writes by itself.
    if (!attributeType(name)) continue;
    if (element.localName === 'input' && (name === 'value' || name === 'insyn-indeterminate')) continue;
    const told = said?.get(name);
    if (told === undefined) out.push([name, value]);
    else {
      const same = value === writtenAs([name, told], sieve) || (element.localName === 'use' && value === '#');
      out.push([name, same ? told : value]);
    }
  }
  return out;
}

/** Goes on from `sum`. `doc` is given once the tree is the document's. */
export function sumShown(sum: number, shown: Shown, sieve: Sieve, doc: Document | undefined): number {
  const { id, node, said } = shown;
  const kids = kidsOf(shown, doc);
  if (node && 'data' in node) {
    const same = shown.text !== undefined && node.data === lettered(shown.text);
    return sumNode(sum, id, same ? (shown.text ?? '') : node.data, [], 0, 0, kids);
  }
  if (!node || !('localName' in node)) return sumNode(sum, id, '', [], 0, 0, kids);
  // A root that isn't the one that was built is none that was sent. What is in a frame may still have to move in.
  const same = node.localName === FRAME || node.shadowRoot === (shown.shadow?.node ?? null);
  const shadow = same ? (shown.shadow?.id ?? 0) : -1;
  return sumNode(sum, id, nameOn(node), attributesOf(node, said, sieve), formBits(node), shadow, kids);
}
