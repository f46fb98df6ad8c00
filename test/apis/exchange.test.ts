// One exchange over a real socket, with servers that behave and servers that do not.

import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';

import { exchange } from '../../src/apis/exchange.ts';
import type { Net, ReadLimits } from '../../src/apis/exchange.ts';
import { emulate, nowhere } from '../emulator/loopback.ts';
import type { ApiAnswer, Emulated } from '../emulator/loopback.ts';
import { impatientNet, NET } from '../support/net.ts';

const ALL = { successLengthMax: 1000, errorLengthMax: 1000 };

let server: Emulated;
let answer: ApiAnswer;

beforeAll(async () => {
  server = await emulate(() => answer);
});
afterEach(() => server.forget());
afterAll(() => server.close());

function get(net: Net = NET, limits: ReadLimits = ALL, url = server.url) {
  return exchange({ url, init: { redirect: 'manual' } }, limits, net);
}

describe('exchange', () => {
  it.each([200, 404, 503])('answers with the status, headers and body of a %i', async (status) => {
    answer = { status, body: { a: 1 }, headers: { 'retry-after': '7' } };
    const result = await get();
    expect(result).toMatchObject({ kind: 'answered', answer: { status, body: '{"a":1}' } });
    expect('answer' in result && result.answer.headers.get('retry-after')).toBe('7');
  });

  it('reads nothing where nothing is to be read', async () => {
    const nothing = { successLengthMax: 0, errorLengthMax: 0 };
    for (const status of [200, 500]) {
      answer = { status, body: { a: 1 } };
      expect(await get(NET, nothing)).toMatchObject({ kind: 'answered', answer: { body: '' } });
    }
  });

  it('stops reading soon after its limit', async () => {
    answer = { status: 200, body: 'x'.repeat(2_000_000) };
    const result = await get(NET, { ...ALL, successLengthMax: 10 });
    const length = 'answer' in result ? result.answer.body.length : 0;
    expect(length).toBeGreaterThan(10);
    expect(length).toBeLessThan(1_000_000);
  });

  it('takes a success whose body is torn for a success, and a torn error for no answer', async () => {
    answer = { status: 200, body: { a: 1 } };
    server.script('half');
    expect(await get()).toMatchObject({ kind: 'torn', answer: { status: 200, body: '' } });
    answer = { status: 400, body: { a: 1 } };
    server.script('half');
    expect(await get()).toMatchObject({ kind: 'unreachable' });
  });

  it('cannot reach a closed port, nor a connection that is torn before its answer', async () => {
    expect(await get(NET, ALL, await nowhere())).toMatchObject({ kind: 'unreachable' });
    server.script('reset');
    expect(await get()).toMatchObject({ kind: 'unreachable' });
  });

  it('times out on a server that never answers, when its patience ends', async () => {
    server.script('timeout');
    expect(await get(impatientNet('request').net)).toEqual({ kind: 'timed_out' });
  });

  it('has ten seconds of patience, and stops its timer whatever comes', async () => {
    const { net, timers } = impatientNet('never');
    answer = { status: 200, body: {} };
    await get(net);
    server.script('reset');
    await get(net);
    server.script('half');
    await get(net);
    await get({ ...net, timeoutMs: 5 });
    expect(timers.map(({ ms }) => ms)).toEqual([10_000, 10_000, 10_000, 5]);
    expect(timers.filter(({ isStopped }) => !isStopped)).toEqual([]);
  });
});
