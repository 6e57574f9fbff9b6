// Room: console. Entry of the console page: reads what the server wrote into it and starts.

import { View } from '../view/view.ts';
import { Api } from './api.ts';
import { App, type ConsoleConfig } from './app.ts';
import { consoleWorker } from './trusted.ts';

const config = JSON.parse(document.getElementById('config')?.textContent ?? '{}') as ConsoleConfig;
const app = new App(config, {
  api: new Api(fetch.bind(globalThis)),
  worker: consoleWorker(`/assets/${WORKER_FILE}`),
  view: (frame, events) => new View(frame, events),
  fill: (bytes) => crypto.getRandomValues(bytes as Uint8Array<ArrayBuffer>),
});
void app.start(document.body);
