// Telling: what is left of a deleted person in other shards. Every links shard forgets the id, every outbox shard what it could
// not read and what names them. Many deletions are told together; one that fails is told again alone. It waits for answers in a lane
// of its own, so that no message waits with it; every step may be repeated.

import { configIn } from '../capability.ts';
import type { Capability, ShardWorld } from '../capability.ts';
import { orLater } from './postpone.ts';
import type { Erasure } from './table.ts';

/** Deletions that are told in one call to each shard: some ten milliseconds of one of theirs. */
const TOGETHER_MAX = 100;

const SPENT_MS = 250;

/** Due at once: it does not wait until Customer.io may be asked again. */
export const telling = {
  name: 'erasure',
  waitsFor: 'shards',
  dueAt,
  run: tellSome,
} satisfies Capability;

/** Where this run may ask no more it does not look for the next one at once: whoever is waited for meanwhile has to be let in. */
function dueAt({ storage, platform, requests }: ShardWorld): number | null {
  const at = storage.tables().erasures.nextAt(false);
  if (at === null || !requests.areSpentOnErasures()) return at;
  return Math.max(at, platform.now() + SPENT_MS);
}

async function tellSome(world: ShardWorld): Promise<void> {
  for (let group = nextGroup(world); group.length > 0; group = nextGroup(world)) {
    const areLinksErased = group[0]?.areLinksErased === true;
    const { shards } = configIn(world);
    if (!world.requests.takeForErasure(areLinksErased ? 1 : shards)) return;
    const step = areLinksErased ? forgetParked : eraseLinks;
    await orLater(world, group, () => step(world, group));
  }
}

/** Whose next step is the same; whoever has failed takes it alone. */
function nextGroup({ storage, platform }: ShardWorld): readonly Erasure[] {
  const due = storage.tables().erasures.due(false, platform.now(), TOGETHER_MAX);
  const [first] = due;
  if (first === undefined || first.attempt > 0) return due.slice(0, 1);
  const step = stepOf(first);
  return due.filter((each) => each.attempt === 0 && stepOf(each) === step);
}

function stepOf({ areLinksErased, place }: Erasure): string {
  return JSON.stringify([areLinksErased, place]);
}

async function eraseLinks(world: ShardWorld, group: readonly Erasure[]): Promise<void> {
  const customers = await world.eraseLinks(group);
  world.storage.transaction(({ erasures }) => {
    for (const [index, { person, knownBy }] of group.entries()) {
      const all = new Set([...knownBy, ...(customers[index] ?? [])]);
      erasures.noteLinksErased(person, [...all]);
    }
  });
}

/**
 * One outbox shard after the other, and of one that has many a page at once: each call is one of the run's, so it may take several
 * runs, and goes on where the one before has ended. The first call is counted.
 */
async function forgetParked(world: ShardWorld, group: readonly Erasure[]): Promise<void> {
  const { requests, storage } = world;
  const { shards } = configIn(world);
  const ids = group.flatMap(({ knownBy }) => knownBy);
  let place = group[0]?.place ?? { shard: 0, after: 0 };
  do {
    const after = await world.forgetParked(ids, place);
    place = after === null ? { shard: place.shard + 1, after: 0 } : { ...place, after };
  } while (place.shard < shards && requests.takeForErasure(1));
  const isOver = place.shard >= shards;
  storage.transaction(({ erasures }) => {
    for (const { person } of group) erasures.noteLooked(person, isOver ? null : place);
  });
}
