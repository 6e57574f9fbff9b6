// Room: test. The console with a view that draws its bodies as plain JSON: { rule, width, height, html-free lines }.

import { Api } from '../../src/console/api.ts';
import { App, type ConsoleConfig } from '../../src/console/app.ts';
import type { ViewEvents, ViewPort } from '../../src/console/stage.ts';
import { consoleWorker } from '../../src/console/trusted.ts';
import type { Bytes } from '../../src/wire/messages.ts';

interface Drawing {
  rule: string;
  width: number;
  height: number;
  /** How many times the body names its page. */
  pages: number;
  style: string;
  /** Elements in order: tag, class, text. */
  parts: [tag: string, className: string, text: string][];
}

class FakeView implements ViewPort {
  readonly #frame: HTMLIFrameElement;
  readonly #events: ViewEvents;

  constructor(frame: HTMLIFrameElement, events: ViewEvents) {
    this.#frame = frame;
    this.#events = events;
  }

  frame(_kind: 'keyframe' | 'delta', epoch: number, counter: number, body: Bytes): void {
    const doc = this.#frame.contentDocument;
    if (!doc) throw new Error('the view has no document');
    const drawing = JSON.parse(new TextDecoder().decode(body)) as Drawing;
    const style = doc.createElement('style');
    style.textContent = drawing.style;
    doc.body.replaceChildren(
      style,
      ...drawing.parts.map(([tag, className, text]) => {
        const element = doc.createElement(tag);
        element.className = className;
        element.textContent = text;
        return element;
      }),
    );
    const { rule, width, height, pages } = drawing;
    for (let left = pages; left > 0; left--) {
      this.#events.page({ rule, label: 'a label of its own', title: '', width, height, scale: 1 });
    }
    this.#events.applied(epoch, counter);
  }

  resource(): void {}
  pointer(): void {}

  clear(): void {
    this.#frame.contentDocument?.body.replaceChildren();
    this.#frame.dataset.cleared = String(Number(this.#frame.dataset.cleared ?? '0') + 1);
  }
}

const config = JSON.parse(document.getElementById('config')?.textContent ?? '{}') as ConsoleConfig;
void new App(config, {
  api: new Api(fetch.bind(globalThis)),
  worker: consoleWorker('/assets/worker.js'),
  view: (frame, events) => new FakeView(frame, events),
  fill: (bytes) => crypto.getRandomValues(bytes as Uint8Array<ArrayBuffer>),
}).start(document.body);
