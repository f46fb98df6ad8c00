// An alert is a line of text to one address: taken, or told again with the next visit.

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { sendAlert } from '../../src/watch/alert.ts';
import { emulate, nowhere } from '../emulator/loopback.ts';
import type { Emulated } from '../emulator/loopback.ts';
import { impatientNet, NET } from '../support/net.ts';

let slack: Emulated;

beforeAll(async () => {
  slack = await emulate(() => ({ status: 200, body: 'ok' }));
});
beforeEach(() => slack.forget());
afterAll(() => slack.close());

describe('sendAlert', () => {
  it('posts one line as JSON, and says that it was taken', async () => {
    expect(await sendAlert({ url: `${slack.url}/secret`, name: 'staging' }, 'over: lag', NET)).toBe(
      true,
    );
    expect(slack.requests).toMatchObject([
      {
        method: 'POST',
        path: '/secret',
        body: '{"text":"Lifecycle Relay staging: over: lag"}',
        headers: { 'content-type': 'application/json' },
      },
    ]);
  });

  it.each(['500', '404', '429 retry-after 1', 'reset'])('is not taken after %s', async (script) => {
    slack.script(script);
    expect(await sendAlert({ url: slack.url, name: null }, 'text', NET)).toBe(false);
  });

  it('is not taken where nobody listens, or answers in time', async () => {
    expect(await sendAlert({ url: await nowhere(), name: null }, 'text', NET)).toBe(false);
    slack.script('timeout');
    expect(
      await sendAlert({ url: slack.url, name: null }, 'text', impatientNet('request').net),
    ).toBe(false);
  });
});
