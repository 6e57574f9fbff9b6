// Room: mirror. The attributes of an element as they may leave: by the allow-list, ids renumbered, addresses as resource
// numbers or not at all, text by its region's mode; and the styles that give a box the size of what it stands for.

import { attributeType, fits } from '../wire/allow.ts';
import { type Sieve, sieveDeclarations, sieveValue } from '../wire/css.ts';
import type { Attribute } from '../wire/tree.ts';
import type { CustomFilter } from './custom.ts';
import { CHOICE } from './forms.ts';
import {
  HTMLElement,
  HTMLIFrameElement,
  HTMLImageElement,
  HTMLInputElement,
  HTMLMeterElement,
  HTMLProgressElement,
  SVGElement,
  SVGImageElement,
} from './kinds.ts';
import { type Context, NEVER_LABELS } from './mask.ts';
import {
  attribute,
  attributesOf as attributesIn,
  closest,
  hasAttribute,
  matches,
  rootOf,
  styleOf,
  svgStyleOf,
} from './native.ts';
import type { Resources } from './resources.ts';
import { type Asks, absolute } from './sheets.ts';
import { leadsTo } from './sprites.ts';

export interface Surroundings {
  resources: Resources;
  /** Inputs that somebody could fill in. Made a button by the page, such a one has what was typed for its caption. */
  typed: WeakSet<Element>;
  choices: boolean;
  /** Declarations for what a script animates. */
  moved(element: Element): string | undefined;
  /** Class names leave as numbers. */
  classes: boolean;
  /** What style sheets ask of attributes. */
  asks: Asks;
  /** Where an element of the top layer lies in it: what came later has the higher number. */
  top(element: Element): number;
  /** The new number of an id. */
  id(name: string): number;
  /** A text as it may leave. */
  text(text: string, context: Context): string;
  /** Whether a custom property may leave. */
  custom: CustomFilter;
  /** Whether the page of another origin in a frame is in quirks mode. */
  quirks(frame: Element): boolean | undefined;
}

/** What somebody chose, in other words. */
const CHOICES = /^aria-(checked|pressed|selected|activedescendant)$/;
/** Names of controls and regions; readable under `labels` as labels are. */
const LABELLING = /^(aria-label|placeholder|aria-placeholder|aria-roledescription|insyn-caption)$/;

/** Under `labels` these say what was or may be chosen or written, even where they are named. */
const BUTTONS = /^(submit|reset|button)$/;

/** Sieve for what stands in the tree: numbers are those of the whole page. */
function treeSieve(around: Surroundings, context: Context, base: string): Sieve {
  return {
    url: (address) => {
      if (address.startsWith('#')) return `#i${around.id(address.slice(1))}`;
      const url = absolute(address, base);
      return url && mayLeave(url, context) ? `insyn:${around.resources.number(url, 'css')}` : undefined;
    },
    id: (name) => `i${around.id(name)}`,
    text: (value, property) => (/^font/.test(property) ? value : around.text(value, context)),
    custom: (property, value, names) => around.custom(property, value, names, context.mode === 'show'),
    media: (feature) => matchMedia(feature).matches,
    ...(around.classes && { class: (name: string) => `insyn-${around.id(`.${name}`)}` }),
  };
}

/**
 * Whether a picture may leave. Of those that the page holds itself only drawings of its own: any other may have been made here,
 * a preview of what somebody uploads, which scripts read as base64.
 */
function mayLeave(url: string, { mode }: Context): boolean {
  if (!url.startsWith('data:')) return mode !== 'mask';
  return mode === 'show' && /^data:image\/svg\+xml(?![^,]*base64)/i.test(url) && url.length < 8192;
}

/** The number of an image's resource and its size; its pixels stay here where text would be masked. */
function imageAttributes(image: HTMLImageElement, context: Context, around: Surroundings, out: Attribute[]): void {
  if (!image.complete || image.naturalWidth === 0) return;
  out.push(['insyn-size', `${image.naturalWidth} ${image.naturalHeight}`]);
  const url = absolute(image.currentSrc, image.baseURI);
  if (url && mayLeave(url, context)) {
    out.push(['insyn-src', String(around.resources.number(url, 'image'))]);
  }
}

function shownValue(
  element: Element,
  name: string,
  value: string,
  context: Context,
  around: Surroundings,
): string | undefined {
  switch (attributeType(name)) {
    case 'class':
      return around.classes ? value.replace(/\S+/g, (name) => `insyn-${around.id(`.${name}`)}`) : value;
    case 'id':
      return value === '' ? undefined : `i${around.id(value)}`;
    case 'ids':
      return value
        .split(/\s+/)
        .filter(Boolean)
        .map((id) => `i${around.id(id)}`)
        .join(' ');
    case 'link':
      if (!(element instanceof SVGElement)) return '';
      if (element.localName === 'use') return `#i${around.id(leadsTo(value, element.baseURI).replace(/^#/, ''))}`;
      return value.startsWith('#') ? `#i${around.id(value.slice(1))}` : '';
    case 'text':
      return around.text(
        value,
        LABELLING.test(name) && context.mode === 'labels' && !matches(element, NEVER_LABELS)
          ? { ...context, label: true }
          : context,
      );
    case 'css':
      // What the page's CSP kept from applying is not in cssText either.
      return element instanceof HTMLElement || element instanceof SVGElement
        ? sieveDeclarations(
            (element instanceof HTMLElement ? styleOf(element) : svgStyleOf(element)).cssText,
            treeSieve(around, context, element.baseURI),
          )
        : undefined;
    case 'names':
      // Which slot, and which part. Of controls, names are the form's.
      if (name === 'name' && element.localName !== 'slot') return undefined;
      return value.replace(/[^\s,:]+/g, (part) => `i${around.id(part)}`);
    case 'value':
      // A word that is no value of the property's does nothing, and may be anything.
      if (/[a-z]/i.test(value) && !CSS.supports(name, value)) return undefined;
      return sieveValue(value, name, treeSieve(around, context, element.baseURI));
    case 'lang':
      return value;
    case 'flag':
      return '';
    case 'word':
      if (CHOICES.test(name) && !around.choices && attribute(element, 'role') !== 'tab') return undefined;
      return value;
    case 'data':
      return dataOf(element, name, value, context, around);
    default:
      return undefined;
  }
}

function dataOf(
  element: Element,
  name: string,
  value: string,
  context: Context,
  around: Surroundings,
): string | undefined {
  if (/^(in2?|result)$/.test(name)) return fits('data', value) ? value : `i${around.id(value)}`;
  if (!(element instanceof HTMLElement)) return value;
  if (/^(frameborder|scrolling)$/.test(name)) return /^(0|no|off)$/i.test(value) ? 'no' : undefined;
  if (/^(value|min|max|low|high|optimum)$/.test(name)) {
    const gauge = element instanceof HTMLProgressElement || element instanceof HTMLMeterElement;
    if (!gauge || (name === 'value' && context.mode !== 'show' && !context.label)) return undefined;
  }
  // No measure has six digits.
  return /^(bgcolor|color)$/.test(name) || /^(?!.*\d{6})[-+\d.,%*\s]*$/.test(value) ? value : undefined;
}

/** Whether a page that says so in its head is dark: to the applicant, where it could be either. */
function isDark(doc: Document): boolean {
  const said = doc.querySelector<HTMLMetaElement>('meta[name=color-scheme i]')?.content ?? '';
  return /\bdark\b/i.test(said) && (!/\blight\b/i.test(said) || matchMedia('(prefers-color-scheme:dark)').matches);
}

/** All that may be told of an element beside its children and form state. */
export function attributesOf(element: Element, context: Context, around: Surroundings): Attribute[] {
  const out: Attribute[] = [];
  const { localName } = element;
  if (localName === 'input' && element instanceof HTMLInputElement && !BUTTONS.test(element.type)) {
    around.typed.add(element);
  }
  const answers: string[] = [];
  // Which answer a choice gives may be the choice.
  const asked = () => context.mode !== 'mask' && (around.choices || !closest(element, CHOICE));
  const list = attributesIn(element);
  let named = false;
  let popover = false;
  // Thirty thousand times over, an iterator would be felt.
  for (let index = 0; index < list.length; index++) {
    const { name: written, value } = list[index] as Attr;
    named ||= written === 'id';
    popover ||= written === 'popover';
    const asks = around.asks.get(written);
    for (const [selector, number] of (asks && asked() && asks) || []) {
      if (selector === '') out.push([`insyn-${number}`, around.text(value, context)]);
      else if (matches(element, selector)) answers.push(number);
    }
    const name = written === 'xlink:href' ? 'href' : written;
    const type = attributeType(name);
    // Each name once, and none that only a foreign namespace can hold.
    if (!type || written.startsWith('insyn-') || !hasAttribute(element, written)) continue;
    if (written !== name && hasAttribute(element, name)) continue;
    const shown = shownValue(element, name, value, context, around);
    if (
      shown !== undefined &&
      (shown !== '' || value === '' || type === 'link' || type === 'flag') &&
      fits(type, shown)
    ) {
      out.push([name, shown]);
    }
  }
  if (answers.length > 0) out.push(['insyn-is', answers.join(' ')]);
  const moved = around.moved(element);
  if (moved && element instanceof HTMLElement) {
    const at = out.findIndex(([name]) => name === 'style');
    if (at >= 0) out.splice(at, 1);
    out.push([
      'style',
      sieveDeclarations(styleOf(element).cssText + moved, treeSieve(around, context, element.baseURI)),
    ]);
  }
  if (localName === 'canvas') {
    const { width, height } = element as HTMLCanvasElement;
    // Its own size is that of the picture: as attributes of one they would say more.
    const rest = out.filter(([name]) => name !== 'width' && name !== 'height');
    const src = String(around.resources.canvas(element));
    return [...rest, ['insyn-kind', 'canvas'], ['insyn-size', `${width} ${height}`], ['insyn-src', src]];
  }
  if (element instanceof HTMLImageElement) imageAttributes(element, context, around, out);
  else if (element instanceof SVGImageElement || (element instanceof HTMLInputElement && element.type === 'image')) {
    const url = absolute(element instanceof SVGImageElement ? element.href.baseVal : element.src, element.baseURI);
    if (url && context.mode !== 'mask' && !url.startsWith('data:')) {
      out.push(['insyn-src', String(around.resources.number(url, 'image'))]);
    }
  } else if (element instanceof HTMLInputElement && BUTTONS.test(element.type) && !around.typed.has(element)) {
    const caption = shownValue(element, 'insyn-caption', element.value, context, around);
    if (caption) out.push(['insyn-caption', caption]);
  }
  const before = out.length;
  if (localName === 'dialog' && matches(element, ':modal')) out.push(['insyn-modal', '']);
  if (popover && matches(element, ':popover-open')) out.push(['insyn-popover', '']);
  if (element.ownerDocument.fullscreenElement && matches(element, ':fullscreen')) out.push(['insyn-fullscreen', '']);
  if (out.length > before) out.push(['insyn-top', String(around.top(element))]);
  if (localName === 'progress' && element instanceof HTMLProgressElement && element.position < 0)
    out.push(['insyn-indeterminate', '']);
  if (
    localName === 'iframe' &&
    element instanceof HTMLIFrameElement &&
    (element.contentDocument?.compatMode === 'BackCompat' || around.quirks(element))
  ) {
    out.push(['insyn-quirks', '']);
  }
  if (localName === 'html' && isDark(element.ownerDocument)) out.push(['insyn-dark', '']);
  if (localName.includes('-') && !matches(element, ':defined')) out.push(['insyn-undefined', '']);
  if (named && matches(element, ':target')) out.push(['insyn-target', '']);
  return out;
}

const PLACED = ['top', 'right', 'bottom', 'left', 'z-index'];
const COPIED = [
  'position',
  'float',
  'clear',
  'visibility',
  'margin-top',
  'margin-right',
  'margin-bottom',
  'margin-left',
  'vertical-align',
  'align-self',
  'justify-self',
  'grid-row-start',
  'grid-row-end',
  'grid-column-start',
  'grid-column-end',
  'order',
  'border-radius',
  'transform',
  'object-fit',
  'background-color',
];

/** The box that stands for an element: same place, same size; of video and sound what they do, and what is seen. Forces layout. */
export function boxAttributes(element: Element, kind: string, context: Context, around: Surroundings): Attribute[] {
  const style = getComputedStyle(element);
  const inline = /^inline/.test(style.display) || style.display === 'contents';
  const display = style.display === 'none' ? 'none' : inline ? 'inline-block' : style.display;
  const rect = element.getBoundingClientRect();
  const width = element instanceof HTMLElement ? element.offsetWidth : Math.round(rect.width);
  const height = element instanceof HTMLElement ? element.offsetHeight : Math.round(rect.height);
  const rules = [`display:${display}`, 'box-sizing:border-box', 'flex:none', `width:${width}px`, `height:${height}px`];
  for (const name of style.position === 'static' ? COPIED : [...COPIED, ...PLACED]) {
    rules.push(`${name}:${style.getPropertyValue(name)}`);
  }
  const out: Attribute[] = [
    ['insyn-kind', kind],
    ['style', rules.join(';')],
  ];
  if (kind === 'video' || kind === 'audio') {
    const media = element as HTMLVideoElement;
    const { ended, paused, muted, controls, poster } = media;
    const state = ended ? 'ended' : paused ? 'paused' : 'playing';
    out.push(['insyn-media', state + (muted ? ' muted' : '') + (controls ? ' bar' : '')]);
    const url = poster && absolute(poster, media.baseURI);
    let number = kind === 'video' && context.mode === 'show' ? around.resources.film(media) : undefined;
    if (url && mayLeave(url, context)) number ??= around.resources.number(url, 'image');
    if (number !== undefined) out.push(['insyn-src', String(number)]);
  }
  // What fills the screen may be something in it that isn't shown.
  if (element.contains((rootOf(element) as Document).fullscreenElement)) {
    out.push(['insyn-fullscreen', ''], ['insyn-top', String(around.top(element))]);
  }
  return out;
}

/** An editable region keeps its height while its content stays here. Forces layout. */
export function editAttributes(element: Element, attributes: readonly Attribute[]): Attribute[] {
  const height = element instanceof HTMLElement ? element.offsetHeight : 0;
  const style = attributes.find(([name]) => name === 'style')?.[1] ?? '';
  return [
    ...attributes.filter(([name]) => name !== 'style'),
    ['insyn-kind', 'edit'],
    ['style', `${style}box-sizing:border-box;min-height:${height}px`],
  ];
}
