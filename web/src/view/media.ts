// Room: view. A video as its poster, or as the picture that was seen last, and a sound as a bar: each says in place what it is
// doing. In a closed shadow root of the box, where no style of the page's reaches.

/** What the words of `insyn-media` are called; what is not told is not said. */
const SAID: Readonly<Record<string, string>> = { playing: 'playing', paused: 'paused', ended: 'ended', muted: 'muted' };

const WHOLE = 'all:initial;position:absolute;inset:0;width:100%;height:100%;object-fit:inherit;object-position:inherit';
const LABEL =
  'all:initial;position:absolute;left:0;bottom:0;box-sizing:border-box;padding:0 6px;background:#1e1e28d9;color:#fff;' +
  'font:12px/18px system-ui,sans-serif';
/** As high as a browser's own controls, which are the whole of a sound. */
const BAR = `${LABEL};width:100%;height:min(100%,40px);line-height:40px;padding:0 12px`;

interface Parts {
  root: ShadowRoot;
  image: HTMLImageElement;
  label: HTMLElement;
}

export class MediaShown {
  readonly #parts = new WeakMap<Element, Parts>();

  /** Brings a box up to what its attributes say; `url` is of its picture, once that is here. */
  show(box: Element, url: string | undefined): void {
    const said = box.getAttribute('insyn-media');
    box.toggleAttribute('insyn-pictured', said !== null && url !== undefined);
    const known = this.#parts.get(box);
    if (said === null) {
      known?.root.replaceChildren();
      return;
    }
    // Of what no mirror sends there may be a root already.
    if (!known && box.shadowRoot) return;
    const { root, image, label } = known ?? this.#make(box);
    const words = said.split(' ');
    const name = box.getAttribute('insyn-kind') === 'audio' ? 'Audio' : 'Video';
    label.textContent = [name, ...words.flatMap((word) => SAID[word] ?? [])].join(', ');
    label.style.cssText = words.includes('bar') ? BAR : LABEL;
    if (url && image.getAttribute('src') !== url) image.src = url;
    const all = root.ownerDocument.createElement('div');
    all.style.cssText = WHOLE.replace('absolute', 'relative').concat(';display:block;overflow:hidden');
    all.append(...(url ? [image] : []), label);
    root.replaceChildren(all);
  }

  #make(box: Element): Parts {
    const doc = box.ownerDocument;
    const image = doc.createElement('img');
    image.style.cssText = WHOLE;
    const parts = { root: box.attachShadow({ mode: 'closed' }), image, label: doc.createElement('span') };
    this.#parts.set(box, parts);
    return parts;
  }
}
