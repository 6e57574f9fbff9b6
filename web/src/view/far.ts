// Room: view. What the page of another origin in a frame tells may be about itself alone: neither about the page around it nor
// about what is in other frames. Where pointer and focus are, each tells of itself.

import { type Entry, type Id, type Op, SHARE } from '../wire/tree.ts';

/** What such a page has no say in: which page it is, and what the applicant has in sight. */
const NEVER: ReadonlySet<Op['op']> = new Set(['page', 'root', 'sight']);

function* idsIn(entries: readonly Entry[]): Iterable<number> {
  for (const entry of entries) {
    yield entry.id;
    if (entry.kind !== 'element') continue;
    yield* idsIn(entry.kids);
    if (!entry.shadow) continue;
    yield entry.shadow.id;
    yield* idsIn(entry.shadow.kids);
  }
}

function* ids(op: Op): Iterable<number> {
  if ('id' in op) yield op.id;
  if (op.op === 'splice') yield* idsIn(op.entries);
  if (op.op === 'motion') for (const { id } of op.moving) yield id;
  if (op.op === 'sum') yield* [op.from, op.to];
  if (op.op === 'states') yield* [op.hover, op.active, op.focus].filter((id) => id !== 0);
}

/** Throws RangeError where a body of a frame's page is about something else. */
export function checkShare(ops: readonly Op[]): void {
  const at = ops.findIndex(({ op }) => op === 'far');
  const far = ops[at];
  if (far?.op !== 'far') return;
  const { share } = far;
  if (at > 0 || share < 1 || share > SHARE.most) throw new RangeError('not a share');
  const own = (number: number, size: number): boolean => Math.floor(number / size) === share;
  for (const op of ops) {
    if (NEVER.has(op.op)) throw new RangeError('not of a frame');
    if (op.op === 'resource' && !own(op.number, SHARE.names)) throw new RangeError("another page's resource");
    for (const id of ids(op)) if (!own(id, SHARE.nodes)) throw new RangeError("another page's node");
  }
}

export type States = Extract<Op, { op: 'states' }>;

/** The share of a body: 0 for the page around. */
export function shareOf(ops: readonly Op[]): number {
  return ops[0]?.op === 'far' ? ops[0].share : 0;
}

/**
 * Where pointer and focus are, by what each page told last: in a frame, if the page around has the pointer over its element,
 * or if there is a focus in it, of which that element knows nothing. `inner` gives the id of what is in a frame, else 0.
 */
export function innermost(told: ReadonlyMap<number, States>, inner: (id: Id) => Id): States {
  const states = told.get(0) ?? { op: 'states', hover: 0, active: 0, focus: 0, visible: false };
  const within = told.get(Math.floor(inner(states.hover) / SHARE.nodes) || -1);
  const focused = [...told].find(([share, { focus }]) => share > 0 && focus > 0)?.[1];
  return {
    ...(focused ?? states),
    hover: within?.hover || states.hover,
    active: within?.active || states.active,
  };
}
