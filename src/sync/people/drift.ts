// Drift: what Customer.io shows beside what we hold. First our people, a hundred a page; where organizations are objects, those, one
// a question; then their people, for whom nobody here has heard of. It changes nothing, unless it is to repair: then whoever is
// missing or lost something is identified again, or told again as an object.

import type { JsonAnswer } from '../../apis/ask-json.ts';
import { appApi, ATTRIBUTES_PER_PAGE_MAX, PEOPLE_PER_PAGE_MAX } from '../../customerio/app-api.ts';
import { comparePerson } from '../../customerio/compare-person.ts';
import type { Difference, EarlierTraits, ShownPerson } from '../../customerio/compare-person.ts';
import { personKey } from '../../outbox/people/table.ts';
import type { ToldPage, ToldPerson } from '../../outbox/people/told.ts';
import { USER_ID } from '../../person/owner.ts';
import { unanswered } from '../ask.ts';
import type { JobKind, JobWorld, PageResult } from '../kind.ts';
import { askedOf } from '../run.ts';
import { NO_DRIFT, NONE_FOUND, withCompared } from './drift-report.ts';
import type { DriftReport } from './drift-report.ts';
import { keptPerson } from './kept.ts';
import { cursorAfter, placeOf } from './walk.ts';

/** The App API takes ten requests a second, and mails by rule are some of them. */
const PAUSE_MS = 150;

/** What was told later than this before the look may not be there yet. */
const RECENT_MS = 600_000;

/** Everybody: the API takes no question without a filter. */
const ANYBODY = { or: [{ attribute: { field: 'id', operator: 'exists' } }] };

/** What a page asks of shards: what they were told, also before, and to tell it again. */
const CALLS_OF_A_PAGE = 3;

const OUR_PEOPLE = 'our_people';
const OUR_ORGANIZATIONS = 'our_organizations';
const THEIR_PEOPLE = 'their_people';

type Asked = Parameters<JobKind['page']>[1];

export const drift: JobKind = {
  name: 'drift',
  lists: ({ config }, { sample }) => {
    if (config.customerio.appToken === null) return { refused: 'app_key_missing' };
    // A sample is of our people: theirs come in no order that one could be drawn from.
    const theirs = sample === undefined ? [THEIR_PEOPLE] : [];
    return [OUR_PEOPLE, ...(typeOf(config) === null ? [] : [OUR_ORGANIZATIONS]), ...theirs];
  },
  page: async (world, asked) => {
    await world.wait(PAUSE_MS);
    return asked.list === THEIR_PEOPLE ? strangersPage(world, asked) : comparePage(world, asked);
  },
};

/** Null: organizations are no objects. */
function typeOf({ messages }: JobWorld['config']): number | null {
  return messages.organizations?.objectType ?? null;
}

async function comparePage(world: JobWorld, asked: Asked): Promise<PageResult> {
  const { config } = world;
  const { people } = world.shards;
  const before = reportOf(asked);
  const areOrganizations = asked.list === OUR_ORGANIZATIONS;
  const known = areOrganizations ? (before.organizations ?? NONE_FOUND) : before;
  const from = firstKey(asked);
  const place = placeOf(asked.cursor, from);
  const most = leftOf(world, asked, known);
  const told = areOrganizations ? people.toldObjects : people.told;
  const page = await told(place.name, place.after, most);
  const settled = page.people.filter((person) => isSettled(world, page, person));
  const show = areOrganizations ? shownObjects : shownPeople;
  const compared = await compareAll(world, { shard: place.name, people: settled, show });
  if (!('all' in compared)) return compared;
  const repaired = await repair(world, asked, compared.all);
  const sum = compared.all.reduce(
    (all, { person, found }) => withCompared(all, keptPerson(place.name, person.key), found),
    {
      ...known,
      recent: known.recent + page.people.length - settled.length,
      repaired: known.repaired + repaired.identified,
      alone: (known.alone ?? 0) + (page.alone ?? 0),
    },
  );
  const isOver = leftOf(world, asked, sum) <= 0;
  return {
    kind: 'page',
    cursor: isOver ? null : cursorAfter(place, page.next, { layout: config, from }),
    counts: { seen: page.seen, changed: repaired.identified },
    report: JSON.stringify(areOrganizations ? { ...before, organizations: sum } : sum),
    pending: repaired.pending,
    rows: repaired.rows,
  };
}

/** A sample begins somewhere in the order of keys, which says nothing about anybody: each job takes another one. */
function firstKey({ id, request }: Asked): string {
  return request.sample === undefined ? '' : personKey(id);
}

function leftOf(
  { config }: JobWorld,
  { list, request }: Asked,
  { compared }: Pick<DriftReport, 'compared'>,
): number {
  const objectsMax = askedOf(config) - CALLS_OF_A_PAGE;
  const most = list === OUR_ORGANIZATIONS ? objectsMax : ATTRIBUTES_PER_PAGE_MAX;
  return Math.min(most, (request.sample ?? Infinity) - compared);
}

/** Customer.io has had the time to show what they were told last. */
function isSettled({ now }: JobWorld, page: ToldPage, { identifiedAt }: ToldPerson): boolean {
  return identifiedAt < Math.min(page.landedUntil, now() - RECENT_MS);
}

type Shown = ShownPerson & { readonly id: string | null };

/** Whom it does not know is left out. */
type Show = (
  world: JobWorld,
  ids: readonly string[],
) => Promise<
  | { readonly kind: 'ok'; readonly value: readonly Shown[] }
  | Exclude<JsonAnswer<unknown>, { kind: 'ok' }>
>;

const shownPeople: Show = (world, ids) => apiOf(world).attributesOf(ids);

/** It has no question after many. */
const shownObjects: Show = async (world, ids) => {
  const type = typeOf(world.config);
  const shown: Shown[] = [];
  if (type === null) return { kind: 'ok', value: shown };
  for (const id of ids) {
    await world.wait(PAUSE_MS);
    const answer = await apiOf(world).attributesOfObject(type, id);
    if (answer.kind === 'ok') shown.push({ ...answer.value, id });
    else if (answer.kind !== 'rejected' || answer.status !== 404) return answer;
  }
  return { kind: 'ok', value: shown };
};

type Asking = {
  readonly shard: string;
  readonly people: readonly ToldPerson[];
  readonly show: Show;
};

type Compared = { readonly person: ToldPerson; readonly found: readonly Difference[] | null };

async function compareAll(
  world: JobWorld,
  { shard, people, show }: Asking,
): Promise<{ readonly all: readonly Compared[] } | PageResult> {
  if (people.length === 0) return { all: [] };
  const answer = await show(
    world,
    people.map(({ userId }) => userId),
  );
  if (answer.kind !== 'ok') return unanswered('customerio', answer);
  const shown = new Map(answer.value.map((each) => [each.id, each]));
  const compare = (person: ToldPerson, before: readonly EarlierTraits[] = []) => {
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
