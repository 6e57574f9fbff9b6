// Room: test. Runs in the fake applicant's document: markup and style sheets as bodies on the wire, the way an enemy would write them
// who has read the table.

import { ATTRIBUTES, attributeNumber, elementNumber, fits, NAMESPACES } from '../../src/wire/allow.ts';
import type { Hash } from '../../src/wire/messages.ts';
import type { Attribute, Entry, Op } from '../../src/wire/tree.ts';

const FRESH = { rule: '', label: 'x', title: 'x', quirks: false, width: 800, height: 600, ratio: 1 };

export function page(rule: string): Op {
  return { op: 'page', ...FRESH, rule };
}

/** How an element and its attributes are written. */
type Way = 'raw' | 'named' | 'fitting';
export const WAYS: readonly Way[] = ['raw', 'named', 'fitting'];

/** One body a way: names and values as they are; names that the table knows with any value; only what the reader takes, and the rest as text and CSS. */
export function fromMarkup(html: string, way: Way, rule: string): Op[] {
  const doc = new DOMParser().parseFromString(html, 'text/html');
  let id = 1;
  const name = (element: Element): string => {
    const local = element.localName;
    if (element.namespaceURI === NAMESPACES.svg) return `svg:${local}`;
    return element.namespaceURI === NAMESPACES.math ? `math:${local}` : local;
  };
  const attributes = (element: Element): Attribute[] => {
    const out: Attribute[] = [];
    const more: string[] = [];
    for (const { name: known, value } of Array.from(element.attributes)) {
      const type = ATTRIBUTES[attributeNumber(known)]?.type;
      if (way === 'raw' || (type && (way === 'named' || fits(type, value)))) out.push([known, value]);
      else more.push(value);
    }
    if (more.length > 0 && way === 'fitting') {
      const urls = more.map((value) => `url("${value.replace(/["\\\n]/g, '')}")`).join(',');
      out.push(['title', more.join(' ')], ['alt', more.join('"><')], ['insyn-caption', more.join()]);
      out.push(
        ['style', `background:${urls};${more.join(';')}`],
        ['fill', urls],
        ['mask', urls],
        ['filter', more.join()],
      );
      out.push(['class', more.join(' ')], ['insyn-src', '1'], ['insyn-size', '9 9'], ['href', '']);
    }
    return out;
  };
  const build = (node: Node): Entry => {
    if (!(node instanceof Element)) return { kind: 'text', id: ++id, text: node.textContent ?? '' };
    let called = name(node);
    if (way !== 'raw' && elementNumber(called) < 0) called = node.namespaceURI === NAMESPACES.svg ? 'svg:g' : 'div';
    const entry: Entry = { kind: 'element', id: ++id, name: called, attributes: attributes(node), kids: [] };
    if (called === 'iframe') entry.shadow = { id: ++id, kids: [] };
    entry.kids = Array.from(node.childNodes).map(build);
    return entry;
  };
  return [page(rule), { op: 'root', id: 1, kids: [build(doc.documentElement)] }];
}

/** The page that a style sheet's payloads are for: everything that they select, and a style attribute and values of the same. */
export function fromStyle(hash: Hash, attribute: string | undefined, rule: string): Op[] {
  const styled: Attribute[] = attribute === undefined ? [] : [['style', attribute]];
  const value = attribute?.replace(/^[^:]*:/, '');
  const values: Attribute[] =
    value === undefined
      ? []
      : ['fill', 'stroke', 'mask', 'clip-path', 'filter', 'marker-end', 'display'].map((name) => [name, value]);
  const html: Entry = {
    kind: 'element',
    id: 2,
    name: 'html',
    attributes: [['lang', 'en']],
    kids: [
      { kind: 'element', id: 3, name: 'head', attributes: [], kids: [] },
      {
        kind: 'element',
        id: 4,
        name: 'body',
        attributes: [],
        kids: [
          {
            kind: 'element',
            id: 5,
            name: 'p',
            attributes: [['class', 'a'], ['title', 'x'], ...styled],
            kids: [{ kind: 'text', id: 6, text: 'x' }],
            shadow: { id: 12, kids: [{ kind: 'element', id: 13, name: 'p', attributes: [...styled], kids: [] }] },
          },
          { kind: 'element', id: 7, name: 'input', attributes: [['type', 'text']], kids: [] },
          {
            kind: 'element',
            id: 8,
            name: 'svg:svg',
            attributes: [],
            kids: [
              { kind: 'element', id: 9, name: 'svg:circle', attributes: [['r', '9'], ...styled, ...values], kids: [] },
            ],
          },
          {
            kind: 'element',
            id: 14,
            name: 'iframe',
            attributes: [],
            kids: [],
            shadow: {
              id: 15,
              kids: [
                {
                  kind: 'element',
                  id: 16,
                  name: 'html',
                  attributes: [],
                  kids: [
                    {
                      kind: 'element',
                      id: 17,
                      name: 'body',
                      attributes: [],
                      kids: [{ kind: 'element', id: 18, name: 'p', attributes: styled, kids: [] }],
                    },
                  ],
                },
              ],
            },
          },
        ],
      },
    ],
  };
  const sheets = [{ hash, media: 'all', urls: [1, 2, 0, 999_999_999], ids: [1, 2] }];
  return [
    page(rule),
    { op: 'root', id: 1, kids: [html] },
    ...[1, 12, 15].map((root): Op => ({ op: 'styles', id: root, sheets })),
  ];
}

/** A page that shows one resource in every place that takes one. */
export function fromFile(hash: Hash, type: string, sheet: Hash, rule: string): Op[] {
  const shows: [string, Attribute[]][] = [
    [
      'img',
      [
        ['insyn-src', '7'],
        ['insyn-size', '9 9'],
      ],
    ],
    ['svg:svg', []],
    [
      'input',
      [
        ['type', 'image'],
        ['insyn-src', '7'],
      ],
    ],
    ['p', [['style', 'background:url(insyn:7);mask:url("insyn:7");content:url(insyn:7);font:9px x']]],
    [
      'insyn-box',
      [
        ['insyn-src', '7'],
        ['insyn-kind', 'video'],
      ],
    ],
  ];
  const body: Entry = {
    kind: 'element',
    id: 4,
    name: 'body',
    attributes: [],
    kids: shows.map(([name, attributes], index): Entry => {
      const kids: Entry[] =
        name === 'svg:svg'
          ? ['svg:image', 'svg:use', 'svg:feImage'].slice(0, 2).map((one, at) => ({
              kind: 'element',
              id: 40 + at,
              name: one,
              attributes: [
                ['insyn-src', '7'],
                ['width', '9'],
                ['height', '9'],
              ],
              kids: [],
            }))
          : [];
      return { kind: 'element', id: 20 + index, name, attributes, kids };
    }),
  };
  return [
    page(rule),
    {
      op: 'root',
      id: 1,
      kids: [
        {
          kind: 'element',
          id: 2,
          name: 'html',
          attributes: [],
          kids: [{ kind: 'element', id: 3, name: 'head', attributes: [], kids: [] }, body],
        },
      ],
    },
    { op: 'resource', number: 7, hash, type },
    { op: 'styles', id: 1, sheets: [{ hash: sheet, media: '', urls: [7], ids: [] }] },
  ];
}
