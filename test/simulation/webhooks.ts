// What happens to the people of a run: sign-ups, changes, checkouts and deletions, each with its time.

import type { News, PersonEvent } from '../../src/person/news.ts';
import { shardOf } from '../../src/platform/shards.ts';
import { checkout, eventOf } from './events.ts';
import type { Plan } from './plan.ts';
import type { Random } from './random.ts';

export type Webhook = {
  readonly userId: string;
  readonly at: number;
  readonly event: PersonEvent;
  /** What its own moment says of itself at Customer.io; null when it makes none. */
  readonly moment: string | null;
};

/** Most webhooks come within these first minutes, in bursts. */
const STREAM_MS = 10 * 60_000;

export function eventsOf(random: Random, plan: Plan, startAt: number): Webhook[] {
  const bursts = Array.from({ length: 3 }, () => random.between(0, STREAM_MS));
  return Array.from({ length: plan.webhooks }, (_, index) => {
    const at = startAt + random.pick(bursts) + random.between(0, random.pick([5, 2000, 60_000]));
    const userId = `user_sim${random.between(1, plan.people)}`;
    return { userId, at, ...webhookOf(random, plan, { index, at }) };
  });
}

/** One person for each shard, with one checkout; their numbers begin at `from`. */
export function visitorsOf(shards: number, at: number, from: number): Webhook[] {
  const visitors = new Map<number, Webhook>();
  for (let index = from; visitors.size < shards; index += 1) {
    const userId = `user_visitor${index}`;
    const moment = `visit-${index}`;
    const event = eventOf(1000 + index, { kind: 'moment', moment: checkout(moment, at) });
    visitors.set(shardOf(userId, shards), { userId, at, event, moment });
  }
  return [...visitors.values()];
}

function webhookOf(
  random: Random,
  plan: Plan,
  about: { readonly index: number; readonly at: number },
): Pick<Webhook, 'event' | 'moment'> {
  const { index, at } = about;
  if (random.chance(plan.deletions / plan.people)) {
    return { event: eventOf(index, { kind: 'deleted', occurredAt: at }), moment: null };
  }
  if (random.chance(0.4)) {
    const facet = { asOf: at, rank: 2, traits: { email: `${index}@example.test` } } as const;
    const news: News = { kind: 'user', facet, created: false, createdAt: at };
    return { event: eventOf(index, news), moment: null };
  }
  const name = fateOf(random, plan);
  const moment = `${name}-${index}`;
  return { event: eventOf(index, { kind: 'moment', moment: checkout(moment, at) }), moment };
}

/** The receiver knows by the name which messages it will never take. */
function fateOf(random: Random, plan: Plan): string {
  if (random.chance(plan.refused)) return 'refused';
  return random.chance(plan.poison) ? 'poison' : 'checkout';
}
