// Deliver: one slice of the journal to Customer.io, and what its answer means for the messages in it. One that is refused
// is halved until the message at fault stands alone; one that fails comes again smaller, until a single message fails: then
// a neighbour's tells whether the message is at fault, or nobody is there.

import { MESSAGE_BYTES_MAX } from '../../customerio/limits.ts';
import { landed, passOver } from './land.ts';
import { READ_MAX, planBatch } from './plan-batch.ts';
import type { Item } from './plan-batch.ts';
import { attempt, cutOf, isWanted, pace } from './send.ts';
import type { Cut, DeliveryWorld, Progress, Retry } from './send.ts';
import { hold, setAside } from './set-aside.ts';
import { isFailure, pause, retryLater } from './wait.ts';

export async function deliver(world: DeliveryWorld, items: readonly Item[]): Promise<Progress> {
  // The rest of what was divided: the next run begins with it, at once.
  if (world.areRequestsSpent()) return 'stop';
  const tooLarge = items.findIndex((item) => item.bytes > MESSAGE_BYTES_MAX);
  if (tooLarge < 0) return deliverFitting(world, items);
  if (items.length > 1) return deliverAround(world, items, tooLarge);
  const detail = 'the message is over 32 KB';
  return setAside(world, cutOf(world, items), { ...REJECTED, status: null, detail });
}

const REJECTED = { reason: 'request_invalid' } as const;

async function deliverFitting(world: DeliveryWorld, items: readonly Item[]): Promise<Progress> {
  await pace(world);
  const cut = cutOf(world, items);
  const isAlone = cut.messages.length === 1;
  if (cut.messages.length === 0) return passOver(world, cut);
  if (isAlone && world.storage.delivery().isSuspect) {
    const neighbour = neighbourOf(world, cut);
    if (neighbour !== undefined) return compare(world, cut, neighbour);
  }
  const outcome = await attempt(world, cut.messages);
  switch (outcome.kind) {
    case 'delivered':
      return landed(world, cut);
    case 'retry':
      return failed(world, cut, outcome);
    case 'refused':
      return pause(world, { reason: outcome.reason, fingerprint: world.fingerprint });
    case 'rejected':
      return isAlone
        ? setAside(world, cut, { ...REJECTED, ...outcome })
        : deliverAround(world, items, Math.floor(items.length / 2));
  }
}

/** In order: what stands before `index`, then the rest. */
async function deliverAround(
  world: DeliveryWorld,
  items: readonly Item[],
  index: number,
): Promise<Progress> {
  // Never split into nothing and everything: that would not end.
  const middle = Math.max(1, index);
  const first = await deliver(world, items.slice(0, middle));
  if (first === 'stop') return 'stop';
  return deliver(world, items.slice(middle));
}

async function failed(world: DeliveryWorld, cut: Cut, outcome: Retry): Promise<Progress> {
  const isAlone = cut.messages.length === 1;
  const size = isAlone ? 1 : cut.all.length;
  // Who asks for a wait gets it: no neighbour is sent within.
  if (!isAlone || !isFailure(outcome) || outcome.retryAfterMs !== null) {
    return retryLater(world, outcome, { size });
  }
  await pace(world);
  // Not before: somebody may be deleted while we wait.
  const neighbour = neighbourOf(world, cut);
  if (neighbour === undefined) return retryLater(world, outcome, { size, isLonely: true });
  return compare(world, cut, neighbour);
}

/**
 * One message has failed by itself. It is at fault only if a neighbour's is answered at the same time; otherwise
 * Customer.io is down. The neighbour's is sent again in its turn, under the same id.
 */
async function compare(world: DeliveryWorld, cut: Cut, neighbour: Item): Promise<Progress> {
  const outcome = await attempt(world, [neighbour.message]);
  switch (outcome.kind) {
    case 'delivered':
    case 'rejected':
      return hold(world, cut);
    case 'retry':
      return retryLater(world, outcome, { size: 1 });
    case 'refused':
      return pause(world, { reason: outcome.reason, fingerprint: world.fingerprint });
  }
}

/** Of the others' first messages one by chance: the first of them may be at fault itself. Nobody's order is touched. */
function neighbourOf(world: DeliveryWorld, { all, sendable }: Cut): Item | undefined {
  const { journal, people, holds } = world.storage.tables();
  const { cursor } = world.storage.delivery();
  const { items } = planBatch(journal.entriesAfter(cursor.seq, READ_MAX), cursor, people.isErased);
  const firsts = new Map<string, Item>();
  for (const item of items) if (!firsts.has(item.person)) firsts.set(item.person, item);
  for (const { person } of [...sendable, ...all]) firsts.delete(person);
  const fitting = [...firsts.values()].filter(
    (item) =>
      item.bytes <= MESSAGE_BYTES_MAX && isWanted(world, item) && !holds.isHeld(item.person),
  );
  return fitting[Math.floor(world.random() * fitting.length)];
}
