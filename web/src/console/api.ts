// Room: console. The desk's HTTP API (signaling/agent.go): who am I, and codes. It never sees the secret digits.

export interface Agent {
  id: string;
  name: string;
}

/** An issued code as far as the server knows it; `expires` in Unix milliseconds by the server's clock. */
export interface Offer {
  session: string;
  routing: string;
  expires: number;
  /** Hash of the policy in force. */
  policy: string;
}

/** What the server refused, or `offline` where it did not answer. `code` is its fixed word for it. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string) {
    super(`refused: ${status} ${code}`);
    this.status = status;
    this.code = code;
  }
}

/** Below this, the two clocks agree as well as the Date header (whole seconds) can tell. */
const SKEW_MATTERS_MS = 2000;

export class Api {
  readonly #fetch: typeof fetch;
  #skew = 0;

  constructor(fetchLike: typeof fetch) {
    this.#fetch = fetchLike;
  }

  /** Unix milliseconds by the server's clock: an agent's clock may be minutes off, a countdown must not be. */
  now(): number {
    return Date.now() + this.#skew;
  }

  /** The signed-in agent, or undefined. */
  async whoami(): Promise<Agent | undefined> {
    try {
      return agentOf(await this.#call('GET', '/api/whoami'));
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) return undefined;
      throw error;
    }
  }

  async signIn(name: string): Promise<Agent> {
    const answer = agentOf(await this.#call('POST', '/api/sign-in', { name }));
    const agent = answer ?? (await this.whoami());
    if (!agent) throw new ApiError(401, 'not_signed_in');
    return agent;
  }

  async signOut(): Promise<void> {
    await this.#call('POST', '/api/sign-out');
  }

  async issue(): Promise<Offer> {
    const { session, routing, expires, policy } = await this.#call('POST', '/api/codes');
    if (typeof session !== 'string' || typeof routing !== 'string' || typeof expires !== 'number') {
      throw new ApiError(0, 'unexpected_answer');
    }
    if (!/^[0-9]{5}$/.test(routing) || typeof policy !== 'string') throw new ApiError(0, 'unexpected_answer');
    return { session, routing, expires, policy };
  }

  /** Five more minutes; the new end of the code. */
  async extend(session: string): Promise<number> {
    const { expires } = await this.#call('POST', `/api/codes/${encodeURIComponent(session)}/extend`);
    if (typeof expires !== 'number') throw new ApiError(0, 'unexpected_answer');
    return expires;
  }

  async takeBack(session: string): Promise<void> {
    await this.#call('DELETE', `/api/codes/${encodeURIComponent(session)}`);
  }

  async #call(method: string, path: string, body?: object): Promise<Record<string, unknown>> {
    const response = await this.#fetch(path, {
      method,
      cache: 'no-store',
      headers: { 'Insyn-Request': '1', ...(body ? { 'Content-Type': 'application/json' } : {}) },
      ...(body ? { body: JSON.stringify(body) } : {}),
    }).catch(() => undefined);
    if (!response) throw new ApiError(0, 'offline');
    this.#compareClocks(response.headers.get('Date'));
    const answer = await response
      .json()
      .then((value: unknown) => (typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}))
      .catch(() => ({}) as Record<string, unknown>);
    if (response.ok) return answer;
    throw new ApiError(response.status, typeof answer.error === 'string' ? answer.error : 'refused');
  }

  #compareClocks(date: string | null): void {
    const server = date === null ? Number.NaN : Date.parse(date);
    if (Number.isNaN(server)) return;
    const skew = server - Date.now();
    this.#skew = Math.abs(skew) > SKEW_MATTERS_MS ? skew : 0;
  }
}

function agentOf(answer: Record<string, unknown>): Agent | undefined {
  const { id, name } = answer;
  return typeof id === 'string' && typeof name === 'string' ? { id, name } : undefined;
}
