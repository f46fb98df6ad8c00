// The App API of the emulator, as its documentation says of the attributes of many people at once, and of one object.

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { appApi } from '../../src/customerio/app-api.ts';
import { startAppApi } from './app-api.ts';

let app: Awaited<ReturnType<typeof startAppApi>>;

beforeAll(async () => {
  app = await startAppApi({ token: 'app-key', requestsPerSecond: 1000 });
});
beforeEach(() => app.forget());
afterAll(() => app.close());

function asked() {
  const net = { fetch: (url: string, init: RequestInit) => fetch(url, init), after, now: Date.now };
  return appApi({ baseUrl: app.appUrl, token: 'app-key' }, net);
}

function attributesOf(ids: readonly string[]) {
  return asked().attributesOf(ids);
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

describe('the attributes of an object', () => {
  const group = (traits: object, type = '2') => ({
    type: 'group',
    userId: 'user_1',
    groupId: 'org/1',
    traits: { object_type_id: type, ...traits },
  });

  it('are what it was sent, with when it came; null takes one away, a relationship is none', async () => {
    app.objects.take([group({ name: 'Acme', slug: 'acme', createdAt: '2026-01-01' })], 5000);
    app.objects.take([group({ name: 'Acme AG', slug: null, seats: 4 })], 9000);
    app.objects.take([group({ relationshipAttributes: { role: 'admin' } })], 11_000);
    const answer = await asked().attributesOfObject(2, 'org/1');
    expect(answer).toMatchObject({ kind: 'ok' });
    expect(answer.kind === 'ok' && answer.value).toEqual({
      id: null,
      attributes: { name: 'Acme AG', created_at: 1_767_225_600, seats: 4 },
      timestamps: { name: 9, created_at: 5, seats: 9 },
    });
  });

  it('are not found of another type, nor of one that was deleted', async () => {
    app.objects.take([group({ name: 'Acme' })], 5000);
    const missing = { kind: 'rejected', status: 404 };
    expect(await asked().attributesOfObject(1, 'org/1')).toMatchObject(missing);
    const properties = { objectId: 'org/1', objectTypeId: 2 };
    app.objects.take([{ type: 'track', event: 'Object Deleted', properties }], 6000);
    expect(await asked().attributesOfObject(2, 'org/1')).toMatchObject(missing);
  });
});
