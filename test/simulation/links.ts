// A whole relay under fire: people, links, mails, a company, and a plan that is renamed for everybody by a refresh. The project's
// own door delivers webhooks, every RPC takes its time, Customer.io misbehaves, shards
// die between any two statements, answers get lost and events come twice. At the end everything heals: every moment is
// at Customer.io once, on the person it belongs to, in order, and deleted people stay deleted.

import { deliver } from '../../src/door/deliver.ts';
import type { Answer } from '../../src/links/ask.ts';
import { createAuditor, Violation } from './audit.ts';
import { checkCompany, RENAMED } from './company-checks.ts';
import { checkEnd, createQueueWatch, waitingFor } from './links-checks.ts';
import { lastOf, linksPlanOf, STREAM_MS } from './links-plan.ts';
import type { LinksPlan, LinksWebhook } from './links-plan.ts';
import { beside, createMailbox, MAILS_FINE } from './mailbox.ts';
import { createReceiver, FINE } from './receiver.ts';
import type { Receiver } from './receiver.ts';
import { openRelay } from './relay.ts';
import { MAILING } from './set-up.ts';
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
  /** What the plan is called. */
  let planName = 'First';
  const vars = () => ({
    SHARDS: plan.shards,
    LINGER_MS: 50,
    ORGANIZATIONS: 'on',
    ORGANIZATION_OBJECT_TYPE: '1',
    PLANS: JSON.stringify({ price_pro: planName }),
    ...MAILING,
  });
  const mailbox = createMailbox(world, plan);
  let steps = 0;
  let isHealing = false;
  let problem: Violation | null = null;
  const answered = new Map<LinksWebhook, number>();
  const unheard = new Set<string>();

  const relay = openRelay(world, {
    shardCount: plan.shards,
    network: beside(mailbox, receiver.network),
    vars,
    latencyMs,
    lookUp: answerOf,
    onPlace: ({ db }, asked, answer) => watchPlacement(db, asked, answer),
  });
  const { outboxes, links, sync, shards } = relay;
  const auditors = [...outboxes.values()].map((object) => ({
    object,
    auditor: createAuditor(object.db, receiver),
  }));

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

  mailbox.books.onViolation = (violation) => {
    problem ??= violation;
  };
  // Checks run inside the project's own calls, which catch errors: a violation is kept for the next step.
  receiver.books.onLanding = ({ shard, calls }) => {
    const found = auditors.find(({ object }) => object.name === shard);
    try {
      found?.auditor.land(calls, world.now());
    } catch (error) {
      if (!(error instanceof Violation)) throw error;
      problem ??= error;
    }
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

  const objects = () => [...outboxes.values(), ...links.values(), sync];

  /** The plan is called differently from now on: a deploy, and a refresh that is begun until it has. */
  function rename(name: string): void {
    planName = name;
    world.tell(`the plan is called ${name}`);
    for (const object of objects()) object.die();
    void beginRefresh();
  }

  /** One that is at work may have passed people by who know the name of before: it does not count. */
  async function beginRefresh(): Promise<void> {
    for (;;) {
      const begun = await sync
        .call(async (code) => code.begin({ kind: 'refresh' }))
        .catch(() => null);
      if (begun?.kind === 'begun') return;
      await world.wait(random.between(1000, 60_000));
    }
  }

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
    for (const object of [...outboxes.values(), ...links.values()]) {
      object.call(async (code) => code.sweep()).catch(() => null);
    }
    sync.call(async (code) => code.visit({})).catch(() => null);
    world.after(SWEEP_EVERY_MS, sweep);
  }

  async function step(): Promise<void> {
    await world.step();
    steps += 1;
    if (steps > 100_000) throw new Violation('it never ends');
    if ([...links.values()].some((object) => object.hasChanged())) watch.look();
    for (const { object, auditor } of auditors) {
      if (object.hasChanged()) auditor.check(world.now());
    }
    if (problem !== null) throw problem;
  }

  async function underFire(): Promise<void> {
    receiver.state.mood = plan.mood;
    mailbox.state.mood = plan.mailMood;
    for (const webhook of plan.webhooks) {
      world.after(webhook.at - world.startAt, () => void send(webhook));
    }
    world.after(0, sweep);
    world.after(random.between(1, plan.troubleEveryMs), trouble);
    world.after(random.between(1, STREAM_MS), () => rename('Renamed'));
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
    // No webhook comes any more: the refresh alone tells everybody, whatever dies meanwhile.
    rename(RENAMED);
    for (let deaths = 0; deaths < 5; deaths += 1) {
      world.after(random.between(0, 60_000), () =>
        random.pick(objects()).dieIn(random.between(0, 30)),
      );
    }
    const quiet = world.now() + HEAL_MS;
    while (world.now() < quiet) await step();
    for (const { auditor } of auditors) auditor.check(world.now());
    const databases = [...outboxes.values()].map(({ db }) => db);
    checkCompany({ plan, receiver, sync: sync.db, outboxes: databases });
    checkEnd({
      plan,
      receiver,
      mailbox,
      waited: watch.waited,
      answered,
      unheard,
      outboxes: databases,
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
