// Room: test. A server that is not there: sockets whose frames the test reads and writes, and a clock that it moves.

import type { Platform } from '../../src/link/link.ts';
import type { KindName } from '../../src/wire/frame.ts';
import type { SessionState, Status } from '../../src/wire/server.ts';
import { BOUND, SESSION } from '../support/ends.ts';
import { FakeSocket as Base, type Far } from '../support/socket.ts';

export class FakeSocket extends Base {
  #counter = 0;

  local(kind: KindName, payload: Uint8Array<ArrayBuffer> = new Uint8Array(0)): void {
    this.say(kind, { payload });
  }

  /** A control frame from the agent. */
  relay(kind: KindName, payload: Uint8Array<ArrayBuffer>, page = 1, counter = ++this.#counter): void {
    this.#counter = counter;
    this.say(kind, { page, counter, payload });
  }

  status(state: SessionState, peer = true, agent = BOUND.agentName): void {
    const status: Status = {
      session: SESSION,
      seat: 'applicant',
      state,
      page: 1,
      peer,
      agent,
      agent_id: BOUND.agentId,
      routing: BOUND.routing,
      statement: { version: '1', hash: BOUND.statementHash, language: 'en' },
      expires: 0,
      ends: 0,
      grace: 0,
    };
    this.sayJson('status', status);
  }

  kinds(): KindName[] {
    return this.sent.map((frame) => frame.kind);
  }
}

export function fakePlatform(far: Far): { platform: Platform; sockets: FakeSocket[] } {
  const sockets: FakeSocket[] = [];
  return {
    sockets,
    platform: {
      socket: () => {
        const socket = new FakeSocket(far);
        sockets.push(socket);
        return socket as unknown as WebSocket;
      },
      random: () => 0,
    },
  };
}
