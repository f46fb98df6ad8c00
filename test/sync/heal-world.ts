// A relay that heals on the simulated clock: what Clerk and Stripe hold, and time that passes with the cron's visits.

import { clerkEvent, clerkUser } from '../../src/samples/clerk.ts';
import type { ApiObject } from '../emulator/population.ts';
import type { World } from '../simulation/world.ts';
import type { RelayWorld } from './relay-world.ts';

export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;

/** What the providers hold. */
export type Held = {
  users: ApiObject[];
  events: ApiObject[];
  /** Of Clerk; that of the webhooks where it is not said. */
  instance?: string;
  /** What is answered in the place of it; null: nothing else. */
  instead?: (url: URL) => Response | null;
  /** Questions that have come, the path and what stands behind it. */
  asked?: string[];
};

export function apiOf(held: Held) {
  return async (_: unknown, address: string): Promise<Response> => {
    const url = new URL(address);
    const { pathname, searchParams: query } = url;
    held.asked?.push(`${pathname}${url.search}`);
    const instead = held.instead?.(url) ?? null;
    if (instead !== null) return instead;
    if (pathname === '/v1/users') {
      const ids = query.getAll('user_id[]');
      const isAsked = ({ id }: ApiObject) => ids.length === 0 || ids.includes(String(id));
      return Response.json(query.get('offset') === '480' ? [] : held.users.filter(isAsked));
    }
    if (pathname === '/v1/instance') {
      return Response.json({ object: 'instance', id: held.instance ?? 'ins_1' });
    }
    if (pathname === '/v1/users/count') return Response.json({ total_count: held.users.length });
    const [, alone] = /^\/v1\/users\/(\w+)$/.exec(pathname) ?? [];
    if (alone !== undefined) {
      const user = held.users.find(({ id }) => id === alone);
      return Response.json(user ?? {}, { status: user === undefined ? 404 : 200 });
    }
    if (pathname.startsWith('/v1/billing/')) return Response.json({ data: [], total_count: 0 });
    if (pathname === '/v1/webhook_endpoints') return Response.json({ data: [] });
    const [from, to] = [Number(query.get('created[gte]')), Number(query.get('created[lt]'))];
    const within = ({ created }: ApiObject) => Number(created) >= from && Number(created) < to;
    return Response.json({ data: held.events.filter(within), has_more: false });
  };
}

export function userAt(id: string, at: number): ApiObject {
  return clerkUser({ id, created_at: at, updated_at: at });
}

export async function signsUp(relay: RelayWorld, user: ApiObject, at: number): Promise<void> {
  await takes(relay, clerkEvent('user.created', user, at), String(user['id']));
}

/** A webhook of Clerk's, until it is taken. */
export async function takes(relay: RelayWorld, body: ApiObject, id: string): Promise<void> {
  let isTaken = false;
  const take = async (): Promise<void> => {
    await relay.webhook('clerk', body, `msg_${id}`);
    isTaken = true;
  };
  void take();
  await relay.until(() => isTaken);
}

/** So much time, with the cron's visit every five minutes. */
export async function pass(
  world: World,
  relay: RelayWorld,
  ms: number,
  heard: Record<string, number> = {},
) {
  const end = world.now() + ms;
  let sight = { problem: null as string | null, healed: 0 };
  while (world.now() < end) {
    sight = await relay.sync.call(async (code) => code.visit(heard));
    const next = world.now() + 5 * MINUTE_MS;
    world.after(5 * MINUTE_MS, () => undefined);
    await relay.until(() => world.now() >= next);
  }
  return sight;
}

/** As `pass`, until something is wrong: what it is. */
export async function firstProblem(world: World, relay: RelayWorld): Promise<string | null> {
  for (let looks = 0; looks < 60; looks += 1) {
    const { problem } = await pass(world, relay, 5 * MINUTE_MS);
    if (problem !== null) return problem;
  }
  return null;
}

export function names(relay: RelayWorld): string[] {
  return relay
    .told()
    .map((line) => line.replace(/^\S+ /, ''))
    .toSorted();
}
