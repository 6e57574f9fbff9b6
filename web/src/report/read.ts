// Room: report. What a keyframe says, in lists that somebody can sign off. It is read from what left the mirror, by the code
// that the view reads it with.

import { attributeType, BOX, FORM } from '../wire/allow.ts';
import type { Entry, NewElement, Op } from '../wire/tree.ts';

export interface Sent {
  title: string;
  /** Words that the agent reads, with the element they stand in; and words in attributes. */
  texts: string[];
  attributes: string[];
  /** How many texts are masked in full or in part. */
  masked: number;
  fields: string[];
  images: string[];
  boxes: string[];
  /** Files that can't be had. */
  missing: number;
}

const WHY: Record<string, string> = {
  hidden: 'hidden by a rule or a mark',
  frame: "a frame, object or embed that can't be looked into, or may not",
  video: 'a video: its poster or last picture is shown where pictures are, and its state',
  audio: 'a sound: it stays in the page, but for its state',
  canvas: 'a canvas: its pixels stay in the page',
  unknown: 'an element that is not on the list',
  deep: 'nested deeper than is shown',
};
const HAS_MASK = /[█〓]/;
const HAS_WORD = /[\p{L}\p{N}]/u;

function field({ name, form }: NewElement): string {
  const bits = form?.bits ?? 0;
  const said = ['empty'];
  if (bits & FORM.filled) said[0] = 'filled';
  if (bits & FORM.secret) said.push('which one is not told');
  else if (bits & FORM.checked) said.push('ticked');
  if (form?.chosen.length) said.push('choice told');
  if (bits & FORM.invalid) said.push('invalid');
  return `${name}: ${said.join(', ')}`;
}

/** Reads a keyframe's operations. `bytes` is how many the resource of a hash has, once it came. */
export function readKeyframe(ops: readonly Op[], bytes: (hash: string) => number | undefined): Sent {
  const sent: Sent = { title: '', texts: [], attributes: [], masked: 0, fields: [], images: [], boxes: [], missing: 0 };
  const resources = new Map(ops.flatMap((op) => (op.op === 'resource' ? [[op.number, op] as const] : [])));
  const image = (element: NewElement, said: ReadonlyMap<string, string>): void => {
    const size = said.get('insyn-size')?.replace(' ', ' x ') ?? '';
    const number = said.get('insyn-src');
    const resource = number === undefined ? undefined : resources.get(Number(number));
    const how = number === undefined ? 'stays in the page' : resource?.hash ? resource.type : "can't be read";
    const weight = resource?.hash ? bytes(resource.hash) : undefined;
    sent.images.push(
      [element.name, size, how, weight === undefined ? '' : `${weight} bytes`].filter(Boolean).join(', '),
    );
  };
  const walk = (entries: readonly Entry[], within: string): void => {
    for (const entry of entries) {
      if (entry.kind === 'text') {
        const text = entry.text.replace(/\s+/g, ' ').trim();
        if (HAS_MASK.test(text)) sent.masked++;
        if (HAS_WORD.test(text)) sent.texts.push(`${within}: ${text}`);
      }
      if (entry.kind !== 'element') continue;
      const said = new Map(entry.attributes);
      for (const [name, value] of entry.attributes) {
        if (attributeType(name) === 'text' && HAS_WORD.test(value))
          sent.attributes.push(`${entry.name} ${name}: ${value}`);
      }
      if (entry.name === BOX) {
        const kind = said.get('insyn-kind') ?? '';
        const [, width = '', height = ''] = /width:(\d+)px;height:(\d+)px/.exec(said.get('style') ?? '') ?? [];
        sent.boxes.push(`${width} x ${height}: ${WHY[kind] ?? kind}`);
      }
      if (entry.form) sent.fields.push(field(entry));
      if (said.has('insyn-size') || said.has('insyn-src')) image(entry, said);
      if (entry.shadow) walk(entry.shadow.kids, entry.name);
      walk(entry.kids, entry.name);
    }
  };
  for (const op of ops) {
    if (op.op === 'page') sent.title = op.title;
    if (op.op === 'resource' && !op.hash) sent.missing++;
    if (op.op === 'root') walk(op.kids, '');
  }
  return sent;
}
