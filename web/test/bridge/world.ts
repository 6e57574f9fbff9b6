// Room: test. A small world around the bridge: an agency page under a strict CSP, Insyn's documents and bundles as they are
// built, and a server that takes codes and sits on the agent's seat by itself.

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { type BuildOptions, build } from 'esbuild';
import { hashOfPolicy, hashOfStatement } from '../../src/bridge/hashes.ts';
import { Chains } from '../../src/link/chains.ts';
import type { AgentExchange } from '../../src/link/exchange-agent.ts';
import type { Bound } from '../../src/link/keys.ts';
import { utf8 } from '../../src/link/octets.ts';
import { encodeAck } from '../../src/link/parts.ts';
import { noCounters, PageSeal } from '../../src/link/seal.ts';
import { decodeFrame, encodeFrame, isRelayed, type KindName, laneOf } from '../../src/wire/frame.ts';
import type { Reason } from '../../src/wire/reason.ts';
import type { SessionState } from '../../src/wire/server.ts';
import { WEB } from '../support/browser.ts';
import { agentEnd, BOUND, SESSION } from '../support/ends.ts';
import { BINARY, CLOSE, FrameReader, wireFrame } from '../support/frames.ts';

export { SESSION };
/** The secret digits of every code (people.ts). */
export const SECRET = '1234';
/** Routing digits with a fate of their own; all others are taken. */
export const FATE: Record<string, { status: number; headers?: Record<string, string> }> = {
  '11111': { status: 404 },
  '22222': { status: 429, headers: { 'Retry-After': '2' } },
  '33333': { status: 409 },
  '44444': { status: 503 },
};

export const STATEMENTS = {
  en: {
    version: '2026-11-22',
    hash: 'h',
    language: 'en',
    title: 'Let the support agent see this page',
    points: [
      'You got a code on the phone. When you send it here, you agree to screen mirroring.',
      'Your yes holds for this one time. Next time there is a new code, and you are asked again.',
      'The agent sees only our web site and our e-services, and nothing else on your computer.',
      'The agent can only look, and cannot fill in anything for you.',
      'Nothing is saved or stored. You can pause or stop at any time.',
    ],
  },
  sv: {
    version: '2026-11-22',
    hash: 'h',
    language: 'sv',
    title: 'Låt handläggaren se den här sidan',
    points: ['Du har fått en kod i telefon.', 'Ditt ja gäller bara den här gången.', 'Ingenting sparas.'],
  },
};

/** A bundle as build.mjs makes it. */
export async function bundled(entry: string, define: Record<string, string> = {}): Promise<Uint8Array> {
  const options: BuildOptions = {
    absWorkingDir: WEB,
    entryPoints: [entry],
    bundle: true,
    minify: true,
    write: false,
    format: 'iife',
    target: ['chrome111', 'firefox115', 'safari16.4'],
    charset: 'utf8',
    legalComments: 'none',
    define: Object.fromEntries(Object.entries(define).map(([key, value]) => [key, JSON.stringify(value)])),
  };
  const result = await build(options);
  return result.outputFiles?.[0]?.contents ?? new Uint8Array(0);
}

/** One WebSocket at the server's end (RFC 6455). */
class Seat {
  readonly heard: KindName[] = [];
  readonly page: number;
  state: SessionState;
  closed = false;
  /** Unix milliseconds of the longest time; said with the next status. */
  ends = 0;
  /** Takes what is said and answers nothing any more. */
  deaf = false;
  /** Digits that the desk shows when it is asked to. */
  fresh: string | undefined;
  /** How often it was asked, or did not know the page's secret. */
  needed = 0;
  readonly #stream: Duplex;
  readonly #agent: AgentExchange;
  #seal: PageSeal | undefined;
  /** What the desk agrees on. */
  readonly bound: Bound;
  #counter = 0;
  readonly #reader = new FrameReader();

  constructor(
    stream: Duplex,
    page: number,
    state: SessionState,
    desk: { chains: Chains; bound: Bound; before?: Seat | undefined },
  ) {
    this.#stream = stream;
    this.bound = desk.bound;
    const { chains, bound, before } = desk;
    // A page that only lost its line goes on with the keys it has.
    this.#agent = before ? before.#agent : agentEnd(chains, page === 1 ? SECRET : undefined, { page, bound });
    this.#seal = before ? before.#seal : undefined;
    this.#counter = before ? before.#counter : 0;
    this.page = page;
    this.state = state;
    stream.on('data', (data: Buffer) => this.#read(data));
    stream.on('error', () => stream.destroy());
    stream.on('close', () => {
      this.closed = true;
    });
    this.status(state);
  }

  status(state: SessionState): void {
    this.state = state;
    const { agentName: agent, agentId: agent_id, routing, statementHash: hash } = this.bound;
    const statement = { version: '2026-11-22', hash, language: 'en' };
    const common = {
      session: SESSION,
      seat: 'applicant',
      page: this.page,
      peer: true,
      agent,
      agent_id,
      routing,
      statement,
    };
    this.#json('status', { ...common, state, expires: 0, ends: this.ends, grace: 0 });
  }

  end(reason: Reason, code: number): void {
    const statement = { version: '2026-11-22', hash: this.bound.statementHash, language: 'en' };
    const consented = Date.UTC(2026, 10, 23, 9, 12);
    const receipt = {
      session: SESSION,
      statement,
      policy: this.bound.policyHash,
      consented,
      ended: consented + 300_000,
      reason,
    };
    this.#json('close', { reason, receipt });
    this.#write(CLOSE, Buffer.from([code >> 8, code & 255]));
    this.#stream.end();
  }

  /** The line breaks. */
  cut(): void {
    this.#stream.destroy();
  }

  #json(kind: KindName, value: object): void {
    this.#send(kind, 0, new TextEncoder().encode(JSON.stringify(value)));
  }

  #send(kind: KindName, page: number, payload: Uint8Array<ArrayBuffer>): void {
    const counter = isRelayed(kind) ? ++this.#counter : 0;
    this.#write(BINARY, Buffer.from(encodeFrame({ kind, page, epoch: 0, counter, payload })));
  }

  async #sealed(kind: KindName, payload: Uint8Array<ArrayBuffer>): Promise<void> {
    const frame = { kind, page: this.page, epoch: 0, counter: ++this.#counter, payload };
    if (this.#seal) this.#write(BINARY, Buffer.from(await this.#seal.seal(frame)));
  }

  #write(opcode: number, payload: Buffer): void {
    if (!this.closed) this.#stream.write(wireFrame(opcode, payload));
  }

  #read(data: Buffer): void {
    for (const { opcode, payload } of this.#reader.read(data)) {
      if (opcode === BINARY) void this.#message(new Uint8Array(payload));
      else if (opcode === CLOSE) this.#stream.end();
    }
  }

  async #message(message: Uint8Array<ArrayBuffer>): Promise<void> {
    const frame = decodeFrame(message.buffer);
    if (!frame) throw new Error('not a frame');
    this.heard.push(frame.kind);
    if (this.deaf) return;
    if (frame.kind === 'exchange') {
      const { reply, need, agreement } = await this.#agent.receive(frame.payload);
      if (agreement) this.#seal = new PageSeal(agreement.keys, SESSION, this.page, noCounters());
      if (need) {
        this.needed++;
        this.fresh = '0042';
        this.#agent.digits(utf8(this.fresh));
      }
      if (reply) this.#send('exchange', this.page, reply);
    } else if (frame.kind === 'verdict') {
      if (frame.payload[0] === 1) this.status('live');
      else this.end('no_match', 4503);
    }
    if (frame.kind === 'pause') this.status('paused');
    else if (frame.kind === 'resume') this.status('live');
    else if (frame.kind === 'close') this.end('stopped', 4500);
    else if (laneOf(frame.kind) === 'state') {
      await this.#sealed('ack', encodeAck({ lane: 'state', epoch: frame.epoch, counter: frame.counter }));
    }
  }
}

export interface World {
  /** An agency page's origin: `www` or `my`. */
  agency(name: string): string;
  foreign: string;
  insyn: string;
  requests: string[];
  bodies: string[];
  /** No ticket reaches the server. */
  cookieless: boolean;
  /** The policy's hash that the agency's pages pin. */
  pins: string | undefined;
  /** What POST /session says, as if the ticket's session were this; undefined: none. */
  elsewhere: { away: boolean; page: number; session?: string; agent?: string } | undefined;
  /** The next seats are deaf. */
  deaf: boolean;
  seats: Seat[];
  /** Inner HTML of the agency's pages, by path. */
  pages: Map<string, string>;
  close(): Promise<void>;
}

export async function startWorld(): Promise<World> {
  const core = await bundled('src/mirror/core.ts');
  const integrity = `sha384-${createHash('sha384').update(core).digest('base64')}`;
  const files: Record<string, Uint8Array> = {
    'core.js': core,
    'mirror.js': await bundled('src/mirror/loader.ts', { CORE_FILE: 'core.js', CORE_INTEGRITY: integrity }),
    'bridge.js': await bundled('src/bridge/bridge.ts', { WORKER_FILE: 'worker.js' }),
    'worker.js': await bundled('src/bridge/worker.ts', { CPACE_FILE: 'cpace.js' }),
    'cpace.js': await bundled('src/link/cpace-bundle.ts'),
    'bridge.css': await bundled('src/bridge/bridge.css'),
  };
  const bridge = readFileSync(join(WEB, 'src/bridge/bridge.html'), 'utf8');
  const requests: string[] = [];
  const bodies: string[] = [];
  const seats: Seat[] = [];
  const pages = new Map<string, string>();
  let consented = false;
  let chains = new Chains();
  let bound = BOUND;

  const agencies = () => [world.agency('www'), world.agency('my')];
  const policyFile = () => {
    const rules = ['/support', '/stod', '/other', '/long'].map((path) => ({
      id: path,
      label: path,
      path,
      text: 'show',
    }));
    return JSON.stringify({
      version: '1',
      domain: 'agency.localhost',
      origins: agencies(),
      fetch: agencies(),
      pages: rules,
      rules: [],
    });
  };
  /** What the desk agrees on for a code: a session of its own. */
  const agree = async (routing: string, language: 'en' | 'sv') => {
    chains = new Chains();
    const [policyHash, statementHash] = await Promise.all([
      hashOfPolicy(policyFile()),
      hashOfStatement(STATEMENTS[language]),
    ]);
    bound = { ...BOUND, routing, origin: world.insyn, policyHash, statementHash };
  };

  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    const { host = '', origin } = request.headers;
    const url = new URL(request.url ?? '/', `http://${host}`);
    requests.push(`${host.split('.')[0]} ${request.method} ${url.pathname}`);
    const send = (type: string, body: string | Uint8Array, csp: string, status = 200, more = {}) => {
      response.writeHead(status, {
        'Content-Type': `${type}; charset=utf-8`,
        'Content-Security-Policy': csp,
        'Access-Control-Allow-Origin': '*',
        ...more,
      });
      response.end(body);
    };
    if (!host.startsWith('insyn.')) {
      const body = pages.get(url.pathname);
      const csp =
        `default-src 'none'; script-src ${world.insyn}; frame-src ${world.insyn}; style-src 'unsafe-inline';` +
        ` require-trusted-types-for 'script'; trusted-types ${url.pathname === '/strict' ? 'other' : 'insyn'}`;
      const pin = world.pins ? ` data-policy="${world.pins}"` : '';
      const script = host.startsWith('social') ? '' : `<script src="${world.insyn}/mirror.js"${pin} async></script>`;
      const page = `<!doctype html><html lang="en"><head><meta name="viewport" content="width=device-width,initial-scale=1"><title>Agency</title>${script}</head><body>${body}</body></html>`;
      send('text/html', body === undefined ? '' : page, csp, body === undefined ? 404 : 200);
      return;
    }
    const file = files[url.pathname.replace(/^\/(assets\/)?/, '')];
    if (file) {
      const type = url.pathname.endsWith('.css') ? 'text/css' : 'text/javascript';
      send(type, file, `default-src 'none'; script-src 'self'; connect-src ws://insyn.agency.localhost:${port}`);
    } else if (url.pathname === '/bridge') {
      const statement = url.searchParams.get('lang')?.startsWith('sv') ? STATEMENTS.sv : STATEMENTS.en;
      const config = { policy: policyFile(), domain: 'agency.localhost', graceSeconds: 300, statement };
      const html = bridge
        .replace('{{.CSS}}', 'bridge.css')
        .replace('{{.JS}}', 'bridge.js')
        .replace('{{.Config}}', JSON.stringify(config));
      const csp =
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self' ws:; worker-src 'self';" +
        ` base-uri 'none'; form-action 'none'; frame-ancestors ${agencies().join(' ')}`;
      send('text/html', html, csp, 200, { 'Cache-Control': 'no-store', 'Origin-Agent-Cluster': '?1' });
    } else if (url.pathname === '/session' && request.headers['insyn-request'] === '1' && origin === world.insyn) {
      const found = world.elsewhere;
      const body = JSON.stringify(
        found ? { session: SESSION, agent: BOUND.agentName, ...found } : { error: 'no_session' },
      );
      send('application/json', body, "default-src 'none'", found ? 200 : 404);
    } else if (url.pathname === '/consent' && request.headers['insyn-request'] === '1' && origin === world.insyn) {
      let body = '';
      request.on('data', (data) => {
        body += data;
      });
      request.on('end', async () => {
        if (request.method === 'DELETE') {
          send('text/plain', '', "default-src 'none'", 204);
          return;
        }
        bodies.push(body);
        consented = true;
        const { routing, language } = JSON.parse(body);
        const fate = FATE[routing];
        await agree(routing, language === 'sv' ? 'sv' : 'en');
        const { agentName: agent, agentId: agent_id } = BOUND;
        const accepted = JSON.stringify({ session: SESSION, agent, agent_id, join_by: Date.now() + 1000 });
        send('application/json', fate ? '{}' : accepted, "default-src 'none'", fate?.status ?? 200, fate?.headers);
      });
    } else {
      send('text/plain', '', "default-src 'none'", 404);
    }
  };

  const server = createServer(answer);
  server.on('upgrade', (request: IncomingMessage, stream: Duplex) => {
    const accept = createHash('sha1')
      .update(`${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
      .digest('base64');
    stream.write(
      'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
        `Sec-WebSocket-Protocol: insyn.v1\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
    );
    const page = Number(new URL(request.url ?? '', 'http://x').searchParams.get('page'));
    const before = seats.at(-1);
    const same = !consented && before?.page === page;
    const state = consented ? 'joining' : same ? before.state : 'away';
    const seat = new Seat(stream, page, state, { chains, bound, before: same ? before : undefined });
    seat.deaf = world.deaf;
    seats.push(seat);
    if (world.cookieless) seat.end('not_admitted', 4514);
    consented = false;
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  const world: World = {
    agency: (name) => `http://${name}.agency.localhost:${port}`,
    foreign: `http://social.localhost:${port}`,
    insyn: `http://insyn.agency.localhost:${port}`,
    requests,
    bodies,
    cookieless: false,
    pins: undefined,
    elsewhere: undefined,
    deaf: false,
    seats,
    pages,
    close: () =>
      new Promise((done) => {
        for (const seat of seats) seat.cut();
        server.closeAllConnections();
        server.close(() => done());
      }),
  };
  return world;
}
