// Deliver: one slice of the journal to Customer.io, and what its answer means for the messages in it. One that is refused
// is halved until the message at fault stands alone; one that fails comes again smaller, until a single message fails: then
// a neighbour's tells whether the message is at fault, or nobody is there.

import { MESSAGE_BYTES_MAX } from '../../customerio/limits.ts';
import { isRelationshipDeletion } from '../../person/relationship.ts';
import { compare, compareRefused, isAskable, neighbourOf } from './compare.ts';
import { landed, passOver } from './land.ts';
import { outlivedMs, outlivedQuietly } from './outlived.ts';
import type { Item } from './plan-batch.ts';
import { attempt, cutOf, pace } from './send.ts';
import type { Cut, DeliveryWorld, Progress, Retry } from './send.ts';
import { isLastStraw, setAside } from './set-aside.ts';
import type { Fault } from './set-aside.ts';
import { pause, retryLater } from './wait.ts';

export async function deliver(world: DeliveryWorld, items: readonly Item[]): Promise<Progress> {
  // The rest of what was divided: the next run begins with it, at once.
  if (world.areRequestsSpent()) return 'stop';
  const ending = items.findIndex(endsSomething);
  // What stands before it waits for nothing.
  if (ending > 0 && outlivedMs(world) > 0) return deliverAround(world, items, ending);
  const tooLarge = items.findIndex((item) => item.bytes > MESSAGE_BYTES_MAX);
  if (tooLarge < 0) return deliverFitting(world, items);
  if (items.length > 1) return deliverAround(world, items, tooLarge);
  const detail = 'the message is over 32 KB';
  return setAside(world, cutOf(world, items), { ...REJECTED, status: null, detail });
}

const REJECTED = { reason: 'request_invalid' } as const;

/** Until these may be sent. */
async function untilReady(world: DeliveryWorld, items: readonly Item[]): Promise<void> {
  await pace(world);
  if (items.some(endsSomething)) await outlivedQuietly(world);
}

/** At Customer.io, whatever the time of what comes after it. */
function endsSomething({ isRemoval, message }: Item): boolean {
  return isRemoval || isRelationshipDeletion(message);
}

/** What a message that asked for a wait has failed with. */
const FAILED = { kind: 'retry', reason: 'upstream_unavailable', retryAfterMs: null } as const;

async function deliverFitting(world: DeliveryWorld, items: readonly Item[]): Promise<Progress> {
  await untilReady(world, items);
  const cut = cutOf(world, items);
  const isAlone = cut.messages.length === 1;
  if (cut.messages.length === 0) return passOver(world, cut);
  const { isSuspect } = world.storage.delivery();
  if (isAlone && isSuspect && neighbourOf(world, cut, new Set()) !== undefined) {
    return compare(world, cut, FAILED);
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
        ? rejected(world, cut, { ...REJECTED, ...outcome })
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

/** So many in a row are a broken mapping, or one person's: whoever else is taken shows it, and waits for nobody. */
async function rejected(world: DeliveryWorld, cut: Cut, fault: Fault): Promise<Progress> {
  if (isLastStraw(world) && (await compareRefused(world, cut)) === 'stop') return 'stop';
  return setAside(world, cut, fault);
}

async function failed(world: DeliveryWorld, cut: Cut, outcome: Retry): Promise<Progress> {
  const isAlone = cut.messages.length === 1;
  // Who asks for a wait gets it: no neighbour is sent within.
  if (isAlone && isAskable(outcome)) return compare(world, cut, outcome);
  return retryLater(world, outcome, { size: isAlone ? 1 : cut.all.length });
}
