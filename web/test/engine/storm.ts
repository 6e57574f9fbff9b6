// Room: test. A storm: random changes to a page, the same for the same seed.

const TAGS = ['div', 'span', 'p', 'section', 'li', 'b', 'x-box', 'script', 'canvas', 'input', 'textarea'];

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

  #elements(): Element[] {
    const list: Element[] = [];
    const walk = (root: Document | ShadowRoot): void => {
      for (const element of root.querySelectorAll('body *')) list.push(element);
      if (root instanceof ShadowRoot) list.push(...root.querySelectorAll('*'));
      for (const element of root.querySelectorAll('*')) if (element.shadowRoot) walk(element.shadowRoot);
    };
    walk(document);
    return list.filter((element) => !/^(script|canvas|input|textarea)$/.test(element.localName));
  }

  #any(): Element {
    const list = this.#elements();
    return list[this.random(list.length)] ?? document.body.appendChild(document.createElement('div'));
  }

  #word(): string {
    return `w${'abcdefghij'[this.random(10)]}${'klmnopqrst'[this.random(10)]}`;
  }

  #place(parent: Element | ShadowRoot, node: Node): void {
    if (node === parent || node.contains(parent)) return;
    for (let up: Node | null = parent; up; up = up instanceof ShadowRoot ? up.host : up.parentNode)
      if (up === node) return;
    parent.insertBefore(node, parent.childNodes[this.random(parent.childNodes.length + 1)] ?? null);
  }

  #fresh(depth = 0): Node {
    if (this.random(3) === 0) return document.createTextNode(this.#word());
    const element = document.createElement(TAGS[this.random(TAGS.length)] ?? 'div');
    element.className = this.#word();
    if (element.localName === 'x-box') {
      const shadow = element.attachShadow({ mode: 'open' });
      shadow.append(document.createTextNode(this.#word()), document.createElement('slot'));
    }
    if (depth < 3 && !/^(script|canvas|input|textarea)$/.test(element.localName)) {
      for (let n = this.random(4); n > 0; n--) element.append(this.#fresh(depth + 1));
    }
    return element;
  }

  step(): void {
    const at = this.#any();
    switch (this.random(16)) {
      case 0:
      case 1:
        this.#place(this.random(4) === 0 && at.shadowRoot ? at.shadowRoot : at, this.#fresh());
        break;
      case 2:
        if (this.#elements().length > 20) at.remove();
        break;
      case 3:
      case 4: {
        const to = this.#any();
        this.#place(to.shadowRoot && this.random(3) === 0 ? to.shadowRoot : to, at);
        break;
      }
      case 5: {
        const wrapper = document.createElement('div');
        at.replaceWith(wrapper);
        wrapper.append(at);
        break;
      }
      case 6:
        for (const kid of at.childNodes) {
          if (kid instanceof Text && kid.length > 1) {
            kid.splitText(1);
            break;
          }
        }
        break;
      case 7:
        if (at.firstChild instanceof Text) at.firstChild.data = this.#word();
        else at.prepend(this.#word());
        break;
      case 8:
        at.setAttribute(['class', 'title', 'data-x', 'id'][this.random(4)] ?? 'class', this.#word());
        if (this.random(4) === 0) at.setAttribute('role', ['note', 'img', 'group'][this.random(3)] ?? '');
        break;
      case 9:
        at.removeAttribute(['class', 'title', 'hidden'][this.random(3)] ?? 'class');
        break;
      case 10:
        if (at instanceof HTMLElement) at.style.setProperty('width', `${this.random(300)}px`);
        break;
      case 11:
        if (this.#elements().length > 20 && at !== document.body) {
          at.remove();
          this.#away.push(at);
        }
        break;
      case 12: {
        const back = this.#away.pop();
        if (back instanceof Element) {
          back.append(this.#fresh());
          const inner = back.firstElementChild;
          if (inner && this.random(2) === 0) this.#place(at, inner);
          this.#place(at, back);
        }
        break;
      }
      case 13: {
        const table = document.querySelector('table');
        const row = table?.insertRow(this.random((table.rows.length || 0) + 1));
        if (row) row.insertCell().textContent = this.#word();
        if (table && table.rows.length > 12) table.deleteRow(this.random(table.rows.length));
        break;
      }
      case 14: {
        const select = document.querySelector('select');
        if (!select) break;
        if (this.random(2) === 0 || select.options.length < 2)
          select.add(new Option(this.#word(), `v${this.#names++}`));
        else select.remove(this.random(select.options.length));
        select.selectedIndex = this.random(select.options.length);
        break;
      }
      case 15: {
        for (const field of document.querySelectorAll('input,textarea')) {
          if (this.random(2) === 0) (field as HTMLInputElement).value = this.random(2) === 0 ? '' : this.#word();
        }
        at.normalize();
        break;
      }
    }
  }
}
