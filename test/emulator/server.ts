// Customer.io on loopback: the Pipelines API under /v1 with Basic auth, strict mode, limits and de-duplication, and a
// control API under /_emulator (state, reset, script, down, up) that tests and `npm start` use.

import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import { parseScript } from './faults.ts';
import type { Fault } from './faults.ts';
import { createMemory } from './state.ts';
import type { Memory } from './state.ts';
import { readCalls } from './strict.ts';

type EmulatorOptions = {
  /** 0 or nothing: any free port. */
  readonly port?: number;
  readonly token: string;
  /** When given, Basic auth is `site_id:token`; otherwise `token:`. */
  readonly siteId?: string;
  /** What it remembers with; a long campaign keeps books of its own. */
  readonly memory?: Memory;
};

const PATHS = ['identify', 'track', 'page', 'screen', 'group', 'alias', 'batch'];

export async function startEmulator(options: EmulatorOptions) {
  const memory: Memory = options.memory ?? createMemory();
  let script: Fault[] = [];
  let isDown = false;

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = new URL(request.url ?? '/', 'http://emulator').pathname;
    if (path.startsWith('/_emulator/')) return control(path.slice(11), request, response);
    if (isDown) {
      request.socket.destroy();
      return;
    }
    const fault = script.shift() ?? { kind: 'none' };
    await answer(path, { request, response, fault });
  }

  async function control(
    command: string,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const body = await bodyOf(request);
    if (command === 'script') script = parseScript(body);
    if (command === 'down') isDown = true;
    if (command === 'up') isDown = false;
    if (command === 'reset') {
      memory.reset();
      script = [];
      isDown = false;
    }
    send(response, 200, command === 'state' ? memory.state() : {});
  }

  async function answer(
    path: string,
    exchange: {
      readonly request: IncomingMessage;
      readonly response: ServerResponse;
      readonly fault: Fault;
    },
  ): Promise<void> {
    const { request, response, fault } = exchange;
    const body = await bodyOf(request);
    const at = Date.now();
    if (fault.kind === 'timeout') return;
    if (fault.kind === 'reset') {
      request.socket.destroy();
      return;
    }
    if (fault.kind === 'status') {
      memory.request({ at, path, status: fault.status, items: 0 });
      send(response, fault.status, { meta: { error: 'scripted' } }, fault.headers);
      return;
    }
    if (fault.kind === 'slow') await later(fault.ms);
    const result = resultOf(path, request, body);
    if (fault.kind === 'large' && result.calls.length > fault.items) {
      memory.request({ at, path, status: fault.status, items: 0 });
      send(response, fault.status, { meta: { error: 'too much at once' } });
      return;
    }
    memory.request({ at, path, status: result.status, items: result.calls.length });
    for (const call of result.calls) memory.take(call, at);
    if (fault.kind === 'each') await later(fault.ms * result.calls.length);
    if (fault.kind === 'html') response.writeHead(200, { 'content-type': 'text/html' }).end('<p>');
    else send(response, result.status, result.body);
  }

  function resultOf(path: string, request: IncomingMessage, body: string) {
    const name = path.replace(/^\/v1\//, '');
    if (request.method !== 'POST' || !PATHS.includes(name)) {
      return { status: 404, body: { meta: { error: 'not found' } }, calls: [] };
    }
    // Without strict mode everything is answered 200 and what is wrong is dropped.
    const isStrict = request.headers['x-strict-mode'] === '1';
    if (!isAuthorized(request, options)) {
      const error = { meta: { error: 'Unauthorized' } };
      return { status: isStrict ? 401 : 200, body: isStrict ? error : {}, calls: [] };
    }
    const read = readCalls(name, body);
    if ('calls' in read) return { status: 200, body: {}, calls: read.calls };
    const errors = { meta: { errors: read.problems } };
    return { status: isStrict ? 400 : 200, body: isStrict ? errors : {}, calls: [] };
  }

  const server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => {
      send(response, 500, { meta: { error: String(error) } });
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;

  async function close(): Promise<void> {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }

  return { url: `http://127.0.0.1:${port}`, close };
}

function later(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}

function isAuthorized(request: IncomingMessage, { token, siteId }: EmulatorOptions): boolean {
  const expected = siteId === undefined ? `${token}:` : `${siteId}:${token}`;
  const encoded = Buffer.from(expected).toString('base64');
  return request.headers.authorization === `Basic ${encoded}`;
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

function send(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(body));
}
