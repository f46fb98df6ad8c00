// Compare: one message has failed by itself. It is at fault only if a neighbour's is answered at the same time; otherwise
// Customer.io is down. A neighbour's message that lands is passed over in its turn.

import { MESSAGE_BYTES_MAX } from '../../customerio/limits.ts';
import { landedAhead } from './land.ts';
import { planBatch, READ_MAX } from './plan-batch.ts';
import type { Item } from './plan-batch.ts';
import { isAhead } from './record.ts';
import { attempt, isWanted, pace } from './send.ts';
import type { Cut, DeliveryWorld, Progress, Retry } from './send.ts';
import { hold } from './set-aside.ts';
import { isFailure, pause, retryLater } from './wait.ts';

/** Asked at once: one or two may be at fault themselves. A shard to which nobody answers sends so many more each time. */
const NEIGHBOURS_MAX = 3;

/** Batches that are looked through for a neighbour: so much of one person's may lie before everybody else's. */
const READS_MAX = 40;

/** `failure`: what the message has just met. */
export async function compare(world: DeliveryWorld, cut: Cut, failure: Retry): Promise<Progress> {
  const asked = new Set<string>();
  let last = failure;
  while (asked.size < NEIGHBOURS_MAX) {
    await pace(world);
    // Not before: somebody may be deleted while we wait.
    const neighbour = neighbourOf(world, cut, asked);
    if (neighbour === undefined) return retryLater(world, last, { size: 1, isLonely: true });
    asked.add(neighbour.person);
    const outcome = await attempt(world, [neighbour.message]);
    if (outcome.kind === 'delivered') landedAhead(world, neighbour);
    if (outcome.kind === 'delivered' || outcome.kind === 'rejected') return hold(world, cut);
    if (outcome.kind === 'refused') {
      return pause(world, { reason: outcome.reason, fingerprint: world.fingerprint });
    }
    // Who asks for a wait gets it.
    if (!isAskable(outcome)) return retryLater(world, outcome, { size: 1 });
    last = outcome;
  }
  return retryLater(world, last, { size: 1 });
}

/** Many were refused in a row: is anybody's message taken? Goes on once that is known, whatever the answer. */
export async function compareRefused(world: DeliveryWorld, cut: Cut): Promise<Progress> {
  const asked = new Set<string>();
  while (asked.size < NEIGHBOURS_MAX) {
    await pace(world);
    const neighbour = neighbourOf(world, cut, asked);
    if (neighbour === undefined) return 'go_on';
    asked.add(neighbour.person);
    const outcome = await attempt(world, [neighbour.message]);
    switch (outcome.kind) {
      case 'delivered':
        landedAhead(world, neighbour);
        return 'go_on';
      case 'retry':
        return retryLater(world, outcome, { size: 1 });
      case 'refused':
        return pause(world, { reason: outcome.reason, fingerprint: world.fingerprint });
      case 'rejected':
        break;
    }
  }
  return 'go_on';
}

/** May somebody else's message be sent at once after it? */
export function isAskable(outcome: Retry): boolean {
  return isFailure(outcome) && outcome.retryAfterMs === null;
}

/** Of the others' first messages one by chance: the first of them may be at fault itself. Nobody's order is touched. */
export function neighbourOf(
  world: DeliveryWorld,
  { all, sendable }: Cut,
  asked: ReadonlySet<string>,
): Item | undefined {
  const { journal, people, holds } = world.storage.tables();
  const delivery = world.storage.delivery();
  const seen = new Set([...sendable, ...all].map(({ person }) => person));
  const isFitting = (item: Item) =>
    item.bytes <= MESSAGE_BYTES_MAX &&
    !asked.has(item.person) &&
    isWanted(world, item) &&
    !holds.isHeld(item.person);
  let from = delivery.cursor;
  for (let read = 0; read < READS_MAX; read += 1) {
    const entries = journal.entriesAfter(from.seq, READ_MAX);
    if (entries.length === 0) return undefined;
    const { items, end } = planBatch(entries, from, people.isErased);
    const firsts = firstsOf(
      items.filter((item) => !isAhead(delivery, item)),
      seen,
    );
    const fitting = firsts.filter(isFitting);
    if (fitting.length > 0) return fitting[Math.floor(world.random() * fitting.length)];
    from = end;
  }
  return undefined;
}

/** The first of everybody who was not seen before; they are from now on. */
function firstsOf(items: readonly Item[], seen: Set<string>): Item[] {
  return items.filter(({ person }) => {
    const isFirst = !seen.has(person);
    seen.add(person);
    return isFirst;
  });
}
