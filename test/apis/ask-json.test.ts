// A question with a bearer key: how it goes over the wire, and what each answer comes to.

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { askJson } from '../../src/apis/ask-json.ts';
import type { JsonRequest } from '../../src/apis/ask-json.ts';
import * as v from '../../src/platform/schema.ts';
import { emulate, nowhere } from '../emulator/loopback.ts';
import type { ApiAnswer, Emulated } from '../emulator/loopback.ts';
import { impatientNet, NET } from '../support/net.ts';

const Thing = v.object({ id: v.string() });

let server: Emulated;
let answer: ApiAnswer;

beforeAll(async () => {
  server = await emulate(() => answer);
});
beforeEach(() => {
  server.forget();
  answer = { status: 200, body: { id: 'thing_1', more: true } };
});
afterAll(() => server.close());

function ask(more: Partial<JsonRequest<unknown>> = {}, net = NET) {
  const request = {
    method: 'GET',
    url: `${server.url}/things`,
    token: 'key',
    schema: Thing,
  } as const;
  return askJson<unknown>({ ...request, ...more }, net);
}

describe('askJson', () => {
  it('sends the key, and no content type where there is no content', async () => {
    await ask({ headers: { 'Stripe-Version': 'v' } });
    const [request] = server.requests;
    expect(request).toMatchObject({ method: 'GET', path: '/things', body: '' });
    expect(request?.headers).toMatchObject({
      authorization: 'Bearer key',
      'user-agent': 'lifecycle-relay',
      'stripe-version': 'v',
    });
    expect(request?.headers['content-type']).toBeUndefined();
  });

  it('sends a form as a form and JSON as JSON', async () => {
    await ask({
      method: 'POST',
      form: [
        ['a[]', 'x y'],
        ['a[]', 'z'],
      ],
    });
    await ask({ method: 'POST', json: { a: 1 } });
    const sent = server.requests.map(({ headers, body }) => [headers['content-type'], body]);
    expect(sent).toEqual([
      ['application/x-www-form-urlencoded', 'a%5B%5D=x+y&a%5B%5D=z'],
      ['application/json', '{"a":1}'],
    ]);
  });

  it('reads an answer by its schema, and hands on its headers', async () => {
    answer = { ...answer, headers: { 'stripe-version': '2025-12-15.clover' } };
    const result = await ask();
    expect(result).toMatchObject({ kind: 'ok', value: { id: 'thing_1' } });
    expect(result.kind === 'ok' && result.headers.get('stripe-version')).toBe('2025-12-15.clover');
  });

  it('calls an answer that breaks off torn', async () => {
    server.script('half');
    expect(await ask()).toEqual({ kind: 'unreadable', reason: 'torn' });
  });

  it('calls JSON of another shape unexpected', async () => {
    answer = { status: 200, body: { id: 1 } };
    expect(await ask()).toEqual({ kind: 'unreadable', reason: 'unexpected' });
  });

  it.each([
    ['429 retry-after 7', { kind: 'retry', reason: 'rate_limited', retryAfterMs: 7000 }],
    ['503', { kind: 'retry', reason: 'upstream_unavailable', retryAfterMs: null }],
    ['reset', { kind: 'retry', reason: 'unreachable', retryAfterMs: null }],
    ['401', { kind: 'refused', reason: 'credentials_invalid', status: 401 }],
    [
      '404',
      { kind: 'rejected', status: 404, detail: 'scripted', body: { meta: { error: 'scripted' } } },
    ],
  ])('answers %s with a value', async (script, failure) => {
    server.script(script);
    expect(await ask()).toEqual(failure);
  });

  it('may ask again where no answer comes', async () => {
    const failure = { kind: 'retry', retryAfterMs: null };
    server.script('timeout');
    const timedOut = await ask({}, impatientNet('request').net);
    expect(timedOut).toEqual({ ...failure, reason: 'timed_out' });
    expect(await ask({ url: await nowhere() })).toEqual({ ...failure, reason: 'unreachable' });
  });

  // No emulator is needed for an answer of one line.
  const saying = (body: string | null) => ({ ...NET, fetch: async () => new Response(body) });

  it('calls an answer without JSON torn where a shape is expected', async () => {
    for (const body of [null, '', '<html>', '{"id":']) {
      expect(await ask({}, saying(body))).toEqual({ kind: 'unreadable', reason: 'torn' });
    }
  });

  it('takes an answer without JSON where anything will do, as after a deletion', async () => {
    const deletion = { method: 'DELETE', schema: v.unknown() } as const;
    expect(await ask(deletion, saying(null))).toMatchObject({ kind: 'ok' });
  });
});
