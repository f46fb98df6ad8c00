// The kill campaign: the real Worker process is killed with -9 again and again while signed webhooks come in and
// Customer.io misbehaves. At the end the receiver is audited, webhook by webhook, against what got a 2xx.

import { checkoutSession, stripeEvent } from '../../src/samples/stripe.ts';
import { until } from '../../src/start/until.ts';
import { startEmulator } from '../emulator/server.ts';
import { createRandom } from '../simulation/random.ts';
import type { Random } from '../simulation/random.ts';
import { emulatorClient } from '../support/emulator.ts';
import type { EmulatorClient } from '../support/emulator.ts';
import { delivered, post, startRelay } from '../support/relay.ts';

const KEY = 'torture-key';
const SHARDS = 4;
const PEOPLE = 40;
/** Under load all the time: a kill comes after so many answers at most, and the last one after so many in all. */
const ANSWERS_BETWEEN_KILLS_MAX = 250;
export const ANSWERS_PER_KILL = 70;

type Verdict = {
  readonly kills: number;
  readonly answered: number;
  readonly landed: number;
  readonly lost: number;
  readonly doubled: number;
  readonly outOfOrder: number;
  /** Raw resends: messages that arrived again under their own id, without effect. */
  readonly resent: number;
  readonly requests: number;
  readonly seconds: number;
};

type Answered = { readonly userId: string; readonly index: number };

export async function torture(kills: number, seed: number): Promise<Verdict> {
  const random = createRandom(seed);
  const server = await startEmulator({ token: KEY });
  const emulator = emulatorClient(server.url);
  const vars = {
    CUSTOMERIO_TRACK_TOKEN: KEY,
    CUSTOMERIO_PIPELINES_URL: `${server.url}/v1`,
    SHARDS: String(SHARDS),
    LINGER_MS: '20',
  };
  let worker = await startRelay(vars);
  const startedAt = Date.now();
  const answered: Answered[] = [];
  const load = { isOver: false };

  const people = Array.from({ length: PEOPLE }, (_, person) => live(`user_torture${person}`));

  /** One person's webhooks, one after the other; each again until it is answered, as a provider would. */
  async function live(userId: string): Promise<void> {
    for (let index = 0; !load.isOver; index += 1) {
      while (!(await isTaken(worker, userId, index))) await pause(20);
      answered.push({ userId, index });
    }
  }

  for (let kill = 0; kill < kills; kill += 1) {
    await emulator.script(faults(random));
    const target = answered.length + random.between(1, ANSWERS_BETWEEN_KILLS_MAX);
    await until(() => answered.length >= target);
    await worker.kill();
    worker = await startRelay(vars, worker.folder);
  }
  await until(() => answered.length >= kills * ANSWERS_PER_KILL);
  load.isOver = true;
  await Promise.all(people);
  await emulator.script('');
  await delivered(worker);
  const verdict = await audit(emulator, answered);
  await worker.close();
  await server.close();
  return { kills, ...verdict, seconds: Math.round((Date.now() - startedAt) / 1000) };
}

/** A while of anything but health; when the script is over, Customer.io is well again. */
function faults(random: Random): string {
  const steps = ['503', '500', 'reset', '429 Retry-After 1', '200', '200 html', 'slow 150', '200'];
  return Array.from({ length: random.between(0, 8) }, () => random.pick(steps)).join(',');
}

async function isTaken(
  relay: { readonly url: string },
  userId: string,
  index: number,
): Promise<boolean> {
  const session = checkoutSession({
    id: `cs_${userId}_${index}`,
    customer: null,
    subscription: null,
    amount_total: index * 100,
    metadata: { clerkUserId: userId },
  });
  const event = stripeEvent('checkout.session.completed', session);
  // Killed: no answer, or half of one.
  const answer = await post(relay, 'stripe', event).catch(() => null);
  return answer?.status === 200;
}

async function audit(emulator: EmulatorClient, answered: readonly Answered[]) {
  const { events, duplicates, requests } = await emulator.state();
  const perPerson = new Map<string, number[]>();
  for (const { userId, properties } of events) {
    perPerson.set(userId, [...(perPerson.get(userId) ?? []), Number(properties['amount'])]);
  }
  const times = (one: Answered) =>
    (perPerson.get(one.userId) ?? []).filter((index) => index === one.index).length;
  const isOrdered = (indexes: readonly number[]) =>
    indexes.every((index, position) => position === 0 || index > (indexes[position - 1] ?? 0));
  return {
    answered: answered.length,
    landed: events.length,
    lost: answered.filter((one) => times(one) === 0).length,
    doubled: answered.filter((one) => times(one) > 1).length,
    outOfOrder: [...perPerson.values()].filter((indexes) => !isOrdered(indexes)).length,
    resent: duplicates,
    requests: requests.length,
  };
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
