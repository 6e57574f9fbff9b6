// Room: test. Resources that are not what they say, or say too much: types and bytes, as Latin-1.

const svg = (inner: string, attributes = ''): string =>
  `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="9" height="9" ${attributes}>${inner}</svg>`;
const GIF = 'GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xff\xff\xff,\0\0\0\0\x01\0\x01\0\0\x02\x02D\x01\0;';

export interface File {
  name: string;
  type: string;
  bytes: string;
}

/** `u`: an address; `js`: a call that says that it ran. */
export function files(u: string, js: string): File[] {
  const page = `<!doctype html><img src="${u}"><script>${js}</script>`;
  const one = (name: string, type: string, bytes: string): File => ({ name, type, bytes });
  return [
    one('a page', 'text/html', page),
    one(
      'a page as XHTML',
      'application/xhtml+xml',
      `<html xmlns="http://www.w3.org/1999/xhtml"><script>${js}</script></html>`,
    ),
    one('a page as XML', 'text/xml', `<?xml-stylesheet href="${u}"?><a/>`),
    one('a script', 'text/javascript', js),
    one('a module', 'application/javascript', `import '${u}'`),
    one('wasm', 'application/wasm', '\0asm\x01\0\0\0'),
    one('a manifest', 'application/manifest+json', `{"start_url":"${u}"}`),
    one('a PDF that opens an address', 'application/pdf', `%PDF-1.4\n1 0 obj<</OpenAction<</S/URI/URI(${u})>>>>endobj`),
    one('a playlist', 'application/vnd.apple.mpegurl', `#EXTM3U\n${u}`),
    one('a page as PNG', 'image/png', page),
    one('a page after a PNG head', 'image/png', `\x89PNG\r\n\x1a\n${page}`),
    one('a page after a GIF', 'image/gif', `${GIF}${page}`),
    one('a GIF that is a script', 'image/gif', `GIF89a/*\0\0\0*/=1;${js};//`),
    one('a GIF that is a script, as a script', 'text/javascript', `GIF89a/*\0\0\0*/=1;${js};//`),
    one('a BMP that is a script', 'image/bmp', `BM/*\0\0\0\0\0*/=1;${js}`),
    one('a JPEG that is a page', 'image/jpeg', `\xff\xd8\xff\xfe\x40\0${page}`),
    one('a WebP that is a page', 'image/webp', `RIFF\xff\xff\xff\xffWEBP${page}`),
    one('an icon that is a page', 'image/x-icon', `\0\0\x01\0${page}`),
    one('an SVG as a PNG', 'image/png', svg(`<script>${js}</script>`)),
    one('an SVG as text', 'text/css', svg(`<script>${js}</script>`)),
    one('SVG with a script', 'image/svg+xml', svg(`<script>${js}</script>`)),
    one('SVG with a script from elsewhere', 'image/svg+xml', svg(`<script href="${u}"/><script xlink:href="${u}"/>`)),
    one('SVG that loads', 'image/svg+xml', svg('', `onload="${js}"`)),
    one(
      'SVG with handlers',
      'image/svg+xml',
      svg(`<rect onfocus="${js}" tabindex="0" autofocus=""/><animate onbegin="${js}" attributeName="x"/>`),
    ),
    one('SVG with an image', 'image/svg+xml', svg(`<image href="${u}" width="9" height="9"/>`)),
    one(
      'SVG with an image by another prefix',
      'image/svg+xml',
      `<svg xmlns="http://www.w3.org/2000/svg" xmlns:a="http://www.w3.org/2000/svg"><a:image href="${u}"/></svg>`,
    ),
    one(
      'SVG with feImage',
      'image/svg+xml',
      svg(`<filter id="f"><feImage href="${u}"/></filter><rect filter="url(#f)" width="9" height="9"/>`),
    ),
    one('SVG with use', 'image/svg+xml', svg(`<use href="${u}#x"/>`)),
    one(
      'SVG with styles',
      'image/svg+xml',
      svg(
        `<style>@import "${u}";rect{fill:url(${u}#x);background:url(${u})}</style><rect width="9" height="9" style="mask:url(${u}#x)"/>`,
      ),
    ),
    one(
      'SVG with a font',
      'image/svg+xml',
      svg(`<style>@font-face{font-family:x;src:url(${u})}text{font:9px x}</style><text y="9">x</text>`),
    ),
    one(
      'SVG with a page in it',
      'image/svg+xml',
      svg(`<foreignObject width="9" height="9"><img xmlns="http://www.w3.org/1999/xhtml" src="${u}"/></foreignObject>`),
    ),
    one('SVG with a page in an entity', 'image/svg+xml', `<!DOCTYPE svg [<!ENTITY a SYSTEM "${u}">]>${svg('&a;')}`),
    one('SVG with a document type elsewhere', 'image/svg+xml', `<!DOCTYPE svg SYSTEM "${u}">${svg('')}`),
    one(
      'SVG with a billion laughs',
      'image/svg+xml',
      `<!DOCTYPE svg [<!ENTITY a "lol">${Array.from({ length: 9 }, (_, n) => `<!ENTITY a${n} "${`&a${n ? n - 1 : ''};`.repeat(10)}">`).join('')}]>${svg('&a8;')}`,
    ),
    one(
      'SVG with a style sheet elsewhere',
      'image/svg+xml',
      `<?xml version="1.0"?><?xml-stylesheet href="${u}"?>${svg('')}`,
    ),
    one(
      'SVG with XSLT',
      'image/svg+xml',
      `<?xml version="1.0"?><?xml-stylesheet type="text/xsl" href="${u}"?>${svg('')}`,
    ),
    one(
      'SVG with a set',
      'image/svg+xml',
      svg(`<image width="9" height="9"><set attributeName="href" to="${u}"/></image>`),
    ),
    one('SVG with a link', 'image/svg+xml', svg(`<a href="javascript:${js}"><rect width="9" height="9"/></a>`)),
    one(
      'SVG with a video',
      'image/svg+xml',
      svg(`<video xmlns="http://www.w3.org/1999/xhtml" src="${u}" autoplay=""/>`),
    ),
    one(
      'SVG in UTF-16',
      'image/svg+xml',
      `\xff\xfe${[...svg(`<script>${js}</script>`)].map((c) => `${c}\0`).join('')}`,
    ),
    one(
      'SVG in UTF-7',
      'image/svg+xml',
      `<?xml version="1.0" encoding="UTF-7"?>${svg(`+ADw-script+AD4-${js}+ADw-/script+AD4-`)}`,
    ),
    one('SVG after 2,000 comments', 'image/svg+xml', `${'<!---->'.repeat(280)}${svg(`<script>${js}</script>`)}`),
    one('SVG that is compressed', 'image/svg+xml', '\x1f\x8b\x08\0\0\0\0\0\0\x03\xb3)\xd1\xb7\x03\0'),
    one(
      'a sheet that imports',
      'text/css',
      `@import "${u}";@font-face{font-family:x;src:url(${u})}p{background:url(${u});font-family:x}`,
    ),
    one('a sheet in UTF-16', 'text/css', `\xff\xfe${[...`p{background:url(${u})}`].map((c) => `${c}\0`).join('')}`),
    one('a sheet in UTF-7', 'text/css', `@charset "utf-7";+AHA-{background:url(${u})}`),
    one('a sheet that is a page', 'text/css', `</style>${page}<style>`),
    one('a font that is a page', 'font/woff2', `wOF2${page}`),
    one('a font that is not whole', 'font/woff2', 'wOF2\0\x01\0\0\xff\xff\xff\xff\xff\xff\0\0'),
    one('a font that says what it is not', 'font/woff', `wOFF${'\xff'.repeat(400)}`),
    one('a font with too many tables', 'font/ttf', `\0\x01\0\0\xff\xff${'\xff'.repeat(900)}`),
    one('an OpenType font that is a script', 'font/otf', `OTTO=1;${js}`),
    one(
      'an SVG font',
      'image/svg+xml',
      svg(`<defs><font><font-face-src><font-face-uri xlink:href="${u}"/></font-face-src></font></defs>`),
    ),
    one('a collection', 'font/collection', 'ttcf\0\x01\0\0\0\0\0\x01'),
    one('no type', 'a/b', page),
    one('a type with more', 'image/png;charset=x', page),
    one('a type of the prototype', '__proto__/constructor', page),
    one('multipart', 'multipart/x-mixed-replace', `--x\r\nContent-Type: text/html\r\n\r\n${page}`),
    one('a message', 'message/rfc822', `Content-Type: text/html\r\n\r\n${page}`),
    one('nothing', 'image/png', ''),
    one('one byte', 'image/svg+xml', '<'),
  ];
}
