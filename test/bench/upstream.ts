// Customer.io for measuring, as a process of its own: cheap, with a latency, a rate limit and an off switch, and a
// note of when each person's first message arrived. node test/bench/upstream.ts prints {"url": ...}.
//   POST /_bench {"latencyMs":50,"isDown":false,"rateLimit":null,"reset":true}     GET /_bench → the notes

import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Notes = {
  readonly requests: number;
  readonly refused: number;
  readonly messages: number;
  readonly firstAt: number;
  readonly lastAt: number;
  /** The most requests within one sliding second. */
  readonly busiestSecond: number;
  readonly landedAt: Readonly<Record<string, number>>;
};

type Settings = { latencyMs: number; isDown: boolean; rateLimit: number | null; reset?: boolean };

let settings: Settings = { latencyMs: 0, isDown: false, rateLimit: null };
let notes = newNotes();
let recent: number[] = [];

function newNotes() {
  const landedAt: Record<string, number> = {};
  return {
    requests: 0,
    refused: 0,
    messages: 0,
    firstAt: 0,
    lastAt: 0,
    busiestSecond: 0,
    landedAt,
  };
}

async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.url === '/_bench') {
    const body = await bodyOf(request);
    if (request.method === 'POST') settings = { ...settings, ...(JSON.parse(body) as Settings) };
    if (request.method === 'POST' && settings.reset === true) notes = newNotes();
    response.end(JSON.stringify(notes));
    return;
  }
  if (settings.isDown) {
    request.socket.destroy();
    return;
  }
  const body = await bodyOf(request);
  const isRefused = !isWithinRate(Date.now());
  if (settings.latencyMs > 0) await pause(settings.latencyMs);
  if (isRefused) {
    notes.refused += 1;
    response.writeHead(429, { 'retry-after': '1' }).end('{}');
    return;
  }
  take(body);
  response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}

function isWithinRate(now: number): boolean {
  recent = recent.filter((at) => at > now - 1000);
  if (settings.rateLimit !== null && recent.length >= settings.rateLimit) return false;
  recent.push(now);
  notes.busiestSecond = Math.max(notes.busiestSecond, recent.length);
  return true;
}

function take(body: string): void {
  const now = Date.now();
  const json = JSON.parse(body) as { userId?: string; batch?: { userId: string }[] };
  const messages = json.batch ?? [{ userId: json.userId ?? '' }];
  if (notes.firstAt === 0) notes.firstAt = now;
  notes.lastAt = now;
  notes.requests += 1;
  notes.messages += messages.length;
  for (const { userId } of messages) notes.landedAt[userId] ??= now;
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

const server = createServer((request, response) => {
  handle(request, response).catch(() => response.destroy());
});
server.listen(0, '127.0.0.1', () => {
  console.log(
    JSON.stringify({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }),
  );
});
