// Drift: what Customer.io shows beside what we hold. First our people, a hundred a page; then theirs, for whom nobody here has
// heard of. It changes nothing, unless it is to repair: then whoever is missing or lost something is identified again.

import { appApi, ATTRIBUTES_PER_PAGE_MAX, PEOPLE_PER_PAGE_MAX } from '../../customerio/app-api.ts';
import { comparePerson } from '../../customerio/compare-person.ts';
import type { Difference } from '../../customerio/compare-person.ts';
import { personKey } from '../../outbox/people/table.ts';
import type { ToldPage, ToldPerson } from '../../outbox/people/told.ts';
import type { Traits } from '../../person/facet.ts';
import { USER_ID } from '../../person/owner.ts';
import { unanswered } from '../ask.ts';
import type { JobKind, JobWorld, PageResult } from '../kind.ts';
import { NO_DRIFT, withCompared } from './drift-report.ts';
import type { DriftReport } from './drift-report.ts';
import { keptPerson } from './kept.ts';
import { cursorAfter, placeOf } from './walk.ts';

/** The App API takes ten requests a second, and mails by rule are some of them. */
const PAUSE_MS = 150;

/** What was told later than this before the look may not be there yet. */
const RECENT_MS = 600_000;

/** Everybody: the API takes no question without a filter. */
const ANYBODY = { or: [{ attribute: { field: 'id', operator: 'exists' } }] };

const OUR_PEOPLE = 'our_people';
const THEIR_PEOPLE = 'their_people';

type Asked = Parameters<JobKind['page']>[1];

export const drift: JobKind = {
  name: 'drift',
  lists: ({ config }, { sample }) => {
    if (config.customerio.appToken === null) return { refused: 'app_key_missing' };
    // A sample is of our people: theirs come in no order that one could be drawn from.
    return sample === undefined ? [OUR_PEOPLE, THEIR_PEOPLE] : [OUR_PEOPLE];
  },
  page: async (world, asked) => {
    await world.wait(PAUSE_MS);
    return asked.list === OUR_PEOPLE ? comparePage(world, asked) : strangersPage(world, asked);
  },
};

async function comparePage(world: JobWorld, asked: Asked): Promise<PageResult> {
  const { shards, config } = world;
  const before = reportOf(asked);
  const from = firstKey(asked);
  const place = placeOf(asked.cursor, from);
  const page = await shards.people.told(place.name, place.after, leftOf(asked, before));
  const settled = page.people.filter((person) => isSettled(world, page, person));
  const compared = await compareAll(world, place.name, settled);
  if (!('all' in compared)) return compared;
  const recent = before.recent + page.people.length - settled.length;
  const { all } = compared;
  const repaired = await repair(world, asked, all);
  const report = all.reduce(
    (sum, { person, found }) => withCompared(sum, keptPerson(place.name, person.key), found),
    { ...before, recent, repaired: before.repaired + repaired.identified },
  );
  const isOver = leftOf(asked, report) <= 0;
  return {
    kind: 'page',
    cursor: isOver ? null : cursorAfter(place, page.next, { layout: config, from }),
    counts: { seen: page.seen, changed: repaired.identified },
    report: JSON.stringify(report),
    pending: repaired.pending,
    rows: repaired.rows,
  };
}

/** A sample begins somewhere in the order of keys, which says nothing about anybody: each job takes another one. */
function firstKey({ id, request }: Asked): string {
  return request.sample === undefined ? '' : personKey(id);
}

function leftOf({ request }: Asked, { compared }: DriftReport): number {
  return Math.min(ATTRIBUTES_PER_PAGE_MAX, (request.sample ?? Infinity) - compared);
}

/** Customer.io has had the time to show what they were told last. */
function isSettled({ now }: JobWorld, page: ToldPage, { identifiedAt }: ToldPerson): boolean {
  return identifiedAt < Math.min(page.landedUntil, now() - RECENT_MS);
}

type Compared = { readonly person: ToldPerson; readonly found: readonly Difference[] | null };

async function compareAll(
  world: JobWorld,
  shard: string,
  people: readonly ToldPerson[],
): Promise<{ readonly all: readonly Compared[] } | PageResult> {
  if (people.length === 0) return { all: [] };
  const answer = await apiOf(world).attributesOf(people.map(({ userId }) => userId));
  if (answer.kind !== 'ok') return unanswered('customerio', answer);
  const shown = new Map(answer.value.map((each) => [each.id, each]));
  const compare = (person: ToldPerson, before: readonly Traits[] = []) => {
    const there = shown.get(person.userId);
    return there === undefined ? null : comparePerson({ ...person, before }, there);
  };
  const all = people.map((person) => ({ person, found: compare(person) }));
  const others = all.filter(({ found }) => found?.some(({ kind }) => kind === 'overwritten'));
  if (others.length === 0) return { all };
  // Is it somebody else who has written since, or an old identify of ours that came late?
  const ids = others.map(({ person }) => person.userId);
  const before = await world.shards.people.toldBefore(shard, ids);
  return {
    all: all.map(({ person }) => ({ person, found: compare(person, before[person.userId]) })),
  };
}

/** What somebody else has written since stays theirs: the identify says it again all the same, as it says everything. */
async function repair(
  { shards }: JobWorld,
  { request }: Asked,
  compared: readonly Compared[],
): Promise<{ readonly identified: number; readonly pending: number; readonly rows: number }> {
  const lost = compared.filter(
    ({ found }) => found === null || found.some(({ kind }) => kind !== 'overwritten'),
  );
  const isAsked = request.repair === true && request.dryRun !== true;
  if (!isAsked || lost.length === 0) return { identified: 0, pending: 0, rows: 0 };
  return shards.people.identifyAgain(lost.map(({ person }) => person.userId));
}

async function strangersPage(world: JobWorld, asked: Asked): Promise<PageResult> {
  const query = { filter: ANYBODY, start: asked.cursor, limit: PEOPLE_PER_PAGE_MAX };
  const answer = await apiOf(world).searchPeople(query);
  if (answer.kind !== 'ok') return unanswered('customerio', answer);
  const { people, next } = answer.value;
  const ids = people.flatMap(({ id }) => id ?? []);
  const users = ids.filter((id) => USER_ID.test(id));
  const { unknown, erased } = await world.shards.people.strangersAmong(users);
  const before = reportOf(asked);
  return {
    kind: 'page',
    cursor: next,
    counts: { seen: people.length },
    report: JSON.stringify({
      ...before,
      unknown: before.unknown + unknown.length,
      others: before.others + people.length - users.length,
      erased: before.erased + erased.length,
    }),
  };
}

function apiOf({ config, fetch, now, after }: JobWorld) {
  const { appUrl, appToken } = config.customerio;
  return appApi({ baseUrl: appUrl, token: appToken ?? '' }, { fetch, now, after });
}

function reportOf({ report }: Asked): DriftReport {
  return report === null ? NO_DRIFT : JSON.parse(report);
}
