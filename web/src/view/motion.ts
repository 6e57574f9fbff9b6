// Room: view. Sets the animations and transitions of the view, which its own style sheets started, to where those of the
// page are. They go on by themselves from there.

import type { Moving } from '../wire/tree.ts';

const PSEUDOS = [null, '::before', '::after'];

/** Sets one; nothing where the view has none such, or none any more. */
export function setMotion(element: Element, { pseudo, transition, index, paused, time }: Moving): void {
  const name = transition ? 'transitionProperty' : 'animationName';
  const animations = element.getAnimations({ subtree: pseudo > 0 }).filter((animation) => {
    const effect = animation.effect as KeyframeEffect | null;
    return name in animation && effect?.target === element && effect.pseudoElement === PSEUDOS[pseudo];
  });
  const animation = animations[index];
  if (!animation) return;
  // The time last: it settles a pause that is still to come.
  if (paused) animation.pause();
  else if (animation.playState === 'paused') animation.play();
  animation.currentTime = time;
}
