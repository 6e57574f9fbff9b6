// Room: <case-timeline done="2" label="...">: the way of a case. An open shadow root with a constructed stylesheet;
// the steps stay in the page and come in through a slot.

const sheet = new CSSStyleSheet();
sheet.replaceSync(`
  :host { display: block; margin-block: 1rem 0; --dot: 1.5rem; }
  .frame { position: relative; }
  ::slotted(ol) { list-style: none; margin: 0; padding: 0; display: grid; gap: 0.9rem; }
  .rail { position: absolute; inset: 0.75rem auto 0.75rem calc(var(--dot) / 2 - 1px); inline-size: 2px;
    background: linear-gradient(var(--pine, #0f4c4a) calc(var(--done) * 100%), var(--line, #d9d8d0) 0); }
`);

class CaseTimeline extends HTMLElement {
  connectedCallback() {
    if (this.shadowRoot) return;
    const root = this.attachShadow({ mode: 'open' });
    root.adoptedStyleSheets = [sheet];
    const frame = document.createElement('div');
    frame.setAttribute('role', 'group');
    frame.setAttribute('aria-label', this.getAttribute('label') ?? '');
    const rail = document.createElement('div');
    rail.className = 'rail';
    frame.className = 'frame';
    frame.append(rail, document.createElement('slot'));
    root.append(frame);

    const steps = [...this.querySelectorAll('li')];
    const done = Number(this.getAttribute('done'));
    rail.style.setProperty('--done', String(done / Math.max(1, steps.length - 1)));
    steps.forEach((step, i) => {
      step.className = i < done ? 'is-done' : i === done ? 'is-now' : 'is-later';
      if (i === done) step.setAttribute('aria-current', 'step');
    });
  }
}

customElements.define('case-timeline', CaseTimeline);
