// GET /admin/recent: the newest webhooks of every shard, for whoever follows them. Asked again with the `next` of the
// answer before it tells what is new, and what has landed since.

import { Hono } from 'hono/tiny';

import type { Config } from '../config/config.ts';
import { ready } from '../door/ready.ts';
import type { RelayApp } from '../door/ready.ts';
import { RECENT_MAX } from '../outbox/recent.ts';
import type { RecentPage } from '../outbox/recent.ts';
import { namespaceIn } from '../platform/namespaces.ts';
import { shardNames } from '../platform/shards.ts';
import { answer } from './answer.ts';
import { ROUTES } from './routes.ts';

export const recentRoutes = new Hono<RelayApp>();

recentRoutes.get(ROUTES.recent.path, ready, async (c) => {
  const config = c.get('config');
  const names = shardNames(config);
  const after = c.req.query('after') ?? '';
  const cursors = after.split(BETWEEN);
  const pages = await Promise.all(
    names.map((name, index) => pageOf(c.env, config, { name, cursor: cursors[index] ?? '' })),
  );
  const webhooks = pages
    .flatMap((page) => page?.webhooks ?? [])
    .toSorted((one, other) => one.at - other.at)
    .slice(after === '' ? -limitIn(c.req.query('limit')) : 0)
    .map((webhook) => ({ ...webhook, told: [...webhook.told] }));
  // Of a shard that did not answer the cursor stays where it was.
  const next = pages.map((page, index) => page?.next ?? cursors[index] ?? '').join(BETWEEN);
  const unanswered = names.filter((_, index) => pages[index] === null);
  return answer<'recent'>(200, { webhooks, next, unanswered });
});

/** Null: it did not answer, maybe because it is of before an upgrade; the others did. */
async function pageOf(
  env: Cloudflare.Env,
  config: Config,
  { name, cursor }: { readonly name: string; readonly cursor: string },
): Promise<RecentPage | null> {
  try {
    return await namespaceIn(env.OUTBOX, config).getByName(name).recent(cursor);
  } catch {
    return null;
  }
}

/** One of each shard, in their order. It is in no number and in no life's name. */
const BETWEEN = '.';

/** Of the first answer: of what comes behind a cursor all is told, or it would never be. */
function limitIn(text: string | undefined): number {
  const wanted = Math.trunc(Number(text ?? RECENT_MAX)) || RECENT_MAX;
  return Math.min(RECENT_MAX, Math.max(1, wanted));
}
