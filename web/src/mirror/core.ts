// Room: mirror. The core, loaded once a session is active: joins the bridge's Worker to the mirror by a port of their own,
// shows the banner, and leaves the page as it was found.

import type { BannerTexts } from '../wire/banner-texts.ts';
import { sha256Of } from '../wire/hex.ts';
import type { FromMirror, ToMirror } from '../wire/messages.ts';
import { Banner } from './banner.ts';
import { framed } from './framed.ts';
import type { Hand } from './loader.ts';
import { Mirror } from './mirror.ts';

/** How long a hidden bridge stays at most to tell the server of an end, in milliseconds: a little longer than it tries. */
const FAREWELL = 40_000;

/** One page's part in a session: from the loader's call until the session has ended or turned out not to be ours. */
class PagePart {
  readonly #hand: Hand;
  #banner: Banner | undefined;
  /** The form's frame, or a hidden one in a host of its own; undefined while no session is under way. */
  #frame: HTMLIFrameElement | undefined;
  #hidden = false;
  /** The bridge has nothing more to do. It may say so before its Worker's word of the end is here: these go different ways. */
  #over = false;
  /** What holds the hidden frame. */
  #host: HTMLElement | undefined;
  /** Pressed, and perhaps while nobody was there to hear it. */
  #stopped = false;
  #port: MessagePort | undefined;
  #mirror: Mirror | undefined;
  /** What the bridge says while the policy is being compared with the one that the page pins. */
  #held: ToMirror[] | undefined;
  /** Outlives each mirror: what was typed into stays somebody's when sharing begins anew. */
  readonly #typed = new WeakSet<Element>();
  #watch: MutationObserver | undefined;

  constructor(hand: Hand) {
    this.#hand = hand;
  }

  begin(): void {
    if (this.#frame) return;
    this.#stopped = false;
    this.#banner?.remove();
    this.#banner = undefined;
    this.#listen();
    const form = this.#hand.form;
    if (form?.isConnected) {
      this.#frame = form;
      this.#hidden = false;
      // A page that is built by script may drop the form at any time; a hidden bridge then goes on with the session.
      this.#watch = new MutationObserver(() => {
        if (!form.isConnected) this.#replaceForm();
      });
      this.#watch.observe(document, { childList: true, subtree: true });
      if (this.#hand.ready) this.#connect(this.#hand.ready);
    } else {
      this.#addFrame();
    }
  }

  #listen(): void {
    addEventListener('message', this.#hear);
    addEventListener('pagehide', this.#hide);
    addEventListener('pageshow', this.#show);
  }

  #replaceForm(): void {
    this.#watch?.disconnect();
    this.#disconnect();
    this.#addFrame();
  }

  #addFrame(): void {
    const frame = document.createElement('iframe');
    frame.referrerPolicy = 'no-referrer';
    frame.src = `${this.#hand.origin}/bridge?lang=${encodeURIComponent(document.documentElement.lang)}`;
    this.#frame = frame;
    this.#hidden = true;
    // Apart from the banner, which moves into dialogs: a frame that moves loads anew.
    const host = document.createElement('insyn-bridge');
    host.style.setProperty('display', 'none', 'important');
    host.attachShadow({ mode: 'closed' }).append(frame);
    this.#host = host;
    this.#watch = new MutationObserver(() => {
      if (host.parentNode === document.documentElement) return;
      // document.open() takes the listeners too; and there may be nothing yet to put it into.
      this.#listen();
      document.documentElement?.append(host);
    });
    document.documentElement.append(host);
    this.#watch.observe(document, { childList: true });
    this.#watch.observe(document.documentElement, { childList: true });
  }

  #showHidden(on: boolean): void {
    const parts = this.#mirror?.showHidden(on);
    if (on && parts !== undefined) this.#banner?.hiddenParts(parts);
  }

  readonly #hear = ({ source, origin, data }: MessageEvent): void => {
    if (!source || source !== this.#frame?.contentWindow || origin !== this.#hand.origin) return;
    // Each document that the frame loads says so once, also after coming back from the browser's history.
    if (data.insyn === 'ready') this.#connect(data.texts);
    if (data.insyn === 'over') this.#over = true;
  };

  readonly #hide = (): void => {
    this.#send({ t: 'bye' });
    this.#disconnect();
  };

  readonly #show = (event: PageTransitionEvent): void => {
    if (event.persisted) this.#banner?.reconnecting();
  };

  #connect(texts: BannerTexts): void {
    this.#disconnect();
    this.#banner ??= new Banner(
      {
        pause: () => this.#send({ t: 'pause' }),
        resume: () => this.#send({ t: 'resume' }),
        stop: () => {
          this.#stopped = true;
          this.#send({ t: 'stop' });
        },
        continue: () => this.#send({ t: 'continue' }),
        digits: (digits) => this.#send({ t: 'digits', digits }),
        showHidden: (on) => this.#showHidden(on),
      },
      texts,
    );
    this.#over = false;
    const channel = new MessageChannel();
    this.#port = channel.port1;
    channel.port1.onmessage = ({ data }: MessageEvent<ToMirror>) => this.#receive(data);
    this.#frame?.contentWindow?.postMessage({ insyn: 'port' }, this.#hand.origin, [channel.port2]);
    if (this.#stopped) this.#send({ t: 'stop' });
  }

  #disconnect(): void {
    this.#mirror?.stop();
    this.#mirror = undefined;
    this.#held = undefined;
    this.#port?.close();
    this.#port = undefined;
  }

  #send(message: FromMirror, transfer: Transferable[] = []): void {
    this.#port?.postMessage(message, transfer);
  }

  #receive(message: ToMirror): void {
    if (this.#held) {
      this.#held.push(message);
      return;
    }
    switch (message.t) {
      case 'status':
        // Consent counts once the codes have matched; until then the form alone speaks, but where an answer was waited for.
        if (this.#banner?.shown || (message.state !== 'offered' && message.state !== 'joining')) {
          this.#banner?.status(message);
        }
        return;
      case 'hold':
        this.#banner?.hold(message.need, message.agent, message.again);
        return;
      case 'go':
        if (!this.#banner) return;
        if (this.#hand.policy) void this.#compare(message.policy);
        else this.#go(message.policy);
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
        this.#linger();
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

  /** The page's word goes before the bridge's, which no integrity check covers: what the page did not pin shows nothing. */
  async #compare(policy: string): Promise<void> {
    const port = this.#port;
    const held: ToMirror[] = [];
    this.#held = held;
    const hash = await sha256Of(policy).catch(() => undefined);
    if (port !== this.#port) return;
    this.#held = undefined;
    if (hash !== undefined && hash === this.#hand.policy) this.#go(policy);
    else this.#send({ t: 'distrust' });
    for (const message of held) this.#receive(message);
  }

  #go(policy: string): void {
    if (!this.#banner) return;
    this.#mirror?.stop();
    this.#mirror = new Mirror({
      policy: JSON.parse(policy),
      text: policy,
      root: document,
      send: (out, transfer) => {
        if (out.t === 'view') this.#banner?.view(out.shown);
        this.#send(out, transfer);
      },
      ignore: this.#host ? [this.#banner.host, this.#host] : [this.#banner.host],
      typed: this.#typed,
    });
    this.#mirror.start();
    // Pressed on the page before: painted again, and not said again.
    if (this.#banner.showsHidden) this.#mirror.showHidden(true);
  }

  /** The hidden bridge may still have to tell the server of the end, and to let go of its ticket: it goes when it says so. */
  #linger(): void {
    const host = this.#host;
    const bridge = this.#frame?.contentWindow;
    if (!host || !bridge || this.#over) return;
    this.#host = undefined;
    const go = () => {
      clearTimeout(latest);
      removeEventListener('message', hear);
      host.remove();
    };
    const hear = ({ source, origin, data }: MessageEvent) => {
      if (source === bridge && origin === this.#hand.origin && data.insyn === 'over') go();
    };
    const latest = setTimeout(go, FAREWELL);
    addEventListener('message', hear);
  }

  /** Everything but the banner, which may still have something to say. */
  #leave(): void {
    this.#disconnect();
    this.#watch?.disconnect();
    removeEventListener('message', this.#hear);
    removeEventListener('pagehide', this.#hide);
    removeEventListener('pageshow', this.#show);
    this.#host?.remove();
    this.#host = undefined;
    this.#frame = undefined;
  }
}

(() => {
  const key = Symbol.for('insyn') as unknown as keyof Window;
  const hand = window[key] as Hand | undefined;
  delete window[key];
  if (!hand || hand.start) return;
  if (self !== top) {
    framed(hand);
    return;
  }
  const part = new PagePart(hand);
  hand.start = () => part.begin();
  // Until the document is parsed nobody knows whether it has a place for the form, whose bridge then is the page's only one.
  if (hand.form || document.readyState !== 'loading') part.begin();
  else addEventListener('DOMContentLoaded', () => part.begin(), { once: true });
})();
