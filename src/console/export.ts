// The export of a person: all that is held about them in any shard, a page at once, so that neither its size nor the number of
// shards meets a limit of the platform. First what may still move on (what waits, what is parked), the journal last: what
// moves meanwhile is in two places rather than in none.

import type { Config } from '../config/config.ts';
import { HELD_PAGE_MAX, sizeOf } from '../platform/held.ts';
import type { Held, HeldPage } from '../platform/held.ts';
import { namespaceIn, outboxOf } from '../platform/namespaces.ts';
import { shardNames } from '../platform/shards.ts';

/** Shards asked by one page, beside those that are asked whose the customers are: a request may make a thousand calls. */
const CALLS_MAX = 100;

type Asked = {
  readonly env: Cloudflare.Env;
  readonly config: Config;
  readonly userId: string;
};

/** What one shard has of them; it goes on behind `after`. */
type Stop = (after: string) => Promise<HeldPage>;

/** `after`: empty to begin with, then the `next` of the page before. Null for what is no such place. */
export async function exportPage(asked: Asked, after: string): Promise<HeldPage | null> {
  const [, first = '', within = ''] = /^(\d{1,3})\.([\w:]{0,300})$/.exec(after || '0.') ?? [];
  const stops = await stopsOf(asked);
  return first !== '' && Number(first) < stops.length
    ? pageFrom(stops, Number(first), within)
    : null;
}

async function pageFrom(stops: readonly Stop[], first: number, within: string): Promise<HeldPage> {
  const held: Held[] = [];
  let [at, inside] = [first, within];
  for (let call = 0; call < CALLS_MAX; call += 1) {
    const page = await stops[at]?.(inside);
    if (page === undefined) return { held, next: null };
    held.push(...page.held);
    [at, inside] = page.next === null ? [at + 1, ''] : [at, page.next];
    if (sizeOf(held) > HELD_PAGE_MAX) break;
  }
  return { held, next: at < stops.length ? `${at}.${inside}` : null };
}

/** Every links shard, every outbox shard for organizations and what nobody could read, and the person's own. */
async function stopsOf({ env, config, userId }: Asked): Promise<readonly Stop[]> {
  const [links, outboxes] = [namespaceIn(env.LINKS, config), namespaceIn(env.OUTBOX, config)];
  const own = outboxOf(env, config, userId);
  const names = shardNames(config);
  const theirs = names.map(async (name) => links.getByName(name).customersOf(userId));
  const [known, ...found] = await Promise.all([own.knownBy(userId), ...theirs]);
  const customers = [...new Set(found.flat())];
  const ids = [...new Set([...known, ...customers])];
  return [
    ...names.map(
      (name) => async (after: string) => links.getByName(name).held({ userId, customers, after }),
    ),
    ...names.map(
      (name) => async (after: string) => outboxes.getByName(name).heldNaming(ids, after),
    ),
    async (after) => own.held(userId, after),
  ];
}
