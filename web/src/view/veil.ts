// Room: view. Masked text takes the place of the text that it stands for: letters of common width in the element's own font
// are written for the signs that came, and a bar is drawn over them. What came says how many, and so do they.

/** As they come in running text, so that some in a row are as wide as words are, in whatever font. */
const LETTERS = 'enatrisodelagnmtuksehrvufopcadenrilstaSb';
const SIGN = '█';
/** A run of signs, with the spaces in it; a wide sign is its own stand-in. */
const RUNS = /[█〓](?:[█〓\s\u2060\u00ad\u200b]*[█〓])?/g;
const NAME = 'insyn-mask';

export const VEIL_STYLE = `::highlight(${NAME}) { color: transparent !important; background-color: #8d8d9ac0 !important;
  text-decoration: none !important; text-shadow: none !important; }`;

/** A masked text as it is written where a bar is drawn over it. */
export function lettered(text: string): string {
  let n = 0;
  return text.replaceAll(SIGN, () => LETTERS[n++ % LETTERS.length] ?? '');
}

export class Veil {
  readonly #doc: Document;
  readonly #bars: Highlight | undefined;
  readonly #waiting = new Set<Text>();
  readonly #drawn = new Map<Text, StaticRange[]>();

  /** Where the browser draws no bars, the signs stay what is seen. */
  constructor(doc: Document) {
    this.#doc = doc;
    const frame = doc.defaultView as (Window & typeof globalThis) | null;
    if (!frame?.StaticRange || !frame.CSS.highlights) return;
    this.#bars = new frame.Highlight();
    // Above what is selected, which has a colour for letters.
    this.#bars.priority = 1;
  }

  /** A text came, or changed. */
  note(node: Text): void {
    this.drop(node);
    if (this.#bars && /[█〓]/.test(node.data)) this.#waiting.add(node);
  }

  drop(node: Text): void {
    this.#waiting.delete(node);
    for (const range of this.#drawn.get(node) ?? []) this.#bars?.delete(range);
    this.#drawn.delete(node);
  }

  /** Draws over what came since the last time. The tree is in its documents now. */
  draw(): void {
    const frame = this.#doc.defaultView as (Window & typeof globalThis) | null;
    if (!this.#bars || !frame) return;
    frame.CSS.highlights.set(NAME, this.#bars);
    for (const node of this.#waiting) {
      const parent = node.parentElement ?? (node.parentNode as ShadowRoot | null)?.host;
      // In a list of options, a drawing or a frame no bar would be drawn over the letters.
      if (node.ownerDocument !== this.#doc || !parent || 'ownerSVGElement' in parent || /^opt/.test(parent.localName))
        continue;
      const ranges = Array.from(node.data.matchAll(RUNS), ({ index, 0: run }) => {
        const [start, end] = [
          { startContainer: node, startOffset: index },
          { endContainer: node, endOffset: index + run.length },
        ];
        return new frame.StaticRange({ ...start, ...end });
      });
      node.data = lettered(node.data);
      for (const range of ranges) this.#bars.add(range);
      this.#drawn.set(node, ranges);
    }
    this.#waiting.clear();
  }

  clear(): void {
    this.#bars?.clear();
    this.#waiting.clear();
    this.#drawn.clear();
  }
}
