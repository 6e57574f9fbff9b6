// Room: test. A page as text, by rules written without a look at the mirror: what the source should look like in the view,
// and what the view looks like. Equal texts mean a true mirror.

const SILENT = /^(script|style|link|meta|base|title|noscript|template|source|track|param|map|area|insyn-void)$/;
const BOXES = /^(iframe|object|embed|video|audio|insyn-box)$/;
const KEPT = ['class', 'title', 'role', 'hidden', 'dir', 'colspan', 'open', 'slot', 'disabled', 'type'];

function form(element: Element): string {
  const tag = element.localName;
  if (tag === 'input') {
    const input = element as HTMLInputElement;
    if (input.type === 'checkbox' || input.type === 'radio') return ` checked=${input.checked}`;
    return ` filled=${input.value !== ''}`;
  }
  if (tag === 'textarea') return ` filled=${(element as HTMLTextAreaElement).value !== ''}`;
  if (tag === 'select') return ` chosen=${(element as HTMLSelectElement).selectedIndex}`;
  return '';
}

function walk(node: Node, source: boolean, out: string[], indent: string): void {
  for (const kid of node.childNodes) {
    if (kid.nodeType === 3) out.push(`${indent}"${JSON.stringify((kid as Text).data)}`);
    if (kid.nodeType !== 1) continue;
    const element = kid as Element;
    const tag = element.localName;
    if (element.id === 'banner' || tag === 'insyn-pointer' || element.hasAttribute('insyn-own')) continue;
    if (SILENT.test(tag) || tag === 'head') {
      if (tag !== 'head') out.push(`${indent}<void>`);
      continue;
    }
    if (BOXES.test(tag)) {
      out.push(`${indent}<box>`);
      continue;
    }
    const attributes = KEPT.filter((name) => element.hasAttribute(name)).map(
      (name) => `${name}=${name === 'hidden' || name === 'open' || name === 'slot' ? '' : element.getAttribute(name)}`,
    );
    const style = (element as HTMLElement).style?.cssText;
    if (style) attributes.push(`style=${style}`);
    // What is drawn on one comes as a picture.
    const shown = tag === 'canvas' ? 'img' : tag;
    out.push(`${indent}<${shown} ${attributes.join(' ')}${form(element)}>`);
    if (element.shadowRoot) {
      out.push(`${indent} #shadow`);
      walk(element.shadowRoot, source, out, `${indent}  `);
    }
    if (tag !== 'textarea' && tag !== 'canvas') walk(element, source, out, `${indent} `);
  }
}

export function canon(doc: Document, source: boolean): string {
  const out: string[] = [];
  walk(doc, source, out, '');
  return out.join('\n');
}
