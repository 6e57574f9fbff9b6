// Room: test. A storm: random changes to a page, the same for the same seed.

const TAGS = [
  'div',
  'span',
  'p',
  'section',
  'li',
  'b',
  'x-box',
  'script',
  'canvas',
  'input',
  'textarea',
  'details',
  'dialog',
];
const SVG = 'http://www.w3.org/2000/svg';
const XLINK = 'http://www.w3.org/1999/xlink';
/** Not to be taken apart: no kids of theirs are shown. */
const CLOSED = /^(script|canvas|input|textarea)$/;
const WORDS = ['class', 'title', 'id', 'slot', 'part', 'data-x', 'aria-label', 'lang', 'onclick'];
const FLAGS = ['hidden', 'open', 'disabled', 'inert', 'multiple', 'reversed', 'readonly'];
const REFS = ['aria-describedby', 'for', 'headers', 'aria-controls'];
const INPUTS = ['text', 'checkbox', 'radio', 'submit', 'date', 'range', 'hidden', 'password', 'number'];
/** More elements than this, and what would add takes away. */
const MOST = 260;
const FEWEST = 20;

export class Storm {
  #seed: number;
  #away: Node[] = [];
  #names = 0;

  constructor(seed: number) {
    this.#seed = seed * 2654435761 + 1;
  }

  /** A whole number from 0 to below n (mulberry32). */
  random(n: number): number {
    this.#seed = (this.#seed + 0x6d2b79f5) | 0;
    let t = Math.imul(this.#seed ^ (this.#seed >>> 15), 1 | this.#seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % n;
  }

  #one<T>(list: ArrayLike<T>): T | undefined {
    return list[this.random(Math.max(1, list.length))];
  }

  #elements(): Element[] {
    const list: Element[] = [];
    const walk = (root: Document | ShadowRoot): void => {
      for (const element of root.querySelectorAll(root instanceof Document ? 'body *' : '*')) {
        list.push(element);
        if (element.shadowRoot) walk(element.shadowRoot);
      }
    };
    walk(document);
    return list.filter((element) => !CLOSED.test(element.localName));
  }

  #any(): Element {
    return this.#one(this.#elements()) ?? document.body.appendChild(document.createElement('div'));
  }

  #word(): string {
    return `w${'abcdefghij'[this.random(10)]}${'klmnopqrst'[this.random(10)]}`;
  }

  #place(parent: Element | ShadowRoot, node: Node): void {
    // Chromium 156 may never come back from laying out HTML in the text of an SVG: nothing that a parser would build.
    if (parent instanceof SVGElement && !(node instanceof SVGElement || node instanceof CharacterData)) return;
    for (let up: Node | null = parent; up; up = up instanceof ShadowRoot ? up.host : up.parentNode)
      if (up === node) return;
    parent.insertBefore(node, this.#one([...parent.childNodes, null]) ?? null);
  }

  #svg(): Element {
    const make = (name: string, attributes: Record<string, string>, ...kids: Node[]): Element => {
      const element = document.createElementNS(SVG, name);
      for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
      element.append(...kids);
      return element;
    };
    const use = make('use', {});
    if (this.random(2) === 0) use.setAttribute('href', `#${this.#word()}`);
    else use.setAttributeNS(XLINK, 'xlink:href', `#${this.#word()}`);
    return make(
      'svg',
      { viewBox: '0 0 9 9', width: String(this.random(30)) },
      make(
        'g',
        { fill: this.#one(['red', 'none', 'currentColor']) ?? '' },
        make('path', { d: `M${this.random(9)} 0h9v9z` }),
      ),
      make('text', { x: '1' }, document.createTextNode(this.#word())),
      make('script', {}),
      use,
    );
  }

  #fresh(depth = 0): Node {
    const kind = this.random(12);
    if (kind < 4) return document.createTextNode(this.#word());
    if (kind === 4) return document.createComment(this.#word());
    if (kind === 5) return this.#svg();
    const element = document.createElement(this.#one(TAGS) ?? 'div');
    element.className = this.#word();
    if (element.localName === 'x-box') {
      const shadow = element.attachShadow({ mode: this.random(5) === 0 ? 'closed' : 'open' });
      shadow.append(document.createTextNode(this.#word()), document.createElement('slot'));
    }
    if (depth < 3 && !CLOSED.test(element.localName)) {
      for (let n = this.random(4); n > 0; n--) element.append(this.#fresh(depth + 1));
    }
    return element;
  }

  #take(at: Element): void {
    if (this.#elements().length > FEWEST && !at.matches('main,table,select')) at.remove();
  }

  /** Each of these makes one change, or none where it doesn't fit. */
  readonly #changes: readonly ((at: Element) => void)[] = [
    (at) => {
      if (this.#elements().length > MOST) this.#take(at);
      else this.#place(this.random(4) === 0 && at.shadowRoot ? at.shadowRoot : at, this.#fresh());
    },
    (at) => this.#take(at),
    (at) => {
      const to = this.#any();
      this.#place(to.shadowRoot && this.random(3) === 0 ? to.shadowRoot : to, at);
    },
    (at) => {
      const nodes = Array.from(at.childNodes);
      const node = this.#one(nodes);
      if (node) this.#place(this.#any(), node);
    },
    // Wrap, one and several.
    (at) => {
      if (at.parentNode instanceof SVGElement) return;
      const wrapper = document.createElement(this.#one(['div', 'b', 'details']) ?? 'div');
      at.replaceWith(wrapper);
      wrapper.append(at);
    },
    (at) => {
      const from = this.random(at.childNodes.length + 1);
      const kids = Array.from(at.childNodes).slice(from, from + 1 + this.random(3));
      const wrapper = at instanceof SVGElement ? document.createElementNS(SVG, 'g') : document.createElement('span');
      kids[0]?.before(wrapper);
      wrapper.append(...kids);
    },
    (at) => {
      if (!at.matches('body,main,table *,select *,svg *')) at.replaceWith(...at.childNodes);
    },
    // Split, join.
    (at) => {
      for (const kid of at.childNodes) {
        if (kid instanceof Text && kid.length > 1) {
          kid.splitText(1 + this.random(kid.length - 1));
          break;
        }
      }
    },
    (at) => {
      const half = at.cloneNode(false) as Element;
      half.append(...Array.from(at.childNodes).slice(at.childNodes.length >> 1));
      if (!at.matches('body,main,html')) at.after(half);
    },
    (at) => at.normalize(),
    (at) => {
      const range = document.createRange();
      range.setStart(at, this.random(at.childNodes.length + 1));
      range.setEnd(at, at.childNodes.length);
      const cut = range.extractContents();
      this.#place(this.#any(), cut);
    },
    // Order.
    (at) => at.append(...Array.from(at.childNodes).reverse()),
    (at) => {
      if (at.firstChild) at.append(at.firstChild);
    },
    (at) => {
      const other = this.#any();
      if (other.contains(at) || at.contains(other) || at.getRootNode() !== other.getRootNode()) return;
      if (at.parentNode instanceof SVGElement || other.parentNode instanceof SVGElement) return;
      const hole = document.createComment('');
      at.replaceWith(hole);
      other.replaceWith(at);
      hole.replaceWith(other);
    },
    (at) => {
      if (!at.matches('body,main,svg,svg *') && this.#elements().length > FEWEST)
        at.replaceChildren(...Array.from({ length: this.random(4) }, () => this.#fresh(2)));
    },
    // Text.
    (at) => {
      if (at.firstChild instanceof Text) at.firstChild.data = this.#word();
      else at.prepend(this.#word());
    },
    (at) => {
      const text = Array.from(at.childNodes).find((kid) => kid instanceof Text);
      text?.replaceData(this.random(text.length), this.random(3), this.#one(['', 'é😀', ' ', '\ud83d', '\n']) ?? '');
    },
    // Attributes.
    (at) => at.setAttribute(this.#one(WORDS) ?? 'class', this.#word()),
    (at) => at.setAttribute(this.#one(WORDS) ?? 'class', this.#word()),
    (at) => at.setAttribute('viewBox', this.#one(['0 0 9 9', '0 0 5 5']) ?? ''),
    (at) => at.setAttribute('role', this.#one(['note', 'img', 'group']) ?? ''),
    (at) => at.setAttribute(this.#one(REFS) ?? 'for', `${this.#word()} ${this.#word()}`),
    (at) => at.removeAttribute(this.#one([...WORDS, ...REFS, ...FLAGS, 'style']) ?? 'class'),
    (at) => at.toggleAttribute(this.#one(FLAGS) ?? 'hidden'),
    (at) => {
      if (this.random(4) === 0) at.toggleAttribute('contenteditable');
    },
    // Style.
    (at) => (at as HTMLElement).style?.setProperty('width', `${this.random(300)}px`),
    (at) => {
      const css = [
        'color: red',
        '--x: 1px; margin: var(--x)',
        'color: blue !important',
        'top: calc(1px + 2%)',
        'bogus: 1',
      ];
      at.setAttribute('style', this.#one(css) ?? '');
    },
    (at) => (at as HTMLElement).style?.removeProperty('width'),
    (at) => at.classList.toggle(this.#word()),
    // Out of the page and back, changed meanwhile.
    (at) => {
      if (this.#elements().length <= FEWEST || at.matches('main,table,select')) return;
      at.remove();
      this.#away.push(at);
    },
    (at) => {
      const back = this.#away.pop();
      if (!(back instanceof Element)) return;
      this.#place(back, this.#fresh());
      const inner = back.firstElementChild;
      if (inner && this.random(2) === 0) this.#place(at, inner);
      this.#place(at, back);
    },
    // Shadow roots: their content, and new ones late.
    () => {
      const hosts = this.#elements().filter(({ shadowRoot }) => shadowRoot);
      const root = this.#one(hosts)?.shadowRoot;
      if (!root) return;
      if (this.random(3) === 0) root.firstChild?.remove();
      else this.#place(root, this.random(2) === 0 ? this.#any() : this.#fresh(2));
    },
    (at) => {
      if (at.matches('div,span,p,section') && !at.shadowRoot && this.random(4) === 0) {
        at.attachShadow({ mode: 'open' }).append(document.createElement('slot'), this.#word());
      }
    },
    // Tables and lists of choices.
    () => this.#table(),
    () => this.#table(),
    () => this.#select(),
    () => this.#select(),
    // What no mutation tells.
    () => {
      for (const field of document.querySelectorAll<HTMLInputElement>('input,textarea')) {
        if (this.random(2) === 0 && field.type !== 'submit') field.value = this.random(2) === 0 ? '' : this.#word();
      }
    },
    () => {
      const field = this.#one(document.querySelectorAll('input'));
      if (!field) return;
      if (this.random(3) === 0) field.type = this.#one(INPUTS) ?? 'text';
      field.checked = this.random(2) === 0;
      field.indeterminate = this.random(3) === 0;
    },
    () => {
      const dialog = this.#one(document.querySelectorAll('dialog'));
      if (!dialog) return;
      if (dialog.open) dialog.close();
      else if (this.random(2) === 0) dialog.show();
      else dialog.showModal();
    },
  ];

  #table(): void {
    const table = this.#one(document.querySelectorAll('table'));
    if (!table) return;
    const row = this.#one(table.rows);
    switch (this.random(8)) {
      case 0:
      case 1: {
        const added = table.insertRow(this.random(table.rows.length + 1));
        for (let n = this.random(3); n >= 0; n--) added.insertCell().textContent = this.#word();
        break;
      }
      case 2:
        if (table.rows.length > 12) table.deleteRow(this.random(table.rows.length));
        break;
      case 3:
        if (this.random(2) === 0) table.createCaption().textContent = this.#word();
        else table.deleteCaption();
        break;
      case 4:
        if (this.random(2) === 0) table.createTHead().insertRow().append(document.createElement('th'));
        else table.deleteTHead();
        break;
      case 5:
        if (row) (this.#one(table.tBodies) ?? table.createTBody()).prepend(row);
        break;
      case 6: {
        const cell = row && this.#one(row.cells);
        if (cell) cell.colSpan = 1 + this.random(3);
        break;
      }
      default:
        if (row && row.cells.length > 1) row.deleteCell(this.random(row.cells.length));
    }
  }

  #select(): void {
    const select = this.#one(document.querySelectorAll('select'));
    if (!select) return;
    const option = this.#one(select.options);
    switch (this.random(9)) {
      case 0:
      case 1:
        if (select.options.length < 15) select.add(new Option(this.#word(), `v${this.#names++}`), option ?? null);
        break;
      case 2:
        if (select.options.length > 2) option?.remove();
        break;
      case 3: {
        const group = document.createElement('optgroup');
        group.label = this.#word();
        if (option) {
          option.replaceWith(group);
          group.append(option);
        }
        break;
      }
      case 4:
        if (option) option.disabled = this.random(2) === 0;
        break;
      case 5:
        if (option) select.append(option);
        break;
      case 6:
        if (option) option.text = this.#word();
        break;
      case 7:
        select.multiple = this.random(2) === 0;
        break;
    }
    select.selectedIndex = this.random(select.options.length + 1) - 1;
    if (select.multiple && option) option.selected = true;
  }

  step(): void {
    try {
      this.#one(this.#changes)?.(this.#any());
    } catch (error) {
      // What the DOM refuses is no change. Anything else is a mistake in here.
      if (!(error instanceof DOMException)) throw error;
    }
  }
}
