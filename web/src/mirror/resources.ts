// Room: mirror. Images and fonts: known to the view by number, later by hash; their addresses stay here. Bytes are read
// by fetch where the policy says that the page's CSP lets us, else off a canvas for pictures of the page's own origin.

import { CSS_TYPE, RESOURCE_BYTES, sniff } from '../wire/allow.ts';
import { sha256 } from '../wire/hex.ts';
import type { Bytes, Hash, ResourceType } from '../wire/messages.ts';

/** Bytes kept to answer `want`; what comes beyond can't be had. */
const KEEP_BYTES = 48 << 20;
/** The most pixels read off a canvas. */
const CANVAS_PIXELS = 16 << 20;
const AT_ONCE = 4;
/** How wide a video's picture is at most. */
const FILM_WIDTH = 640;
/** How often a canvas is read at most, in milliseconds; one that takes long to read more seldom. */
const SAMPLE_MS = 500;

export type Use = 'image' | 'css' | 'font';

interface Resource {
  number: number;
  url: string;
  use: Use;
  family: string | undefined;
  state: 'waiting' | 'reading' | 'done';
  hash: Hash;
  type: ResourceType;
}

export interface Known {
  number: number;
  hash: Hash;
  type: ResourceType;
}

/** The hash that names a resource on the wire. */
export async function hashOf(bytes: Bytes): Promise<Hash> {
  return (await sha256(bytes)).slice(0, 32);
}

function bytesOfDataUrl(url: string): Bytes | undefined {
  const [, encoding, data] = /^data:[^,]*?(;base64)?,([\s\S]*)$/i.exec(url) ?? [];
  if (data === undefined || data.length > RESOURCE_BYTES * 2) return undefined;
  try {
    const text = decodeURIComponent(data.replace(/%(?![0-9a-f]{2})/gi, '%25'));
    return encoding ? Uint8Array.from(atob(text), (c) => c.charCodeAt(0)) : new TextEncoder().encode(text);
  } catch {
    return undefined;
  }
}

/** The name of a font's family, as a style sheet says it. */
export function familyOf({ family }: FontFace): string {
  return family.replace(/^["']|["']$/g, '');
}

function painted(from: CanvasImageSource, width: number, height: number): HTMLCanvasElement {
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height;
  canvas.getContext('2d')?.drawImage(from, 0, 0, width, height);
  return canvas;
}

export class Resources {
  readonly #fetchable: readonly string[];
  readonly #first: number;
  readonly #ready: () => void;
  readonly #byUrl = new Map<string, Resource>();
  readonly #byNumber: Resource[] = [];
  readonly #kept = new Map<Hash, { type: ResourceType; bytes: Bytes }>();
  #bytes = 0;
  readonly #canvases = new WeakMap<Element, Resource>();
  readonly #tainted = new WeakSet<Element>();
  #nextSample = 0;
  /** How often canvases were read; videos are every fourth time. */
  #rounds = 0;
  /** Numbers whose answer the view has not been told. */
  #news = new Set<Resource>();
  readonly #loaded = new Set<string>();
  /** Each document, and what tells what its window loads. */
  readonly #timings = new Map<Document, PerformanceObserver>();
  readonly #abort = new AbortController();
  #reading = 0;

  /** `fetchable` are origins; `first` is the lowest number; `ready` is called when there is news to `take`. */
  constructor(fetchable: readonly string[], first: number, ready: () => void) {
    this.#fetchable = fetchable;
    this.#first = first;
    this.#ready = ready;
    this.within(document, true);
  }

  /** Whether a document's window is listened to for what it loads. */
  within(doc: Document, there: boolean): void {
    this.#timings.get(doc)?.disconnect();
    this.#timings.delete(doc);
    doc.fonts.removeEventListener('loadingdone', this.look);
    const own = doc.defaultView as (Window & typeof globalThis) | null;
    if (!there || !own) return;
    for (const { name } of own.performance.getEntriesByType('resource')) this.#loaded.add(name);
    const timing = new own.PerformanceObserver((list) => {
      for (const { name } of list.getEntries()) this.#loaded.add(name);
      this.look();
    });
    timing.observe({ type: 'resource' });
    this.#timings.set(doc, timing);
    doc.fonts.addEventListener('loadingdone', this.look);
  }

  /** The number of the resource at an absolute address, read once it is in use. */
  number(url: string, use: Use, family?: string): number {
    let resource = this.#byUrl.get(url);
    if (!resource) {
      resource = this.#add({ url, use, family, state: 'waiting' });
      this.#byUrl.set(url, resource);
      queueMicrotask(this.look);
    }
    // An image element is proof enough that the page shows it.
    if (use === 'image') resource.use = use;
    return resource.number;
  }

  /** Whether what is drawn on a canvas is shown as a picture; never where a file of somebody else's is part of it. */
  drawn(canvas: Element, mode: string): boolean {
    return mode === 'show' && !this.#tainted.has(canvas);
  }

  /** The number of a canvas' picture. */
  canvas(canvas: Element): number {
    let resource = this.#canvases.get(canvas);
    if (!resource) {
      resource = this.#add({ url: '', use: 'image', family: undefined, state: 'done' });
      this.#canvases.set(canvas, resource);
    }
    return resource.number;
  }

  /**
   * The number of a video's picture, where it shows one and this may be read: not of what somebody else serves, nor of what was made
   * in the page, such as what its camera sees.
   */
  film(media: HTMLVideoElement): number | undefined {
    const { currentSrc, srcObject, poster, currentTime, readyState } = media;
    const own = !srcObject && currentSrc.startsWith(`${location.origin}/`) && !this.#tainted.has(media);
    return own && readyState > 1 && (!poster || currentTime) ? this.canvas(media) : undefined;
  }

  #add(known: Omit<Resource, 'number' | 'hash' | 'type'>): Resource {
    const resource: Resource = { ...known, number: this.#first + this.#byNumber.length, hash: '', type: '' };
    this.#byNumber.push(resource);
    return resource;
  }

  /** Reads the canvases and videos in sight anew, one after another; `closed` is called for one that can't be read. */
  async sample(
    canvases: Iterable<HTMLCanvasElement | HTMLVideoElement>,
    closed: (canvas: Element) => void,
  ): Promise<void> {
    const began = performance.now();
    if (began < this.#nextSample) return;
    this.#nextSample = Number.POSITIVE_INFINITY;
    const films = !(this.#rounds++ % 4);
    for (const canvas of canvases) {
      const film = 'videoWidth' in canvas;
      const { top, bottom, left, right } = canvas.getBoundingClientRect();
      const [width, height] = film ? [canvas.videoWidth, canvas.videoHeight] : [canvas.width, canvas.height];
      const size = width * height;
      const { innerHeight = 0, innerWidth = 0 } = canvas.ownerDocument.defaultView ?? {};
      if (bottom <= 0 || right <= 0 || top > innerHeight || left > innerWidth || !size || size > CANVAS_PIXELS)
        continue;
      if (film && !(films && this.film(canvas) !== undefined)) continue;
      try {
        const wide = Math.min(width, FILM_WIDTH);
        const from = film ? painted(canvas, wide, (wide * height) / width) : canvas;
        const blob = await new Promise<Blob | null>((done) => from.toBlob(done, film ? 'image/jpeg' : ''));
        if (blob) await this.#paint(canvas, new Uint8Array(await blob.arrayBuffer()));
      } catch {
        this.#tainted.add(canvas);
        closed(canvas);
      }
    }
    this.#nextSample = began + Math.max(SAMPLE_MS, 10 * (performance.now() - began));
  }

  /** Only the newest picture of a canvas is kept. */
  async #paint(canvas: Element, bytes: Bytes): Promise<void> {
    const resource = this.#canvases.get(canvas);
    const hash = await hashOf(bytes);
    if (!resource || resource.hash === hash) return;
    const old = this.#kept.get(resource.hash);
    if (old && this.#byNumber.filter((other) => other.hash === resource.hash).length === 1) {
      this.#kept.delete(resource.hash);
      this.#bytes -= old.bytes.length;
    }
    const type = sniff(bytes);
    if (!type || !this.#keep(hash, type, bytes)) return;
    resource.hash = hash;
    resource.type = type;
    this.#news.add(resource);
    this.#ready();
  }

  canFetch(url: string): boolean {
    return this.#fetchable.includes(new URL(url, location.href).origin);
  }

  /** What became known since the last time; everything that is known if `all`. */
  take(all = false): Known[] {
    const list = all ? this.#byNumber.filter(({ state }) => state === 'done') : [...this.#news];
    this.#news = new Set();
    return list.map(({ number, hash, type }) => ({ number, hash, type }));
  }

  get(hash: Hash): { type: ResourceType; bytes: Bytes } | undefined {
    return this.#kept.get(hash);
  }

  /** Keeps the text of a style sheet, and returns its hash. */
  async keepSheet(text: string): Promise<Hash> {
    const bytes = new TextEncoder().encode(text);
    const hash = await hashOf(bytes);
    this.#keep(hash, CSS_TYPE, bytes);
    return hash;
  }

  async fetch(url: string): Promise<Bytes | undefined> {
    try {
      const answer = await fetch(url, {
        credentials: 'same-origin',
        cache: 'force-cache',
        referrerPolicy: 'no-referrer-when-downgrade',
        signal: this.#abort.signal,
      });
      if (!answer.ok) return undefined;
      const bytes = new Uint8Array(await answer.arrayBuffer());
      return bytes.length <= RESOURCE_BYTES ? bytes : undefined;
    } catch {
      return undefined;
    }
  }

  stop(): void {
    this.#abort.abort();
    for (const doc of [...this.#timings.keys()]) this.within(doc, false);
    this.#byNumber.length = 0;
    this.#byUrl.clear();
    this.#kept.clear();
  }

  /** Starts reading what the page has come to use. */
  look = (): void => {
    for (const resource of this.#byNumber) {
      if (this.#reading >= AT_ONCE) return;
      if (resource.state !== 'waiting' || !this.#inUse(resource)) continue;
      resource.state = 'reading';
      this.#reading++;
      this.#read(resource)
        .catch(() => undefined)
        .then(() => {
          if (this.#abort.signal.aborted) return;
          resource.state = 'done';
          this.#reading--;
          this.#news.add(resource);
          this.#ready();
          this.look();
        });
    }
  };

  #inUse({ url, use, family }: Resource): boolean {
    if (use === 'image' || url.startsWith('data:')) return true;
    if (!this.#loaded.has(url)) return false;
    if (use === 'css') return true;
    for (const doc of this.#timings.keys()) {
      for (const face of doc.fonts) {
        if (face.status === 'loaded' && familyOf(face) === family) return true;
      }
    }
    return false;
  }

  async #read(resource: Resource): Promise<void> {
    const { url } = resource;
    let bytes: Bytes | undefined;
    if (url.startsWith('data:')) bytes = bytesOfDataUrl(url);
    else if (/^https?:/.test(url)) {
      if (this.canFetch(url)) bytes = await this.fetch(url);
      if (!bytes && resource.use !== 'font' && new URL(url).origin === location.origin) bytes = await this.#draw(url);
    }
    const type = bytes && sniff(bytes);
    if (!bytes || !type || type.startsWith('font/') !== (resource.use === 'font')) return;
    const hash = await hashOf(bytes);
    if (!this.#keep(hash, type, bytes)) return;
    resource.hash = hash;
    resource.type = type;
  }

  #keep(hash: Hash, type: ResourceType, bytes: Bytes): boolean {
    if (this.#kept.has(hash)) return true;
    if (this.#bytes + bytes.length > KEEP_BYTES || this.#abort.signal.aborted) return false;
    this.#bytes += bytes.length;
    this.#kept.set(hash, { type, bytes });
    return true;
  }

  async #draw(url: string): Promise<Bytes | undefined> {
    const image = new Image();
    image.src = url;
    await image.decode();
    const { naturalWidth, naturalHeight } = image;
    if (naturalWidth * naturalHeight > CANVAS_PIXELS || naturalWidth * naturalHeight === 0) return undefined;
    const canvas = painted(image, naturalWidth, naturalHeight);
    const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve));
    return blob ? new Uint8Array(await blob.arrayBuffer()) : undefined;
  }
}
