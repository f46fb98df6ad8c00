// Take: a reading to where it belongs. Each branch ends in a durable write, or in nothing that could be lost.

import type { Reading } from '../intake/provider.ts';
import type { ChargePlacement, Placement, PlaceRequest } from '../links/place.ts';
import type { Acceptance, AcceptOutcome } from '../outbox/people/accept.ts';
import type { UnreadableEvent } from '../outbox/shard.ts';
import type { LinkClaim, PersonEvent } from '../person/news.ts';
import { countIgnored, drainIgnored } from './ignored-count.ts';

/** What the provider is told; the contract of `POST /webhooks/:provider`. */
export type WebhookOutcome = 'accepted' | 'duplicate' | 'ignored' | 'waiting' | 'parked';

/** What `take` asks of an outbox shard and of a links shard; each call is durable when it returns. */
export type OutboxDesk = {
  /** `ignored`: events by provider that nothing wanted since the last time. */
  readonly accept: (
    userId: string,
    event: PersonEvent,
    ignored: Readonly<Record<string, number>>,
  ) => Promise<Acceptance>;
  readonly noteUnusable: (provider: string, remedy: string) => Promise<void>;
  readonly parkEvent: (event: UnreadableEvent) => Promise<'parked' | 'duplicate'>;
};
export type LinksDesk = {
  readonly place: (request: Omit<PlaceRequest, 'now'>) => Promise<Placement>;
  readonly placeCharge: (chargeId: string, event: PersonEvent) => Promise<ChargePlacement>;
  readonly learn: (claims: readonly LinkClaim[]) => Promise<void>;
  readonly erase: (userId: string, at: number) => Promise<void>;
};

/** Where a webhook is taken. `body` is kept only when nothing of ours can read it; `now` in Unix milliseconds. */
export type Desk = {
  readonly outbox: Reach<OutboxDesk>;
  readonly links: Reach<LinksDesk>;
  readonly provider: string;
  readonly body: string;
  readonly now: number;
};

/** Calls the object that holds a key. */
type Reach<Port> = <Value>(key: string, call: (port: Port) => Promise<Value>) => Promise<Value>;

/** How often an event whose link has just moved is placed anew. */
const TURNS_MAX = 3;

type EventReading = Extract<Reading, { kind: 'event' }>;

export async function take(desk: Desk, reading: Reading): Promise<WebhookOutcome> {
  switch (reading.kind) {
    case 'ignored':
      return ignore(desk, reading);
    case 'unreadable':
      return park(desk, reading);
    case 'event':
      return takeEvent(desk, reading);
  }
}

/** Nothing is stored of it; that an endpoint sends what cannot be used is remembered, for health to tell. */
async function ignore(
  { provider, outbox }: Desk,
  { remedy }: Extract<Reading, { kind: 'ignored' }>,
): Promise<WebhookOutcome> {
  if (remedy === undefined) countIgnored(provider);
  else await outbox(provider, (shard) => shard.noteUnusable(provider, remedy));
  return 'ignored';
}

async function takeEvent(desk: Desk, reading: EventReading): Promise<WebhookOutcome> {
  const { userId, customerId, chargeId } = reading;
  if (customerId !== null) return place(desk, { ...reading, customerId });
  if (userId !== null) return deliver(desk, { ...reading, userId });
  return chargeId === null ? 'ignored' : placeCharge(desk, { ...reading, chargeId });
}

async function park(
  desk: Desk,
  reading: Extract<Reading, { kind: 'unreadable' }>,
): Promise<WebhookOutcome> {
  const { provider, body } = desk;
  const { id, type, problems } = reading;
  return desk.outbox(id, (outbox) => outbox.parkEvent({ provider, id, type, body, problems }));
}

/** An event that names its person. The links it tells of come after: they may release what waits for them. */
async function deliver(
  desk: Desk,
  reading: EventReading & { readonly userId: string },
): Promise<WebhookOutcome> {
  const outcome = await accept(desk, reading.userId, eventOf(desk, reading));
  // What a deleted person's late event says about links is not news either.
  if (outcome !== 'erased') await learn(desk, reading.claims);
  return outcomeOf(outcome);
}

/** An event of a customer: one call says whose it is, or keeps it. If its link moves meanwhile, it asks again. */
async function place(
  desk: Desk,
  reading: EventReading & { readonly customerId: string },
): Promise<WebhookOutcome> {
  const { userId, claims, customerId } = reading;
  const event = eventOf(desk, reading);
  let named = userId;
  for (let turn = 0; turn < TURNS_MAX; turn += 1) {
    const placement = await desk.links(customerId, (links) =>
      links.place({ customerId, userId: named, claims, event }),
    );
    if (placement.kind === 'waiting') return 'waiting';
    if (placement.kind !== 'person') return 'ignored';
    const { kind: _, userId: person, ...placed } = placement;
    const outcome = await accept(desk, person, { ...event, ...placed });
    if (outcome === 'erased') await eraseLink(desk, customerId, person);
    const isLeftOver = outcome === 'erased' && person === named;
    if (!isLeftOver && outcome !== 'moved') return outcomeOf(outcome);
    // Metadata that still names a deleted person: the event is whose the customer is by now.
    if (isLeftOver) named = null;
  }
  // The provider comes again, and by then the link has come to rest.
  throw new Error('the link moved under an event every time it was placed');
}

/** An event that names only its charge waits until a look-up has told the customer. */
async function placeCharge(
  desk: Desk,
  reading: EventReading & { readonly chargeId: string },
): Promise<WebhookOutcome> {
  const { chargeId } = reading;
  const placement = await desk.links(chargeId, (links) =>
    links.placeCharge(chargeId, eventOf(desk, reading)),
  );
  if (placement.kind === 'waiting') return 'waiting';
  return place(desk, { ...reading, customerId: placement.customerId });
}

async function accept(desk: Desk, userId: string, event: PersonEvent): Promise<AcceptOutcome> {
  const ignored = drainIgnored();
  const { outcome } = await desk.outbox(userId, (outbox) => outbox.accept(userId, event, ignored));
  return outcome;
}

/** A link to somebody who is deleted: from now on it is a mark that names nobody. */
async function eraseLink(desk: Desk, customerId: string, userId: string): Promise<void> {
  await desk.links(customerId, (links) => links.erase(userId, desk.now));
}

async function learn(desk: Desk, claims: readonly LinkClaim[]): Promise<void> {
  for (const claim of claims) {
    await desk.links(claim.customerId, (links) => links.learn([claim]));
  }
}

function outcomeOf(outcome: AcceptOutcome): WebhookOutcome {
  return outcome === 'erased' || outcome === 'moved' ? 'ignored' : outcome;
}

function eventOf({ provider }: Desk, reading: EventReading): PersonEvent {
  const { id, type, customerId, news } = reading;
  return { provider, id, type, customerId, news };
}
