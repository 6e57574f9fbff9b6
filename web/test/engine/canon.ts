// Room: test. A page as text, by rules written without a look at the mirror: what the source should look like in the view,
// and what the view looks like. Equal texts mean a true mirror. Of the page's ids counts which are the same.

const SILENT = /^(script|style|link|meta|base|title|noscript|template|source|track|param|map|area|insyn-void)$/;
const SILENT_SVG = /^(script|style|metadata|foreignObject|animate|set|insyn-void)$/;
const BOXES = /^(iframe|object|embed|video|audio|insyn-box)$/;
/** What is in there is somebody's, and not shown. */
const EDITABLE = '[contenteditable]:not([contenteditable=false])';
const words = (text: string): string[] => text.trim().split(/\s+/);
/** The same at both ends. */
const PLAIN = words(`
  class title alt placeholder label lang dir type role scope align valign wrap popover inputmode
  enterkeyhint rows cols size colspan rowspan span start width height border cellpadding tabindex viewBox d points x y x1 y1
  x2 y2 cx cy r rx ry transform fill stroke stroke-width opacity text-anchor font-size aria-label aria-description
  aria-hidden aria-live aria-expanded aria-pressed aria-checked aria-selected aria-current aria-disabled aria-invalid
  aria-level aria-modal aria-required aria-sort aria-atomic aria-busy`);
/** What counts is whether it is there. */
const FLAGS = words('hidden inert disabled readonly required multiple open reversed slot');
const IDS = words(`id part for list headers aria-controls aria-describedby aria-details aria-labelledby aria-owns
  aria-activedescendant aria-errormessage popovertarget`);
const NAMES = [...PLAIN, ...FLAGS, ...IDS];
/** What can have one of the states. */
const STATEFUL = 'dialog,[popover],input,button,select,textarea,fieldset,optgroup';
const STATES = [':modal', ':popover-open', ':checked', ':indeterminate', ':disabled'];

function form(element: Element): string {
  const tag = element.localName;
  if (tag !== 'input' && tag !== 'textarea' && isEditable(element)) {
    const filled = element.matches(EDITABLE) ? element.textContent?.trim() || element.querySelector('img') : undefined;
    return tag === 'select' ? ' edit' : ` edit filled=${!!filled || element.hasAttribute('insyn-filled')}`;
  }
  if (tag === 'input') {
    const input = element as HTMLInputElement;
    if (input.type === 'checkbox' || input.type === 'radio')
      return ` checked=${input.checked},${input.type === 'checkbox' && input.indeterminate}`;
    // Once somebody could type into it, its caption may be what was typed.
    if (/^(submit|reset|button)$/.test(input.type)) return '';
    return ` filled=${input.value !== ''}`;
  }
  if (tag === 'textarea') return ` filled=${(element as HTMLTextAreaElement).value !== ''}`;
  if (tag !== 'select') return '';
  // Not by its `options`: Firefox goes on counting some that left it inside of something else.
  const options = element.querySelectorAll<HTMLOptionElement>(':scope > option, :scope > optgroup > option');
  return ` chosen=${Array.from(options, (option) => (option.hasAttribute('insyn-own') ? '' : Number(option.selected))).join('')}`;
}

function isEditable(element: Element): boolean {
  return element.matches(EDITABLE) || element.getAttribute('insyn-kind') === 'edit';
}

class Canon {
  readonly out: string[] = [];
  readonly #ids = new Map<string, number>();

  /** Ids by the order in which they come. */
  #number(value: string): string {
    return words(value)
      .filter(Boolean)
      .map((id) => {
        if (!this.#ids.has(id)) this.#ids.set(id, this.#ids.size);
        return this.#ids.get(id);
      })
      .join();
  }

  #attributes(element: Element): string {
    const out: string[] = [];
    const html = element.namespaceURI === 'http://www.w3.org/1999/xhtml';
    for (const name of element.attributes.length > 0 ? NAMES : []) {
      const { name: written, value } = element.getAttributeNode(name) ?? {};
      // On an element of HTML a viewBox is no viewBox.
      if (value === undefined || written !== name) continue;
      if (FLAGS.includes(name)) out.push(name);
      else if (PLAIN.includes(name)) out.push(`${name}=${value}`);
      else if (value.trim()) out.push(`${name}=${this.#number(value)}`);
    }
    if (element.localName !== 'image' && (element.hasAttribute('href') || element.hasAttribute('xlink:href'))) {
      // A copy of what holds a copy itself is not drawn: many would be more than a browser can hold.
      const href =
        element.localName === 'use' ? '' : (element.getAttribute('href') ?? element.getAttribute('xlink:href') ?? '');
      out.push(`href${!html && href.length > 1 && href.startsWith('#') ? this.#number(href.slice(1)) : ''}`);
    }
    const style = (element as HTMLElement).style?.cssText.replace(/url\(.*?\)/g, 'url()');
    // Browsers put what is important in another order when they read it.
    const rules = style?.split(/;\s*/).filter(Boolean).sort().join('; ');
    if (rules && (element.localName === 'textarea' || !isEditable(element))) out.push(`style=${rules}`);
    // Which options are chosen, their select says; without one, none is seen to be.
    if (element.matches(STATEFUL)) out.push(...STATES.filter((state) => element.matches(state)));
    return out.join(' ');
  }

  walk(node: Node, indent = ''): this {
    for (const kid of node.childNodes) {
      if (kid.nodeType === 3)
        this.out.push(`${indent}${JSON.stringify((kid as Text).data.replace(/\p{Surrogate}/gu, '\ufffd'))}`);
      if (kid.nodeType !== 1) continue;
      const element = kid as Element;
      const tag = element.localName;
      const svg = element.namespaceURI === 'http://www.w3.org/2000/svg';
      if (element.id === 'banner' || tag === 'insyn-pointer' || element.hasAttribute('insyn-own')) continue;
      if (
        (svg ? SILENT_SVG : SILENT).test(tag) ||
        (tag === 'input' && (element as HTMLInputElement).type === 'hidden')
      ) {
        this.out.push(`${indent}<void>`);
        continue;
      }
      if (tag === 'head') continue;
      if (BOXES.test(tag)) {
        this.out.push(`${indent}<box>`);
        continue;
      }
      // What is drawn on one comes as a picture.
      const shown = tag === 'canvas' ? 'img' : tag;
      this.out.push(`${indent}<${svg ? 'svg:' : ''}${shown} ${this.#attributes(element)}${form(element)}>`);
      if (element.shadowRoot) {
        this.out.push(`${indent} #shadow`);
        this.walk(element.shadowRoot, `${indent}  `);
      }
      if (tag !== 'textarea' && tag !== 'canvas' && !isEditable(element)) this.walk(element, `${indent} `);
    }
    return this;
  }
}

export function canon(doc: Document): string {
  return new Canon().walk(doc).out.join('\n');
}
