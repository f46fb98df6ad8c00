// Set aside: a message that goes no further. It is parked; a removal is asked again by itself; and whoever's message fails
// while another's lands is held.

import { retryDelayMs } from '../../apis/backoff.ts';
import type { Message } from '../../person/message.ts';
import type { ParkedReason } from '../parked/table.ts';
import type { Tables } from '../tables.ts';
import { advance, noteAnswer, passOver } from './land.ts';
import { moved } from './move.ts';
import type { Cursor, Item } from './plan-batch.ts';
import { withCounts, withCursor } from './record.ts';
import { isWanted } from './send.ts';
import type { Cut, DeliveryWorld, Progress } from './send.ts';
import { pause } from './wait.ts';

/** So many refused messages in a row are a broken mapping, not bad luck: then one per longest backoff. */
const PARKED_IN_A_ROW_MAX = 20;

export type Fault = {
  readonly reason: ParkedReason;
  /** Customer.io's; null where it has not refused. */
  readonly status: number | null;
  readonly detail: string;
};

/** `leave`: takes it from where it was, within the transaction; says where the cursor stands then. */
type Parking = {
  readonly person: string;
  readonly message: Message;
  readonly leave: (tables: Tables) => Cursor;
};

/** Does one more refusal pause the shard? */
export function isLastStraw({ storage }: DeliveryWorld): boolean {
  return storage.delivery().parkedInARow + 1 >= PARKED_IN_A_ROW_MAX;
}

/** One message at the cursor. Of identifies that were folded into one the last is the newest. */
export function setAside(world: DeliveryWorld, cut: Cut, fault: Fault): Progress {
  const last = cut.sendable.at(-1);
  // Its person may have been deleted while we waited for the answer.
  if (last === undefined || !isWanted(world, last)) return passOver(world, cut);
  if (last.isRemoval) return putAside(world, cut, { removal: last, fault });
  const leave = (tables: Tables) =>
    advance(tables, cut.all, world.storage.delivery().cursor).cursor;
  return park(world, { ...last, leave }, fault);
}

export function park(world: DeliveryWorld, parking: Parking, fault: Fault): Progress {
  const { storage, now, log } = world;
  const { person, message, leave } = parking;
  const { reason, detail, status } = fault;
  // What Customer.io was not asked about says nothing of a broken mapping.
  const isRefused = status !== null;
  const parkedInARow = storage.delivery().parkedInARow + (isRefused ? 1 : 0);
  storage.transaction((tables) => {
    tables.parked.add({ at: now(), person, reason, detail, content: message });
    const cursor = leave(tables);
    const next = withCursor(noteAnswer(world, tables, 'set_aside'), cursor);
    storage.save(withCounts({ ...next, parkedInARow }, { parked: 1 }));
  });
  log({ decision: 'parked', reason, status });
  if (!isRefused || parkedInARow < PARKED_IN_A_ROW_MAX) return 'go_on';
  return pause(world, { reason: 'everything_rejected', fingerprint: world.fingerprint });
}

/** A removal is never given up: it is asked again by itself, and the journal goes on without it. */
function putAside(
  world: DeliveryWorld,
  cut: Cut,
  { removal, fault }: { readonly removal: Item; readonly fault: Omit<Fault, 'detail'> },
): Progress {
  const { storage, now, random, log } = world;
  const { person, message, next } = removal;
  const nextAt = now() + retryDelayMs(1, random(), null);
  storage.transaction((tables) => {
    tables.removals.save({ person, at: now(), nextAt, attempt: 1, message });
    tables.journal.empty(next.seq);
    const { cursor } = advance(tables, cut.all, storage.delivery().cursor);
    storage.save(withCursor(moved(storage.delivery(), 'set_aside'), cursor));
  });
  log({ decision: 'erasure_refused', person, reason: fault.reason, status: fault.status });
  return 'go_on';
}

/** The message at the cursor failed alone, and somebody else's landed: its person waits, with all that is theirs. */
export function hold(world: DeliveryWorld, cut: Cut): Progress {
  const { storage, now, random, log } = world;
  const suspect = cut.sendable.at(-1);
  if (suspect === undefined || !isWanted(world, suspect)) return passOver(world, cut);
  if (suspect.isRemoval) {
    return putAside(world, cut, {
      removal: suspect,
      fault: { reason: 'fails_alone', status: null },
    });
  }
  const { person } = suspect;
  const at = now();
  const nextAt = at + retryDelayMs(1, random(), null);
  storage.transaction((tables) => {
    // What its neighbour has met, landed or refused, is noted where that was.
    const after = noteAnswer(world, tables, 'set_aside');
    tables.holds.save({ person, at, nextAt, attempt: 1, failures: 1, failedAt: at, slice: 1 });
    const { cursor } = advance(tables, cut.all, after.cursor);
    storage.save(withCursor(after, cursor));
  });
  log({ decision: 'held', person });
  return 'go_on';
}
