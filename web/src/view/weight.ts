// Room: view. What a picture costs beyond its bytes, before any decoder sees it: a file of a few hundred bytes may be a
// gigabyte of pixels, or an SVG that draws itself a billion times.

import { SVG_TYPE } from '../wire/allow.ts';
import type { Bytes, ResourceType } from '../wire/messages.ts';

const MOST_PIXELS = 16 << 20;

/** What makes an SVG more than it says, by whatever prefix; and encodings in which these would be written otherwise. */
const COSTLY =
  /<(?:[^\s<>:/]*:)?(?:use|image|foreignObject|script)[\s/>]|<!ENTITY|<\?xml[^<>]*encoding\s*=\s*["'](?!utf-8["']|us-ascii["']|iso-8859-1["']|windows-1252["'])/i;

/** Whether a picture is small enough to be shown: 16 megapixels, or an SVG that draws each of its parts once. */
export function bearable(type: ResourceType, bytes: Bytes): boolean {
  if (type === SVG_TYPE) return !COSTLY.test(new TextDecoder().decode(bytes));
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  try {
    return pixels(type, view) <= MOST_PIXELS;
  } catch {
    // Too short for the numbers that it begins with: nothing to show.
    return false;
  }
}

/** Width times height by the file's head; 0 for what isn't a picture. Throws RangeError where the head isn't whole. */
function pixels(type: ResourceType, view: DataView): number {
  switch (type) {
    case 'image/png':
      return view.getUint32(16) * view.getUint32(20);
    case 'image/gif':
      return gifPixels(view);
    case 'image/bmp':
      return Math.abs(view.getInt32(18, true) * view.getInt32(22, true));
    case 'image/jpeg':
      return jpegPixels(view);
    case 'image/webp':
      return webpPixels(view);
    case 'image/avif':
      return avifPixels(view);
    default:
      return 0;
  }
}

/** By the first frame header (SOF0 to SOF15, of which C4, C8 and CC are something else). */
function jpegPixels(view: DataView): number {
  let at = 2;
  while (at < view.byteLength) {
    // Decoders pass over what stands between segments, and so does this.
    if (view.getUint8(at) !== 0xff) {
      at++;
      continue;
    }
    const marker = view.getUint8(at + 1);
    if (marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc) {
      return view.getUint16(at + 5) * view.getUint16(at + 7);
    }
    const bare = marker === 0 || marker === 0xff || marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8);
    at += bare ? 1 : 2 + view.getUint16(at + 2);
  }
  return 0;
}

/** The screen, or the first picture on it where that reaches further: browsers then take its size. */
function gifPixels(view: DataView): number {
  const table = (flags: number): number => (flags & 0x80 ? 3 << ((flags & 7) + 1) : 0);
  let at = 13 + table(view.getUint8(10));
  while (view.getUint8(at) === 0x21) {
    for (at += 2; view.getUint8(at) !== 0; ) at += 1 + view.getUint8(at);
    at++;
  }
  const there = view.getUint8(at) === 0x2c;
  const side = (screen: number, start: number): number =>
    Math.max(view.getUint16(screen, true), there ? view.getUint16(start, true) + view.getUint16(start + 4, true) : 0);
  return side(6, at + 1) * side(8, at + 3);
}

function webpPixels(view: DataView): number {
  const kind = view.getUint32(12);
  const uint24 = (at: number): number => view.getUint16(at, true) + (view.getUint8(at + 2) << 16);
  if (kind === 0x56503858) return (1 + uint24(24)) * (1 + uint24(27));
  if (kind === 0x5650384c) {
    const bits = view.getUint32(21, true);
    return (1 + (bits & 0x3fff)) * (1 + ((bits >>> 14) & 0x3fff));
  }
  return (view.getUint16(26, true) & 0x3fff) * (view.getUint16(28, true) & 0x3fff);
}

/** The largest of its `ispe` boxes, wherever they stand. */
function avifPixels(view: DataView): number {
  let most = 0;
  for (let at = 0; at + 16 <= view.byteLength; at++) {
    if (view.getUint8(at) !== 0x69 || view.getUint32(at) !== 0x69737065) continue;
    most = Math.max(most, view.getUint32(at + 8) * view.getUint32(at + 12));
  }
  return most;
}
