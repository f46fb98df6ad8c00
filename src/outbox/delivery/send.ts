// Send: one request to Customer.io at a time, at the shard's share of the rate, and what delivery sees of the world.

import type { Outcome } from '../../apis/outcome.ts';
import type { Message } from '../../person/message.ts';
import type { Platform } from '../../platform/platform.ts';
import { isOpen } from '../organizations/objects.ts';
import type { Storage } from '../storage.ts';
import { foldIdentifies } from './plan-batch.ts';
import type { Item } from './plan-batch.ts';
import { isAhead, withCounts } from './record.ts';

/** What delivery sees of the world. */
export type DeliveryWorld = Pick<Platform, 'now' | 'random' | 'wait' | 'log'> & {
  readonly storage: Storage;
  readonly send: (messages: readonly Message[]) => Promise<Outcome>;
  readonly intervalMs: number;
  readonly fingerprint: string;
  /** Whether this alarm run may make no more. */
  readonly areRequestsSpent: () => boolean;
  /** Whether a mail goes out once this event has landed. */
  readonly isMailed: (event: string) => boolean;
};

/** `stop`: nothing more may be sent before `notBefore`. */
export type Progress = 'go_on' | 'stop';

export type Retry = Extract<Outcome, { kind: 'retry' }>;

/** A slice of the journal, without what has landed already; `sendable`: without whom is deleted or held; `messages`: as they go over the wire. */
export type Cut = {
  readonly all: readonly Item[];
  readonly sendable: readonly Item[];
  readonly messages: readonly Message[];
};

export function cutOf(world: DeliveryWorld, items: readonly Item[]): Cut {
  const { holds } = world.storage.tables();
  const delivery = world.storage.delivery();
  const all = items.filter((item) => !isAhead(delivery, item));
  const sendable = all.filter(
    (item) => isWanted(world, item) && (item.isRemoval || !holds.isHeld(item.person)),
  );
  return { all, sendable, messages: foldIdentifies(sendable) };
}

/** Somebody may have been deleted since the batch was planned, or left the organization that is told of through them. */
export function isWanted(
  { storage }: DeliveryWorld,
  item: Pick<Item, 'person' | 'isRemoval' | 'message'>,
): boolean {
  const { person, isRemoval, message } = item;
  const tables = storage.tables();
  if (isRemoval) return true;
  return !tables.people.isErased(person) && (message.type !== 'group' || isOpen(tables, message));
}

/** Waits for the shard's share of the rate. */
export async function pace({ storage, now, wait, intervalMs }: DeliveryWorld): Promise<void> {
  const { lastSentAt, startedAt } = storage.delivery();
  const waitMs = Math.max(lastSentAt, startedAt) + intervalMs - now();
  // A clock that was set back must not make it wait for longer than its pace.
  if (waitMs > 0) await wait(Math.min(waitMs, intervalMs));
}

export function attempt(world: DeliveryWorld, messages: readonly Message[]): Promise<Outcome> {
  const { storage, now } = world;
  const { isQuiet } = storage.delivery();
  const sent = { ...storage.delivery(), lastSentAt: now(), isQuiet: false };
  // The platform holds the request back until it is durable that the shard is quiet no more.
  if (isQuiet) storage.save(sent);
  storage.note(withCounts(sent, { requests: 1 }));
  return world.send(messages);
}
