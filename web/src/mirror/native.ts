// Room: mirror. The browser's own getters and methods, taken once at the start: a page may put its own in their place later,
// and a form's field may stand in front of them (`<input name=attributes>`). Where the page came first, those of an empty
// frame are taken, which is gone again at once.

type Place = Pick<
  typeof globalThis,
  | 'Node'
  | 'Element'
  | 'HTMLElement'
  | 'SVGElement'
  | 'Document'
  | 'DocumentFragment'
  | 'ShadowRoot'
  | 'MutationObserver'
>;

const { getOwnPropertyDescriptor } = Object;
const written = Function.prototype.toString;
const isNative = (found: unknown): boolean => written.call(found).includes('[native code]');
let clean: Place | undefined;

function cleanPlace(): Place {
  if (!clean) {
    const frame = document.createElement('iframe');
    document.documentElement.append(frame);
    const { Node, Element, HTMLElement, SVGElement, Document, DocumentFragment, ShadowRoot, MutationObserver } =
      (frame.contentWindow ?? window) as unknown as Place;
    // All of them, since a window that is gone has none.
    clean = { Node, Element, HTMLElement, SVGElement, Document, DocumentFragment, ShadowRoot, MutationObserver };
    frame.remove();
  }
  return clean;
}

/** A getter or method of a class, as a function of the object that it belongs to. */
function own<F>(of: keyof Place, name: string): F {
  const find = (place: Place): (() => unknown) => {
    const { get, value } = getOwnPropertyDescriptor(place[of]?.prototype ?? {}, name) ?? {};
    return get ?? value;
  };
  const first = find(globalThis);
  const found = first && !isNative(first) ? find(cleanPlace()) : first;
  const method = found as (a: unknown, b: unknown) => unknown;
  // None of them takes more than two, and a list of them would cost as much as most of them do.
  return ((on: unknown, a: unknown, b: unknown) => method.call(on, a, b)) as F;
}

export const typeOf = own<(node: Node) => number>('Node', 'nodeType');
export const firstChild = own<(node: Node) => ChildNode | null>('Node', 'firstChild');
export const lastChild = own<(node: Node) => ChildNode | null>('Node', 'lastChild');
export const nextSibling = own<(node: Node) => ChildNode | null>('Node', 'nextSibling');
export const previousSibling = own<(node: Node) => ChildNode | null>('Node', 'previousSibling');
export const parentOf = own<(node: Node) => ParentNode | null>('Node', 'parentNode');
export const rootOf = own<(node: Node) => Node>('Node', 'getRootNode');
export const textOf = own<(node: Node) => string | null>('Node', 'nodeValue');
export const localOf = own<(element: Element) => string>('Element', 'localName');
export const spaceOf = own<(element: Element) => string | null>('Element', 'namespaceURI');
export const shadowOf = own<(element: Element) => ShadowRoot | null>('Element', 'shadowRoot');
export const attributesOf = own<(element: Element) => NamedNodeMap>('Element', 'attributes');
export const attribute = own<(element: Element, name: string) => string | null>('Element', 'getAttribute');
export const hasAttribute = own<(element: Element, name: string) => boolean>('Element', 'hasAttribute');
export const matches = own<(element: Element, selector: string) => boolean>('Element', 'matches');
export const closest = own<(element: Element, selector: string) => Element | null>('Element', 'closest');
export const styleOf = own<(element: HTMLElement) => CSSStyleDeclaration>('HTMLElement', 'style');
export const svgStyleOf = own<(element: SVGElement) => CSSStyleDeclaration>('SVGElement', 'style');
type Find = (root: Node, selector: string) => NodeListOf<Element>;
const inDocument = own<Find>('Document', 'querySelectorAll');
const inFragment = own<Find>('DocumentFragment', 'querySelectorAll');
/** What a document or shadow root has of a selector. */
export const find: Find = (root, selector) => (typeOf(root) === 9 ? inDocument : inFragment)(root, selector);
export const hostOf = own<(root: ShadowRoot) => Element>('ShadowRoot', 'host');

/** Throws where what everything here is built from does not do what it should: then nothing can be relied on. */
export function checkSanity(): void {
  const kept = new Map([[1, [3, 1].map((n) => n + 1).filter((n) => n > 2)]]);
  const [text] = Array.from(new Set(['a1']), (said) => said.replace(/\d/gu, '█'));
  const differ = JSON.stringify([{ a: [1] }]) !== JSON.stringify([{ a: [2] }]);
  if (String(kept.get(1)) !== '4' || text !== 'a█' || !differ) throw new TypeError('not what it should be');
}

type Records = (records: MutationRecord[]) => void;
const observe = own<(on: MutationObserver, node: Node, how: MutationObserverInit) => void>(
  'MutationObserver',
  'observe',
);
const take = own<(on: MutationObserver) => MutationRecord[]>('MutationObserver', 'takeRecords');
const letGo = own<(on: MutationObserver) => void>('MutationObserver', 'disconnect');

const OBSERVED: MutationObserverInit = { subtree: true, childList: true, attributes: true, characterData: true };

/** Sees all that changes below the roots that it is given, whatever the page has made of MutationObserver. */
export class Observer {
  readonly #own: MutationObserver;
  /** The page's: its records may be anything, but it tells in time. That of a frame which is gone tells only when asked. */
  readonly #waker: MutationObserver | undefined;

  /** Throws where it would see nothing. */
  constructor(noted: Records) {
    const native = isNative(MutationObserver);
    this.#own = new (native ? MutationObserver : cleanPlace().MutationObserver)(noted);
    if (!native) this.#waker = new MutationObserver(() => noted(this.take()));
    const probe = document.createTextNode('');
    this.observe(probe);
    probe.data = '1';
    if (!this.take().length) throw new TypeError('nothing is seen');
  }

  observe(root: Node): void {
    observe(this.#own, root, OBSERVED);
    this.#waker?.observe(root, OBSERVED);
  }

  take(): MutationRecord[] {
    return take(this.#own);
  }

  disconnect(): void {
    letGo(this.#own);
    this.#waker?.disconnect();
  }
}
