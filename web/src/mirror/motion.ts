// Room: mirror. What moves: where CSS animations and transitions are, told when one starts, stops or is set, so that the
// view's own go in step; and what a script animates, as the style it has right now, a few times a second.

import type { Id, Moving } from '../wire/tree.ts';

/** How often a script's animations are looked at, in milliseconds. */
export const SAMPLE_MS = 100;
const MOST = 200;

const PSEUDOS = [null, '::before', '::after'];

export class Motion {
  #told = new Map<Animation, string>();
  /** What scripts animate, and the declarations that stand for it. */
  moved = new Map<Element, string>();

  /** Forgets what was told: a keyframe is next. */
  forget(): void {
    this.#told = new Map();
  }

  /** Looks at everything anew. Returns the elements whose declarations changed. */
  look(roots: Iterable<DocumentOrShadowRoot>): Set<Element> {
    const before = this.moved;
    this.moved = new Map();
    for (const animation of all(roots)) {
      const effect = animation.effect as KeyframeEffect | null;
      if (styled(animation) || !effect?.target || effect.pseudoElement) continue;
      const computed = getComputedStyle(effect.target);
      const names = new Set(effect.getKeyframes().flatMap((frame) => Object.keys(frame)));
      let css = this.moved.get(effect.target) ?? '';
      for (const name of names) {
        if (/^(offset|easing|composite|computedOffset)$/.test(name)) continue;
        const property = name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
        css += `;${property}:${computed.getPropertyValue(property)}!important`;
      }
      this.moved.set(effect.target, css);
    }
    const changed = new Set<Element>();
    for (const element of [...before.keys(), ...this.moved.keys()]) {
      if (before.get(element) !== this.moved.get(element)) changed.add(element);
    }
    return changed;
  }

  /** Where the animations of style sheets are, of which something changed other than time. */
  news(roots: Iterable<DocumentOrShadowRoot>, idOf: (node: Node) => Id): Moving[] {
    const told = new Map<Animation, string>();
    const news: Moving[] = [];
    const counted = new Map<string, number>();
    for (const animation of all(roots)) {
      const { playState, startTime, currentTime } = animation;
      const effect = animation.effect as KeyframeEffect | null;
      const kind = styled(animation);
      if (!kind || !effect?.target) continue;
      const id = idOf(effect.target);
      const pseudo = PSEUDOS.indexOf(effect.pseudoElement);
      const group = `${id} ${pseudo} ${kind}`;
      const index = counted.get(group) ?? 0;
      counted.set(group, index + 1);
      const paused = playState === 'paused';
      const key = `${playState} ${paused ? currentTime : startTime} ${animation.playbackRate}`;
      // One that is about to start has no time yet.
      if (!id || pseudo < 0 || animation.pending) continue;
      told.set(animation, key);
      if (this.#told.get(animation) === key) continue;
      news.push({
        id,
        pseudo,
        transition: kind === 2,
        index,
        paused,
        time: Math.max(0, Math.round(Number(currentTime))),
      });
    }
    this.#told = told;
    return news;
  }
}

/** 1 for an animation of a style sheet, 2 for a transition, 0 for a script's. */
function styled(animation: Animation): number {
  return 'animationName' in animation ? 1 : 'transitionProperty' in animation ? 2 : 0;
}

function all(roots: Iterable<DocumentOrShadowRoot>): Animation[] {
  return Array.from(roots, (root) => root.getAnimations())
    .flat()
    .slice(0, MOST);
}
