// Room: test. Ears on several ports: whatever connects is written down, with the first line of what it says, whether that is HTTP or not.

import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';

const PORTS = 3;
const ANSWER =
  'HTTP/1.1 200 OK\r\nAccess-Control-Allow-Origin: *\r\nContent-Type: text/html\r\nContent-Length: 1\r\nConnection: close\r\n\r\nx';

export class Ears {
  readonly #servers: Server[] = [];
  readonly #sockets = new Set<Socket>();
  /** One entry a connection. */
  heard: string[] = [];
  ports: number[] = [];

  async open(): Promise<this> {
    for (let n = 0; n < PORTS; n++) {
      const server = createServer((socket) => {
        this.#sockets.add(socket);
        const at = this.heard.push('a connection that said nothing') - 1;
        let said = '';
        socket.on('data', (data) => {
          said += data.toString('latin1');
          this.heard[at] = said.split('\r\n')[0] ?? said;
          socket.end(ANSWER);
        });
        socket.on('error', () => socket.destroy());
        socket.on('close', () => this.#sockets.delete(socket));
      });
      await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
      this.#servers.push(server);
      this.ports.push((server.address() as AddressInfo).port);
    }
    return this;
  }

  /** Payload `n`'s address at one of the ports, without its scheme. */
  at(n: number, port = n % PORTS): string {
    return `//127.0.0.1:${this.ports[port]}/p${n}`;
  }

  /** Which payloads connected. */
  payloads(): Set<number> {
    return new Set(this.heard.flatMap((line) => /\/p(\d+)/.exec(line)?.[1] ?? []).map(Number));
  }

  close(): void {
    for (const socket of this.#sockets) socket.destroy();
    for (const server of this.#servers) server.close();
  }
}
