// A backfill of the real Worker: killed with -9 in the middle, live webhooks meanwhile, and at the end everybody is looked for at
// the receiver.

import { clerkEvent, clerkUser } from '../../src/samples/clerk.ts';
import { until } from '../../src/start/until.ts';
import { startClerkHistory, startStripeHistory } from '../emulator/history.ts';
import { createPopulation } from '../emulator/population.ts';
import type { Population } from '../emulator/population.ts';
import { startEmulator } from '../emulator/server.ts';
import { emulatorClient } from '../support/emulator.ts';
import type { EmulatorClient } from '../support/emulator.ts';
import { ADMIN_TOKEN, delivered, post, startRelay } from '../support/relay.ts';
import type { Relay } from '../support/relay.ts';

const PIPELINES_KEY = 'pipelines-key';
const PROVIDER_KEY = 'sk_of_both';

type Campaign = {
  readonly users: number;
  readonly subscriptions: number;
  readonly kills: number;
  /** The APIs answer 429, 500, slowly, and lose connections. */
  readonly isHostile?: boolean;
  /** So many webhooks before it begins, whose landing is what the later ones' is held against. */
  readonly calm?: number;
  readonly say?: (line: string) => void;
};

type View = {
  readonly state: string;
  readonly problem: string | null;
  readonly rows: number;
  readonly lists: Readonly<Record<string, { seen: number; parked: number }>>;
  readonly report: unknown;
};

/** A limit ends what hangs, and measures nothing. */
const PULL_MS_MAX = 3_600_000;

const FAULTS = '429 Retry-After 1,200,500,200,slow 50,reset,200,200,503';

export async function backfill({
  users,
  subscriptions,
  kills,
  isHostile,
  calm = 0,
  say = () => undefined,
}: Campaign) {
  const population = createPopulation({ users, subscriptions });
  const api = { key: PROVIDER_KEY, population };
  const [pipelines, clerk, stripe] = await Promise.all([
    startEmulator({ token: PIPELINES_KEY }),
    startClerkHistory(api),
    startStripeHistory(api),
  ]);
  const emulator = emulatorClient(pipelines.url);
  const vars = {
    CUSTOMERIO_TRACK_TOKEN: PIPELINES_KEY,
    CUSTOMERIO_PIPELINES_URL: `${pipelines.url}/v1`,
    CLERK_SECRET_KEY: PROVIDER_KEY,
    CLERK_API_URL: clerk.url,
    STRIPE_SECRET_KEY: PROVIDER_KEY,
    STRIPE_API_URL: stripe.url,
    SYNC_ROWS_PER_DAY: '0',
    SHARDS: '4',
    LINGER_MS: '20',
  };
  let worker = await startRelay(vars);
  const seen = (view: View) => Object.values(view.lists).reduce((sum, list) => sum + list.seen, 0);
  const before = new Map<string, number>();
  while (before.size < calm) await signUp(() => worker, `user_calm${before.size}`, before);
  const startedAt = Date.now();
  await begin(worker);
  if (isHostile === true) {
    clerk.script(FAULTS);
    stripe.script(FAULTS);
  }
  const live = { isOver: false, sentAt: new Map<string, number>() };
  const webhooks = liveWebhooks(() => worker, live);
  const expected = users + subscriptions;
  for (let kill = 1; kill <= kills; kill += 1) {
    await until(async () => {
      const view = await look(worker).catch(() => null);
      return (
        view !== null && (seen(view) > (expected * kill) / (kills + 2) || view.state === 'done')
      );
    }, PULL_MS_MAX);
    await worker.kill();
    say(`kill ${kill} after ${Math.round((Date.now() - startedAt) / 1000)} s`);
    worker = await startRelay(vars, worker.folder);
  }
  let view = await look(worker);
  await until(async () => {
    view = await look(worker).catch(() => view);
    return view.state === 'done' || view.state === 'failed';
  }, PULL_MS_MAX);
  const pulledMs = Date.now() - startedAt;
  live.isOver = true;
  await webhooks;
  await delivered(worker);
  const landedMs = Date.now() - startedAt;
  const audited = await audit(emulator, population, live.sentAt);
  const calmLandings = await landingsOf(emulator, before);
  const requests = { clerk: clerk.requests().length, stripe: stripe.requests().length };
  const parked = Object.values(view.lists).reduce((sum, list) => sum + list.parked, 0);
  await worker.close();
  await Promise.all([pipelines.close(), clerk.close(), stripe.close()]);
  return {
    state: view.state,
    problem: view.problem,
    parked,
    pulledMs,
    landedMs,
    requests,
    rows: view.rows,
    calmLandings,
    ...audited,
  };
}

async function ask(worker: Relay, method: string, json?: unknown): Promise<Response> {
  const headers = { authorization: `Bearer ${ADMIN_TOKEN}`, 'content-type': 'application/json' };
  const body = json === undefined ? null : JSON.stringify(json);
  return fetch(`${worker.url}/admin/sync`, { method, headers, body });
}

async function begin(worker: Relay): Promise<void> {
  const response = await ask(worker, 'POST', { kind: 'backfill' });
  if (response.status !== 202) throw new Error(`not begun: ${response.status}`);
}

async function look(worker: Relay): Promise<View> {
  return (await (await ask(worker, 'GET')).json()) as View;
}

/** People sign up all the time, one after the other; each again until it is answered, as a provider would. */
async function liveWebhooks(
  worker: () => Relay,
  live: { readonly isOver: boolean; readonly sentAt: Map<string, number> },
): Promise<void> {
  for (let index = 0; !live.isOver; index += 1) {
    await signUp(worker, `user_live${index}`, live.sentAt);
  }
}

async function signUp(worker: () => Relay, id: string, sentAt: Map<string, number>): Promise<void> {
  const event = clerkEvent('user.created', clerkUser({ id, updated_at: Date.now() }), Date.now());
  await until(async () => {
    sentAt.set(id, Date.now());
    const answer = await post(worker(), 'clerk', event, { id: `msg_${id}` }).catch(() => null);
    return answer?.status === 200;
  });
  await new Promise((resolve) => {
    setTimeout(resolve, 20);
  });
}

/** Milliseconds from the webhook to the receiver, the shortest first. */
async function landingsOf(
  emulator: EmulatorClient,
  sentAt: ReadonlyMap<string, number>,
): Promise<number[]> {
  const { events } = await emulator.state();
  return events
    .filter(({ userId }) => sentAt.has(userId))
    .map(({ receivedAt, userId }) => receivedAt - (sentAt.get(userId) ?? receivedAt))
    .toSorted((a, b) => a - b);
}

/** Told: events of anybody who was there before. Live ones have one each. */
async function audit(
  emulator: EmulatorClient,
  population: Population,
  live: ReadonlyMap<string, number>,
) {
  const { people, events, identifies, staleIdentifies } = await emulator.state();
  const before = Array.from({ length: population.users.size() }, (_, index) => index);
  const traitsOf = (id: string) => people[id]?.traits ?? null;
  const payers = new Map<string, number[]>();
  for (let index = 0; index < population.subscriptions.size(); index += 1) {
    const id = population.userId(population.payerOf(index));
    payers.set(id, [...(payers.get(id) ?? []), index]);
  }
  const isRight = (index: number) => {
    const id = population.userId(index);
    const traits = traitsOf(id);
    const theirs = payers.get(id) ?? [];
    const paid = theirs.filter((each) => population.statusOf(each) !== 'trialing').length * 49;
    return (
      traits?.['email'] === `person${index}@example.test` &&
      (theirs.length === 0 || traits['totalPaid'] === paid) &&
      (traits['subscriptionsCount'] ?? 0) ===
        theirs.filter((each) => population.statusOf(each) !== 'canceled').length
    );
  };
  return {
    missing: before.filter((index) => traitsOf(population.userId(index)) === null).length,
    wrong: before.filter((index) => !isRight(index)).length,
    told: events.filter(({ userId }) => userId.startsWith('user_p')).length,
    live: live.size,
    liveLost: [...live.keys()].filter((id) => !events.some(({ userId }) => userId === id)).length,
    identifies: identifies.length,
    staleIdentifies,
    landings: await landingsOf(emulator, live),
  };
}
