// Clients of the door that are right about HTTP: a server may close a kept connection between two requests, and it may
// answer a body that it does not want before it has read it.

import { Agent, request } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { connect } from 'node:net';

import type { Case } from './cases.ts';

type Sent = { readonly status: number; readonly body: string };

export type Sender = ReturnType<typeof createSender>;

/** Sends over so many connections, which are kept. */
export function createSender(url: string, connections: number) {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  return {
    /** What is torn on a kept connection comes again on one of its own: there it has to be answered. */
    send: (one: Case): Promise<Sent> =>
      sendOver(url, one, agent).catch(() => sendOver(url, one, false)),
    close: () => agent.destroy(),
  };
}

function sendOver(url: string, one: Case, agent: Agent | false): Promise<Sent> {
  const { hostname, port } = new URL(url);
  const { method, path } = one;
  const isBare = method === 'GET';
  // Node tells no length of the body of an OPTIONS or a DELETE: it would be read as the beginning of the next request.
  const headers = isBare ? one.headers : { ...one.headers, 'content-length': one.body.length };
  return new Promise((resolve, reject) => {
    const sending = request({ hostname, port, method, path, headers, agent }, (response) => {
      read(response).then(resolve, reject);
    });
    sending.on('error', reject);
    sending.end(isBare ? undefined : one.body);
  });
}

async function read(response: IncomingMessage): Promise<Sent> {
  let body = '';
  for await (const chunk of response) body += String(chunk);
  return { status: response.statusCode ?? 0, body };
}

/** What became of a flood. `status` null: the connection was closed, and the answer, if there was one, lost with it. */
type Flooded = { readonly status: number | null; readonly written: number };

/** Writes a body of so many bytes until there is an answer or the connection is closed. */
export async function flood(
  url: string,
  header: 'content-length' | 'transfer-encoding',
  bytes: number,
): Promise<Flooded> {
  const isChunked = header === 'transfer-encoding';
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  const over: { status: number | null | undefined } = { status: undefined };
  const ended = new Promise<void>((resolve) => {
    const end = (status: number | null) => {
      over.status ??= status;
      resolve();
    };
    socket.once('data', (data) => end(Number(String(data).split(' ')[1])));
    // The broken pipe itself says nothing: it comes before, after or in place of the answer.
    socket.on('error', () => undefined).once('close', () => end(null));
  });
  const length = isChunked ? 'chunked' : String(bytes);
  socket.write(
    `POST /webhooks/stripe HTTP/1.1\r\nhost: relay.test\r\n${header}: ${length}\r\n\r\n`,
  );
  const chunk = 'x'.repeat(0x1_00_00);
  let written = 0;
  while (over.status === undefined && written < bytes) {
    written += chunk.length;
    if (socket.write(isChunked ? `10000\r\n${chunk}\r\n` : chunk)) await turn();
    else await Promise.race([ended, new Promise((resolve) => socket.once('drain', resolve))]);
  }
  await ended;
  socket.destroy();
  return { status: over.status ?? null, written };
}

/** So that what has arrived is read. */
function turn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
