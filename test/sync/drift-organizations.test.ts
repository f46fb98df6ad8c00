// What Customer.io shows of organizations' objects beside what we hold: a whole relay on the simulated clock, whose objects are what
// Customer.io was sent, and then what somebody has made of them.

import { describe, expect, it } from 'vitest';

import { readConfig } from '../../src/config/config.ts';
import { shardOf } from '../../src/platform/shards.ts';
import { clerkEvent } from '../../src/samples/clerk.ts';
import type { JobRequest } from '../../src/sync/job.ts';
import { drift } from '../../src/sync/people/drift.ts';
import { shownReport } from '../../src/sync/people/kept.ts';
import { openAppObjects } from '../emulator/app-objects.ts';
import { readCalls } from '../emulator/strict.ts';
import type { Call } from '../emulator/strict.ts';
import { joins } from '../organizations/acme.ts';
import { createRandom } from '../simulation/random.ts';
import { createWorld } from '../simulation/world.ts';
import { apiOf, isSettled, sendAll } from './companies-world.ts';
import { companiesOf } from './companies.ts';
import { HOUR_MS, pass } from './heal-world.ts';
import { openRelayWorld } from './relay-world.ts';

const VARS = {
  ORGANIZATIONS: 'on',
  ORGANIZATION_OBJECT_TYPE: 2,
  LINGER_MS: 0,
  CUSTOMERIO_TRACK_TOKEN: 'key',
  CUSTOMERIO_PIPELINES_URL: 'https://pipelines.test/v1',
  CUSTOMERIO_APP_TOKEN: 'app-key',
  CUSTOMERIO_APP_URL: 'https://app.test/v1',
};

const NOBODY = { customers: [], identifiers: [] };

/** Three companies and their people have come by webhooks, and all of it has landed, hours ago. */
async function companies(vars: Readonly<Record<string, unknown>> = {}) {
  const world = createWorld(3);
  const held = companiesOf(createRandom(3));
  const providers = apiOf(world, held, 0);
  const objects = openAppObjects();
  const calls: Call[] = [];
  const asked: { readonly path: string; readonly at: number; readonly status: number }[] = [];
  const instead: Response[] = [];
  let isDown = false;

  async function network(_: unknown, address: string, init: RequestInit): Promise<Response> {
    const url = new URL(address);
    const path = url.pathname.slice('/v1'.length);
    if (url.host === 'pipelines.test') {
      if (isDown) return new Response('{}', { status: 503 });
      const read = readCalls(path.slice(1), String(init.body));
      if ('problems' in read) throw new Error(read.problems.join());
      await world.wait(2000);
      calls.push(...read.calls);
      objects.take(read.calls, world.now());
      return Response.json({ success: true });
    }
    if (url.host !== 'app.test') return providers(_, address);
    const { status, body } = objects.answer(path) ?? { status: 200, body: NOBODY };
    const answer = instead.shift() ?? Response.json(body, { status });
    asked.push({ path, at: world.now(), status: answer.status });
    return answer;
  }

  const relay = openRelayWorld(world, network, { ...VARS, ...vars });
  await sendAll(relay, held.webhooks);
  await relay.until(() => isSettled(relay));
  await pass(world, relay, 2 * HOUR_MS);
  calls.length = 0;

  /** The report of a job, whole. */
  async function look(more: Partial<JobRequest> = {}) {
    asked.length = 0;
    const job = await relay.runs({ kind: 'drift', ...more });
    const report = await world.answered(shownReport(job.report ?? 'null', relay.userIdsOf));
    return { job, report: Object(report) as Readonly<Record<string, unknown>> };
  }

  return {
    world,
    relay,
    held,
    objects,
    look,
    instead,
    /** Customer.io takes nothing. */
    down: (is: boolean) => {
      isDown = is;
    },
    /** Object calls since then: of what, through whom. */
    groups: () => {
      const all = calls.splice(0).filter(({ type }) => type === 'group');
      return all.flatMap(({ groupId, userId, traits }) =>
        Object.hasOwn(Object(traits), 'relationshipAttributes') ? [] : [{ groupId, userId }],
      );
    },
    questions: () => asked.filter(({ path }) => path.startsWith('/objects/')),
  };
}

const CLEAN = { recent: 0, missing: 0, differing: 0, traits: {}, repaired: 0, alone: 0 };

describe('drift of organizations', () => {
  it('is none where every object is as it was told, one question each', async () => {
    const { look, questions } = await companies();
    const { report, job } = await look();
    expect(report['organizations']).toEqual({ compared: 3, ...CLEAN, examples: {} });
    // People are counted by themselves: here Customer.io knows none of them.
    const people = job.lists.find(({ name }) => name === 'our_people')?.seen ?? 0;
    expect(people).toBeGreaterThan(3);
    expect(report).toMatchObject({ compared: people, missing: people });
    expect(
      questions()
        .map(({ path }) => path)
        .toSorted(),
    ).toEqual([0, 1, 2].map((index) => `/objects/2/org_e${index}/attributes`));
  });

  it('asks nothing where organizations are no objects', async () => {
    const { look, questions } = await companies({ ORGANIZATION_OBJECT_TYPE: undefined });
    const { job, report } = await look();
    expect(job.lists.map(({ name }) => name)).toEqual(['our_people', 'their_people']);
    expect(report['organizations']).toBeUndefined();
    expect(questions()).toEqual([]);
  });

  it('tells what is missing, what was lost and what another has written, in the words of people', async () => {
    const { look, objects, world, groups } = await companies();
    objects.remove('2/org_e0');
    objects.set('2/org_e1', 'name', 'Old', 5000);
    objects.set('2/org_e2', 'slug', 'theirs', world.now());
    objects.set('2/org_e2', 'of_theirs', 'x', world.now());
    const { report } = await look();
    expect(report['organizations']).toEqual({
      ...CLEAN,
      compared: 3,
      missing: 1,
      differing: 2,
      traits: { lost: { name: 1 }, overwritten: { slug: 1 } },
      examples: { missing: ['org_e0'], lost: ['org_e1'], overwritten: ['org_e2'] },
    });
    expect(groups()).toEqual([]);
  });

  it('repairs what is missing and lost, once, through a member, and leaves what is another’s', async () => {
    const { look, objects, world, groups, relay } = await companies();
    objects.remove('2/org_e0');
    objects.set('2/org_e1', 'name', 'Old', 5000);
    objects.set('2/org_e2', 'slug', 'theirs', world.now());
    const { report, job } = await look({ repair: true });
    expect(report['organizations']).toMatchObject({ compared: 3, repaired: 2 });
    expect(job.lists.find(({ name }) => name === 'our_organizations')).toMatchObject({
      seen: 3,
      changed: 2,
    });
    await pass(world, relay, HOUR_MS);
    // An admin of both.
    expect(groups().toSorted((a, b) => (String(a.groupId) < String(b.groupId) ? -1 : 1))).toEqual([
      { groupId: 'org_e0', userId: 'user_e0' },
      { groupId: 'org_e1', userId: 'user_e0' },
    ]);
    expect((await look()).report['organizations']).toMatchObject({
      missing: 0,
      differing: 1,
      traits: { overwritten: { slug: 1 } },
    });
  });

  it('knows an older word of ours that came after the newer one', async () => {
    const { look, objects, world, relay, groups } = await companies();
    const [company] = companiesOf(createRandom(3)).organizations;
    if (company === undefined) throw new Error('no company');
    const renamed = { ...company, name: 'Renamed once more', updated_at: world.now() };
    const json = clerkEvent('organization.updated', renamed, world.now());
    await sendAll(relay, [{ provider: 'clerk', id: 'msg_late', at: world.now(), json }]);
    await pass(world, relay, HOUR_MS);
    objects.set('2/org_e0', 'name', company['name'], world.now());
    expect(groups()).toHaveLength(1);
    const { report } = await look({ repair: true });
    expect(report['organizations']).toMatchObject({ traits: { late: { name: 1 } }, repaired: 1 });
  });

  it('says how many have nobody in them to send them through, and leaves those', async () => {
    const { look, objects, world, relay, held, groups, questions } = await companies();
    const left = held.memberships.filter(
      ({ organization }) => Object(organization).id === 'org_e1',
    );
    await sendAll(
      relay,
      left.map((data, index) => ({
        provider: 'clerk',
        id: `msg_left_${index}`,
        at: world.now(),
        json: clerkEvent('organizationMembership.deleted', data, world.now()),
      })),
    );
    await relay.until(() => isSettled(relay));
    await pass(world, relay, HOUR_MS);
    groups();
    objects.remove('2/org_e1');
    const { report } = await look({ repair: true });
    expect(report['organizations']).toEqual({ ...CLEAN, compared: 2, alone: 1, examples: {} });
    expect(questions()).toHaveLength(2);
    await pass(world, relay, HOUR_MS);
    expect(groups()).toEqual([]);
  });

  it('does not judge what was told a moment ago', async () => {
    const { look, world, relay, objects } = await companies();
    objects.remove('2/org_e0');
    await look({ repair: true });
    await relay.until(() => objects.objects.has('2/org_e0'));
    await world.pass(2000);
    objects.remove('2/org_e0');
    expect((await look()).report['organizations']).toMatchObject({
      compared: 2,
      recent: 1,
      missing: 0,
    });
  });

  it('looks at a sample of them', async () => {
    const { look, questions } = await companies();
    expect((await look({ sample: 1 })).report['organizations']).toMatchObject({ compared: 1 });
    expect(questions()).toHaveLength(1);
  });

  it.each([1, 4, 64])('with %i shards stays within the Free plan and the pace', async (shards) => {
    const { look, questions, relay, objects } = await companies({ SHARDS: shards });
    objects.set('2/org_e1', 'name', 'Theirs', 9_000_000_000_000);
    for (const id of ['org_e0', 'org_e2']) objects.remove(`2/${id}`);
    const runs = relay.asked().length;
    expect((await look({ repair: true })).report['organizations']).toMatchObject({ compared: 3 });
    const most = relay.asked().slice(runs);
    expect(Math.max(...most.map(({ fetches, calls }) => fetches + calls))).toBeLessThanOrEqual(50);
    const times = questions().map(({ at }) => at);
    const gaps = times.slice(1).map((at, index) => at - (times[index] ?? 0));
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(100);
  });

  it('is asked again where it is answered by a 429, and pauses for a key that is refused', async () => {
    const { relay, instead, world, look, questions } = await companies();
    instead.push(Response.json(NOBODY), Response.json(NOBODY));
    instead.push(new Response('{}', { status: 429, headers: { 'retry-after': '7' } }));
    expect((await look()).report['organizations']).toMatchObject({ compared: 3, missing: 0 });
    const [refused, again, ...others] = questions();
    expect(refused).toMatchObject({ path: again?.path, status: 429 });
    expect((again?.at ?? 0) - (refused?.at ?? 0)).toBeGreaterThanOrEqual(7000);
    expect([again, ...others].map((each) => each?.status)).toEqual([200, 200, 200]);
    await world.answered(relay.sync.call(async (code) => code.begin({ kind: 'drift' })));
    instead.push(Response.json(NOBODY), Response.json(NOBODY));
    instead.push(new Response('{}', { status: 401 }));
    await relay.until(async () => (await relay.job())?.state === 'paused');
    expect(await relay.job()).toMatchObject({ problem: 'customerio_refused' });
  });
});

describe('an answer that is no object', () => {
  // Only a 404 says that there is none: what is refused for anything else would be told again for nothing.
  it('ends the job, and takes no object for missing', async () => {
    const { instead, look, groups, world, relay } = await companies();
    instead.push(Response.json(NOBODY), Response.json(NOBODY));
    instead.push(new Response('{}', { status: 400 }));
    const { job, report } = await look({ repair: true });
    expect(job).toMatchObject({ state: 'failed', problem: 'customerio_rejected' });
    expect(report['organizations']).toBeUndefined();
    await pass(world, relay, HOUR_MS);
    expect(groups()).toEqual([]);
  });
});

it('repairs nothing in a dry run', async () => {
  const { look, objects, groups, world, relay } = await companies();
  objects.remove('2/org_e0');
  const { report } = await look({ repair: true, dryRun: true });
  expect(report['organizations']).toMatchObject({ missing: 1, repaired: 0 });
  await pass(world, relay, HOUR_MS);
  expect(groups()).toEqual([]);
});

it('does not judge what was told long ago and has not landed yet', async () => {
  const { look, down, world, relay } = await companies();
  const [company] = companiesOf(createRandom(3)).organizations;
  down(true);
  const json = clerkEvent(
    'organization.updated',
    { ...company, name: 'New', updated_at: world.now() },
    world.now(),
  );
  await sendAll(relay, [{ provider: 'clerk', id: 'msg_new', at: world.now(), json }]);
  await pass(world, relay, HOUR_MS);
  expect((await look()).report['organizations']).toMatchObject({ recent: 1, differing: 0 });
});

it('asks for so many at once that a run stays within the Free plan, however many a shard has', async () => {
  const SHARDS = 16;
  const { look, questions, relay, world, objects } = await companies({ SHARDS });
  const ids = Array.from({ length: 2000 }, (_, index) => `org_many${index}`)
    .filter((id) => shardOf(id, SHARDS) === 3)
    .slice(0, 100);
  await sendAll(
    relay,
    ids.map((id, index) => ({
      provider: 'clerk' as const,
      id: `msg_many_${index}`,
      at: world.now(),
      json: joins(`user_many${index}`, 'org:admin', { organization: { id } }),
    })),
  );
  await relay.until(() => isSettled(relay));
  await pass(world, relay, HOUR_MS);
  // Every page has to ask what was told before, and to tell something again.
  for (const [index, id] of ids.entries()) {
    if (index % 2 === 0) objects.remove(`2/${id}`);
    else objects.set(`2/${id}`, 'name', 'Theirs', 9_000_000_000_000);
  }
  const runs = relay.asked().length;
  const { report } = await look({ repair: true });
  expect(report['organizations']).toMatchObject({ compared: 103, missing: 50, repaired: 50 });
  expect(questions()).toHaveLength(103);
  const asked = relay
    .asked()
    .slice(runs)
    .map(({ fetches, calls }) => fetches + calls);
  expect(Math.max(...asked)).toBe(50);
});

it('walks organizations where they are objects alone', () => {
  const listsOf = (vars: object, request: Partial<JobRequest> = {}) => {
    const configured = readConfig({ ...VARS, ...vars });
    if (!configured.ok) throw new Error(configured.problems.join());
    const world = { config: configured.config } as Parameters<typeof drift.lists>[0];
    return drift.lists(world, { kind: 'drift', ...request });
  };
  expect(listsOf({})).toEqual(['our_people', 'our_organizations', 'their_people']);
  expect(listsOf({}, { sample: 5 })).toEqual(['our_people', 'our_organizations']);
  expect(listsOf({ ORGANIZATION_OBJECT_TYPE: undefined })).toEqual(['our_people', 'their_people']);
});
