// Room: bench. A browser at the far end of a slow line: in a network namespace of its own, with nothing in it but a way to
// this machine that is as slow, and loses as much, as a bad mobile connection (cmd/insyn-bench carries the packets).

import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'puppeteer-core';
import { CHROMIUM, launch, WEB } from '../../test/support/browser.ts';

const BINARY = join(WEB, '..', 'bin', 'insyn-bench');

/** Why there can be none here; undefined where there can. */
export function noSlowLine(): string | undefined {
  try {
    execFileSync('ip', ['netns', 'add', 'insyn-probe'], { stdio: 'ignore' });
    execFileSync('ip', ['netns', 'del', 'insyn-probe'], { stdio: 'ignore' });
    return existsSync('/dev/net/tun') ? undefined : 'there is no /dev/net/tun';
  } catch {
    return 'a network namespace takes root, and ip of iproute2';
  }
}

export class SlowLine {
  readonly browser: Browser;
  readonly #name: string;
  readonly #carrier: ChildProcess;
  readonly #server: Server;
  readonly #folder: string;

  private constructor(name: string, carrier: ChildProcess, server: Server, folder: string, browser: Browser) {
    this.#name = name;
    this.#carrier = carrier;
    this.#server = server;
    this.#folder = folder;
    this.browser = browser;
  }

  /** The `index`-th line, from 0, to a port of this machine's loopback. It is fast until `slow`. */
  static async open(index: number, port: number): Promise<SlowLine> {
    const name = `insyn-${process.pid}-${index}`;
    const [near, far] = [`isn${index}a${process.pid % 10_000}`, `isn${index}b${process.pid % 10_000}`];
    const here = `10.77.${index}.1`;
    const inside = (...command: string[]): void => ip('netns', 'exec', name, 'ip', ...command);
    ip('netns', 'add', name);
    const carrier = spawn(BINARY, ['line', '--near', near, '--far', far], { stdio: ['ignore', 'pipe', 'inherit'] });
    await new Promise((done, failed) => {
      carrier.stdout?.once('data', done);
      carrier.once('exit', (code) => failed(new Error(`the line broke: ${code}`)));
    });
    ip('link', 'set', far, 'netns', name);
    ip('addr', 'add', `${here}/30`, 'dev', near);
    ip('link', 'set', near, 'up');
    inside('link', 'set', 'lo', 'up');
    inside('link', 'set', far, 'name', 'line');
    inside('addr', 'add', `10.77.${index}.2/30`, 'dev', 'line');
    inside('link', 'set', 'line', 'up');
    const server = createServer((coming) => {
      const going = connect(port, '127.0.0.1');
      for (const socket of [coming, going]) {
        socket.on('error', () => undefined);
        socket.on('close', () => {
          coming.destroy();
          going.destroy();
        });
      }
      coming.pipe(going).pipe(coming);
    });
    await new Promise<void>((done) => server.listen(0, here, done));
    const { port: through } = server.address() as { port: number };
    const folder = mkdtempSync(join(tmpdir(), 'insyn-line-'));
    const script = join(folder, 'chromium');
    writeFileSync(script, `#!/bin/sh\nexec ip netns exec ${name} ${CHROMIUM} "$@"\n`);
    chmodSync(script, 0o755);
    const browser = await launch([`--host-resolver-rules=MAP *.localhost ${here}:${through}`], script);
    return new SlowLine(name, carrier, server, folder, browser);
  }

  slow(): void {
    this.#carrier.kill('SIGUSR1');
  }

  async close(): Promise<void> {
    await this.browser.close();
    this.#server.close();
    this.#carrier.removeAllListeners('exit');
    this.#carrier.kill();
    ip('netns', 'del', this.#name);
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

function ip(...command: string[]): void {
  execFileSync('ip', command, { stdio: ['ignore', 'ignore', 'inherit'] });
}
