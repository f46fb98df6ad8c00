// Deliver: a reading to where it belongs. Each branch ends in a durable write, or in nothing that could be lost.

import type { Reading } from '../intake/provider.ts';
import { placeAndAccept } from '../links/place-and-accept.ts';
import type { HandOver, Shards } from '../links/shards.ts';
import type { PersonEvent } from '../person/news.ts';
import { countIgnored, drainIgnored } from './ignored-count.ts';

/** What the provider is told; the contract of `POST /webhooks/:provider`. */
type WebhookOutcome = 'accepted' | 'duplicate' | 'ignored' | 'waiting' | 'parked';

/** What a webhook is asked of the shards. */
export type DoorShards = Omit<Shards, HandOver | 'vouch'>;

/** What was read, and of what. `body` is kept only when nothing of ours can read it; `now` in Unix milliseconds. */
export type Received = {
  readonly provider: string;
  readonly body: string;
  readonly now: number;
  readonly reading: Reading;
};

type ReceivedEvent = Omit<Received, 'reading'> & {
  readonly reading: Extract<Reading, { kind: 'event' }>;
};

export async function deliver(shards: DoorShards, received: Received): Promise<WebhookOutcome> {
  const { reading } = received;
  switch (reading.kind) {
    case 'ignored':
      return ignore(shards, received.provider, reading);
    case 'unreadable':
      return park(shards, received, reading);
    case 'event':
      return deliverEvent(countingIgnored(shards), { ...received, reading });
  }
}

/** Nothing is stored of it; that an endpoint sends what cannot be used is remembered, for health to tell. */
async function ignore(
  shards: DoorShards,
  provider: string,
  { remedy, leaves }: Extract<Reading, { kind: 'ignored' }>,
): Promise<WebhookOutcome> {
  if (leaves !== undefined) await shards.leave(leaves);
  if (remedy === undefined) countIgnored(provider);
  else await shards.noteUnusable(provider, remedy);
  return 'ignored';
}

async function park(
  shards: DoorShards,
  { provider, body }: Received,
  { id, type, problems }: Extract<Reading, { kind: 'unreadable' }>,
): Promise<WebhookOutcome> {
  return shards.parkEvent({ provider, id, type, body, problems });
}

/** Events that nothing wanted are told with the next one that is stored. */
function countingIgnored(shards: DoorShards): DoorShards {
  return { ...shards, accept: (userId, event) => shards.accept(userId, event, drainIgnored()) };
}

async function deliverEvent(shards: DoorShards, received: ReceivedEvent): Promise<WebhookOutcome> {
  const { customerId, chargeId, guestId } = received.reading;
  if (customerId !== null && chargeId !== null) {
    // First, so that a dispute that comes meanwhile finds it.
    await shards.learnCharge(chargeId, customerId);
  }
  if (customerId !== null) return deliverTo(shards, received, { key: customerId, customerId });
  const userId = await personNamed(shards, received.reading);
  if (userId !== null) return deliverToPerson(shards, received, userId);
  if (guestId !== undefined) return deliverTo(shards, received, { key: guestId, customerId });
  return chargeId === null ? 'ignored' : deliverCharge(shards, received, chargeId);
}

/** Without a customer only the event itself says whose it is; what its metadata has may be a name of before. */
async function personNamed(
  shards: DoorShards,
  { userId, externalId, isNamed }: ReceivedEvent['reading'],
): Promise<string | null> {
  const named = isNamed === true ? userId : (externalId ?? null);
  return named === null ? userId : shards.meant(named);
}

/** An event that names its person. The links it tells of come after: they may release what waits for them. */
async function deliverToPerson(
  shards: DoorShards,
  received: ReceivedEvent,
  userId: string,
): Promise<WebhookOutcome> {
  const { outcome } = await shards.accept(userId, eventOf(received));
  // It has no link that could have moved, and what a deleted person's late event says about links is no news either.
  if (outcome === 'erased' || outcome === 'moved') return 'ignored';
  const { known, claims } = received.reading;
  if (known !== undefined) await shards.learnExternal(known);
  for (const claim of claims) await shards.learn(claim);
  return outcome;
}

/** An event of a customer, or of a guest's purchase: it goes to whoever that is, or waits. */
async function deliverTo(
  shards: DoorShards,
  received: ReceivedEvent,
  { key, customerId }: { readonly key: string; readonly customerId: string | null },
): Promise<WebhookOutcome> {
  const { externalId = null, claims } = received.reading;
  const userId = received.reading.userId ?? externalId;
  const event = { ...eventOf(received), customerId };
  const request = { customerId: key, userId, claims, event, now: received.now };
  const arrival = await placeAndAccept(shards, request);
  return arrival === 'erased' || arrival === 'nobody' ? 'ignored' : arrival;
}

/** An event that names only its charge waits until another event, or a look-up, has told the customer. */
async function deliverCharge(
  shards: DoorShards,
  received: ReceivedEvent,
  chargeId: string,
): Promise<WebhookOutcome> {
  const placement = await shards.placeCharge(chargeId, eventOf(received));
  if (placement.kind === 'waiting') return 'waiting';
  const { customerId } = placement;
  return deliverTo(shards, received, { key: customerId, customerId });
}

function eventOf({ provider, reading }: ReceivedEvent): PersonEvent {
  const { id, type, customerId, of, almost, isGone, buyerId, news } = reading;
  const more = {
    ...(of === undefined ? {} : { of }),
    ...(almost === undefined ? {} : { almost }),
    ...(isGone === undefined ? {} : { isGone }),
    ...(buyerId === undefined ? {} : { buyerId }),
  };
  return { provider, id, type, customerId, ...more, news };
}
