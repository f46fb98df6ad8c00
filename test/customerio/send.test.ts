// One request over a real socket, to servers that behave and servers that do not.

import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import { afterEach, describe, expect, it } from 'vitest';

import {
  credentialsFingerprint,
  pipelinesRequest,
} from '../../src/customerio/pipelines-request.ts';
import { sendMessages } from '../../src/customerio/send.ts';
import type { Message } from '../../src/person/message.ts';

const servers: Server[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

const MESSAGE: Message = {
  type: 'track',
  userId: 'user_1',
  event: 'plan_upgraded',
  messageId: '01HF7YAT00AAAAAAAAAAAAAAAA',
  timestamp: '2026-11-23T12:00:00.000Z',
  properties: { mrr: 49 },
};

async function serve(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<string> {
  const server = createServer(answer);
  servers.push(server);
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** `after`: the timer that ends its patience; it never does unless a test says so. */
async function send(baseUrl: string, after: After = () => () => undefined) {
  const options = { baseUrl, token: 'key', siteId: null };
  return sendMessages([MESSAGE], options, { fetch, now: Date.now, after });
}

type After = (ms: number, run: () => void) => () => void;

/** A timer that is over when the server says so. */
function timerOf() {
  const timer = { end: (): void => undefined };
  const after: After = (_, run) => {
    timer.end = run;
    return () => undefined;
  };
  return { after, timer };
}

describe('sendMessages', () => {
  it('delivers to a server that says 200', async () => {
    const url = await serve((_, response) => response.end('{}'));
    expect(await send(url)).toEqual({ kind: 'delivered' });
  });

  it('times out on a server that never answers, and on one that never ends its answer', async () => {
    const { after, timer } = timerOf();
    const silent = await serve(() => timer.end());
    expect(await send(silent, after)).toMatchObject({ kind: 'retry', reason: 'timed_out' });
    const trickling = await serve((_, response) => {
      response.writeHead(400).write('a', () => timer.end());
    });
    expect(await send(trickling, after)).toMatchObject({ kind: 'retry', reason: 'timed_out' });
  });

  it('calls a torn connection and a closed port unreachable', async () => {
    const torn = await serve((request) => request.socket.destroy());
    const expected = { kind: 'retry', reason: 'unreachable', retryAfterMs: null };
    expect(await send(torn)).toEqual(expected);
    expect(await send('http://127.0.0.1:1')).toEqual(expected);
  });

  it('never follows a redirect: the other host sees no request', async () => {
    let requests = 0;
    const other = await serve((_, response) => {
      requests += 1;
      response.end('{}');
    });
    const url = await serve((_, response) => {
      response.writeHead(307, { location: `${other}/track` }).end();
    });
    expect(await send(url)).toEqual({ kind: 'refused', reason: 'redirected', status: 307 });
    expect(requests).toBe(0);
  });

  it('reads no more of an endless error than it needs', async () => {
    const url = await serve((_, response) => {
      response.writeHead(400);
      const more = setInterval(() => response.write('x'.repeat(20_000)), 1);
      response.on('close', () => clearInterval(more));
    });
    expect(await send(url)).toMatchObject({ kind: 'rejected', status: 400 });
  });
});

describe('pipelinesRequest', () => {
  const options = { baseUrl: 'https://cdp.customer.io/v1', token: 'key', siteId: null };

  it('sends one message to its own endpoint and several to /batch', () => {
    expect(pipelinesRequest([MESSAGE], options).url).toBe('https://cdp.customer.io/v1/track');
    const batch = pipelinesRequest([MESSAGE, MESSAGE], options);
    expect(batch.url).toBe('https://cdp.customer.io/v1/batch');
    expect(JSON.parse(String(batch.init.body))).toEqual({ batch: [MESSAGE, MESSAGE] });
  });

  it('asks for strict mode, as token: or site_id:token', () => {
    const headers = (siteId: string | null) =>
      new Headers(pipelinesRequest([MESSAGE], { ...options, siteId }).init.headers);
    expect(headers(null).get('x-strict-mode')).toBe('1');
    expect(headers(null).get('authorization')).toBe(`Basic ${btoa('key:')}`);
    expect(headers('site').get('authorization')).toBe(`Basic ${btoa('site:key')}`);
  });

  it('tells credentials apart without showing them', () => {
    const fingerprint = credentialsFingerprint(options);
    expect(fingerprint).toMatch(/^[0-9a-f]{16}$/);
    expect(credentialsFingerprint({ ...options, token: 'other' })).not.toBe(fingerprint);
  });
});
