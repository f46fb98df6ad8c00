// Pages that are sent: each counts once, in its turn, within the rows of the day and the patience of the shards.

import { expect, it } from 'vitest';

import { openPulledWorld } from './pulled-world.ts';

/** A push that has begun, and what a sender may say. */
async function pushing(vars: Readonly<Record<string, unknown>> = {}) {
  const opened = openPulledWorld({ users: 40, subscriptions: 0 }, () => undefined, vars);
  const { relay, users } = opened;
  const begun = await relay.sync.call(async (code) => code.begin({ kind: 'push', only: 'clerk' }));
  if (begun.kind !== 'begun') throw new Error(begun.kind);
  const { id } = begun;
  const page = (from: string | null, cursor: string | null, more: object = {}) => {
    return { list: 'clerk_users', from, cursor, ageMs: 0, objects: users(), ...more };
  };
  const send = (sent?: ReturnType<typeof page>) =>
    answered(
      relay,
      relay.sync.call(async (code) => code.push(sent === undefined ? { id } : { id, page: sent })),
    );
  return { ...opened, id, page, send };
}

it('takes a page once, and says where it is to whoever sends another one', async () => {
  const { send, page, relay, users } = await pushing();
  expect(await send()).toMatchObject({ isTaken: false, list: 'clerk_users', cursor: null });
  expect(await send(page('elsewhere', 'b'))).toMatchObject({ isTaken: false, cursor: null });
  expect(await send(page(null, 'a', { total: 40 }))).toMatchObject({ isTaken: true, cursor: 'a' });
  expect(await send(page(null, 'a'))).toMatchObject({ isTaken: false, cursor: 'a' });
  expect((await relay.job())?.lists[0]).toMatchObject({ seen: 40, total: 40, changed: 40 });
  expect(relay.people().size).toBe(users().length);
});

it('takes one of two that come at the same time', async () => {
  const { send, page, relay } = await pushing();
  const both = await Promise.all([send(page(null, 'a')), send(page(null, 'a'))]);
  expect(both.map((place) => place?.cursor)).toEqual(['a', 'a']);
  expect((await relay.job())?.lists[0]).toMatchObject({ seen: 40 });
});

it('is done when the last list is, and takes nothing then', async () => {
  const { send, page, relay } = await pushing();
  await send(page(null, null));
  const items = { ...page(null, null), list: 'clerk_items', objects: [] };
  expect(await send(items)).toMatchObject({ isTaken: true, list: null });
  expect(await relay.job()).toMatchObject({ state: 'done', problem: null });
  expect(await send(items)).toBeNull();
  expect(relay.told()).toEqual([]);
});

it('tells a sender to wait when the rows of the day are written', async () => {
  const { send, page, relay, world } = await pushing({ SYNC_ROWS_PER_DAY: 50 });
  expect(await send(page(null, 'a'))).toMatchObject({ isTaken: true, waitMs: 0 });
  const spent = await send(page('a', 'b'));
  expect(spent).toMatchObject({ isTaken: false, problem: 'sync_rows_spent', cursor: 'a' });
  expect(spent?.waitMs).toBeGreaterThan(0);
  const tomorrow = world.now() + (spent?.waitMs ?? 0);
  world.after(spent?.waitMs ?? 0, () => undefined);
  await relay.until(() => world.now() >= tomorrow);
  expect(await send(page('a', 'b'))).toMatchObject({ isTaken: true, problem: null });
});

it('keeps its place, and the hourly round from nothing', async () => {
  const { send, page, relay, world } = await pushing();
  await send(page(null, 'a'));
  relay.sync.die();
  expect(await send()).toMatchObject({ cursor: 'a' });
  const heard = { clerk: world.now() };
  const end = world.now() + 3 * 3_600_000;
  while (world.now() < end) {
    await relay.sync.call(async (code) => code.visit(heard));
    const next = world.now() + 300_000;
    world.after(300_000, () => undefined);
    await relay.until(() => world.now() >= next);
  }
  const jobs = await relay.sync.call(async (code) => code.jobs(9));
  expect(jobs.some(({ request, state }) => request.byCron === true && state === 'done')).toBe(true);
  expect(jobs[0]?.request.kind).toBe('push');
  expect(await send()).toMatchObject({ cursor: 'a' });
});

it('dates a page by its age, so that a webhook that came after it was asked for wins', async () => {
  const { send, relay, world, users } = await pushing();
  const [user = {}] = users();
  const item = { ...user, updated_at: world.now(), first_name: 'Newer' };
  const sent = { list: 'clerk_users', from: null, cursor: 'a', ageMs: 3_600_000, objects: [item] };
  await send({ ...sent, objects: [item] });
  // What says that it is newer than the question is as old as the question.
  expect(relay.people().get(String(user['id']))?.user?.asOf).toBe(world.now() - 3_600_000);
});

/** Runs the world until it is answered. */
async function answered<Value>(
  relay: { readonly until: (isDone: () => boolean) => Promise<void> },
  question: Promise<Value>,
): Promise<Value> {
  let isAnswered = false;
  void question.finally(() => {
    isAnswered = true;
  });
  await relay.until(() => isAnswered);
  return question;
}
