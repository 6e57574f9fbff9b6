// Room: bench. The pages that mirror and rrweb are measured on: what an agency's application looks like, only more of it.

const WORDS =
  `application permit passport photo appointment visitor document residence renewal family questionnaire receipt decision
   booking office fingerprint citizen travel card payment account message reference guide language support service form
   answer upload attachment change address period employer studies income relation child guardian country border`.split(
    /\s+/,
  );

/** Words that are the same in each run. */
function words(seed: number): (count: number) => string {
  let state = seed;
  const next = (): number => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return state >>> 8;
  };
  return (count) => Array.from({ length: count }, () => WORDS[next() % WORDS.length] ?? '').join(' ');
}

const STYLE = `
:root { --gap: 8px; --ink: #1a1a2e; --line: #c8c8d4; }
body { margin: 0; font: 15px/1.5 sans-serif; color: var(--ink); }
.card { border: 1px solid var(--line); margin: var(--gap); padding: var(--gap); border-radius: 4px; }
.card > header { display: flex; gap: var(--gap); align-items: center; }
.card.open { background: #f4f6ff; }
.badge { padding: 2px 6px; background: #e0e8ff; border-radius: 9px; font-size: 12px; }
table { border-collapse: collapse; width: 100%; } td, th { border-bottom: 1px solid var(--line); padding: 2px 4px; text-align: left; }
.field { display: grid; grid-template-columns: 200px 1fr; gap: var(--gap); } .hint { color: #555; }
.move { position: absolute; top: 0; left: 0; width: 10px; height: 10px; background: #c2185b; }
${Array.from({ length: 300 }, (_, n) => `.u${n} { padding-left: ${n % 17}px; color: hsl(${n}, 40%, 30%); } .u${n}:hover { color: #000; }`).join('\n')}`;

function card(n: number, say: (count: number) => string): string {
  const rows = Array.from(
    { length: 8 },
    (_, row) =>
      `<tr class="u${(n + row) % 300}"><td>${say(2)}</td><td>${say(1)} ${n * row}</td><td><a href="/case/${n}/${row}">${say(1)}</a></td><td style="width: ${40 + row}px">${say(3)}</td></tr>`,
  ).join('\n');
  return `<section class="card u${n % 300}" id="card-${n}" data-n="${n}"><header><h3>${say(3)}</h3><span class="badge" title="${say(2)}">${say(1)}</span></header>
<p>${say(14)} <b>${say(2)}</b> ${say(6)} <a href="/guide/${n}#part">${say(2)}</a>.</p>
<table><thead><tr><th>${say(1)}<th>${say(1)}<th>${say(1)}<th>${say(1)}</tr></thead><tbody>${rows}</tbody></table>
<div class="field"><label for="f-${n}">${say(2)}</label><input id="f-${n}" name="f-${n}" value="" placeholder="${say(1)}"><span class="hint">${say(5)}</span></div>
<svg width="16" height="16" viewBox="0 0 16 16" aria-hidden="true"><path d="M2 8h12M8 2v12" stroke="currentColor"/></svg>
<button type="button" class="u${(n * 7) % 300}">${say(2)}</button></section>`;
}

/** A page of about so many nodes, text included. */
export function page(nodes: number): string {
  const say = words(7);
  const cards = Array.from({ length: Math.max(1, Math.round(nodes / 129)) }, (_, n) => card(n, say)).join('\n');
  return `<!doctype html><html lang="en"><head><title>My applications</title><meta charset="utf-8"><style>${STYLE}</style></head>
<body><h1>My applications</h1><p id="clock">0</p><main>${cards}</main><script src="/source.js"></script></body></html>`;
}
