// What left the Worker: the platform's fetch, spied on. Every test file starts an empty collection before each test.

import { afterEach, beforeEach, vi } from 'vitest';

export type Message = Readonly<Record<string, unknown>>;

export type Request = { readonly url: URL; readonly headers: Headers; readonly body: Message };

/** What the other side says; made when asked for, because a Response belongs to the request it was made in. */
type Answer = (request: Request) => Response;

/** Registers its own hooks. `end` runs while the other side still answers: a live alarm outlives its test. */
export function collectSent(end: () => Promise<void> = async () => undefined) {
  const sent = {
    requests: [] as Request[],
    /** Of the requests that were answered 2xx. */
    messages: [] as Message[],
    /** Answers of the next requests, one each. */
    script: [] as Answer[],
    /** Answers when the script is over. */
    answer: (() => Response.json({})) as Answer,
  };

  beforeEach(() => {
    Object.assign(sent, {
      requests: [],
      messages: [],
      script: [],
      answer: () => Response.json({}),
    });
    vi.spyOn(globalThis, 'fetch').mockImplementation(async (input, init) => {
      const body = JSON.parse(String(init?.body ?? '{}')) as Message;
      const request = { url: new URL(String(input)), headers: new Headers(init?.headers), body };
      sent.requests.push(request);
      const response = (sent.script.shift() ?? sent.answer)(request);
      if (response.ok) sent.messages.push(...messagesOf(body));
      return response;
    });
  });

  afterEach(async () => {
    await end();
    vi.restoreAllMocks();
  });

  return sent;
}

function messagesOf(body: Message): readonly Message[] {
  return (body['batch'] as readonly Message[] | undefined) ?? [body];
}
