// Room: mirror. What a node is, whichever window it comes from: the classes of one window don't know the nodes of another.
// These stand in for them after `instanceof`, and ask the browser's own getters.

import { NAMESPACES } from '../wire/allow.ts';
import * as native from './native.ts';

interface Kind<T> {
  [Symbol.hasInstance](value: unknown): value is T;
}

/** What a getter says of anything: nothing of what isn't of its kind. */
const asked =
  <O, T>(get: (of: O) => T) =>
  (value: unknown): T | undefined => {
    try {
      return get(value as O);
    } catch {
      return undefined;
    }
  };
const typeOf = asked(native.typeOf);
const localOf = asked(native.localOf);
const spaceOf = asked(native.spaceOf);
const hostOf = asked(native.hostOf);

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
