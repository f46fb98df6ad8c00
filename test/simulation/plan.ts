// What one seed is about: how many people and shards, how Customer.io behaves, and which troubles come.

import type { Instance, SimulatedObject } from './durable-object.ts';
import { MAILS_FINE } from './mailbox.ts';
import type { MailMood } from './mailbox.ts';
import type { Random } from './random.ts';
import { FINE } from './receiver.ts';
import type { Mood, Receiver } from './receiver.ts';
import type { World } from './world.ts';

type Stage = {
  readonly world: World;
  readonly object: SimulatedObject<Instance>;
  readonly receiver: Receiver;
  readonly plan: Plan;
  readonly rotate: () => void;
  /** The operator replays something that is parked. */
  readonly replay: (name: string) => void;
};

type Trouble = (stage: Stage) => void;

export type Plan = {
  readonly shards: number;
  readonly rateLimit: number;
  readonly lingerMs: number;
  readonly people: number;
  readonly webhooks: number;
  readonly mood: Mood;
  readonly isMailing: boolean;
  readonly mailMood: MailMood;
  readonly answersLost: number;
  readonly replays: number;
  readonly deletions: number;
  readonly troubleEveryMs: number;
  readonly troubles: readonly Trouble[];
  /** Webhooks whose message no request may contain: refused with 400, or failing with 500 for ever. */
  readonly refused: number;
  readonly poison: number;
  readonly clockJumps: boolean;
};

export function planOf(random: Random): Plan {
  const clockJumps = random.chance(0.2);
  const shards = random.pick([1, 1, 2, 3]);
  return {
    shards,
    rateLimit: shards * random.pick([2, 5, 25]),
    lingerMs: random.pick([0, 50, 250, 2000]),
    people: random.between(1, 6),
    webhooks: random.between(5, 40),
    mood: moodOf(random),
    isMailing: random.chance(0.5),
    mailMood: mailMoodOf(random),
    answersLost: random.pick([0, 0.05, 0.3]),
    replays: random.pick([0, 0.2]),
    deletions: random.pick([0, 0, 0.3]),
    troubleEveryMs: random.pick([10_000, 60_000, 300_000]),
    troubles: random.chance(0.15) ? [nothing] : troublesOf(random, clockJumps),
    refused: random.pick([0, 0, 0.1, 0.5]),
    poison: random.pick([0, 0, 0, 0.05]),
    clockJumps,
  };
}

export function moodOf(random: Random): Mood {
  if (random.chance(0.2)) return FINE;
  const some = () => random.pick([0, 0, 0, 0.1, 0.4]);
  return {
    unavailable: some(),
    rateLimited: some(),
    tornBefore: some(),
    tornAfter: some(),
    silent: random.pick([0, 0, 0.1]),
    trickling: random.pick([0, 0, 0.1]),
    html: random.pick([0, 0.3]),
    redirected: random.pick([0, 0, 0, 0.1]),
  };
}

export function mailMoodOf(random: Random): MailMood {
  if (random.chance(0.3)) return MAILS_FINE;
  const some = () => random.pick([0, 0, 0.1, 0.3]);
  return { torn: some(), unavailable: some(), rateLimited: some(), silent: random.pick([0, 0.1]) };
}

function troublesOf(random: Random, clockJumps: boolean): Trouble[] {
  const all = [
    death,
    deathBetweenStatements,
    fullDisk,
    outage,
    lostAlarms,
    newKey,
    refusal,
    refusalOfRemovals,
    operator,
  ];
  const some = all.filter(() => random.chance(0.5));
  return [nothing, ...some, ...(clockJumps ? [clockJump] : [])];
}

const nothing: Trouble = () => undefined;

/** Eviction, abort, kill -9: to the shard they are one thing. */
const death: Trouble = ({ object }) => object.die();

const deathBetweenStatements: Trouble = ({ world, object }) => {
  object.dieIn(world.random.between(0, 12));
};

const fullDisk: Trouble = ({ world, object }) => {
  object.fillDiskIn(world.random.between(0, 8));
};

const outage: Trouble = ({ world, receiver }) => {
  receiver.state.isDown = true;
  world.tell('Customer.io is down');
  world.after(world.random.between(1000, 200_000), () => {
    receiver.state.isDown = false;
  });
};

const refusal: Trouble = ({ world, receiver }) => {
  receiver.state.isRefusingAll = true;
  world.tell('Customer.io refuses everything');
  world.after(world.random.between(1000, 30_000), () => {
    receiver.state.isRefusingAll = false;
  });
};

/** Until everything heals. */
const refusalOfRemovals: Trouble = ({ world, receiver }) => {
  receiver.state.isRefusingRemovals = true;
  world.tell('Customer.io refuses to delete people');
};

const lostAlarms: Trouble = ({ world, object }) => {
  object.faults.alarmLost = world.random.pick([0, 0.3, 1]);
};

const newKey: Trouble = ({ world, rotate }) => {
  if (world.random.chance(0.2)) rotate();
};

const operator: Trouble = ({ object, replay }) => replay(object.name);

const clockJump: Trouble = ({ world, object }) => {
  const ms = world.random.pick([-7_200_000, -5000, 0, 700, 7_200_000]);
  object.setClock(ms);
  world.tell(`${object.name}: the clock is ${ms} ms off`);
};
