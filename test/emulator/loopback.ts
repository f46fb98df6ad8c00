// A server on loopback for one emulated API: scripted faults first, then whatever the API answers. It records requests.

import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import { parseScript } from './faults.ts';
import type { Fault } from './faults.ts';

export type ApiRequest = {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
};

export type ApiAnswer = {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
};

export type Emulated = Awaited<ReturnType<typeof emulate>>;

export async function emulate(api: (request: ApiRequest) => ApiAnswer) {
  const requests: (ApiRequest & { readonly status: number; readonly at: number })[] = [];
  let script: Fault[] = [];

  async function handle(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const fault = script.shift() ?? { kind: 'none' };
    const request = await read(incoming);
    const meets = metBy(fault, request);
    const at = Date.now();
    requests.push({ ...request, status: meets.status, at });
    if (fault.kind === 'timeout') return;
    if (fault.kind === 'slow') await new Promise((resolve) => setTimeout(resolve, fault.ms));
    if (fault.kind === 'reset') incoming.socket.destroy();
    else if (fault.kind === 'half') writeHalf(response, meets);
    else write(response, meets);
  }

  /** The fault's own answer; a request whose connection is torn before it is read changes nothing. */
  function metBy(fault: Fault, request: ApiRequest): ApiAnswer {
    if (fault.kind === 'status') {
      return {
        status: fault.status,
        body: { meta: { error: 'scripted' } },
        headers: fault.headers,
      };
    }
    return fault.kind === 'timeout' || fault.kind === 'reset'
      ? { status: 0, body: {} }
      : api(request);
  }

  const server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => {
      write(response, { status: 500, body: { errors: [{ detail: String(error) }] } });
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;

  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    script: (text: string) => {
      script = parseScript(text);
    },
    forget: () => {
      requests.length = 0;
      script = [];
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** An address where nothing listens: a refused connection. (Port 1 would not do: fetch asks nobody there.) */
export async function nowhere(): Promise<string> {
  const { url, close } = await emulate(() => ({ status: 500, body: {} }));
  await close();
  return url;
}

async function read(request: IncomingMessage): Promise<ApiRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://emulator');
  return {
    method: request.method ?? 'GET',
    path: pathname,
    query: searchParams,
    headers: request.headers,
    body: Buffer.concat(chunks).toString('utf8'),
  };
}

function write(response: ServerResponse, { status, body, headers }: ApiAnswer): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(body));
}

/** The head promises more than comes. */
function writeHalf(response: ServerResponse, { status, body, headers }: ApiAnswer): void {
  const text = JSON.stringify(body);
  response.writeHead(status, { 'content-length': String(text.length + 10), ...headers });
  response.write(text.slice(0, Math.ceil(text.length / 2)), () => response.destroy());
}

export function jsonOf(body: string): Readonly<Record<string, unknown>> | null {
  try {
    const json: unknown = JSON.parse(body);
    return typeof json === 'object' && json !== null && !Array.isArray(json) ? { ...json } : null;
  } catch {
    return null;
  }
}

export function hasBearer({ headers }: ApiRequest, token: string): boolean {
  return headers['authorization'] === `Bearer ${token}`;
}
