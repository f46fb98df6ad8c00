// Links and outboxes together under fire: the project's own door delivers webhooks, every RPC takes its time, shards
// die between any two statements, answers get lost and events come twice. At the end everything heals: every moment is
// at Customer.io once, on the person it belongs to, in order, and deleted people stay deleted.

import { deliver } from '../../src/door/deliver.ts';
import type { Answer } from '../../src/links/ask.ts';
import { openLinks } from '../../src/links/calls.ts';
import type { LinksCalls } from '../../src/links/calls.ts';
import type { Shards } from '../../src/links/shards.ts';
import type { Platform } from '../../src/platform/platform.ts';
import { shardName, shardOf } from '../../src/platform/shards.ts';
import { Violation } from './audit.ts';
import { createObject } from './durable-object.ts';
import type { Instance, SimulatedObject } from './durable-object.ts';
import { checkEnd, createQueueWatch, waitingFor } from './links-checks.ts';
import { lastOf, linksPlanOf, STREAM_MS } from './links-plan.ts';
import type { LinksPlan, LinksWebhook } from './links-plan.ts';
import { beside, createMailbox, MAILS_FINE } from './mailbox.ts';
import { createReceiver, FINE } from './receiver.ts';
import type { Receiver } from './receiver.ts';
import { routed, stubOf } from './routes.ts';
import type { Stub } from './routes.ts';
import { MAILING, outboxIn } from './set-up.ts';
import type { Database } from './tables.ts';
import { createWorld } from './world.ts';
import type { World } from './world.ts';

const HEAL_MS = 3 * 3_600_000;
const SWEEP_EVERY_MS = 5 * 60_000;

type LinksReport = {
  readonly seed: number;
  readonly webhooks: number;
  readonly waited: number;
  readonly moved: number;
  readonly mails: number;
  readonly deaths: number;
  readonly steps: number;
  /** Null: every check held. */
  readonly violation: string | null;
  readonly trace: readonly string[];
};

export async function simulateLinks(seed: number): Promise<LinksReport> {
  const world = createWorld(seed);
  const plan = linksPlanOf(world.random, world.startAt);
  const receiver = createReceiver(world);
  const run = openRun(world, plan, receiver);
  let violation: string | null = null;
  try {
    await run.underFire();
    await run.healed();
  } catch (error) {
    if (!(error instanceof Violation)) throw error;
    violation = error.message;
  }
  const figures = run.figures();
  run.close();
  return { seed, ...figures, violation, trace: world.trace };
}

function openRun(world: World, plan: LinksPlan, receiver: Receiver) {
  const { random } = world;
  const names = Array.from({ length: plan.shards }, (_, index) => shardName(index));
  const vars = () => ({ SHARDS: plan.shards, LINGER_MS: 50, ...MAILING });
  const mailbox = createMailbox(world, plan);
  let steps = 0;
  let isHealing = false;
  let problem: Violation | null = null;
  const answered = new Map<LinksWebhook, number>();
  const unheard = new Set<string>();

  const outboxes = new Map(
    names.map((name) => [
      name,
      outboxIn(world, {
        name: `outbox-${name}`,
        network: beside(mailbox, receiver.network),
        vars,
        eraseLinks,
        forgetParked,
      }),
    ]),
  );
  const links = new Map(
    names.map((name) => [
      name,
      createObject<LinksCalls>(world, {
        name: `links-${name}`,
        network: receiver.network,
        open: openShard,
      }),
    ]),
  );

  function openShard(platform: Platform): LinksCalls {
    const wait = async <Value>(call: Promise<Value>): Promise<Value> => {
      const value = await call;
      // What a dead shard was told does not bring it back.
      await platform.wait(0);
      return value;
    };
    const patient = Object.fromEntries(
      Object.entries(shards).map(([name, ask]) => [
        name,
        (...args: unknown[]) => wait((ask as (...all: unknown[]) => Promise<unknown>)(...args)),
      ]),
    ) as Shards;
    const lookUp = (key: string) => wait(answerOf(key));
    return openLinks({
      platform,
      shards: patient,
      lookUp,
      findUser: null,
      waitingDays: 30,
      shardCount: plan.shards,
    });
  }

  async function eraseLinks(userId: string, at: number): Promise<readonly string[]> {
    const customers = await Promise.all(
      names.map(async (name) => stub(shardNamed(links, name)).erase(userId, at)),
    );
    return customers.flat();
  }

  async function forgetParked(ids: readonly string[]): Promise<void> {
    for (const name of names) await stub(shardNamed(outboxes, name)).forgetParked(ids, 0);
  }

  async function answerOf(key: string): Promise<Answer> {
    await world.wait(random.between(1, 500));
    if (!isHealing && random.chance(0.3)) {
      const retryAfterMs = random.pick([null, 1000, 60_000]);
      return { kind: 'later', why: 'stripe_rate_limited', retryAfterMs, isForAll: true };
    }
    const customer = plan.customers.find(({ id }) => id.slice(4) === key.split('_')[1]);
    if (customer === undefined) return { kind: 'nobody', why: 'stripe_not_found' };
    if (key.startsWith('ch_')) return { kind: 'customer', customerId: customer.id };
    return customer.isFound
      ? { kind: 'person', userId: lastOf(customer), source: 'simulation' }
      : { kind: 'nobody', why: 'customer_without_id' };
  }

  /** A shard as its callers see it: each call takes its time there and back, so that any two may cross. */
  function stub<Code extends Instance>(object: SimulatedObject<Code>): Stub<Code> {
    const way = () => world.wait(latencyMs());
    return stubOf(object, {
      there: way,
      back: way,
      watch: (method, asked, answer) => {
        if (method === 'place') watchPlacement(object.db, asked, answer);
      },
    });
  }

  /** Mostly quick, now and then so slow that everything else overtakes it. */
  function latencyMs(): number {
    return random.between(0, random.pick([0, 5, 50, 1000]));
  }

  /** Nobody is sent to a person past those who wait. */
  function watchPlacement(db: Database, request: unknown, answer: unknown): void {
    const { customerId } = request as { customerId: string };
    if ((answer as { kind: string }).kind !== 'person' || waitingFor(db, customerId) === 0) return;
    problem ??= new Violation(`an event of ${customerId} overtook those that wait`);
  }

  function shardNamed<Code extends Instance>(
    objects: Map<string, SimulatedObject<Code>>,
    name: string,
  ): SimulatedObject<Code> {
    const object = objects.get(name);
    if (object === undefined) throw new Error(`no shard ${name}`);
    return object;
  }

  const outbox = (key: string) => stub(shardNamed(outboxes, shardName(shardOf(key, plan.shards))));
  const linksOf = (key: string) => stub(shardNamed(links, shardName(shardOf(key, plan.shards))));

  const shards: Shards = routed({
    outbox,
    outboxNamed: (name) => stub(shardNamed(outboxes, name)),
    linksOf,
    everyLinks: () => names.map((name) => stub(shardNamed(links, name))),
  });

  mailbox.books.onViolation = (violation) => {
    problem ??= violation;
  };

  const watch = createQueueWatch([...links.values()].map(({ db }) => db));

  /** Like a provider: again until it is answered, and sometimes once more after that. */
  async function send(webhook: LinksWebhook): Promise<void> {
    const { provider, reading } = webhook;
    const delivery = { provider, body: '', now: world.now(), reading };
    for (;;) {
      try {
        const outcome = await deliver(shards, delivery);
        if (!isHealing && random.chance(plan.answersLost)) throw new Error('answer lost');
        world.tell(
          `${reading.id} of ${reading.userId ?? reading.customerId ?? reading.chargeId ?? ''}: ${outcome}`,
        );
        break;
      } catch (error) {
        unheard.add(reading.id);
        world.tell(`${reading.id}: ${String(error)}`);
        await world.wait(random.between(1000, 60_000));
      }
    }
    answered.set(webhook, world.now());
    if (isHealing || !random.chance(0.2)) return;
    await world.wait(random.between(1, 600_000));
    await deliver(shards, delivery).catch(() => null);
  }

  const objects = () => [...outboxes.values(), ...links.values()];

  function trouble(): void {
    if (isHealing) return;
    const object = random.pick(objects());
    const kind = random.between(0, 3);
    if (kind === 0) object.die();
    else if (kind === 3) object.faults.alarmLost = random.pick([0, 0.3]);
    else object.dieIn(random.between(0, 12));
    world.after(random.between(1, plan.troubleEveryMs), trouble);
  }

  function sweep(): void {
    for (const object of objects()) object.call(async (code) => code.sweep()).catch(() => null);
    world.after(SWEEP_EVERY_MS, sweep);
  }

  async function step(): Promise<void> {
    await world.step();
    steps += 1;
    if (steps > 100_000) throw new Violation('it never ends');
    if ([...links.values()].some((object) => object.hasChanged())) watch.look();
    if (problem !== null) throw problem;
  }

  async function underFire(): Promise<void> {
    receiver.state.mood = { ...FINE, tornAfter: 0.1, unavailable: 0.1 };
    mailbox.state.mood = plan.mailMood;
    for (const webhook of plan.webhooks) {
      world.after(webhook.at - world.startAt, () => void send(webhook));
    }
    world.after(0, sweep);
    world.after(random.between(1, plan.troubleEveryMs), trouble);
    while (world.now() < world.startAt + STREAM_MS) await step();
  }

  async function healed(): Promise<void> {
    isHealing = true;
    receiver.state.mood = FINE;
    mailbox.state.mood = MAILS_FINE;
    for (const object of objects()) object.heal();
    for (const webhook of plan.late) world.after(1000, () => void send(webhook));
    const expected = plan.webhooks.length + plan.late.length;
    const until = world.now() + HEAL_MS;
    while (answered.size < expected && world.now() < until) await step();
    if (answered.size < expected) throw new Violation('a webhook was never answered');
    const quiet = world.now() + HEAL_MS;
    while (world.now() < quiet) await step();
    checkEnd({
      plan,
      receiver,
      mailbox,
      waited: watch.waited,
      answered,
      unheard,
      outboxes: [...outboxes.values()].map(({ db }) => db),
      links: [...links.values()].map(({ db }) => db),
    });
  }

  function figures() {
    const deaths = objects().reduce((sum, each) => sum + Math.max(0, each.lives() - 1), 0);
    const moved = plan.customers.filter(({ owners }) => owners.length > 1).length;
    const waited = [...watch.waited.values()].reduce((sum, ids) => sum + ids.length, 0);
    const { mails } = mailbox.books;
    return { webhooks: plan.webhooks.length, waited, moved, mails, deaths, steps };
  }

  const close = () => objects().forEach((object) => object.close());

  return { underFire, healed, figures, close };
}
