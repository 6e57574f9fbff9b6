// Room: mirror. mirror.js, the one script in an agency page. It puts the code form where the page asks for it, and loads
// the mirror's core once a session is active. On every other page it makes no request, sets nothing and keeps nothing but
// one listener: a page that comes back from the browser's history must notice that a session began after it was left.

import type { BannerTexts } from '../wire/banner-texts.ts';

/** What the loader hands to the core, under Symbol.for('insyn') on window, from where the core takes it at once. */
export interface Hand {
  /** Insyn's origin. */
  origin: string;
  /** SHA-256 of the policy that the page's script tag pins, hexadecimal. */
  policy?: string | undefined;
  /** The form's frame, once the page was found to have a place for it. */
  form?: HTMLIFrameElement;
  /** The form's bridge listens, and has these words for the banner. */
  ready?: BannerTexts;
  /** Set by the core: begins a session, or does nothing if one is under way. */
  start?: () => void;
  /** In a frame: what the page at the top asked last, with a port to answer to. */
  ask?: MessageEvent;
}

interface TrustedTypes {
  createPolicy(name: string, rules: { createScriptURL(url: string): string }): { createScriptURL(url: string): string };
}

((script: unknown) => {
  if (!(script instanceof HTMLScriptElement)) return;
  const hand: Hand = { origin: new URL(script.src).origin, policy: script.dataset.policy };
  const key = Symbol.for('insyn') as unknown as keyof Window;
  let loading = false;
  let trusted: ReturnType<TrustedTypes['createPolicy']> | undefined;

  const load = () => {
    if (hand.start) return hand.start();
    if (loading) return;
    loading = true;
    const core = document.createElement('script');
    const done = () => {
      core.remove();
      delete window[key];
      loading = false;
    };
    let url = `${hand.origin}/assets/${CORE_FILE}`;
    try {
      const types = (window as { trustedTypes?: TrustedTypes }).trustedTypes;
      trusted ??= types?.createPolicy('insyn', { createScriptURL: (same) => same });
      url = trusted?.createScriptURL(url) ?? url;
    } catch {
      // The page's CSP names its policies and not ours; where it does not enforce them the plain address will do.
    }
    try {
      core.integrity = CORE_INTEGRITY;
      core.crossOrigin = 'anonymous';
      core.referrerPolicy = 'no-referrer';
      core.onload = core.onerror = done;
      core.src = url;
      Object.assign(window, { [key]: hand });
      document.head.append(core);
    } catch {
      // It does enforce them: no script of ours may be added. The page must not notice more of it than that.
      done();
    }
  };

  const resume = () => {
    if (/(^|; )insyn=/.test(document.cookie)) load();
  };

  const place = () => {
    const here = document.querySelector<HTMLElement>('[data-insyn=consent]');
    if (!here || hand.form) return;
    const form = document.createElement('iframe');
    hand.form = form;
    // A frame whose colour scheme differs from its element's is painted opaque; the form is light, and so is this.
    form.style.cssText = 'display:block;width:100%;height:32rem;border:0;color-scheme:light';
    const language = here.closest<HTMLElement>('[lang]')?.lang ?? '';
    form.title = /^sv/i.test(language || document.documentElement.lang) ? 'Skärmvisning' : 'Screen mirroring';
    // Whatever the page's own policy says: where the applicant is stays here.
    form.referrerPolicy = 'no-referrer';
    form.src = `${hand.origin}/bridge?form&lang=${encodeURIComponent(language)}`;
    addEventListener('message', ({ source, origin, data }) => {
      if (!source || source !== form.contentWindow || origin !== hand.origin) return;
      if (data.insyn === 'ready') hand.ready = data.texts;
      if (data.insyn === 'height' && data.px > 0 && data.px < 9999) {
        const gone = form.clientHeight - data.px;
        form.style.height = `${data.px}px`;
        // The form has given way to a few words, and the page moved up under the person's eyes: bring them back.
        if (gone > 100 && document.activeElement === form) form.scrollIntoView({ block: 'center' });
      }
      if (data.insyn === 'accepted') load();
    });
    here.append(form);
  };

  // One tab, one page: in a frame there is nothing to do until the page at the top, which is mirrored, asks for it.
  if (self !== top) {
    addEventListener('message', (event) => {
      if (event.source !== top || event.data?.insyn !== 'frame') return;
      hand.ask = event;
      resume();
    });
    return;
  }
  place();
  if (document.readyState === 'loading') addEventListener('DOMContentLoaded', place, { once: true });
  resume();
  addEventListener('pageshow', (event) => event.persisted && resume());
})(document.currentScript);
