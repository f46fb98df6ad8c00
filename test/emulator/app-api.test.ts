// The App API of the emulator, as its documentation says of the attributes of many people at once.

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { appApi } from '../../src/customerio/app-api.ts';
import { startAppApi } from './app-api.ts';

let app: Awaited<ReturnType<typeof startAppApi>>;

beforeAll(async () => {
  app = await startAppApi({ token: 'app-key', requestsPerSecond: 1000 });
});
beforeEach(() => app.forget());
afterAll(() => app.close());

function attributesOf(ids: readonly string[]) {
  const net = { fetch: (url: string, init: RequestInit) => fetch(url, init), after, now: Date.now };
  return appApi({ baseUrl: app.appUrl, token: 'app-key' }, net).attributesOf(ids);
}

function after(ms: number, run: () => void) {
  const timer = setTimeout(run, ms);
  return () => clearTimeout(timer);
}

describe('the attributes of many people', () => {
  it('are text, each with its time, and leave out whom nobody knows', async () => {
    app.people([
      { id: 'user_1', attributes: { plan: 'pro' }, timestamps: { plan: 5 } },
      { id: 'user_2', attributes: { seats: '4' } },
    ]);
    const answer = await attributesOf(['user_1', 'user_9', 'user_2']);
    if (answer.kind !== 'ok') throw new Error(`expected an answer, got ${answer.kind}`);
    expect(answer.value).toHaveLength(2);
    expect(answer.value).toContainEqual({
      id: 'user_1',
      attributes: { plan: 'pro', id: 'user_1', cio_id: 'cio_user_1' },
      timestamps: { plan: 5 },
    });
  });

  it.each([0, 101])('are refused for %i ids', async (count) => {
    const ids = Array.from({ length: count }, (_, index) => `user_${index}`);
    expect(await attributesOf(ids)).toMatchObject({ kind: 'rejected', status: 400 });
  });

  it('are given for 100', async () => {
    const ids = Array.from({ length: 100 }, (_, index) => `user_${index}`);
    expect(await attributesOf(ids)).toMatchObject({ kind: 'ok', value: [] });
  });
});
