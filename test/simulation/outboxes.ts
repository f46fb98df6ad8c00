// Outbox shards under fire: people's webhooks come in, Customer.io misbehaves, shards die. One seed is one run; at the
// end everything heals, and what was answered must have landed.

import type { OutboxCalls } from '../../src/outbox/calls.ts';
import { personKey } from '../../src/outbox/people/table.ts';
import { shardName, shardOf } from '../../src/platform/shards.ts';
import { createAuditor, Violation } from './audit.ts';
import type { SimulatedObject } from './durable-object.ts';
import { beside, createMailbox, MAILS_FINE } from './mailbox.ts';
import { planOf } from './plan.ts';
import type { Plan } from './plan.ts';
import { createPoliteness } from './politeness.ts';
import { createReceiver, FINE } from './receiver.ts';
import type { Receiver } from './receiver.ts';
import { MAILING, outboxIn } from './set-up.ts';
import { parkedRows } from './tables.ts';
import { eventsOf, visitorsOf } from './webhooks.ts';
import type { Webhook } from './webhooks.ts';
import { createWorld } from './world.ts';
import type { World } from './world.ts';

/** How long a run is under fire, and how much longer it may take to land everything (a Retry-After, an hour of 5xx). */
const FIRE_MS = 15 * 60_000;
const HEAL_MS = 6 * 3_600_000;
/** With nobody at fault at Customer.io the journal is empty after so long, whoever is held: a Retry-After and some. */
const NEIGHBOURS_MS = 20 * 60_000;
/** People come now and then as long as somebody is held: whether a message is at fault shows beside another's only. */
const VISIT_EVERY_MS = 7 * 60_000;
const VISITORS_MAX = 1000;
const NEIGHBOUR_MS_MAX = 60_000;
/** And this much longer for each message that fails for ever: one person's are parked one after the other. */
const POISON_MS = 2 * 3_600_000;
const SWEEP_EVERY_MS = 5 * 60_000;

type Report = {
  readonly seed: number;
  readonly steps: number;
  readonly webhooks: number;
  readonly requests: number;
  readonly resent: number;
  readonly deaths: number;
  readonly parked: number;
  readonly mails: number;
  /** Null: every check held. */
  readonly violation: string | null;
  readonly trace: readonly string[];
};

type Shard = {
  readonly object: SimulatedObject<OutboxCalls>;
  readonly auditor: ReturnType<typeof createAuditor>;
};

export async function simulateOutboxes(seed: number): Promise<Report> {
  const world = createWorld(seed);
  const plan = planOf(world.random);
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

function openRun(world: World, plan: Plan, receiver: Receiver) {
  const { random } = world;
  const { state, books } = receiver;
  let key = state.key;
  let steps = 0;
  let deaths = 0;
  let problem: Violation | null = null;
  let isHealing = false;
  const answered: Webhook[] = [];
  const webhooks = eventsOf(random, plan, world.startAt);
  let expected = webhooks.length;
  const pauses = new Map<string, { readonly at: number; readonly wasPaused: boolean }>();
  let visits = 0;

  const mailbox = createMailbox(world, plan);
  /** By message id and by name: what the operator replayed. */
  const replayed = new Map<string, number>();

  const vars = () => ({
    SHARDS: plan.shards,
    RATE_LIMIT: plan.rateLimit,
    LINGER_MS: plan.lingerMs,
    JOURNAL_DAYS: 1,
    CUSTOMERIO_TRACK_TOKEN: key,
    ...(plan.isMailing ? MAILING : {}),
  });

  const shards: Shard[] = Array.from({ length: plan.shards }, (_, index) => {
    const network = beside(mailbox, receiver.network);
    const object = outboxIn(world, { name: shardName(index), network, vars });
    return { object, auditor: createAuditor(object.db, receiver) };
  });
  const politeness = createPoliteness(plan, (name) => shardNamed(name).object);

  books.onArrival = (arrival) => guard(() => politeness.arrive(arrival));
  books.onRateLimit = (shard, ms) => politeness.ask({ shard, ms, at: world.now() });
  // What has landed and was answered goes once more only where the shard died, or could not write it down.
  books.onRepeat = (name, id, askedAt) =>
    guard(() => {
      // The track of a mail that is replayed goes before it.
      if (shardNamed(name).object.hadFault(askedAt, world.now()) || replayed.has(id)) return;
      throw new Violation(`${id} was sent again although it had landed`);
    });
  mailbox.books.replayed = (name) => replayed.get(name) ?? 0;
  mailbox.books.onViolation = (violation) => {
    problem ??= violation;
  };
  mailbox.books.onMail = ({ userId, name }) =>
    guard(() => shardFor(userId).auditor.mail(name, personKey(userId), world.now()));
  books.onLanding = ({ shard, calls }) =>
    guard(() => shardNamed(shard).auditor.land(calls, world.now()));

  /** Checks run inside the project's own calls, which catch errors: a violation is kept for the next step. */
  function guard(check: () => void): void {
    try {
      check();
    } catch (error) {
      if (!(error instanceof Violation)) throw error;
      problem ??= error;
    }
  }

  function shardNamed(name: string): Shard {
    const found = shards.find(({ object }) => object.name === name);
    if (found === undefined) throw new Error(`no shard ${name}`);
    return found;
  }

  function shardFor(userId: string): Shard {
    return shardNamed(shardName(shardOf(userId, plan.shards)));
  }

  /** Like a provider: again until it is answered, and sometimes once more after that. */
  async function send(webhook: Webhook): Promise<void> {
    const { object } = shardFor(webhook.userId);
    for (;;) {
      try {
        const { outcome } = await object.call((code) => code.accept(webhook.userId, webhook.event));
        if (random.chance(plan.answersLost)) throw new Error('answer lost');
        world.tell(`${webhook.event.id} of ${webhook.userId} answered ${outcome}`);
        break;
      } catch {
        await world.wait(random.between(1000, 60_000));
      }
    }
    answered.push(webhook);
    if (random.chance(plan.replays)) {
      await world.wait(random.between(1, 300_000));
      await object.call((code) => code.accept(webhook.userId, webhook.event)).catch(() => null);
    }
  }

  /** One fault somewhere, then the next one after a while. */
  function trouble(): void {
    if (isHealing) return;
    const { object } = random.pick(shards);
    random.pick(plan.troubles)({ world, object, receiver, plan, rotate, replay });
    world.after(random.between(1, plan.troubleEveryMs), trouble);
  }

  function replay(name: string): void {
    world.tell(`${name}: the operator replays`);
    const { object } = shardNamed(name);
    object
      .call(async (code) => {
        const [first] = code.listParked(0, 1);
        if (first === undefined) return;
        noteReplay(object.db, first.seq);
        code.replayParked(first.seq);
      })
      .catch(() => null);
  }

  /** A mail that is parked may be sent again then. */
  function noteReplay(db: Shard['object']['db'], seq: number): void {
    const row = parkedRows(db).find((each) => each.seq === seq);
    if (row === undefined) return;
    for (const name of [row.id, row.name]) replayed.set(name, (replayed.get(name) ?? 0) + 1);
  }

  /** The key is changed at Customer.io first; the Worker gets it with a deploy some minutes later. */
  function rotate(): void {
    state.key = `key-${world.now()}`;
    world.tell('the key is rotated');
    world.after(random.between(1000, 300_000), deploy);
  }

  function deploy(): void {
    key = state.key;
    world.tell('deployed');
    for (const { object } of shards) object.die();
  }

  function sweep(): void {
    for (const { object } of shards) object.call((code) => code.sweep()).catch(() => null);
    world.after(SWEEP_EVERY_MS, sweep);
  }

  async function step(): Promise<void> {
    await world.step();
    steps += 1;
    if (steps > 200_000) throw new Violation('it never ends');
    for (const { object, auditor } of shards) {
      if (object.hasChanged()) auditor.check(world.now());
    }
    deaths = shards.reduce((sum, { object }) => sum + Math.max(0, object.lives() - 1), 0);
    if (problem !== null) throw problem;
  }

  async function underFire(): Promise<void> {
    state.mood = plan.mood;
    mailbox.state.mood = plan.mailMood;
    for (const webhook of webhooks) {
      world.after(webhook.at - world.startAt, () => void send(webhook));
    }
    world.after(0, sweep);
    world.after(random.between(1, plan.troubleEveryMs), trouble);
    while (world.now() < world.startAt + FIRE_MS) await step();
  }

  async function healed(): Promise<void> {
    isHealing = true;
    state.mood = FINE;
    mailbox.state.mood = MAILS_FINE;
    state.isDown = false;
    state.isRefusingAll = false;
    state.isRefusingRemovals = false;
    for (const { object } of shards) object.heal();
    deploy();
    const healedAt = world.now();
    const poisons = webhooks.filter(({ moment }) => moment?.startsWith('poison')).length;
    const until = healedAt + HEAL_MS + poisons * POISON_MS;
    visit();
    const isDone = () =>
      answered.length === expected &&
      shards.every(({ auditor }) => auditor.pending() + auditor.mailsDue() === 0);
    while (!isDone() && world.now() < until) {
      await step();
      if (world.now() > healedAt + NEIGHBOURS_MS && !plan.clockJumps) checkNeighbours();
    }
    // What is still on its way changes nothing any more.
    const quiet = world.now() + 60_000;
    while (world.now() < quiet) await step();
    for (const { auditor } of shards) auditor.check(world.now());
    checkEnd();
  }

  /** Somebody new comes to every shard, with one checkout; again and again as long as somebody is held. */
  function visit(): void {
    if (visits === 0 || shards.some(({ auditor }) => auditor.isHeld())) {
      const visitors = visitorsOf(plan.shards, world.now(), visits * VISITORS_MAX);
      visits += 1;
      expected += visitors.length;
      for (const visitor of visitors) {
        world.after(random.between(0, 60_000), () => void send(visitor));
      }
    }
    world.after(VISIT_EVERY_MS, visit);
  }

  /** A shard that pauses because everything is refused holds everybody, as it should. */
  function pausedUntil(name: string, isPaused: boolean): number {
    const { at, wasPaused } = pauses.get(name) ?? { at: 0, wasPaused: false };
    const until = isPaused || wasPaused ? world.now() : at;
    pauses.set(name, { at: until, wasPaused: isPaused });
    return until;
  }

  /** Whoever is held delays nobody else: others have landed within a minute of their coming. */
  function checkNeighbours(): void {
    for (const { object, auditor } of shards) {
      const restedAt = pausedUntil(object.name, auditor.isPaused());
      const waitedMs = Math.min(auditor.longestWaitMs(world.now()), world.now() - restedAt);
      if (waitedMs > NEIGHBOUR_MS_MAX) {
        throw new Violation(`${object.name}: somebody waits for ${waitedMs} ms behind another`);
      }
    }
  }

  function checkEnd(): void {
    if (answered.length < expected) throw new Violation('a webhook was never answered');
    for (const { object, auditor } of shards) {
      const pending = auditor.pending();
      if (pending > 0) throw new Violation(`${object.name}: ${pending} pending`);
      const due = auditor.mailsDue();
      if (due > 0) throw new Violation(`${object.name}: ${due} mails due`);
    }
    for (const webhook of answered) checkLanded(webhook);
    const { clashes, resurrections } = receiver.memory.state();
    if (clashes > 0) throw new Violation(`${clashes} message ids used for two messages`);
    if (resurrections > 0) throw new Violation(`${resurrections} messages after a removal`);
  }

  /** From outside: the webhook's own moment is at Customer.io, once; or parked; or its person was deleted. */
  function checkLanded({ userId, event, moment }: Webhook): void {
    const { auditor } = shardFor(userId);
    if (moment === null) return;
    const events = receiver.memory
      .state()
      .events.filter((each) => each.properties['webhook'] === moment);
    if (events.length > 1) throw new Violation(`${event.id} has landed ${events.length} times`);
    const isErased = auditor.isErased(personKey(userId));
    if (events.length === 1 && plan.isMailing && !isErased) checkMailed(auditor, moment);
    if (events.length === 1) return;
    if (isErased || auditor.isParked(moment)) return;
    throw new Violation(`${event.id} was answered and has not landed`);
  }

  /** Asked for, or parked because nobody knows whether it was, or to whom. */
  function checkMailed(auditor: Shard['auditor'], moment: string): void {
    if (mailbox.asked.has(moment) || auditor.isMailParked(moment) || replayed.has(moment)) return;
    // It landed, nobody heard of it, and when it went again everything was refused.
    if (auditor.isParked(moment)) return;
    throw new Violation(`${moment} has landed and was not mailed`);
  }

  function figures() {
    const parked = shards.reduce((sum, { auditor }) => sum + auditor.parkedCount(), 0);
    const { requests, resent } = books;
    const { mails } = mailbox.books;
    return { steps, webhooks: webhooks.length, requests, resent, deaths, parked, mails };
  }

  const close = () => shards.forEach(({ object }) => object.close());

  return { underFire, healed, figures, close };
}
