// Room: test. CSS that connects, where it is put into a plain page: one payload a line, marked as in markup.ts. `_` declarations become
// rules of their own, and a style attribute; the rest are whole sheets.

import { fill, type Markup } from './markup.ts';

const LIST = String.raw`
cf _background:url({u})
cf _background:url("{u}")
cf _background:url( '{u}' )
cf _background:URL({s})
cf _background:u\72l({u})
cf _background:\75\72\6c({u})
cf _background:\000075rl("{u}")
cf _background:ur\l("{u}")
cf _background:url(ht\tp:{s})
cf _background:url("h\74tp:{s}")
-  _background:url(\
cf _background:url("\
-  _background:/**/url(/*x*/ {u})
-  _background:url({u}
cf _background:url("{u}
cf _b\61 ckground:url({u})
cf _BACKGROUND-IMAGE:Url({u})
cf _background:red url({u}) !important
cf _background:linear-gradient(red,blue),url({u})
cf _background:image-set("{u}" 1x)
cf _background:image-set(url({u}) 1x, '{u}' 2x)
c  _background:-webkit-image-set(url({u}) 1x)
cf _background:image\-set("{u}" type("image/png") 1x)
c  _background:-webkit-cross-fade(url({u}), url({u}), 50%)
-  _background:cross-fade(url({u}) 50%, red)
-  _background:image("{u}")
-  _background:src("{u}")
-  _background:src(var(--x))
-  _background:element(#a)
-  _background:paint(x)
-  _background:attr(data-u url)
-  _background:attr(title type(<url>))
-  _background:url({u} crossorigin(anonymous))
cf _--x:url({u});background:var(--x)
cf _--x:"{u}";--y:image-set(var(--x) 1x);background:var(--y)
-  _--x:{u};background:url(var(--x))
cf _--x:u\72l({u});background:var(--y,var(--x))
cf _border-image:url({u}) 1
cf _list-style:url({u});display:list-item
cf _list-style-image:url({u});display:list-item
-  _cursor:url({u}),auto
cf _content:url({u})
cf _mask:url({u})
cf _mask-image:image-set("{u}" 1x)
c  _-webkit-mask:url({u})
c  _-webkit-mask-box-image:url({u})
c  _-webkit-box-reflect:below 0 url({u})
c  _clip-path:url({u}#x)
-  _filter:url({u}#x)
-  _backdrop-filter:url({u}#x)
cf _shape-outside:url({u});float:left
-  _offset-path:url({u}#x)
-  _-moz-binding:url({u}#x)
-  _behavior:url({u})
-  _width:expression(top.ran.push({n}))
-  _background:javascript:top.ran.push({n})
-  _background:url(javascript:top.ran.push({n}))
-  _background:url("data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg'><image href='{u}'/><script>top.ran.push({n})</script></svg>")
-  _fill:url({u}#x);stroke:url({u}#x);marker:url({u}#x)
-  _nav-up:url({u});voice-family:"\"}\"";src:url({u})
cf @import "{u}";
cf @import url({u});
cf @import url("{u}") layer(x) supports(display:block) all;
cf @\69mport '{u}';
cf @IMPORT "{u}" screen;
cf @charset "utf-8";@import "{u}";
cf @layer x;@import "{u}" layer(x);
cf <!-- @import "{u}"; -->
-  @namespace "{u}";@namespace x url({u});
-  @font-face{font-family:y;src:url({u})}
cf @font-face{font-family:x;src:url({u}) format("woff2")}p{font-family:x}
cf @font-face{font-family:x;src:local("nowhere"),u\72l({u})}p{font:9px x}
cf @font-face{font-family:x;src:url({u});unicode-range:U+78}p{font:9px x}
-  @font-feature-values x{@styleset{a:1}}@view-transition{navigation:auto}
-  @document url({u}){p{color:red}}
-  @-moz-document url-prefix("http"){p{background:url({u})}}
cf @media all{p{background:url({u})}}
cf @media not print{@supports (display:block){@layer z{p{background:url({u})}}}}
cf @supports (background:url({u})){p{background:url({u})}}
cf @container (min-width:0){p{background:url({u})}}body{container-type:inline-size}
c  @scope (body){p{background:url({u})}}
cf @starting-style{p{background:url({u})}}p{background:url({u})}
-  @property --u{syntax:"<url>";inherits:false;initial-value:url({u})}p{background:var(--u)}
cf @property --u{syntax:"*";inherits:false}p{--u:url({u});background:var(--u)}
cf @counter-style c{system:cyclic;symbols:url({u}) "x"}p{display:list-item;list-style:c;background:url({u})}
cf @keyframes k{from,to{background-image:url({u})}}p{animation:k 9s}
c  @-webkit-keyframes k{from,to{background:url({u})}}p{animation:k 9s}
-  @page{background:url({u})}@page :first{@top-left{content:url({u})}}
cf p::before{content:url({u})}
cf p::after{content:"";background:url({u})}
cf p::first-letter{background:url({u})}
-  ::selection{background:url({u})}::backdrop{background:url({u})}
cf p{color:red;&{background:url({u})}}
-  p{color:red;&:is(*,:unknown(}{)){}}p{background:url({u})}
cf p{x:"}";background:url({u})}
cf p{--x:{;};background:url({u})}
cf p{}/*"*/p{background:url({u})}/*"*/
cf p{c:'\'}/*';background:url({u})/**/}
-  *{}}p{background:url({u})}
-  @x{"}p{}}p{background:url({u})}
cf p:not(:hover[title="]{}"]){background:url({u})}
cf p[title$="x"]{background:url({u})}p[title]{background:url({u})}
cf input[value^="a"]{background:url({u})}input{background:url({u})}
cf :root{background:url({u})}
cf html body > *{background:url({u})}
cf @media (min-width:1px){:is(p,i){&{&{background:image-set("{u}" 1x)}}}}
-  p{background:url(insyn:999999999)}p{background:url("insyn:1")}p{mask:url(insyn:0)}p{background:url(insyn:-1)}
-  p{background:url(insyn:__proto__)}p{background:url(insyn:constructor)}p{background:url("insyn:0 {u}")}
-  p{background:url("insyn:0\
-  p{background:url("blob:{u}")}p{background:url(filesystem:{u})}p{background:url(view-source:{u})}
-  p{background:url("//{host}")}p{background:url(/x)}p{background:url(x)}p{background:url("")}p{background:url(#)}p{background:url(?{u})}
-  p{background:url(chrome://settings)}p{background:url(moz-icon://x)}p{background:url(file:///etc/passwd)}p{background:url(resource://x)}
`;

export interface Style extends Markup {
  sheet: string;
  /** Declarations, where they fit into an attribute. */
  attribute: string | undefined;
}

/** A backslash at the end of a line joins it with its address, as an escaped newline in CSS may. */
const ESCAPED_END = /\\$/;

export function styles(first: number, at: (n: number) => string): Style[] {
  return fill(LIST.trim().split('\n'), first, at).map(({ n, html, loud }) => {
    const text = html.replace(ESCAPED_END, () => `\\\nhttp:${at(n)}${html.includes('"') ? '"' : ''})`);
    const attribute = text.startsWith('_') ? text.slice(1) : undefined;
    const sheet = attribute === undefined ? text : `p, circle { ${attribute} }`;
    return { n, html: plain(sheet), loud, sheet, attribute };
  });
}

function plain(sheet: string): string {
  return `<!doctype html><style>${sheet}</style><p id="a" class="a" title="x">x<input value="a">`;
}
