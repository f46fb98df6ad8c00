// Both providers over companies, and what a relay of them has still to do.

import { heldPopulation } from '../emulator/held-population.ts';
import { clerkAnswer, stripeAnswer } from '../emulator/history.ts';
import type { World } from '../simulation/world.ts';
import type { Companies, Webhook } from './companies.ts';
import type { RelayWorld } from './relay-world.ts';

/** What they hold, which may change at any time. */
export type AtProviders = Omit<Companies, 'webhooks'> & {
  /** Questions that have come. */
  readonly asked?: string[];
  /** What is answered in the place of it; null: nothing else. */
  readonly instead?: (url: URL) => Response | null;
};

export const ON = { ORGANIZATIONS: 'on' };

/** Both APIs over what happened, by the vendors' own paging; now and then slow or limited. */
export function apiOf(world: World, held: AtProviders, chance: number) {
  return async (_: unknown, address: string): Promise<Response> => {
    const { random } = world;
    const url = new URL(address);
    held.asked?.push(`${url.pathname}${url.search}`);
    await world.wait(random.between(1, 400));
    if (random.chance(chance)) {
      const status = random.pick([429, 500, 503]);
      return Response.json({}, { status, headers: status === 429 ? { 'retry-after': '2' } : {} });
    }
    const instead = held.instead?.(url) ?? null;
    if (instead !== null) return instead;
    const call = { path: url.pathname, query: url.searchParams };
    const population = heldPopulation(held);
    const { status, body } =
      url.host === 'clerk.test'
        ? clerkAnswer(call, population, held)
        : stripeAnswer(call, population, held);
    return Response.json(body, { status });
  };
}

export function isSettled(relay: RelayWorld): boolean {
  const left = [`notices WHERE user <> ''`, 'fan_outs'].flatMap(relay.rows);
  return left.length === 0 && relay.waiting() === 0;
}

export async function sendAll(relay: RelayWorld, webhooks: readonly Webhook[]): Promise<void> {
  for (const { provider, json, id } of webhooks) {
    let isTaken = false;
    const send = async (): Promise<void> => {
      await relay.webhook(provider, json, id);
      isTaken = true;
    };
    void send();
    await relay.until(() => isTaken);
  }
}
