// Pace, patience and what an error proves. The mock agent is for what no server on loopback can do.

import { MockAgent, setGlobalDispatcher, getGlobalDispatcher } from 'undici';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { isUnsent, pacedNet, persistently } from '../../src/cli/terminal/http.ts';
import { valueOf } from '../../src/cli/terminal/pairs.ts';
import { redactor } from '../../src/cli/terminal/redactor.ts';
import { sendEmail } from '../../src/customerio/email.ts';

const real = getGlobalDispatcher();
let agent: MockAgent;

beforeEach(() => {
  agent = new MockAgent();
  agent.disableNetConnect();
  setGlobalDispatcher(agent);
});
afterEach(() => setGlobalDispatcher(real));

/** A clock that only moves when somebody sleeps. */
function clockAt(start: number) {
  let now = start;
  const slept: number[] = [];
  const sleep = async (ms: number) => {
    slept.push(ms);
    now += ms;
  };
  return { now: () => now, sleep, random: () => 0.5, slept };
}

const MAIL = { to: 'ada@example.test', identifiers: { id: 'user_1' } };
const APP = { baseUrl: 'https://api.customer.io/v1', token: 'key' };

function failing(code: string, message = code): Error {
  return Object.assign(new Error(message), { code });
}

describe('a mail', () => {
  it.each([
    ['ENOTFOUND', 'retry'],
    ['UND_ERR_CONNECT_TIMEOUT', 'retry'],
    ['ENETUNREACH', 'retry'],
    ['ECONNRESET', 'ambiguous'],
    ['UND_ERR_SOCKET', 'ambiguous'],
  ])('that fails with %s is taken for %s', async (code, kind) => {
    const pool = agent.get('https://api.customer.io');
    pool.intercept({ path: '/v1/send/email', method: 'POST' }).replyWithError(failing(code));
    const net = { ...pacedNet(10), isUnsent };
    expect(await sendEmail(MAIL, APP, net)).toMatchObject({ kind });
  });
});

describe('persistently', () => {
  const retry = (retryAfterMs: number | null) =>
    ({ kind: 'retry', reason: 'rate_limited', retryAfterMs }) as const;

  it('waits as long as it is asked to, backs off otherwise, and gives up after four tries', async () => {
    const clock = clockAt(0);
    const answers = [retry(7000), retry(null), retry(null), retry(null)];
    const said: string[] = [];
    const outcome = await persistently(
      async () => answers.shift() ?? { kind: 'ok' as const },
      (text) => said.push(text),
      clock,
    );
    expect(outcome.kind).toBe('retry');
    expect(clock.slept).toEqual([7000, 1250, 2250]);
    expect(said[0]).toBe('rate_limited: trying again in 7.0 s (1 of 3)');
  });

  it('asks nothing twice that has an answer', async () => {
    let asked = 0;
    await persistently(
      async () => {
        asked += 1;
        return { kind: 'rejected' };
      },
      () => undefined,
      clockAt(0),
    );
    expect(asked).toBe(1);
  });
});

describe('pacedNet', () => {
  it('starts at most so many requests per second', async () => {
    const pool = agent.get('https://api.customer.io');
    pool.intercept({ path: '/' }).reply(200, '{}').times(5);
    const clock = clockAt(1000);
    const net = pacedNet(10, clock);
    for (let index = 0; index < 5; index += 1) await net.fetch('https://api.customer.io/', {});
    expect(clock.now() - 1000).toBe(400);
  });
});

describe('what is printed and written', () => {
  it('has no configured secret in it, by whatever way it came', () => {
    const redact = redactor({
      CUSTOMERIO_TRACK_TOKEN: 'old-key-000, new-key-000',
      ADMIN_TOKEN: 'old-key-000-and-more',
      CUSTOMERIO_REGION: 'us',
    });
    expect(redact('a old-key-000-and-more b new-key-000 c old-key-000 us')).toBe(
      'a [secret] b [secret] c [secret] us',
    );
  });

  it.each([
    ['49', 49],
    ['-1.5', -1.5],
    ['true', true],
    ['null', null],
    ['007', '007'],
    ['4242424242424242424', '4242424242424242424'],
    ['pro', 'pro'],
    ['', ''],
  ])('reads %j as %j', (text, value) => {
    expect(valueOf(text)).toBe(value);
  });
});
