// Room: test. Markup that connects or runs where it is put into a plain page: one payload a line, with the engines in which a plain page
// shows that it does (c Chromium, f Firefox, - neither without a gesture, a setting or an older engine).
// {u} is an address of its own, {w} the same as a WebSocket's, {js} a call that says that it ran.

const LIST = `
cf <script>{js}</script>
cf <script src="{u}"></script>
cf <script type="module">{js}</script>
cf <script type="module" src="{u}"></script>
cf <script type="module">import('{u}')</script>
-  <script nomodule src="{u}"></script>
-  <script type="speculationrules">{"prefetch":[{"source":"list","urls":["{u}"]}]}</script>
cf <script type="importmap">{"imports":{"x":"{u}"}}</script><script type="module">import 'x'</script>
cf <script>new WebSocket('{w}')</script>
cf <script>navigator.sendBeacon('{u}')</script>
cf <script>new EventSource('{u}')</script>
cf <script>new Worker(URL.createObjectURL(new Blob(["fetch('{u}')"])))</script>
-  <script>new RTCPeerConnection({iceServers:[{urls:'stun:{host}'}]}).createDataChannel('x')</script>
cf <svg><script>{js}</script></svg>
cf <svg><script href="{u}"></script></svg>
cf <svg><script xlink:href="{u}"></script></svg>
-  <math><script>{js}</script></math>
cf <link rel="stylesheet" href="{u}">
-  <link rel="alternate stylesheet" title="x" href="{u}">
cf <link rel="icon stylesheet" href="{u}">
cf <link rel="preload" as="image" href="{u}">
cf <link rel="preload" as="font" crossorigin href="{u}">
cf <link rel="modulepreload" href="{u}">
cf <link rel="prefetch" href="{u}">
-  <link rel="preconnect" href="{u}">
-  <link rel="dns-prefetch" href="{u}">
-  <link rel="prerender" href="{u}">
-  <link rel="manifest" href="{u}">
-  <link rel="icon" href="{u}">
-  <link rel="import" href="{u}">
-  <link rel="search" type="application/opensearchdescription+xml" href="{u}">
-  <link rel="compression-dictionary" href="{u}">
cf <link rel="preload" as="image" imagesrcset="{u} 1x">
cf <style>@import '{u}';</style>
cf <style>p{background:url({u})}</style><p>x
cf <base href="{u}/"><img src="p{n}">
cf <meta http-equiv="refresh" content="0;url={u}">
-  <meta http-equiv="refresh" content="0;url=javascript:{js}">
-  <meta http-equiv="content-security-policy" content="default-src *; report-uri {u}"><img src="x:">
c  <meta http-equiv="link" content="<{u}>; rel=stylesheet"><img src="{u}">
cf <img src="{u}">
cf <img srcset="{u} 1x">
cf <img srcset="{u} 100w" sizes="100vw">
cf <picture><source srcset="{u}"><img></picture>
cf <picture><source media="all" type="image/png" srcset="{u} 2x, {u} 1x"><img src="data:,"></picture>
cf <img lowsrc="{u}" src="{u}">
-  <img dynsrc="{u}">
-  <img longdesc="{u}">
cf <img src=x onerror="{js}">
cf <img src="data:image/svg+xml,<svg/onload='{js}'>" onerror="{js}" onload="{js}">
-  <img usemap="#m" src="data:,"><map name="m"><area href="{u}" ping="{u}" shape="default"></map>
-  <img attributionsrc="{u}" src="data:,">
cf <input type="image" src="{u}">
cf <input type="image" src="x:" onerror="{js}">
cf <input autofocus onfocus="{js}">
cf <video src="{u}" autoplay muted></video>
cf <video poster="{u}"></video>
cf <video><source src="{u}"></video>
cf <video><source src="x:" onerror="{js}"></video>
-  <video controls><track default kind="captions" src="{u}"></video>
cf <audio src="{u}" autoplay></audio>
cf <audio src=x onerror="{js}"></audio>
cf <iframe src="{u}"></iframe>
cf <iframe src="javascript:{js}"></iframe>
cf <iframe srcdoc="<script>{js}</script>"></iframe>
cf <iframe srcdoc="<img src='{u}'>"></iframe>
cf <iframe onload="{js}"></iframe>
-  <iframe src="data:text/html,<script>fetch('{u}')</script>" loading="lazy" style="margin-top:99999px"></iframe>
cf <iframe src="data:text/html,<img src='{u}'>"></iframe>
-  <frameset onload="{js}"><frame src="{u}"></frameset>
-  <fencedframe src="{u}"></fencedframe>
-  <portal src="{u}"></portal>
cf <object data="{u}"></object>
-  <object classid="{u}" codebase="{u}" archive="{u}"></object>
c  <object data="data:text/html,<img src='{u}'>"></object>
c  <object type="image/svg+xml" data="data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg'><script href='{u}'/></svg>"></object>
f  <object onerror="{js}" data="x:"></object>
cf <embed src="{u}">
-  <embed src="javascript:{js}">
-  <applet code="x" codebase="{u}"></applet>
-  <param name="movie" value="{u}">
-  <bgsound src="{u}">
-  <layer src="{u}"></layer>
-  <xml src="{u}"></xml>
cf <body background="{u}">
cf <body onload="{js}">
cf <table background="{u}"><tr><td>x</table>
cf <table><tr><td background="{u}">x</table>
cf <table><tbody background="{u}"><tr><td>x</table>
-  <hr background="{u}"><div background="{u}">x</div>
cf <svg><image href="{u}" width="9" height="9"/></svg>
cf <svg><image xlink:href="{u}" width="9" height="9"/></svg>
cf <svg><feImage href="{u}"/><filter id="f"><feImage href="{u}"/></filter><rect filter="url(#f)" width="9" height="9"/></svg>
-  <svg><use href="{u}#x"/></svg>
-  <svg><use href="data:image/svg+xml,<svg id='x' xmlns='http://www.w3.org/2000/svg'><image href='{u}'/></svg>#x"/></svg>
-  <svg><a href="javascript:{js}"><text y="20">x</text></a></svg>
-  <svg><a xlink:href="javascript:{js}"><rect width="99" height="99"/></a></svg>
cf <svg onload="{js}"></svg>
cf <svg><image href="x:" onerror="{js}"/></svg>
cf <svg><animate attributeName="x" dur="1ms" onbegin="{js}"/></svg>
cf <svg><animate attributeName="x" begin="0s" dur="1ms" onend="{js}"/></svg>
cf <svg><set attributeName="x" onbegin="{js}"/></svg>
cf <svg><animateTransform attributeName="transform" onbegin="{js}"/></svg>
cf <svg><animateMotion onbegin="{js}"/></svg>
cf <svg><image width="9" height="9"><set attributeName="href" to="{u}"/></image></svg>
cf <svg><image width="9" height="9"><animate attributeName="href" values="{u};{u}" dur="1s"/></image></svg>
-  <svg><a><animate attributeName="href" values="javascript:{js}"/><rect width="99" height="99"/></a></svg>
-  <svg><a><set attributeName="onclick" to="{js}"/><rect width="99" height="99"/></a></svg>
cf <svg><foreignObject width="9" height="9"><img xmlns="http://www.w3.org/1999/xhtml" src="{u}"/></foreignObject></svg>
cf <svg><foreignObject><iframe xmlns="http://www.w3.org/1999/xhtml" srcdoc="<script>{js}</script>"></iframe></foreignObject></svg>
cf <svg><style>@import '{u}';</style></svg>
c  <svg><style>rect{fill:url({u}#x)}</style><rect width="9" height="9"/></svg>
c  <svg><rect width="9" height="9" style="mask:url({u}#x)"/></svg>
c  <svg><rect width="9" height="9" mask="url({u}#x)"/></svg>
c  <svg><rect width="9" height="9" clip-path="url({u}#x)"/></svg>
-  <svg><rect width="9" height="9" filter="url({u}#x)"/></svg>
c  <svg><rect width="9" height="9" fill="url({u}#x)"/></svg>
c  <svg><rect width="9" height="9" stroke="url({u}#x)"/></svg>
c  <svg><path d="M0 0h9v9" marker-start="url({u}#x)" marker-mid="url({u}#x)" marker-end="url({u}#x)"/></svg>
-  <svg><rect width="9" height="9" cursor="url({u}),auto"/></svg>
-  <svg><linearGradient id="g" href="{u}#x"/><rect fill="url(#g)" width="9" height="9"/></svg>
-  <svg><pattern id="p" xlink:href="{u}#x"/><rect fill="url(#p)" width="9" height="9"/></svg>
-  <svg><textPath href="{u}#x">x</textPath><mpath href="{u}#x"/></svg>
-  <svg><tref xlink:href="{u}#x"/><font-face><font-face-src><font-face-uri xlink:href="{u}"/></font-face-src></font-face></svg>
-  <svg><handler type="text/javascript" ev:event="load">{js}</handler></svg>
-  <svg><discard onbegin="{js}"/></svg>
-  <math href="javascript:{js}"><mi>x</mi></math>
-  <math><mi xlink:href="javascript:{js}">x</mi></math>
-  <math><maction actiontype="statusline#{u}" xlink:href="javascript:{js}">x</maction></math>
-  <math><annotation-xml encoding="text/html"><img src="data:," onerror="1"></annotation-xml></math>
cf <math><mtext><img src=x onerror="{js}"></mtext></math>
cf <math><semantics><annotation-xml encoding="text/html"><img src="{u}"></annotation-xml></semantics></math>
-  <a href="javascript:{js}" autofocus>x</a>
-  <a href="{u}" ping="{u}" attributionsrc="{u}">x</a>
-  <a href="{u}" download="x">x</a><a href="data:text/html,x" target="_top">x</a>
-  <form action="{u}"><input autofocus><button>x</button></form>
-  <form action="javascript:{js}"><button formaction="javascript:{js}" autofocus>x</button></form>
-  <form id="g"></form><button form="g" formaction="{u}" formmethod="post">x</button>
-  <isindex action="{u}" type="image">
cf <details open ontoggle="{js}">x</details>
cf <marquee onstart="{js}">x</marquee><b onclick="{js}" id="b">x</b><img src=x onerror="b.click()">
-  <dialog open onclose="{js}" oncancel="{js}"><form method="dialog"><button autofocus>x</button></form></dialog>
-  <button popovertarget="p" commandfor="p" command="show-modal" interestfor="p">x</button><div id="p" popover onbeforetoggle="{js}" ontoggle="{js}">x</div>
-  <button command="--x" commandfor="p">x</button><dialog id="p" oncommand="{js}">x</dialog>
-  <div onmouseover="{js}" onclick="{js}" onpointerenter="{js}" onwheel="{js}" style="position:fixed;inset:0">x</div>
-  <div contenteditable autofocus onbeforeinput="{js}" onpaste="{js}">x</div>
-  <div tabindex="0" autofocus onfocus="{js}">x</div>
cf <p style="animation:x 1ms" onanimationstart="{js}">x</p><style>@keyframes x{}</style>
-  <p style="transition:color 1ms" ontransitionend="{js}">x</p>
-  <p onscroll="{js}" onscrollend="{js}" style="overflow:auto;height:9px"><b id="to">x</b></p>
c  <p oncontentvisibilityautostatechange="{js}" style="content-visibility:auto">x</p>
-  <select autofocus onfocus="{js}"><option>x</select>
-  <textarea autofocus onfocus="{js}"></textarea>
-  <x-a is="script" src="{u}" onclick="{js}" id="x">x</x-a>
cf <template shadowrootmode="open"><script>{js}</script></template><div><template shadowrootmode="open"><img src="{u}"></template></div>
cf <noscript><p title="</noscript><img src=x onerror='{js}'>"></noscript>
-  <math><mtext><table><mglyph><style><!--</style><img title="--><img src=x onerror={js}>">
cf <svg></p><style><a id="</style><img src=x onerror={js}>">
cf <p title="</p><script>{js}</script>">x</p><script>{js}</script>
`;

export interface Markup {
  n: number;
  html: string;
  /** Where a plain page shows that it works. */
  loud: string;
}

/** `first`: the number of the first payload. `at`: an address of payload n, without a scheme. */
export function markup(first: number, at: (n: number) => string): Markup[] {
  return fill(LIST.trim().split('\n'), first, at);
}

export function fill(lines: readonly string[], first: number, at: (n: number) => string): Markup[] {
  return lines.map((line, index) => {
    const n = first + index;
    const address = at(n);
    const html = line
      .slice(3)
      .replaceAll('{u}', `http:${address}`)
      .replaceAll('{w}', `ws:${address}`)
      .replaceAll('{s}', address)
      .replaceAll('{host}', address.slice(2).replace(/\/.*/, ''))
      .replaceAll('{n}', String(n))
      .replaceAll('{js}', `top.ran.push(${n})`);
    return { n, html, loud: line.slice(0, 3).trim() };
  });
}
