// Room: wire. What may cross: the one table of elements, attributes and resource types, used by mirror and view alike.
// What is not in here does not leave the page, and is not built in the view. Positions are on the wire: only append.

import { toHex } from './hex.ts';
import type { ResourceType } from './messages.ts';

const words = (text: string): string[] => text.trim().split(/\s+/);

/** Stands where an element of the page that shows nothing stood, so that :nth-child and the like still count right. */
export const VOID = 'insyn-void';
/** Stands, in the same size, where something is that isn't shown. */
export const BOX = 'insyn-box';
/** A frame, where what is in it is shown. */
export const FRAME = 'iframe';

const HTML = words(`
  ${VOID} ${BOX} html head body address article aside footer header h1 h2 h3 h4 h5 h6 hgroup main nav section search
  blockquote dd div dl dt figcaption figure hr li menu ol p pre ul a abbr b bdi bdo br cite code data dfn em i kbd mark
  q rp rt ruby s samp small span strong sub sup time u var wbr del ins picture img caption col colgroup table tbody td
  tfoot th thead tr button datalist fieldset form input label legend meter optgroup option output progress select
  textarea details dialog summary slot center font big strike tt nobr acronym dir marquee`);
const SVG = words(`
  svg g path rect circle ellipse line polyline polygon text tspan textPath defs symbol use image linearGradient
  radialGradient stop clipPath mask pattern marker filter feBlend feColorMatrix feComponentTransfer feComposite
  feConvolveMatrix feDiffuseLighting feDisplacementMap feDistantLight feDropShadow feFlood feFuncA feFuncB feFuncG
  feFuncR feGaussianBlur feMerge feMergeNode feMorphology feOffset fePointLight feSpecularLighting feSpotLight feTile
  feTurbulence a switch title desc`);
const MATH = words(`
  math mi mn mo ms mtext mspace mrow mfrac msqrt mroot mstyle merror mpadded mphantom msub msup msubsup munder mover
  munderover mmultiscripts mprescripts mtable mtr mtd semantics`);

/** Names as on the wire: HTML bare, others with a prefix. */
export const ELEMENTS: readonly string[] = [
  ...HTML,
  ...SVG.map((name) => `svg:${name}`),
  ...MATH.map((name) => `math:${name}`),
  // With the document that is in it, as a shadow root; without one it is a box.
  FRAME,
  'svg:foreignObject',
];
const elementIndex: ReadonlyMap<string, number> = new Map(ELEMENTS.map((name, index) => [name, index]));

export const NAMESPACES = {
  html: 'http://www.w3.org/1999/xhtml',
  svg: 'http://www.w3.org/2000/svg',
  math: 'http://www.w3.org/1998/Math/MathML',
} as const;

/** HTML elements that never show anything themselves. */
const SILENT: ReadonlySet<string> = new Set(
  words('script style link meta base title noscript template source track param map area basefont frameset noframes'),
);
/** Elements whose content is not the page's tree, with the kind of box that stands for them. */
const BOXED: Readonly<Record<string, string>> = {
  iframe: 'frame',
  frame: 'frame',
  fencedframe: 'frame',
  object: 'frame',
  embed: 'frame',
  video: 'video',
  audio: 'audio',
  canvas: 'canvas',
};

export function elementNumber(name: string): number {
  return elementIndex.get(name) ?? -1;
}

export function isCustomName(name: string): boolean {
  return /^[a-z][a-z0-9._]*-[a-z0-9._-]*$/.test(name) && name.length <= 64 && !name.startsWith('insyn-');
}

/** The name on the wire of an element of the page: as it is, VOID, or BOX with the kind of box. */
export function nameOf(element: Element): { name: string; box?: string } {
  const local = element.localName;
  const space = element.namespaceURI;
  if (space === NAMESPACES.html) {
    if (SILENT.has(local)) return { name: VOID };
    const box = Object.hasOwn(BOXED, local) ? BOXED[local] : undefined;
    if (box) return { name: BOX, box };
    if (local !== VOID && local !== BOX && (elementIndex.has(local) || isCustomName(local))) return { name: local };
    return { name: BOX, box: 'unknown' };
  }
  const name = space === NAMESPACES.svg ? `svg:${local}` : space === NAMESPACES.math ? `math:${local}` : '';
  return { name: elementIndex.has(name) ? name : VOID };
}

/**
 * How the value of an attribute is treated: text by text mode; id and ids renumbered; link a flag; css and value through
 * the CSS sieve; flag empty; word keywords only; data numbers, path data and the like; names renumbered; ref the number of
 * a resource.
 */
export type AttributeType =
  | 'text'
  | 'class'
  | 'id'
  | 'ids'
  | 'link'
  | 'css'
  | 'value'
  | 'flag'
  | 'word'
  | 'data'
  | 'lang'
  | 'names'
  | 'ref';

const TYPES: readonly (readonly [AttributeType, string])[] = [
  ['ref', 'insyn-src'],
  ['data', 'insyn-size'],
  ['word', 'insyn-kind'],
  ['class', 'class'],
  ['css', 'style'],
  ['id', 'id'],
  ['link', 'href'],
  [
    'text',
    'insyn-caption title alt placeholder label aria-label aria-placeholder aria-description aria-roledescription',
  ],
  [
    'ids',
    `for list headers form aria-activedescendant aria-controls aria-describedby aria-details aria-errormessage
     aria-flowto aria-labelledby aria-owns popovertarget`,
  ],
  [
    'flag',
    `hidden inert disabled readonly required multiple open reversed nowrap noshade compact insyn-undefined
     insyn-modal insyn-popover insyn-target`,
  ],
  ['lang', 'lang'],
  ['word', 'dir type role'],
  ['names', 'slot part exportparts'],
  [
    'word',
    `scope align valign wrap popover shape contenteditable aria-atomic
     aria-autocomplete aria-busy aria-checked aria-current aria-disabled aria-expanded aria-haspopup aria-hidden
     aria-invalid aria-live aria-modal aria-multiline aria-multiselectable aria-orientation aria-pressed aria-readonly
     aria-relevant aria-required aria-selected aria-sort direction face enterkeyhint inputmode`,
  ],
  [
    'data',
    `rows cols size colspan rowspan span start value min max low high optimum width height border cellpadding
     cellspacing bgcolor color hspace vspace tabindex aria-level aria-posinset aria-setsize aria-colcount aria-colindex
     aria-colspan aria-rowcount aria-rowindex aria-rowspan
     viewBox preserveAspectRatio d points x y x1 y1 x2 y2 cx cy r rx ry fx fy fr dx dy rotate pathLength transform
     gradientTransform gradientUnits spreadMethod offset patternTransform patternUnits patternContentUnits
     clipPathUnits maskUnits maskContentUnits markerWidth markerHeight markerUnits orient refX refY filterUnits
     primitiveUnits in in2 result stdDeviation mode operator k1 k2 k3 k4 values tableValues slope intercept amplitude
     exponent baseFrequency numOctaves seed stitchTiles scale xChannelSelector yChannelSelector order kernelMatrix
     divisor bias targetX targetY edgeMode preserveAlpha surfaceScale specularConstant specularExponent
     diffuseConstant azimuth elevation z pointsAtX pointsAtY pointsAtZ limitingConeAngle radius textLength lengthAdjust
     startOffset method spacing mathvariant displaystyle linethickness rowspacing columnspacing lspace rspace stretchy
     fence separator symmetric accent accentunder columnalign rowalign xml:space`,
  ],
  [
    'value',
    `fill fill-opacity fill-rule stroke stroke-width stroke-linecap stroke-linejoin stroke-miterlimit stroke-dasharray
     stroke-dashoffset stroke-opacity opacity clip-path clip-rule mask filter marker-start marker-mid marker-end
     stop-color stop-opacity flood-color flood-opacity lighting-color color-interpolation
     color-interpolation-filters text-anchor dominant-baseline alignment-baseline baseline-shift font-family font-size
     font-weight font-style letter-spacing word-spacing text-decoration visibility display overflow
     vector-effect shape-rendering text-rendering image-rendering paint-order pointer-events`,
  ],
  ['names', 'name'],
  ['ids', 'insyn-is'],
  ['flag', 'insyn-quirks'],
  ['data', 'frameborder scrolling marginwidth marginheight'],
  ['data', 'insyn-top'],
  ['flag', 'insyn-fullscreen insyn-indeterminate insyn-dark'],
  ['word', 'insyn-media'],
];

export const ATTRIBUTES: readonly { name: string; type: AttributeType }[] = TYPES.flatMap(([type, names]) =>
  words(names).map((name) => ({ name, type })),
);
const attributeIndex: ReadonlyMap<string, number> = new Map(ATTRIBUTES.map(({ name }, index) => [name, index]));

export function attributeNumber(name: string): number {
  return attributeIndex.get(name) ?? -1;
}

/** Beside the table: attributes that only style sheets read by attr(), under a number for their name. */
export function attributeType(name: string): AttributeType | undefined {
  return ATTRIBUTES[attributeNumber(name)]?.type ?? (/^insyn-i\d{1,9}$/.test(name) ? 'text' : undefined);
}

/** Words of keyword and data attributes; what isn't one of them may be anything, and is not told. */
const KEYWORDS: ReadonlySet<string> = new Set(
  words(`
  true false mixed undefined auto none off list both inline menu listbox tree grid dialog horizontal vertical ascending
  descending other additions removals text all grammar spelling polite assertive page step location date time plaintext
  only manual hint ltr rtl row rowgroup col colgroup left right center justify char top middle bottom baseline rect
  circle poly default soft hard left right
  search email url tel password hidden number month week datetime local color range checkbox radio file submit reset
  button image disc square
  alert alertdialog application article banner cell columnheader combobox complementary contentinfo definition document
  feed figure form gridcell group heading img link listitem log main marquee math menubar menuitem menuitemcheckbox
  menuitemradio meter navigation note option presentation progressbar radiogroup region rowheader scrollbar searchbox
  separator slider spinbutton status switch tab table tablist tabpanel term textbox timer toolbar tooltip treegrid
  treeitem
  userSpaceOnUse objectBoundingBox start reverse xMinYMin xMidYMin xMaxYMin xMinYMid xMidYMid xMaxYMid xMinYMax
  xMidYMax xMaxYMax meet slice pad reflect repeat stretch noStitch stitch over out atop xor lighter arithmetic matrix
  saturate hueRotate luminanceToAlpha normal multiply screen darken lighten overlay dodge burn light difference
  exclusion hue saturation luminosity erode dilate fractalNoise turbulence duplicate wrap identity discrete linear gamma
  translate scale rotate skewX skewY align spacing exact spacingAndGlyphs strokeWidth SourceGraphic SourceAlpha
  BackgroundImage BackgroundAlpha FillPaint StrokePaint deg rad turn preserve bold italic solid dashed thin medium thick
  frame video audio canvas unknown deep edit playing paused ended muted bar
  black white red green blue yellow silver gray grey navy maroon purple teal`),
);

/** Letters of one or two are path commands and units, and what follows # a colour. */
const isKeywords = (text: string): boolean =>
  (text.match(/#[\da-fA-F]{3,8}\b|[a-zA-Z_]{3,}/g) ?? []).every((word) => word.startsWith('#') || KEYWORDS.has(word));

/** Characters in the longest value of an attribute. */
const VALUE_CHARS = 64 << 10;

/** Whether a value has the shape that its type may have on the wire. CSS goes through its own sieve. */
export function fits(type: AttributeType, value: string): boolean {
  if (value.length > VALUE_CHARS) return false;
  switch (type) {
    case 'text':
    case 'class':
    case 'css':
    case 'value':
      return true;
    case 'id':
      return /^i\d{1,9}$/.test(value);
    case 'ids':
      return /^i\d{1,9}( i\d{1,9})*$/.test(value);
    case 'link':
      return value === '' || /^#i\d{1,9}$/.test(value);
    case 'flag':
      return value === '';
    case 'word':
      return /^[a-zA-Z1 -]{0,64}$/.test(value) && isKeywords(value);
    case 'data':
      return /^[-\w\s.,;()%#+*]*$/.test(value) && isKeywords(value);
    case 'lang':
      return /^([a-z]{2,3}(-[a-z\d]{2,8}){0,3})?$/i.test(value);
    case 'names':
      return /^(i\d|[\d ,:])*$/.test(value);
    case 'ref':
      return /^\d{1,9}$/.test(value);
  }
}

/** Bits of a control's state; what was typed or chosen is not among them. */
export const FORM = {
  filled: 1,
  checked: 2,
  indeterminate: 4,
  valid: 8,
  invalid: 16,
  userInvalid: 32,
  userValid: 64,
  placeholder: 128,
  /** It is not told whether this one is on. */
  secret: 256,
} as const;

/** The most bytes one resource may have, unpacked. */
export const RESOURCE_BYTES = 4 << 20;

const CSS_TYPE = 'text/css';
const SVG_TYPE = 'image/svg+xml';

/** What files begin with, in hex; a dot is any digit. */
const MAGIC: readonly (readonly [ResourceType, RegExp])[] = [
  ['image/png', /^89504e470d0a1a0a/],
  ['image/jpeg', /^ffd8ff/],
  ['image/gif', /^474946383[79]61/],
  ['image/webp', /^52494646.{8}57454250/],
  ['image/avif', /^.{8}6674797061766(966|973)/],
  ['image/bmp', /^424d.{8}00000000/],
  ['image/x-icon', /^00000100/],
  ['font/woff2', /^774f4632/],
  ['font/woff', /^774f4646/],
  ['font/ttf', /^(00010000|74727565)/],
  ['font/otf', /^4f54544f/],
];

/**
 * Whether a text is an SVG's: after an XML declaration, comments and a document type, where there are any. Goes forward
 * only: a pattern that tries again from behind takes for ever over a row of comments.
 */
function startsSvg(text: string): boolean {
  let at = 0;
  const past = (begin: string, end: string): boolean => {
    if (!text.startsWith(begin, at)) return false;
    const found = text.indexOf(end, at + begin.length);
    at = found < 0 ? text.length : found + end.length;
    return true;
  };
  const spaces = (): void => {
    while (/\s/.test(text.charAt(at))) at++;
  };
  spaces();
  if (past('<?xml', '>')) spaces();
  while (past('<!--', '-->') || past('<!DOCTYPE svg', '>')) spaces();
  return text.startsWith('<svg', at) && /[\s>]/.test(text.charAt(at + 4));
}

/** The type of bytes by what they begin with, never by what somebody says; undefined where it isn't one that crosses. */
export function sniff(bytes: Uint8Array): ResourceType | undefined {
  if (bytes.length > RESOURCE_BYTES) return undefined;
  const start = toHex(bytes.subarray(0, 16));
  const known = MAGIC.find(([, magic]) => magic.test(start))?.[0];
  return known ?? (startsSvg(new TextDecoder().decode(bytes.subarray(0, 2048))) ? SVG_TYPE : undefined);
}

/** Whether bytes that came as a type are of that type, and the type is on the list. */
export function isOfType(type: ResourceType, bytes: Uint8Array): boolean {
  return type === CSS_TYPE ? bytes.length <= RESOURCE_BYTES : sniff(bytes) === type;
}

export { CSS_TYPE, SVG_TYPE };
