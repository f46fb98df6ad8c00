// Take: a reading to where it belongs. Each branch ends in a durable write, or in nothing that could be lost.

import type { Config } from './config.ts';
import { countIgnored, takeIgnored } from './ignored.ts';
import type { Reading } from './intake/provider.ts';
import { linksOf } from './links/directory.ts';
import type { ChargePlacement, Placement } from './links/place.ts';
import type { AcceptOutcome } from './outbox/accept.ts';
import { outboxOf } from './outbox/outboxes.ts';
import { callShard } from './outbox/shards.ts';
import type { LinkClaim, PersonEvent } from './person/news.ts';

/** What the provider is told; the contract of `POST /webhooks/:provider`. */
export type WebhookOutcome = 'accepted' | 'duplicate' | 'ignored' | 'waiting' | 'parked';

/** Where a webhook is taken. `body` is kept only when nothing of ours can read it. */
export type Desk = {
  readonly env: Cloudflare.Env;
  readonly config: Config;
  readonly provider: string;
  readonly body: string;
};

/** How often an event whose link has just moved is placed anew. */
const TURNS_MAX = 3;

type EventReading = Extract<Reading, { kind: 'event' }>;

export async function take(desk: Desk, reading: Reading): Promise<WebhookOutcome> {
  switch (reading.kind) {
    case 'ignored':
      countIgnored(desk.provider);
      return 'ignored';
    case 'unreadable':
      return park(desk, reading);
    case 'event':
      return takeEvent(desk, reading);
  }
}

async function takeEvent(desk: Desk, reading: EventReading): Promise<WebhookOutcome> {
  const { userId, customerId, chargeId } = reading;
  if (customerId !== null) return place(desk, { ...reading, customerId });
  if (userId !== null) return deliver(desk, { ...reading, userId });
  return chargeId === null ? 'ignored' : placeCharge(desk, { ...reading, chargeId });
}

async function park(
  { env, config, provider, body }: Desk,
  reading: Extract<Reading, { kind: 'unreadable' }>,
): Promise<WebhookOutcome> {
  const { id, type, problems } = reading;
  return callShard(
    () => outboxOf(env, config, id),
    (outbox) => outbox.parkEvent({ provider, id, type, body, problems }),
  );
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
  const { env, config } = desk;
  const { userId, claims, customerId } = reading;
  const event = eventOf(desk, reading);
  for (let turn = 0; turn < TURNS_MAX; turn += 1) {
    const placement = await callShard(
      () => linksOf(env, config, customerId),
      async (links): Promise<Placement> => links.place({ customerId, userId, claims, event }),
    );
    if (placement.kind === 'waiting') return 'waiting';
    if (placement.kind !== 'person') return 'ignored';
    const { kind: _, userId: person, ...placed } = placement;
    const outcome = await accept(desk, person, { ...event, ...placed });
    if (outcome === 'erased') await eraseLink(desk, customerId, person);
    if (outcome !== 'moved') return outcomeOf(outcome);
  }
  // The provider comes again, and by then the link has come to rest.
  throw new Error('the link moved under an event every time it was placed');
}

/** An event that names only its charge waits until a look-up has told the customer. */
async function placeCharge(
  desk: Desk,
  reading: EventReading & { readonly chargeId: string },
): Promise<WebhookOutcome> {
  const { env, config } = desk;
  const { chargeId } = reading;
  const placement = await callShard(
    () => linksOf(env, config, chargeId),
    async (links): Promise<ChargePlacement> => links.placeCharge(chargeId, eventOf(desk, reading)),
  );
  if (placement.kind === 'waiting') return 'waiting';
  return place(desk, { ...reading, customerId: placement.customerId });
}

async function accept(
  { env, config }: Desk,
  userId: string,
  event: PersonEvent,
): Promise<AcceptOutcome> {
  const ignored = takeIgnored();
  const { outcome } = await callShard(
    () => outboxOf(env, config, userId),
    (outbox) => outbox.accept(userId, event, ignored),
  );
  return outcome;
}

/** A link to somebody who is deleted: from now on it is a mark that names nobody. */
async function eraseLink({ env, config }: Desk, customerId: string, userId: string): Promise<void> {
  await callShard(
    () => linksOf(env, config, customerId),
    (links) => links.erase(userId, Date.now()),
  );
}

async function learn({ env, config }: Desk, claims: readonly LinkClaim[]): Promise<void> {
  for (const claim of claims) {
    await callShard(
      () => linksOf(env, config, claim.customerId),
      (links) => links.learn([claim]),
    );
  }
}

function outcomeOf(outcome: AcceptOutcome): WebhookOutcome {
  return outcome === 'erased' || outcome === 'moved' ? 'ignored' : outcome;
}

function eventOf({ provider }: Desk, reading: EventReading): PersonEvent {
  const { id, type, customerId, news } = reading;
  return { provider, id, type, customerId, news };
}
