// Room: test. A socket without a network: what the seat sent, and a way to say what the server would.

import type { Platform } from '../../src/link/link.ts';
import type { Status } from '../../src/wire/server.ts';
import { BOUND, SESSION } from '../support/ends.ts';
import { FakeSocket as Base, type Far } from '../support/socket.ts';

export class FakeSocket extends Base {
  readonly url: string;

  constructor(url: string, far: Far) {
    super(far);
    this.url = url;
  }
}

export class FakeNetwork implements Platform {
  readonly sockets: FakeSocket[] = [];
  readonly far: Far = {};

  socket(url: string): WebSocket {
    const socket = new FakeSocket(url, this.far);
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
    session: SESSION,
    seat: 'agent',
    state: 'live',
    page: 1,
    peer: true,
    agent: BOUND.agentName,
    agent_id: BOUND.agentId,
    routing: BOUND.routing,
    statement: { version: '1', hash: BOUND.statementHash, language: 'en' },
    expires: 0,
    ends: 0,
    grace: 0,
    ...part,
  };
}
