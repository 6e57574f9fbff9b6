// Room: mirror. The core, loaded once a session is active: joins the bridge's Worker to the mirror by a port of their own,
// shows the banner, and leaves the page as it was found.

import type { FromMirror, ToMirror } from '../wire/messages.ts';
import { Banner } from './banner.ts';
import type { Hand } from './loader.ts';
import { Mirror } from './mirror.ts';

/** One page's part in a session: from the loader's call until the session has ended or turned out not to be ours. */
class Occasion {
  readonly #hand: Hand;
  #banner: Banner | undefined;
  /** The form's frame, or a hidden one inside the banner; undefined while no session is under way. */
  #frame: HTMLIFrameElement | undefined;
  #hidden = false;
  #port: MessagePort | undefined;
  #mirror: Mirror | undefined;
  #watch: MutationObserver | undefined;

  constructor(hand: Hand) {
    this.#hand = hand;
  }

  begin(): void {
    if (this.#frame) return;
    this.#banner?.remove();
    this.#banner = new Banner({
      pause: () => this.#send({ t: 'pause' }),
      resume: () => this.#send({ t: 'resume' }),
      stop: () => this.#send({ t: 'stop' }),
      showHidden: (on) => this.#mirror?.showHidden(on),
    });
    addEventListener('message', this.#hear);
    addEventListener('pagehide', this.#hide);
    addEventListener('pageshow', this.#show);
    const form = this.#hand.form;
    if (form?.isConnected) {
      this.#frame = form;
      this.#hidden = false;
      // A page that is built by script may drop the form at any time; a hidden bridge then goes on with the session.
      this.#watch = new MutationObserver(() => {
        if (!form.isConnected) this.#replaceForm();
      });
      this.#watch.observe(document, { childList: true, subtree: true });
      if (this.#hand.ready) this.#connect();
    } else {
      this.#addFrame();
    }
  }

  #replaceForm(): void {
    this.#watch?.disconnect();
    this.#disconnect();
    this.#addFrame();
  }

  #addFrame(): void {
    const frame = document.createElement('iframe');
    frame.src = `${this.#hand.origin}/bridge`;
    frame.title = 'Screen mirroring';
    frame.hidden = true;
    this.#frame = frame;
    this.#hidden = true;
    this.#banner?.hold(frame);
  }

  readonly #hear = ({ source, origin, data }: MessageEvent): void => {
    if (!source || source !== this.#frame?.contentWindow || origin !== this.#hand.origin) return;
    // Each document that the frame loads says so once, also after coming back from the browser's history.
    if (data.insyn === 'ready') this.#connect();
  };

  readonly #hide = (): void => {
    this.#send({ t: 'bye' });
    this.#disconnect();
  };

  readonly #show = (event: PageTransitionEvent): void => {
    if (event.persisted) this.#banner?.reconnecting();
  };

  #connect(): void {
    this.#disconnect();
    const channel = new MessageChannel();
    this.#port = channel.port1;
    channel.port1.onmessage = ({ data }: MessageEvent<ToMirror>) => this.#receive(data);
    this.#frame?.contentWindow?.postMessage({ insyn: 'port' }, this.#hand.origin, [channel.port2]);
  }

  #disconnect(): void {
    this.#mirror?.stop();
    this.#mirror = undefined;
    this.#port?.close();
    this.#port = undefined;
  }

  #send(message: FromMirror, transfer: Transferable[] = []): void {
    this.#port?.postMessage(message, transfer);
  }

  #receive(message: ToMirror): void {
    switch (message.t) {
      case 'status':
        // Consent counts once the codes have matched; until then the form alone speaks.
        if (message.state !== 'offered' && message.state !== 'joining') this.#banner?.status(message);
        return;
      case 'go':
        if (!this.#banner) return;
        this.#mirror?.stop();
        this.#mirror = new Mirror({
          policy: message.policy,
          root: document,
          send: (out, transfer) => this.#send(out, transfer),
          ignore: this.#banner.host,
        });
        this.#mirror.start();
        if (this.#banner.showsHidden) this.#mirror.showHidden(true);
        return;
      case 'credit':
        this.#mirror?.credit(message.open);
        return;
      case 'resync':
        this.#mirror?.resync();
        return;
      case 'want':
        this.#mirror?.want(message.hashes);
        return;
      case 'ended':
        this.#leave();
        // Without a form on the page nobody else would say it, also when it ended while the applicant was elsewhere.
        if (this.#hidden || this.#banner?.shown) this.#banner?.ended(message.reason, message.receipt);
        else this.#banner?.remove();
        return;
      case 'none':
        this.#leave();
        this.#banner?.remove();
        return;
      default:
        message satisfies never;
    }
  }

  /** Everything but the banner, which may still have something to say. */
  #leave(): void {
    this.#disconnect();
    this.#watch?.disconnect();
    removeEventListener('message', this.#hear);
    removeEventListener('pagehide', this.#hide);
    removeEventListener('pageshow', this.#show);
    if (this.#hidden) this.#frame?.remove();
    this.#frame = undefined;
  }
}

(() => {
  const key = Symbol.for('insyn') as unknown as keyof Window;
  const hand = window[key] as Hand | undefined;
  delete window[key];
  if (!hand || hand.start) return;
  const occasion = new Occasion(hand);
  hand.start = () => occasion.begin();
  // Until the document is parsed nobody knows whether it has a place for the form, whose bridge then is the page's only one.
  if (hand.form || document.readyState !== 'loading') occasion.begin();
  else addEventListener('DOMContentLoaded', () => occasion.begin(), { once: true });
})();
