// The emulator by real HTTP: as strict as Customer.io's documentation says it is.

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { emulatorClient } from '../support/emulator.ts';
import type { EmulatorClient } from '../support/emulator.ts';
import { startEmulator } from './server.ts';

let url: string;
let close: () => Promise<void>;
let emulator: EmulatorClient;

beforeAll(async () => {
  ({ url, close } = await startEmulator({ token: 'key' }));
  emulator = emulatorClient(url);
});
afterAll(() => close());
beforeEach(() => emulator.reset());

async function call(
  path: string,
  body: unknown,
  more: { key?: string; strict?: boolean } = {},
): Promise<number> {
  const headers: Record<string, string> = { authorization: `Basic ${btoa(more.key ?? 'key:')}` };
  if (more.strict !== false) headers['x-strict-mode'] = '1';
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const response = await fetch(`${url}/v1/${path}`, { method: 'POST', headers, body: text });
  await response.text();
  return response.status;
}

const track = (messageId: string, more = {}) => ({
  userId: 'u',
  event: 'e',
  messageId,
  timestamp: '2026-11-23T12:00:00.000Z',
  ...more,
});
const identify = (messageId: string, timestamp: string, traits = {}) => ({
  userId: 'u',
  messageId,
  timestamp,
  traits,
});

function gone(event: string, whom: object, objectTypeId: unknown) {
  return { event, ...whom, properties: { objectId: 'o', objectTypeId } };
}

describe('emulator', () => {
  it('answers a wrong key 401 in strict mode, and swallows it otherwise', async () => {
    expect(await call('track', track('1'), { key: 'site:key' })).toBe(401);
    expect(await call('track', track('1'), { key: 'site:key', strict: false })).toBe(200);
    expect((await emulator.state()).events).toEqual([]);
  });

  it.each([
    ['no person', { event: 'e' }],
    ['no event', { userId: 'u' }],
    ['an event name over 100 bytes', track('1', { event: 'e'.repeat(101) })],
    ['properties that are no object', track('1', { properties: [] })],
    ['a time that is none', track('1', { timestamp: 'yesterday' })],
    ['a message over 32 KB', track('1', { properties: { a: 'x'.repeat(32_001) } })],
    ['what is not JSON', '{'],
  ])('refuses %s', async (_, body) => {
    expect(await call('track', body)).toBe(400);
    expect((await emulator.state()).events).toEqual([]);
  });

  it.each([
    ['group', { userId: 'u', groupId: 'o', traits: { object_type_id: '1', name: 'Acme' } }, 200],
    ['group', { userId: 'u', groupId: 'o', traits: { object_type_id: 1 } }, 400],
    ['group', { userId: 'u', traits: {} }, 400],
    ['group', { groupId: 'o', traits: {} }, 400],
    ['track', gone('Relationship Deleted', { userId: 'u' }, 1), 200],
    ['track', gone('Relationship Deleted', { userId: 'u' }, '1'), 400],
    ['track', gone('Relationship Deleted', { anonymousId: 'o' }, 1), 400],
    ['track', gone('Object Deleted', { anonymousId: 'o' }, 1), 200],
    ['track', gone('Object Deleted', { userId: 'u' }, 1), 400],
  ])('takes objects as their specification says: %s %j', async (path, body, status) => {
    expect(await call(path, body)).toBe(status);
  });

  it('refuses a batch for one bad item, and one over 500 KB', async () => {
    const good = { type: 'track', ...track('1') };
    expect(await call('batch', { batch: [good, { type: 'nonsense', userId: 'u' }] })).toBe(400);
    expect(await call('batch', { batch: [good], context: 'x'.repeat(500_000) })).toBe(400);
    expect((await emulator.state()).events).toEqual([]);
    expect(await call('batch', { batch: [good] })).toBe(200);
  });

  it('takes a messageId once, and tells a resend from a clash', async () => {
    await call('track', track('1'));
    await call('track', track('1'));
    await call('track', track('1', { event: 'other' }));
    expect(await emulator.state()).toMatchObject({ duplicates: 2, clashes: 1 });
    expect((await emulator.state()).events).toHaveLength(1);
  });

  it('drops an identify that is not newer by a whole second', async () => {
    await call('identify', identify('1', '2026-11-23T12:00:05.000Z', { plan: 'pro' }));
    await call('identify', identify('2', '2026-11-23T12:00:05.900Z', { plan: 'old' }));
    const state = await emulator.state();
    expect(state.staleIdentifies).toBe(1);
    expect(state.people['u']?.traits).toEqual({ plan: 'pro' });
  });

  it('removes a person on User Deleted and counts who comes back', async () => {
    await call('track', track('1'));
    await call('track', track('2', { event: 'User Deleted' }));
    expect((await emulator.state()).people).toEqual({});
    await call('track', track('3'));
    expect((await emulator.state()).resurrections).toBe(1);
  });

  it('follows its script, then is itself again', async () => {
    await emulator.script('503,429 Retry-After 2,200');
    const statuses = [];
    for (const id of ['1', '2', '3', '4']) statuses.push(await call('track', track(id)));
    expect(statuses).toEqual([503, 429, 200, 200]);
  });

  it('tears connections while it is down', async () => {
    await emulator.down();
    await expect(call('track', track('1'))).rejects.toThrow('fetch failed');
    await emulator.up();
    expect(await call('track', track('1'))).toBe(200);
  });
});
