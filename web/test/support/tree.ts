// Room: test. Trees as they are on the wire, written short.

import type { Attribute, Entry, Op } from '../../src/wire/tree.ts';

export const el = (id: number, name: string, kids: Entry[] = [], attributes: Attribute[] = []): Entry => ({
  kind: 'element',
  id,
  name,
  attributes,
  kids,
});
export const text = (id: number, said: string): Entry => ({ kind: 'text', id, text: said });
export const known = (id: number): Entry => ({ kind: 'known', id });
/** A page that has these in its body, which is node 4. */
export const plain = (...kids: Entry[]): Op => ({
  op: 'root',
  id: 1,
  kids: [el(2, 'html', [el(3, 'head'), el(4, 'body', kids)])],
});
export const splice = (id: number, start: number, removed: number, ...entries: Entry[]): Op => ({
  op: 'splice',
  id,
  start,
  removed,
  entries,
});
