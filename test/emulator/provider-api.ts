// What the emulators of the providers' own APIs share: a server on loopback that checks the secret key, follows a script
// of faults, counts requests, and answers JSON.

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { parseScript } from './faults.ts';
import type { Fault } from './faults.ts';

export type ApiAnswer = { readonly status: number; readonly body: unknown };

/** One request that carried the right key. */
export type ApiCall = { readonly path: string; readonly query: URLSearchParams };

type ProviderApiOptions = {
  /** 0 or nothing: any free port. */
  readonly port?: number;
  readonly key: string;
  readonly answer: (call: ApiCall) => ApiAnswer;
  /** An error as this provider words it. */
  readonly error: (code: string) => unknown;
  /** What happens just before the answer of a request, which may change what is answered; null: nothing does. */
  readonly before?: ((call: ApiCall) => void) | null;
};

export async function startProviderApi(options: ProviderApiOptions) {
  let { key } = options;
  let script: Fault[] = [];
  let requests: { readonly path: string; readonly status: number }[] = [];

  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://emulator');
    const fault = script.shift() ?? { kind: 'none' };
    if (fault.kind === 'timeout') return;
    if (fault.kind === 'reset') {
      request.socket.destroy();
      return;
    }
    const { status, body } =
      fault.kind === 'status'
        ? {
            status: fault.status,
            body: options.error(fault.status === 429 ? 'rate_limit' : 'api_error'),
          }
        : answerOf(request.headers.authorization, request.method, {
            path: pathname,
            query: searchParams,
          });
    requests.push({ path: pathname, status });
    const headers = fault.kind === 'status' ? fault.headers : {};
    const write = () => {
      response.writeHead(status, { 'content-type': 'application/json', ...headers });
      response.end(JSON.stringify(body));
    };
    if (fault.kind === 'slow') setTimeout(write, fault.ms);
    else write();
  });

  function answerOf(authorization: string | undefined, method: string | undefined, call: ApiCall) {
    if (authorization !== `Bearer ${key}`) {
      return { status: 401, body: options.error('authentication_invalid') };
    }
    options.before?.(call);
    if (method !== 'GET') return { status: 405, body: options.error('method_not_allowed') };
    return options.answer(call);
  }

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;

  return {
    url: `http://127.0.0.1:${port}`,
    requests: () => requests,
    /** Faults for the next requests, in the words of faults.ts. */
    script: (text: string) => {
      script = parseScript(text);
    },
    /** From now on another key is the right one. */
    takes: (next: string) => {
      key = next;
    },
    reset: () => {
      script = [];
      requests = [];
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** A whole number within bounds, or null where the provider would refuse it. */
export function numberIn(
  query: URLSearchParams,
  name: string,
  bounds: { readonly min: number; readonly max: number; readonly byDefault: number },
): number | null {
  const text = query.get(name);
  if (text === null) return bounds.byDefault;
  const value = Number(text);
  return Number.isInteger(value) && value >= bounds.min && value <= bounds.max ? value : null;
}
