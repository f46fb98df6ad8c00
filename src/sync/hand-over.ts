// Hand over: a page of what a provider's lists have shown, read as webhooks are, to where it belongs. One call for each shard
// that is concerned, whatever the page holds; only what is rare goes alone.

import { placeAndAccept } from '../links/place-and-accept.ts';
import type { PlaceRequest } from '../links/place.ts';
import type { Arrival, Taken } from '../outbox/people/arrival.ts';
import type { PersonEvent } from '../person/news.ts';
import type { JobWorld } from './kind.ts';
import { readPage } from './read-page.ts';
import type { Bound, Page } from './read-page.ts';

/** `unlinked`: customers nobody knows a person for; some of their ids. */
type HandedOver = {
  readonly seen: number;
  readonly changed: number;
  readonly new: number;
  readonly parked: number;
  readonly unlinked: readonly string[];
  readonly pending: number;
  readonly rows: number;
};

export async function handOver(world: JobWorld, shown: Page): Promise<HandedOver> {
  const page = await ofKnownMembers(world, shown);
  const { bound, unreadable, leavings } = readPage(world, page);
  for (const event of unreadable) await world.shards.parkEvent(event);
  for (const leaving of leavings) await world.shards.leave(leaving);
  const theirs = bound.filter(
    ({ reading }) => reading.customerId === null && reading.userId !== null,
  );
  const customers = bound.filter((each) => !theirs.includes(each));
  const named = await handNamed(world, page, together(theirs));
  const placed = await handPlaced(world, page, customers);
  return {
    seen: shown.objects.length,
    parked: unreadable.length,
    changed: named.changed + placed.changed,
    new: named.new + placed.new,
    unlinked: placed.unlinked,
    pending: Math.max(named.pending, placed.pending),
    // What is parked or left goes alone: a row each, or nearly so.
    rows: named.rows + placed.rows + unreadable.length + leavings.length,
  };
}

/** Memberships of those who are known: nobody becomes a profile by the organization they are in. */
async function ofKnownMembers({ shards }: JobWorld, page: Page): Promise<Page> {
  const { memberOf, objects, isOfKnown } = page;
  if (memberOf === undefined || isOfKnown !== true) return page;
  const known = await shards.areKnown(objects.map(memberOf));
  return { ...page, objects: objects.filter((_, index) => known[index]), isOfKnown: false };
}

/** A page's members of one organization are one event, so that its row is written once. */
function together(bound: readonly Bound[]): readonly Bound[] {
  const all = new Map<string, Bound>();
  for (const [place, each] of bound.entries()) {
    const { reading, event } = each;
    const isMember = event.news.some(({ kind }) => kind === 'member');
    const about = isMember ? `${reading.userId} ${event.isListed}` : String(place);
    const first = all.get(about);
    all.set(about, first === undefined ? each : joined(first, each));
  }
  return [...all.values()];
}

/** Each of them has the same organization in it. */
function joined(first: Bound, { event }: Bound): Bound {
  const more = event.news.filter(({ kind }) => kind === 'member');
  return { ...first, event: { ...first.event, news: [...first.event.news, ...more] } };
}

/** Events that name their person. What they say of links comes after: it may release what waits for them. */
async function handNamed(world: JobWorld, page: Page, bound: readonly Bound[]) {
  const arrivals = bound.map(({ reading, event, whenNew }): Arrival => {
    const arrival = { userId: reading.userId ?? '', event };
    return whenNew === null ? arrival : { ...arrival, whenNew };
  });
  const taken = await acceptAll(world, page, arrivals);
  const readings = bound
    .filter((_, index) => taken.takings[index]?.outcome !== 'erased')
    .map(({ reading }) => reading);
  const claims = readings.flatMap((reading) => reading.claims);
  const externals = readings.flatMap(({ known }) => known ?? []);
  const isAny = claims.length + externals.length > 0;
  const rows = isAny ? await world.shards.learnMany(claims, externals) : 0;
  return countsOf({ ...taken, rows: taken.rows + rows });
}

type Placeable = Omit<PlaceRequest, 'now'>;
type Placed = { readonly request: Placeable; readonly arrival: Arrival };

/** A customer's events: the links say whose they are. */
async function handPlaced(world: JobWorld, page: Page, bound: readonly Bound[]) {
  const requests = await placeable(world, bound, page.isBaseline);
  const linked = await learnChargesOf(world, page, bound);
  const { placements, rows } =
    requests.length === 0 ? NOTHING_PLACED : await world.shards.placeMany(requests);
  const unlinked: string[] = [];
  const ours: Placed[] = [];
  for (const [index, request] of requests.entries()) {
    const placement = placements[index];
    if (placement?.kind === 'nothing') unlinked.push(request.customerId);
    if (placement?.kind !== 'person') continue;
    const { kind: _, formers: _told, userId, ...by } = placement;
    ours.push({ request, arrival: { userId, event: { ...request.event, ...by } } });
  }
  const arrivals = ours.map(({ arrival }) => arrival);
  const taken = await acceptAll(world, page, arrivals);
  await placeAgain(world, ours, taken);
  return { ...countsOf({ ...taken, rows: taken.rows + rows + linked }), unlinked };
}

const NOTHING_PLACED = { placements: [], rows: 0 } as const;

/** The link has moved, or its person is deleted: the links are asked once more, for this one alone. */
async function placeAgain(world: JobWorld, ours: readonly Placed[], { takings }: Taken) {
  for (const [index, { request }] of ours.entries()) {
    const outcome = takings[index]?.outcome;
    if (outcome !== 'moved' && outcome !== 'erased') continue;
    await placeAndAccept(world.shards, { ...request, now: world.now() });
  }
}

/** By customer, or by the guest's purchase. What names only its charge waits until somebody tells the customer. */
async function placeable(
  world: JobWorld,
  bound: readonly Bound[],
  isBaseline: boolean,
): Promise<Placeable[]> {
  const requests: Placeable[] = [];
  for (const { reading, event } of bound) {
    const { userId, claims, guestId = null } = reading;
    const key = reading.customerId ?? guestId ?? (await customerOfCharge(world, reading, event));
    if (key === null) continue;
    const customerId = key === guestId ? null : key;
    const request = { customerId: key, userId, claims, event: { ...event, customerId } };
    requests.push(isBaseline ? { ...request, neverWaits: true } : request);
  }
  return requests;
}

/** Answers the rows written. */
async function learnChargesOf(
  { shards }: JobWorld,
  { isBaseline }: Page,
  bound: readonly Bound[],
): Promise<number> {
  const charges = isBaseline ? [] : chargesIn(bound);
  return charges.length === 0 ? 0 : shards.learnCharges(charges);
}

async function customerOfCharge(
  { shards }: JobWorld,
  { chargeId }: Bound['reading'],
  event: PersonEvent,
): Promise<string | null> {
  if (chargeId === null) return null;
  const placement = await shards.placeCharge(chargeId, event);
  return placement.kind === 'waiting' ? null : placement.customerId;
}

/** A dispute will name the charge alone. */
function chargesIn(bound: readonly Bound[]): (readonly [string, string])[] {
  return bound.flatMap(({ reading: { chargeId, customerId } }) =>
    chargeId === null || customerId === null ? [] : [[chargeId, customerId] as const],
  );
}

async function acceptAll(
  { shards }: JobWorld,
  { isOfKnown = false }: Page,
  arrivals: readonly Arrival[],
): Promise<Taken> {
  if (arrivals.length === 0) return { takings: [], pending: 0, rows: 0 };
  if (!isOfKnown) return shards.acceptMany(arrivals);
  const known = await shards.areKnown(arrivals.map(({ userId }) => userId));
  const left = arrivals.filter((_, index) => known[index] === true);
  const { takings, ...sums } = await shards.acceptMany(left);
  const all = [...takings];
  return { ...sums, takings: known.flatMap((is) => (is ? all.splice(0, 1) : [LEFT_OUT])) };
}

const LEFT_OUT = { outcome: 'duplicate', messages: 0, isNew: false } as const;

function countsOf({ takings, pending, rows }: Taken) {
  const changed = takings.filter(({ messages }) => messages > 0);
  return {
    changed: changed.length,
    new: changed.filter(({ isNew }) => isNew).length,
    pending,
    rows,
  };
}
