// A life through a relay of one shard, webhook by webhook: what each is answered, and what then lands at Customer.io, whole. It
// asks of the code no more than the release before organizations had, so it plays that commit as well (README.md there).

import { readConfig } from '../../src/config/config.ts';
import { deliver } from '../../src/door/deliver.ts';
import { PROVIDERS } from '../../src/intake/providers.ts';
import { openLinks } from '../../src/links/calls.ts';
import type { LinksCalls } from '../../src/links/calls.ts';
import { openOutbox } from '../../src/outbox/calls.ts';
import type { OutboxCalls } from '../../src/outbox/calls.ts';
import type { ErasedId } from '../../src/outbox/erased.ts';
import { shardName } from '../../src/platform/shards.ts';
import type { SampleWebhook } from '../../src/samples/send-webhook.ts';
import { createObject } from '../simulation/durable-object.ts';
import type { SimulatedObject } from '../simulation/durable-object.ts';
import { routed, stubOf } from '../simulation/routes.ts';
import { createWorld } from '../simulation/world.ts';

const VARS = {
  SHARDS: 1,
  LINGER_MS: 50,
  CUSTOMERIO_TRACK_TOKEN: 'key',
  CUSTOMERIO_PIPELINES_URL: 'https://pipelines.test/v1',
  CUSTOMERIO_APP_TOKEN: 'key',
  CUSTOMERIO_APP_URL: 'https://app.test/v1',
};

/** Between two webhooks: all that follows from one has landed. */
const PAUSE_MS = 5000;

export type Told = { readonly outcome: string; readonly sent: readonly string[] };

export async function play(webhooks: readonly SampleWebhook[], vars: object = {}): Promise<Told[]> {
  const world = createWorld(1);
  const configured = readConfig({ ...VARS, ...vars });
  if (!configured.ok) throw new Error(configured.problems.join());
  const { config } = configured;
  let sent: string[] = [];

  async function network(_: unknown, url: string, init: RequestInit): Promise<Response> {
    const { pathname } = new URL(url);
    const body = JSON.parse(String(init.body)) as { batch?: unknown[] };
    for (const each of body.batch ?? [body]) sent.push(`${pathname} ${JSON.stringify(each)}`);
    return new Response('{"delivery_id":"d","queued_at":1}');
  }

  const at = { there: async () => undefined, back: async () => undefined };
  const outbox: SimulatedObject<OutboxCalls> = createObject<OutboxCalls>(world, {
    name: shardName(0),
    network,
    open: (platform) =>
      openOutbox({
        platform,
        configured,
        eraseLinks,
        forgetParked: async () => null,
        acceptMany: (arrivals) => stubOf(outbox, at).acceptMany(arrivals),
      }),
  });
  const links: SimulatedObject<LinksCalls> = createObject<LinksCalls>(world, {
    name: 'links',
    network,
    open: (platform) =>
      openLinks({
        platform,
        shards,
        lookUp: null,
        findUser: null,
        waitingDays: 30,
        areOrganizationsOn: false,
        shardCount: 1,
      }),
  });
  const shards = routed({
    outbox: () => stubOf(outbox, at),
    outboxNamed: () => stubOf(outbox, at),
    linksOf: () => stubOf(links, at),
    everyLinks: () => [stubOf(links, at)],
  });

  /** Until then a shard was asked for one person at a time. */
  function eraseLinks(asked: readonly ErasedId[] | string, then?: number): Promise<never> {
    const { erase, eraseMany } = stubOf(links, at);
    const answer = typeof asked === 'string' ? erase(asked, then ?? 0) : eraseMany(asked);
    return answer as Promise<unknown> as Promise<never>;
  }

  const told: Told[] = [];
  for (const [index, { provider: name, body }] of webhooks.entries()) {
    const provider = PROVIDERS.find((each) => each.name === name);
    if (provider === undefined) throw new Error(name);
    const now = world.now();
    const reading = provider.read(
      { json: body, deliveryId: `msg_${index}`, receivedAt: now },
      config.read,
    );
    const received = { provider: name, body: JSON.stringify(body), now, reading };
    const outcome = await world.answered(deliver(shards, received));
    await world.pass(PAUSE_MS);
    told.push({ outcome, sent });
    sent = [];
  }
  return told;
}
