// Room: test. A page in WebKitGTK, driven by plain W3C WebDriver: as much of it as it takes to run a function and hear its answer.

import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { createServer } from 'node:net';

const LIBRARIES = '/usr/lib';

/** Debian keeps MiniBrowser below the machine's own library folder. */
function miniBrowser(): string {
  const found = readdirSync(LIBRARIES)
    .map((folder) => `${LIBRARIES}/${folder}/webkit2gtk-4.1/MiniBrowser`)
    .find((path) => existsSync(path));
  if (!found) throw new Error("no WebKitGTK MiniBrowser: Debian's package webkit2gtk-driver brings it");
  return found;
}

function freePort(): Promise<number> {
  return new Promise((done) => {
    const server = createServer();
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => done(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

/** Opens an address, and resolves with what `script` gives to its callback: the body of a function whose first argument is that. */
export async function inWebKit(address: string, script: string): Promise<unknown> {
  const port = await freePort();
  const driver = spawn('xvfb-run', ['-a', 'WebKitWebDriver', `--port=${port}`], { stdio: 'ignore', detached: true });
  const call = async (method: string, path: string, body?: object) => {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`, {
      method,
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    const { value } = (await answer.json()) as { value: unknown };
    if (!answer.ok) throw new Error(`${method} ${path}: ${JSON.stringify(value)}`);
    return value;
  };
  try {
    for (let tries = 0; tries < 100; tries++) {
      const ready = await call('GET', '/status').catch(() => undefined);
      if (ready) break;
      await new Promise((done) => setTimeout(done, 100));
    }
    const options = { binary: miniBrowser(), args: ['--automation'] };
    const capabilities = { alwaysMatch: { 'webkitgtk:browserOptions': options } };
    const { sessionId } = (await call('POST', '/session', { capabilities })) as { sessionId: string };
    const session = `/session/${sessionId}`;
    await call('POST', `${session}/timeouts`, { script: 30_000 });
    await call('POST', `${session}/url`, { url: address });
    const result = await call('POST', `${session}/execute/async`, { script, args: [] });
    await call('DELETE', session);
    return result;
  } finally {
    if (driver.pid) process.kill(-driver.pid);
  }
}
