// Room: test. A socket without a network: what the seat sent, and a way to say what the server would.

import type { Platform } from '../../src/link/link.ts';
import type { Status } from '../../src/wire/server.ts';
import { FakeSocket as Base } from '../support/socket.ts';

export class FakeSocket extends Base {
  readonly url: string;

  constructor(url: string) {
    super();
    this.url = url;
  }
}

export class FakeNetwork implements Platform {
  readonly sockets: FakeSocket[] = [];

  socket(url: string): WebSocket {
    const socket = new FakeSocket(url);
    this.sockets.push(socket);
    return socket as unknown as WebSocket;
  }

  random(): number {
    return 0;
  }

  get last(): FakeSocket {
    const socket = this.sockets.at(-1);
    if (!socket) throw new Error('no socket was opened');
    return socket;
  }
}

export function statusOf(part: Partial<Status>): Status {
  return {
    session: 'ABCDEFGHIJKLMNOP',
    seat: 'agent',
    state: 'live',
    page: 1,
    peer: true,
    agent: 'Kim',
    expires: 0,
    ends: 0,
    grace: 0,
    ...part,
  };
}
