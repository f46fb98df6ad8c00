// Take: a reading to where it belongs. Each branch ends in a durable write, or in nothing that could be lost.

import type { Config } from './config.ts';
import { countIgnored, takeIgnored } from './ignored.ts';
import type { Reading } from './intake/provider.ts';
import { linksOf } from './links/directory.ts';
import type { Placement } from './links/place.ts';
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

type EventReading = Extract<Reading, { kind: 'event' }>;

export async function take(desk: Desk, reading: Reading): Promise<WebhookOutcome> {
  switch (reading.kind) {
    case 'ignored':
      countIgnored(desk.provider);
      return 'ignored';
    case 'unreadable':
      return park(desk, reading);
    case 'event':
      return reading.customerId === null ? deliver(desk, reading) : place(desk, reading);
  }
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
async function deliver(desk: Desk, reading: EventReading): Promise<WebhookOutcome> {
  const outcome =
    reading.userId === null
      ? 'ignored'
      : await accept(desk, reading.userId, eventOf(desk, reading));
  await learn(desk, reading.claims);
  return outcome;
}

/** An event of a customer: one call says whose it is, or keeps it. */
async function place(desk: Desk, reading: EventReading): Promise<WebhookOutcome> {
  const { env, config } = desk;
  const { userId, claims } = reading;
  const customerId = reading.customerId ?? '';
  const event = eventOf(desk, reading);
  const placement = await callShard(
    () => linksOf(env, config, customerId),
    async (links): Promise<Placement> => links.place({ customerId, userId, claims, event }),
  );
  switch (placement.kind) {
    case 'waiting':
      return 'waiting';
    case 'nothing':
      return 'ignored';
    case 'person':
      return accept(desk, placement.userId, event);
  }
}

async function accept(
  { env, config }: Desk,
  userId: string,
  event: PersonEvent,
): Promise<WebhookOutcome> {
  const ignored = takeIgnored();
  const { outcome } = await callShard(
    () => outboxOf(env, config, userId),
    (outbox) => outbox.accept(userId, event, ignored),
  );
  return outcome === 'erased' ? 'ignored' : outcome;
}

async function learn({ env, config }: Desk, claims: readonly LinkClaim[]): Promise<void> {
  for (const claim of claims) {
    await callShard(
      () => linksOf(env, config, claim.customerId),
      (links) => links.learn([claim]),
    );
  }
}

function eventOf({ provider }: Desk, reading: EventReading): PersonEvent {
  const { id, type, customerId, news } = reading;
  return { provider, id, type, customerId, news };
}
