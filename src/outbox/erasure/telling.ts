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
    if (world.requests.areSpentOnErasures()) return;
    world.requests.addForErasure(configIn(world).shards);
    const step = group[0]?.areLinksErased === true ? forgetParked : eraseLinks;
    await orLater(world, group, () => step(world, group));
  }
}

/** Whose next step is the same; whoever has failed takes it alone. */
function nextGroup({ storage, platform }: ShardWorld): readonly Erasure[] {
  const due = storage.tables().erasures.due(false, platform.now(), TOGETHER_MAX);
  const [first] = due;
  if (first === undefined || first.attempt > 0) return due.slice(0, 1);
  return due.filter((each) => each.attempt === 0 && each.areLinksErased === first.areLinksErased);
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

async function forgetParked(world: ShardWorld, group: readonly Erasure[]): Promise<void> {
  await world.forgetParked(group.flatMap(({ knownBy }) => knownBy));
  world.storage.transaction(({ erasures }) => {
    for (const { person } of group) erasures.noteParkedForgotten(person);
  });
}
