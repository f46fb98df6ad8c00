// Everybody is brought, whatever the providers do while their lists are read, and whatever happens to their users meanwhile.

import { describe, expect, it } from 'vitest';

import { openPulledWorld } from './pulled-world.ts';

const SIZES = { users: 1200, subscriptions: 150 };
const isPage = ({ pathname, searchParams }: URL) =>
  pathname === '/v1/users' && searchParams.get('limit') === '500';

describe('a backfill', () => {
  it('has whoever signs up, changes or is deleted while the lists are read', async () => {
    const { relay, differing, population } = openPulledWorld(SIZES, (url, { count }) => {
      if (!isPage(url)) return undefined;
      population.add();
      // One whose page is read, one whose page is to come.
      population.remove(count);
      population.remove(700 + count);
      population.change(900, { first_name: 'Renamed', updated_at: Date.UTC(2026, 0) });
      return undefined;
    });
    await relay.runs({ kind: 'backfill', only: 'clerk' });
    expect(await relay.job()).toMatchObject({ state: 'done' });
    const left = differing().filter((id) => population.users.indexOf(id) >= 0);
    expect(left, 'missing, or not as they are').toEqual([]);
    expect(relay.traits()['user_p900']?.['firstName']).toBe('Renamed');
    expect(relay.told()).toEqual([]);
  });

  it('goes on behind the last user of a page, who was deleted before the next was asked for', async () => {
    const { relay, asked, differing, population } = openPulledWorld(SIZES, (url) => {
      const after = url.searchParams.get('starting_after');
      if (after !== null) population.remove(population.users.indexOf(after));
      return undefined;
    });
    await relay.runs({ kind: 'backfill', only: 'clerk' });
    expect(asked.some((path) => path.includes('created_at_after'))).toBe(true);
    // The two who were deleted are here until somebody looks who is gone.
    expect(differing().filter((id) => population.users.indexOf(id) >= 0)).toEqual([]);
  });

  it('waits for 429 as long as it is asked to, and takes 500, slow pages and what is no JSON for a while', async () => {
    const waits: number[] = [];
    let limitedAt = 0;
    const { relay, differing } = openPulledWorld(SIZES, async (url, { world, count }) => {
      if (limitedAt > 0 && url.host === 'clerk.test') {
        waits.push(world.now() - limitedAt);
        limitedAt = 0;
      }
      if (count === 3) {
        limitedAt = world.now();
        return Response.json({}, { status: 429, headers: { 'retry-after': '37' } });
      }
      if (count === 5) return Response.json({}, { status: 500 });
      if (count === 7) return new Response('<html>');
      if (count === 9) await world.wait(25_000);
      return undefined;
    });
    await relay.runs({ kind: 'backfill' });
    expect(await relay.job()).toMatchObject({ state: 'done', problem: null });
    expect(differing()).toEqual([]);
    expect(waits[0]).toBeGreaterThanOrEqual(37_000);
  });

  it.each([401, 403])(
    'pauses at %i in the middle, and goes on there when the key is right',
    async (status) => {
      let isRevoked = false;
      const { relay, asked, world } = openPulledWorld(SIZES, (url) => {
        isRevoked ||= url.searchParams.has('starting_after');
        return isRevoked ? Response.json({}, { status }) : undefined;
      });
      await relay.sync.call(async (code) => code.begin({ kind: 'backfill' }));
      await relay.until(async () => (await relay.job())?.state === 'paused');
      expect(await relay.job()).toMatchObject({ problem: 'clerk_refused' });
      const { problem } = await relay.sync.call(async (code) => code.visit({}));
      expect(problem).toBe('clerk_refused');
      isRevoked = false;
      const before = asked.length;
      const pausedAt = world.now();
      // Whose the key is is asked before the page.
      await relay.until(() => asked.length > before + 1);
      expect(world.now() - pausedAt).toBeLessThanOrEqual(301_000);
      expect(asked[before + 1]).toContain('starting_after=user_p499');
    },
  );

  it('parks a user whom nobody can read, by id, and brings the others', async () => {
    const { relay, population, differing } = openPulledWorld({ users: 40, subscriptions: 0 });
    population.change(7, { id: 7 });
    await relay.runs({ kind: 'backfill', only: 'clerk' });
    const job = await relay.job();
    expect(job).toMatchObject({ state: 'done' });
    expect(job?.lists[0]).toMatchObject({ seen: 40, parked: 1, changed: 39 });
    expect(differing()).toEqual(['7']);
    expect(relay.parked()).toEqual(['snapshot_user.updated_7']);
    await relay.runs({ kind: 'backfill', only: 'clerk' });
    expect(relay.parked(), 'parked once').toHaveLength(1);
  });

  it('leaves out whoever was not active since, and what they bought', async () => {
    const { relay, population } = openPulledWorld({ users: 60, subscriptions: 60 });
    const activeSince = population.users.createdAt(39);
    await relay.runs({ kind: 'backfill', activeSince });
    expect(relay.people().size).toBe(20);
    expect((await relay.job())?.lists[0]).toMatchObject({ seen: 20, total: 20 });
    expect(relay.traits()['user_p59']?.['subscriptionStatus']).toBe('past_due');
  });

  it('changes nothing in a dry run, and counts what it would write', async () => {
    const { relay } = openPulledWorld({ users: 60, subscriptions: 30 });
    // Every shard makes its tables when it wakes, and counts them: the counts of nothing.
    const stored = () => relay.dump().filter(({ table }) => table !== 'counts');
    const before = stored();
    await relay.runs({ kind: 'backfill', dryRun: true });
    expect(stored()).toEqual(before);
    const { report = '' } = (await relay.job()) ?? {};
    expect(JSON.parse(report ?? '')).toMatchObject({ profiles: 60, rows: 60 * 2 + 55 * 3 });
  });
});

describe('the rows of a day', () => {
  it('are no more than was set, a page aside; it waits for the next day and goes on', async () => {
    const DAY_MS = 86_400_000;
    const { relay, world, differing } = openPulledWorld(SIZES, () => undefined, {
      SYNC_ROWS_PER_DAY: 1200,
    });
    const startedAt = world.now();
    await relay.runs({ kind: 'backfill' });
    expect(await relay.job()).toMatchObject({ state: 'done', problem: null });
    // 1,200 users and what 150 subscriptions write are some 3,100 rows: three days of 1,200.
    expect(Math.floor(world.now() / DAY_MS) - Math.floor(startedAt / DAY_MS)).toBe(2);
    expect(differing()).toEqual([]);
  });

  it('count what is written in every shard, links and the job itself, too', async () => {
    const { relay } = openPulledWorld({ users: 80, subscriptions: 80 });
    // Every shard makes its tables when it wakes.
    await relay.runs({ kind: 'backfill', dryRun: true });
    const [first, before] = [(await relay.job())?.rows.written ?? 0, relay.rowsWritten()];
    await relay.runs({ kind: 'backfill' });
    const job = await relay.job();
    const written = relay.rowsWritten() - before;
    // Delivery and the cron's visits write, too, and the job is saved once more than it can count.
    const counted = (job?.rows.written ?? 0) - first;
    expect(counted).toBeGreaterThan(written * 0.9);
    expect(counted).toBeLessThanOrEqual(written + 1);
  });
});
