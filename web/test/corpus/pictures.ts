// Room: test. Pictures of source and view, side by side on the engine's stage, compared pixel by pixel. Where they differ
// too much, both and the difference are left in build/corpus to be looked at.

import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import pixelmatch from 'pixelmatch';
import { PNG } from 'pngjs';
import type { Browser, Frame, Page } from 'puppeteer-core';
import type { Policy } from '../../src/wire/policy.ts';
import { openStage, type Stage } from '../engine/stage.ts';
import { type Answer, WEB } from '../support/browser.ts';
import { EXCEPTIONS } from './exceptions.ts';

/** Differing pixels in percent: our own fixtures, and pages that others wrote. */
export const OURS = 0.1;
export const OTHERS = 1;
/** Pixels of another colour than the commonest that a picture must have to say anything, in percent. */
const CONTENT = 0.5;

/** The most pixels in a row between two stripes of what is painted as hidden. */
const STRIPE = 14;

const SHOTS = join(WEB, 'build', 'corpus');
/** One comparison: of a page as it was first shown, or after one of its stages. */
export interface Pair {
  name: string;
  /** Pixels that differ, in percent. */
  percent: number;
  /** Of the source's pixels, those of another colour than the commonest, in percent. */
  content: number;
  /** Whether the source looks as it did in the stage before; never in the first. */
  same: boolean;
  /** Pixels that were left out since they are painted over as hidden, in percent. */
  painted: number;
  save(): void;
}

export interface Compare {
  policy?: Policy;
  /** CSS pixels of the viewport; 640 x 600 where missing. */
  width?: number;
  height?: number;
  /** Done by hand after the page's own stages: what needs a real pointer or key. Each is compared. */
  acts?: readonly ((page: Page, source: Frame) => Promise<void>)[];
  /** Selectors of what is left out of both pictures, for pages whose policy masks or hides. */
  blank?: string;
  /** What "Show what is hidden" paints over is left out of both. */
  painted?: boolean;
}

export interface Corpus {
  stage: Stage;
  /**
   * Loads a page, mirrors it, and compares; then again after each function in the page's `window.stages`, which may be
   * async and may change anything. The page needs no script of ours.
   */
  compare(path: string, how?: Compare): Promise<Pair[]>;
  close(): Promise<void>;
}

type Staged = Window & { stages?: readonly (() => unknown)[] };

export async function openCorpus(browser: Browser, routes: Record<string, string | Answer>): Promise<Corpus> {
  const stage = await openStage(browser, routes);
  const { page } = stage;
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(String(error)));
  const script = await (await fetch(`${stage.origin.replace('www.agency.localhost', '127.0.0.1')}/source.js`)).text();

  async function compare(path: string, how: Compare = {}): Promise<Pair[]> {
    const { width = 640, height = 600 } = how;
    const name = path
      .replace(/\.html$/, '')
      .replace(/^\/(fixtures\/)?/, '')
      .replace(/\W+/g, '-');
    await page.setViewport({ width: 2 * width, height: height + 20 });
    await page.evaluate(
      async (at, wide, high) => {
        window.host.mirror?.stop();
        window.host.kinds = [];
        for (const frame of document.querySelectorAll('iframe')) {
          frame.style.width = `${wide}px`;
          frame.style.height = `${high}px`;
        }
        await window.host.load(at);
        const { document: doc } = window.host.source;
        // Drawn or not by the time that has passed, and never mirrored.
        const caret = new (window.host.source as unknown as typeof globalThis).CSSStyleSheet();
        caret.replaceSync(':root{caret-color:transparent}');
        doc.adoptedStyleSheets = [...doc.adoptedStyleSheets, caret];
      },
      path,
      width,
      height,
    );
    const source = await (await page.$('#source'))?.contentFrame();
    assert.ok(source);
    await source.evaluate(script);
    await page.evaluate((policy) => void window.host.begin(policy), how.policy ?? stage.policy());
    const pairs: Pair[] = [];
    const look = async (): Promise<void> => {
      await quiet(page);
      assert.deepEqual(errors.splice(0), [], `${name}: a script threw`);
      pairs.push(await pair(page, name, { width, height }, how, pairs));
    };
    await look();
    const stages = await source.evaluate(() => (window as Staged).stages?.length ?? 0);
    for (let index = 0; index < stages; index++) {
      await source.evaluate(async (at) => void (await (window as Staged).stages?.[at]?.()), index);
      await look();
    }
    for (const act of how.acts ?? []) {
      await act(page, source);
      await look();
    }
    return pairs;
  }

  return { stage, compare, close: () => stage.close() };
}

/** Waits until nothing has been sent for a while, and fonts and images at both ends are in place. */
async function quiet(page: Page): Promise<void> {
  const sent = await page.evaluate(async () => {
    const pause = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));
    let before = -1;
    for (let still = 0, left = 100; still < 8 && left > 0; left--) {
      const { length } = window.host.kinds;
      still = length > 0 && length === before ? still + 1 : 0;
      before = length;
      await pause(100);
    }
    for (const doc of [window.host.source.document, window.host.frame.contentDocument]) {
      if (!doc) continue;
      const images = Array.from(doc.images).filter((image) => image.currentSrc && image.loading !== 'lazy');
      const decoded = Promise.all(images.map((image) => image.decode().catch(() => undefined)));
      await Promise.race([Promise.all([doc.fonts.ready, decoded]), pause(3000)]);
      doc.querySelector('insyn-pointer')?.remove();
    }
    await window.host.settle(50);
    return window.host.kinds.includes('keyframe');
  });
  assert.ok(sent, 'no keyframe came');
}

async function pair(
  page: Page,
  name: string,
  { width, height }: { width: number; height: number },
  { blank, painted }: Compare,
  earlier: readonly Pair[],
): Promise<Pair> {
  const rects = await page.evaluate((selector) => {
    if (!selector) return [];
    return Array.from(window.host.source.document.querySelectorAll(selector), (element) => {
      const { left, top, right, bottom } = element.getBoundingClientRect();
      return { left, top, right, bottom };
    });
  }, blank);
  const shots: PNG[] = [];
  for (const x of [0, width]) {
    const shot = await page.screenshot({ clip: { x, y: 0, width, height }, captureBeyondViewport: false });
    shots.push(PNG.sync.read(Buffer.from(shot)));
  }
  const over = painted ? await paintedOver(page, { width, height }) : undefined;
  const [source, view] = shots;
  assert.ok(source && view && source.width === view.width && source.height === view.height);
  for (const picture of shots) {
    for (const { left, top, right, bottom } of rects) {
      for (let y = Math.max(0, Math.floor(top)); y < Math.min(height, Math.ceil(bottom)); y++) {
        const at = (x: number): number => 4 * (y * width + Math.min(width, Math.max(0, x)));
        picture.data.fill(255, at(Math.floor(left)), at(Math.ceil(right)));
      }
    }
  }
  let covered = 0;
  let last = Number.NEGATIVE_INFINITY;
  const before = source.data.slice();
  for (let at = 0; over && at < over.data.length; at += 4) {
    if (over.data.readUInt32BE(at) === before.readUInt32BE(at)) continue;
    // Stripes of white over white can't be seen, and lie between two that can.
    const from = at - last <= 4 * STRIPE && last % (4 * width) < at % (4 * width) ? last + 4 : at;
    covered += (at - from) / 4 + 1;
    for (const picture of shots) picture.data.fill(255, from, at + 4);
    last = at;
  }
  const diff = new PNG({ width: source.width, height: source.height });
  const wrong = pixelmatch(source.data, view.data, diff.data, source.width, source.height, { threshold: 0.1 });
  const previous = earlier.at(-1);
  const stage = earlier.length === 0 ? name : `${name}-${earlier.length}`;
  const shown: Shot = { source };
  const result: Pair & Shot = {
    ...shown,
    name: stage,
    percent: (100 * wrong) / (source.width * source.height),
    content: content(source),
    painted: (100 * covered) / (source.width * source.height),
    same: previous !== undefined && source.data.equals((previous as Pair & Shot).source.data),
    save() {
      mkdirSync(SHOTS, { recursive: true });
      for (const [kind, picture] of Object.entries({ source, view, diff })) {
        writeFileSync(join(SHOTS, `${stage}-${kind}.png`), PNG.sync.write(picture));
      }
    },
  };
  return result;
}

/** The source while what is hidden is painted on it. */
async function paintedOver(page: Page, size: { width: number; height: number }): Promise<PNG> {
  const show = (on: boolean): Promise<void> =>
    page.evaluate(async (shown) => {
      window.host.mirror?.showHidden(shown);
      await window.host.settle(50);
    }, on);
  await show(true);
  const shot = await page.screenshot({ clip: { x: 0, y: 0, ...size }, captureBeyondViewport: false });
  await show(false);
  return PNG.sync.read(Buffer.from(shot));
}

interface Shot {
  source: PNG;
}

/** Pixels of another colour than the commonest, in percent. */
function content({ data, width, height }: PNG): number {
  const counts = new Map<number, number>();
  for (let at = 0; at < data.length; at += 4) {
    const colour = data.readUInt32BE(at);
    counts.set(colour, (counts.get(colour) ?? 0) + 1);
  }
  return 100 * (1 - Math.max(...counts.values()) / (width * height));
}

/** Fails where a pair differs by more than `most` percent or its exception, or where a picture shows nothing new. */
export function assertAlike(t: TestContext, pairs: readonly Pair[], most: number): void {
  const wrong: string[] = [];
  for (const one of pairs) {
    const allowed = EXCEPTIONS[one.name]?.most ?? most;
    const said = `${one.name}: ${one.percent.toFixed(3)} % differ`;
    t.diagnostic(said);
    if (one.percent > allowed) wrong.push(`${said}, ${allowed} are allowed`);
    else if (one.content < CONTENT) wrong.push(`${one.name}: the source is blank`);
    else if (one.same) wrong.push(`${one.name}: the stage changed nothing that is seen`);
    else continue;
    one.save();
  }
  assert.equal(wrong.join('\n'), '', `see the pictures in ${SHOTS}`);
}
