// Room: mirror. What a node is, whichever window it comes from: the classes of one window don't know the nodes of another.
// These stand in for them after `instanceof`, and ask the browser's own getters, taken once: neither a form's field named
// like a property (`<input name=localName>`) nor what a page later puts in the prototypes' place has a say.

import { NAMESPACES } from '../wire/allow.ts';

interface Kind<T> {
  [Symbol.hasInstance](value: unknown): value is T;
}

const { apply, getOwnPropertyDescriptor } = Reflect;

/** A getter of a prototype's, which answers undefined for what isn't of its kind. */
function getter<T>(prototype: object, name: string): (value: unknown) => T | undefined {
  const get = getOwnPropertyDescriptor(prototype, name)?.get as () => T;
  return (value) => {
    try {
      return apply(get, value, []);
    } catch {
      return undefined;
    }
  };
}

const typeOf = getter<number>(globalThis.Node.prototype, 'nodeType');
const localOf = getter<string>(globalThis.Element.prototype, 'localName');
const spaceOf = getter<string | null>(globalThis.Element.prototype, 'namespaceURI');
const hostOf = getter<Element>(globalThis.ShadowRoot.prototype, 'host');

const kind = <T>(is: (value: unknown) => boolean) => ({ [Symbol.hasInstance]: is }) as Kind<T>;
const html = <T>(name: string) => kind<T>((value) => localOf(value) === name && spaceOf(value) === NAMESPACES.html);

const anyNode = kind<Node>((value) => typeOf(value) !== undefined);
const anyElement = kind<Element>((value) => typeOf(value) === 1);
const anyDocument = kind<Document>((value) => typeOf(value) === 9);
const anyShadow = kind<ShadowRoot>((value) => hostOf(value) !== undefined);
const anyHtml = kind<HTMLElement>((value) => spaceOf(value) === NAMESPACES.html);
const anySvg = kind<SVGElement>((value) => spaceOf(value) === NAMESPACES.svg);
const svgImage = kind<SVGImageElement>((value) => localOf(value) === 'image' && spaceOf(value) === NAMESPACES.svg);
const dialog = html<HTMLDialogElement>('dialog');
const head = html<HTMLHeadElement>('head');
const image = html<HTMLImageElement>('img');
const frame = html<HTMLIFrameElement>('iframe');
const input = html<HTMLInputElement>('input');
const label = html<HTMLLabelElement>('label');
const meter = html<HTMLMeterElement>('meter');
const progress = html<HTMLProgressElement>('progress');
const select = html<HTMLSelectElement>('select');
const style = html<HTMLStyleElement>('style');
const area = html<HTMLTextAreaElement>('textarea');

/** Rules of a style sheet, by what only they have. */
const rule = <T>(...names: string[]) => kind<T>((value) => names.every((name) => name in Object(value)));
const conditionRule = rule<CSSConditionRule>('conditionText');
const groupingRule = rule<CSSGroupingRule>('cssRules', 'insertRule');
const importRule = rule<CSSImportRule>('href', 'layerName');
const layerRule = rule<CSSLayerStatementRule>('nameList');
const styleRule = rule<CSSStyleRule>('selectorText');

export {
  anyDocument as Document,
  anyElement as Element,
  anyHtml as HTMLElement,
  anyNode as Node,
  anyShadow as ShadowRoot,
  anySvg as SVGElement,
  area as HTMLTextAreaElement,
  conditionRule as CSSConditionRule,
  dialog as HTMLDialogElement,
  frame as HTMLIFrameElement,
  groupingRule as CSSGroupingRule,
  head as HTMLHeadElement,
  image as HTMLImageElement,
  importRule as CSSImportRule,
  input as HTMLInputElement,
  label as HTMLLabelElement,
  layerRule as CSSLayerStatementRule,
  meter as HTMLMeterElement,
  progress as HTMLProgressElement,
  select as HTMLSelectElement,
  style as HTMLStyleElement,
  styleRule as CSSStyleRule,
  svgImage as SVGImageElement,
};
