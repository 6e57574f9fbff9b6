// Room: test. Every place of a page that can hold a string, and in which modes what stands there may leave it. A word that
// is nowhere else is put for each §; docs/policy.md has the same in prose.

/**
 * never: in no mode. text: where all text shows. page: on a page whose text shows, whatever its regions are, since it stands
 * in none. label: also under `labels`. name: names that styles need, wherever their element or sheet is told of. sheet: also where that stands in
 * a masked or hidden region, since styles reach beyond it.
 */
export type Leaves = 'never' | 'text' | 'page' | 'label' | 'name' | 'sheet';

const list = (leaves: Leaves, text: string): [Leaves, string][] =>
  text
    .trim()
    .split('\n')
    .map((line) => [leaves, line.trim()]);

/** In the head or body of the page as it is served. */
export const INITIAL: readonly [Leaves, string][] = [
  ...list(
    'never',
    `<p data-§=x>.</p>
    <p data-x="§">.</p>
    <p id=§>.</p>
    <p name=§>.</p>
    <p itemprop=§ itemid=§ itemref=§>.</p>
    <p aria-valuetext="§">.</p>
    <p aria-labelledby=§ aria-controls=§>.</p>
    <p aria-keyshortcuts=§>.</p>
    <p aria-current=§>.</p>
    <p role=§>.</p>
    <p lang=§>.</p>
    <p dir=§>.</p>
    <p slot=§>.</p>
    <p part=§>.</p>
    <p exportparts="§: §b">.</p>
    <p is=§>.</p>
    <p nonce=§ accesskey=§>.</p>
    <p onclick="this.x='§'">.</p>
    <p §=x>.</p>
    <p xml:lang=§ xmlns:x=§>.</p>
    <p align=§>.</p>
    <p style="background:url(/pic.png?§)">.</p>
    <p style="background:image-set('/pic.png?§' 1x)">.</p>
    <p style="color:§">.</p>
    <p contenteditable>§</p>
    <p contenteditable=plaintext-only>§</p>
    <div role=textbox tabindex=0>§</div>
    <div role=searchbox>§</div>
    <a href="/pic.png?case=§#§">link</a>
    <a href="mailto:§@agency.se">mail</a>
    <a href="javascript:void '§'">run</a>
    <a href="#§">place</a>
    <a href=/x ping="/p?§" download="§" target=§ rel=§ hreflang=§ type=§>link</a>
    <img src="/pic.png?§" name=§ usemap=#§ longdesc=§ crossorigin=§>
    <img srcset="/pic.png?§ 1x" sizes=§ alt="">
    <img src="data:image/svg+xml;base64,§">
    <picture><source srcset="/pic.png?§" media="§" type=§><img src="/pic.png" alt=""></picture>
    <table summary=§ background="/pic.png?§"><tr><td abbr=§ headers=§ axis=§>.</table>
    <template><p>§</p></template>
    <noscript>§</noscript>
    <script>window.z="§"</script>
    <script type=application/json>{"a":"§"}</script>
    <script src="/nothing.js?§" integrity=§ async></script>
    <script type=text/template><b>§</b></script>
    <!-- § -->
    <?§ instruction?>
    <![CDATA[ § ]]>
    <meta name=§ content=§>
    <meta property="og:title" content="§">
    <link rel=§ href="/nothing?§" title=§>
    <base target=§>
    <iframe srcdoc="<p>.</p><!-- § -->" name=§ allow=§></iframe>
    <iframe src="/nothing.html?§"></iframe>
    <object data="/nothing?§" type=§ name=§>§</object>
    <embed src="/nothing?§" type=§>
    <video src="/nothing?§" poster="/pic.png?§">§</video>
    <audio src="/nothing?§">§</audio>
    <video><track label=§ src="/nothing?§"></video>
    <canvas>§</canvas>
    <map name=§><area href="/m?§" alt=§ title=§></map>
    <form action="/send?§" name=§ target=§ enctype=§ id=§></form>
    <input name=§ value="§">
    <input type=text value="§" autocomplete=§ pattern=§ list=§ form=§ dirname=§>
    <input type=search value="§">
    <input type=email value="§@agency.se">
    <input type=url value="http://§">
    <input type=tel value="§">
    <input type=password value="§">
    <input type=hidden value="§" name=§>
    <input type=file name=§ accept=§>
    <input type=checkbox name=§ value="§">
    <input type=radio name=§ value="§" checked>
    <input type=§ value="§">
    <input type=image src="/pic.png?§" formaction="/f?§" value="§">
    <textarea name=§>§</textarea>
    <button value=§ name=§ formaction="/f?§" type=button>.</button>
    <select name=§><option value="§">.</option></select>
    <input list=dl><datalist id=dl><option value="§"></datalist>
    <output for=§ name=§></output>
    <label for=§>.</label>
    <fieldset name=§></fieldset>
    <meter value=1 title="" data-v=§></meter>
    <progress max=10 value=4 data-v=§></progress>
    <time datetime="§">.</time>
    <data value="§">.</data>
    <q cite="/q?§">.</q>
    <ins cite="/q?§" datetime=§>.</ins>
    <font face=§ color=§>.</font>
    <details name=§><summary>.</summary></details>
    <dialog id=§ returnvalue=§></dialog>
    <div popover=§ id=§></div>
    <button popovertarget=§ commandfor=§ command=--§ interesttarget=§>.</button>
    <svg><metadata>§</metadata></svg>
    <svg><script>§</script></svg>
    <svg><a href="/svg?§" xlink:title=§><rect /></a></svg>
    <svg><use href="/nothing.svg?§#§" /></svg>
    <svg><use xlink:href="#§" /></svg>
    <svg><image href="/pic.png?§" /></svg>
    <svg><rect fill="url(#§)" stroke="§" display=§ /></svg>
    <svg><path d="M0 0 §" transform=§ id=§ class="" /></svg>
    <svg><filter><feFlood result=§ /><feBlend in=§ in2=§ mode=§ /></filter></svg>
    <svg><animate attributeName=§ values="§" begin=§ /></svg>
    <svg><linearGradient gradientUnits=§ spreadMethod=§ href="#§" /></svg>
    <math><annotation encoding=§>§</annotation></math>
    <math href="/§"><mi mathvariant=§ mathcolor=§>.</mi></math>
    <math><maction actiontype=§><mi>.</mi></maction></math>
    <slot name=§></slot>
    <div itemscope itemtype="http://§"></div>
    <p data-insyn=§></p>
    <marquee direction=§ behavior=§ loop=§>.</marquee>
    <param name=§ value=§>
    <style>/* § */</style>
    <style>#§{color:red}</style>
    <style>[§]{color:red}</style>
    <style>.q::before{content:attr(§)}</style>
    <style>[data-x="§"],[href*="§"],[title=§],[aria-label="§"],[role=§]{color:red}</style>
    <style>x-y::part(§){color:red}</style>
    <style>@import url("/nothing.css?§");</style>
    <style>@namespace § "http://§";</style>
    <style>.q{background:url("/pic.png?§")}</style>
    <style>@unknown § { a: b }</style>
    <style>@font-face{font-family:f;src:url("/f.woff2?§")}</style>
    <link rel=stylesheet href="/s.css?§">`,
  ),
  ...list(
    'text',
    `<svg><foreignObject><p>§</p></foreignObject></svg>
    <p style="--x:§">.</p>
    <p>§</p>
    <p>word <b>§</b></p>
    <div><span>§</span></div>
    <p title="§">.</p>
    <p aria-description="§">.</p>
    <img src="/pic.png" alt="§">
    <input title="§">
    <optgroup label="§"></optgroup>
    <select><optgroup label="§"><option>.</option></optgroup></select>
    <select><option>§</option></select>
    <select><option label="§">.</option></select>
    <select><option selected>§</option></select>
    <datalist><option>§</option></datalist>
    <output>§</output>
    <table><tr><td>§</td></table>
    <svg><text>§</text></svg>
    <svg><text>.<tspan>§</tspan></text></svg>
    <svg><title>§</title></svg>
    <svg><desc>§</desc></svg>
    <math><mtext>§</mtext></math>
    <x-shade>§</x-shade>
    <x-shade><template shadowrootmode=open><p>§</p></template></x-shade>
    <x-shade><template shadowrootmode=open><slot>§</slot></template></x-shade>
    <details open><p>§</p></details>
    <dialog open>§</dialog>
    <div role=combobox aria-expanded=false>§</div>
    <div role=listbox><div role=option>§</div></div>
    <button aria-haspopup=listbox>§</button>
    <iframe srcdoc="<p>§</p>"></iframe>
    <ruby>.<rt>§</rt></ruby>
    <marquee>§</marquee>
    <pre>§</pre>`,
  ),
  ...list(
    'label',
    `<h2>§</h2>
    <h2><i>§</i></h2>
    <label>§</label>
    <legend>§</legend>
    <button type=button>§</button>
    <a href=/x>§</a>
    <nav>§</nav>
    <summary>§</summary>
    <table><caption>§</caption><tr><th>.</table>
    <table><tr><th>§</table>
    <dl><dt>§</dt></dl>
    <div role=alert>§</div>
    <div role=tab>§</div>
    <input aria-label="§">
    <input placeholder="§">
    <input type=submit value="§">
    <input type=button value="§">
    <i aria-describedby=help></i><p id=help>§</p>`,
  ),
  ...list(
    'name',
    `<p style="--§:red">.</p>
    <p class=§>.</p>
    <x-§>.</x-§>
    <p style="font-family:§">.</p>
    <p style="animation-name:§">.</p>
    <svg><text font-family="§">.</text></svg>`,
  ),
  ...list(
    'sheet',
    `<style>.§{color:red}</style>
    <style>@keyframes §{to{color:red}}</style>
    <style>@layer §{b{color:red}}</style>
    <style>.q{container-name:§}</style>
    <style>@container § (width > 1px){b{color:red}}</style>
    <style>@counter-style §{system:cyclic;symbols:"-"}</style>
    <style>@font-face{font-family:§;src:local(x)}</style>
    <style>.q{font-family:"§"}</style>
    <style>.q{grid-template-areas:"§"}</style>
    <style>.q{grid-area:§}</style>
    <style>.q{--§:red}</style>
    <style>@property --§{syntax:"*";inherits:false}</style>
    <style>.q{counter-reset:§}</style>
    <style>.q{--call:§(1)}</style>
    <style>x-§{color:red}</style>`,
  ),
];

/** What styles show as text: as the page's text, wherever the sheet has no region of its own. */
export const CONTENT = `<style>.q::before{content:"§"}</style>
  <style>.q::before{content:counters(x, "§")}</style>
  <style>.q{quotes:"§" "§b"}</style>
  <style>.q{--x:"§"}</style>
  <style>@layer l{@media screen{.q::after{content:"§"}}}</style>
  <style>.q{--words:§}</style>
  <style>@property --p{syntax:"*";inherits:false;initial-value:§}</style>`
  .split('\n')
  .map((line) => line.trim());

/** Done by the page's script after the first keyframe; `at` is an element of its own, `doc` and `win` are the page's. */
export const LATER: readonly [Leaves, string][] = [
  ...list(
    'never',
    `at.append(Object.assign(doc.createElement('input'), { value: '§' }))
    at.append(Object.assign(doc.createElement('textarea'), { value: '§', defaultValue: '§' }))
    at.append(Object.assign(doc.createElement('input'), { type: 'hidden', value: '§' }))
    const i = at.appendChild(doc.createElement('input')); i.setAttribute('value', '§')
    const i = at.appendChild(doc.createElement('input')); i.value = '§'; win.setTimeout(() => { i.type = 'button'; }, 1800)
    const i = at.appendChild(doc.createElement('input')); i.focus(); doc.execCommand('insertText', false, '§'); i.type = 'button'
    const i = at.appendChild(doc.createElement('input')); i.setCustomValidity('§'); i.reportValidity()
    const i = at.appendChild(doc.createElement('input')); i.type = 'file'; const d = new win.DataTransfer(); d.items.add(new win.File(['§'], '§.pdf')); i.files = d.files
    const i = at.appendChild(doc.createElement('input')); i.focus(); doc.execCommand('insertText', false, '§')
    const s = at.appendChild(doc.createElement('select')); s.add(new win.Option('.', '§')); s.value = '§'
    at.contentEditable = 'true'; at.append('§')
    at.innerHTML = '<div contenteditable><p>§<b>§</b></p></div>'
    at.textContent = '§'; at.contentEditable = 'true'
    at.append(doc.createComment('§'))
    at.append(doc.createProcessingInstruction('x', '§'))
    at.dataset.word = '§'
    at.id = '§'
    at.setAttribute('data-§', '')
    at.setAttribute('aria-valuetext', '§')
    at.setAttribute('role', '§')
    at.setAttribute('lang', '§')
    at.slot = '§'
    at.part.add('§')
    at.style.backgroundImage = 'url("/pic.png?§")'
    at.word = '§'
    at.innerHTML = '<a href="/x?§">.</a>'
    at.innerHTML = '<iframe src="/nothing.html?§" name="§"></iframe>'
    at.innerHTML = '<template>§</template><noscript>§</noscript>'
    at.innerHTML = '<img src="/pic.png?§">'
    const i = at.appendChild(new win.Image()); i.src = win.URL.createObjectURL(new win.Blob(['<svg xmlns="http://www.w3.org/2000/svg"><text>§</text></svg>'], { type: 'image/svg+xml' }))
    const r = new win.FileReader(); r.onload = () => { at.appendChild(new win.Image()).src = r.result; at.style.backgroundImage = 'url(' + r.result + ')'; }; r.readAsDataURL(new win.Blob(['<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><!-- § --></svg>'], { type: 'image/svg+xml' }))
    const c = at.appendChild(doc.createElement('canvas')); c.getContext('2d').fillText('§', 9, 9); c.title = ''
    const s = at.appendChild(doc.createElement('script')); s.type = 'text/plain'; s.text = '§'
    const s = at.appendChild(doc.createElement('style')); s.textContent = '/* § */ #§ { color: red }'
    const s = new win.CSSStyleSheet(); s.replaceSync('.q { background: url("/pic.png?§") } #§ { color: red }'); doc.adoptedStyleSheets.push(s)
    at.attachShadow({ mode: 'open' }).innerHTML = '<!-- § --><slot name="§"></slot><input value="§">'
    at.attachShadow({ mode: 'closed' }).innerHTML = '<p>§</p>'
    at.attachInternals?.call; at.innerHTML = '<x-late data-x="§"></x-late>'
    doc.cookie = 'word=§'
    win.localStorage.setItem('§', '§')
    win.sessionStorage.setItem('§', '§')
    win.name = '§'
    win.history.pushState({ word: '§' }, '', '?q=§#§')
    win.history.replaceState({ word: '§' }, '', '?q=§#§')
    win.location.hash = '§'
    win.postMessage('§', '*')
    win['§'] = '§'
    win.dispatchEvent(new win.CustomEvent('§', { detail: '§' }))
    const d = new win.DataTransfer(); d.setData('text/plain', '§'); at.dispatchEvent(new win.DragEvent('dragstart', { bubbles: true, dataTransfer: d }))
    const d = new win.DataTransfer(); d.setData('text/plain', '§'); at.dispatchEvent(new win.ClipboardEvent('paste', { bubbles: true, clipboardData: d }))
    at.dispatchEvent(new win.KeyboardEvent('keydown', { bubbles: true, key: '§', code: '§' }))
    at.innerHTML = '<p>x</p>'; win.getSelection().selectAllChildren(at); at.title = ''; at.firstChild.dataset.s = '§'
    win.performance.mark('§')
    try { Object.assign(new win.Animation(), { id: '§' }); at.animate([{ opacity: 1 }], { id: '§', duration: 1000 }); } catch {}
    doc.head.append(Object.assign(doc.createElement('meta'), { name: '§', content: '§' }))
    doc.head.append(Object.assign(doc.createElement('link'), { rel: 'canonical', href: '/§' }))
    at.append(doc.createElementNS('urn:§', '§'))
    at.setAttributeNS('urn:§', 'x:§', '§')`,
  ),
  ...list(
    'text',
    `at.style.setProperty('--v', '§')
    at.append('§')
    at.innerHTML = '<i>§</i>'
    at.title = '§'
    at.innerHTML = '<img src="/pic.png" alt="§">'
    at.append('a'); at.firstChild.data = '§'
    at.attachShadow({ mode: 'open' }).append('§')
    const s = at.appendChild(doc.createElement('select')); s.add(new win.Option('§', 'x'))
    const s = at.appendChild(doc.createElement('style')); s.textContent = '.z::after { content: "§" }'
    const s = at.appendChild(doc.createElement('style')); s.sheet.insertRule('.y::after { content: "§" }')
    const s = at.appendChild(doc.createElement('style')); s.textContent = '.v { --v: § }'
    win.setTimeout(() => at.append('§'), 50)`,
  ),
  ...list(
    'page',
    `const s = new win.CSSStyleSheet(); s.replaceSync('.x::after { content: "§" }'); doc.adoptedStyleSheets.push(s)`,
  ),
  ...list(
    'label',
    `at.append(Object.assign(doc.createElement('button'), { textContent: '§' }))
    at.innerHTML = '<input placeholder="§">'
    at.innerHTML = '<h3>§</h3>'
    at.setAttribute('role', 'alert'); at.append('§')`,
  ),
  ...list(
    'name',
    `at.style.setProperty('--§', '1')
    at.className = '§'
    at.append(doc.createElement('x-§'))`,
  ),
];
