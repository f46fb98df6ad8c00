// The same scenario on two platforms: a script of steps from a seed, run against a simulated shard in Node and against
// the real one in workerd. Both have to end in the same words. No clock is in it: time passes by saying so.

import type { PersonEvent } from '../../src/person/news.ts';
import { checkout, eventOf } from './events.ts';
import { createRandom } from './random.ts';
import type { Random } from './random.ts';

type Step =
  | { readonly kind: 'accept'; readonly userId: string; readonly event: PersonEvent }
  /** The alarm rings; the first requests meet these answers, the others what their messages deserve. */
  | { readonly kind: 'ring'; readonly answers: readonly number[] }
  | { readonly kind: 'evict' }
  /** Whatever it waits for is over; `isHour`: who is held has failed for an hour by now. */
  | { readonly kind: 'later'; readonly isHour: boolean }
  | { readonly kind: 'replay' };

/** One Outbox shard, wherever it runs. */
export type Target = {
  readonly accept: (userId: string, event: PersonEvent) => Promise<string>;
  readonly ring: () => Promise<unknown>;
  readonly evict: () => Promise<void>;
  readonly replayFirst: () => Promise<string>;
  /** Changes the stored delivery record, and whoever is held by this statement, then evicts. */
  readonly store: (
    change: (delivery: Record<string, unknown>) => Record<string, unknown>,
    holds: string,
  ) => Promise<void>;
  readonly health: () => Promise<Words>;
};

type Words = {
  readonly pending: number;
  readonly held: number;
  readonly parked: number;
  readonly pause: string | null;
};

const HELD_LATER = 'UPDATE holds SET next_at = 0';

/** They have failed for an hour, beside others, but for this once. */
const HELD_FOR_AN_HOUR = 'UPDATE holds SET next_at = 0, at = 1, failures = 5, failed_at = 0';

type Sent = Readonly<Record<string, unknown>>;

const PEOPLE = ['user_a', 'user_b'];
const STEPS = 40;

function scriptOf(seed: number): Step[] {
  const random = createRandom(seed);
  return Array.from({ length: STEPS }, (_, index) => stepOf(random, index));
}

function stepOf(random: Random, index: number): Step {
  const roll = random.next();
  if (roll < 0.55) {
    return { kind: 'accept', userId: random.pick(PEOPLE), event: acceptedEvent(random, index) };
  }
  if (roll < 0.75) {
    const count = random.pick([0, 0, 1, 3]);
    const answers = Array.from({ length: count }, () =>
      random.pick([503, 429, 400, 401, 302, 200]),
    );
    return { kind: 'ring', answers };
  }
  if (roll < 0.85) return { kind: 'evict' };
  return roll < 0.95 ? { kind: 'later', isHour: random.chance(0.3) } : { kind: 'replay' };
}

function acceptedEvent(random: Random, index: number): PersonEvent {
  const at = 1_700_000_000_000 + index * 1000;
  const roll = random.next();
  if (roll < 0.03) return eventOf(index, { kind: 'deleted', occurredAt: at });
  if (roll < 0.4) {
    const facet = { asOf: at, rank: 2, traits: { email: `${index}@example.test` } } as const;
    return eventOf(index, { kind: 'user', facet, created: false, createdAt: at });
  }
  const name = random.pick(['checkout', 'checkout', 'checkout', 'refused', 'poison']);
  // Sometimes one that has been told already.
  const number = random.chance(0.2) ? Math.max(0, index - 3) : index;
  return eventOf(index, { kind: 'moment', moment: checkout(`${name}-${number}`, at) });
}

/** Customer.io for a script: `take` answers the status for one request. */
export function createScripted() {
  const landed: string[] = [];
  let answers: number[] = [];

  function take(body: string): number {
    const json = JSON.parse(body) as Sent & { batch?: Sent[] };
    const messages = json.batch ?? [json];
    const scripted = answers.shift();
    if (scripted !== undefined && scripted !== 200) return scripted;
    const names = messages.map(nameOf);
    if (names.some((name) => name.startsWith('poison'))) return 500;
    if (names.some((name) => name.startsWith('refused'))) return 400;
    landed.push(
      messages.map((message) => `${String(message['userId'])} ${nameOf(message)}`).join(', '),
    );
    return 200;
  }

  return {
    take,
    landed,
    answer: (statuses: readonly number[]) => {
      answers = [...statuses];
    },
  };
}

function nameOf(message: Sent): string {
  const { traits = {}, properties = {} } = message as Record<string, Sent>;
  return String(traits['email'] ?? properties['webhook'] ?? message['event']);
}

/** Runs a script to its end, then everything heals; answers what happened, in words. */
export async function perform(
  seed: number,
  target: Target,
  upstream: ReturnType<typeof createScripted>,
): Promise<string[]> {
  const told: string[] = [];
  for (const step of scriptOf(seed)) told.push(await performStep(step, target, upstream));
  upstream.answer([]);
  for (let round = 0; round < 20; round += 1) {
    await target.store((delivery) => ({ ...delivery, notBefore: 0 }), HELD_FOR_AN_HOUR);
    await target.ring();
  }
  return [...told, ...upstream.landed, inWords(await target.health())];
}

function inWords({ pending, held, parked, pause }: Words): string {
  return `pending ${pending}, held ${held}, parked ${parked}, ${pause ?? 'running'}`;
}

async function performStep(
  step: Step,
  target: Target,
  upstream: ReturnType<typeof createScripted>,
): Promise<string> {
  switch (step.kind) {
    case 'accept':
      return target.accept(step.userId, step.event);
    case 'ring': {
      upstream.answer(step.answers);
      await target.ring();
      return `rung: ${inWords(await target.health())}`;
    }
    case 'evict':
      await target.evict();
      return 'evicted';
    case 'later':
      await target.store(
        (delivery) => ({ ...delivery, notBefore: 0 }),
        step.isHour ? HELD_FOR_AN_HOUR : HELD_LATER,
      );
      return 'later';
    case 'replay':
      return target.replayFirst();
  }
}
