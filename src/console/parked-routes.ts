// The operator and parked things: listed without personal data, shown, put back into the flow, thrown away. An id is
// the shard and the number there: `s0-12`.

import type { Context } from 'hono';
import { Hono } from 'hono/tiny';

import { ready } from '../door/ready.ts';
import type { RelayApp } from '../door/ready.ts';
import type { Provider } from '../intake/provider.ts';
import type { ParkedLine } from '../outbox/parked/shelf.ts';
import { namespaceIn } from '../platform/namespaces.ts';
import { shardName, shardNames } from '../platform/shards.ts';
import { answer } from './answer.ts';
import { discard, putBack } from './put-back.ts';
import { ROUTES } from './routes.ts';

/** Things listed or replayed by one request: each replay is a call or three, and a request may make a thousand. */
const AT_ONCE_MAX = 100;

type ParkedId = { readonly shard: string; readonly seq: number };

type Listed = Omit<ParkedLine, 'seq' | 'person'> & { readonly id: string };

export function parkedRoutes(providers: readonly Provider[]) {
  const routes = new Hono<RelayApp>();

  routes.get(ROUTES.parkedList.path, ready, async (c) => {
    const wanted = Number(c.req.query('limit') ?? AT_ONCE_MAX);
    const most = Math.min(AT_ONCE_MAX, Math.max(1, Math.trunc(wanted) || AT_ONCE_MAX));
    const parked = await list(c, most);
    return answer('parkedList', 200, { parked, next: nextOf(parked, most) });
  });

  routes.post(ROUTES.replayAll.path, ready, async (c) => {
    const lines = await list(c, AT_ONCE_MAX);
    const outcomes: Record<string, number> = {};
    for (const { id } of lines) {
      const outcome = await replay(c, providers, id);
      outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
    }
    // What cannot be read yet stays, so a caller goes on behind the last one.
    return answer('replayAll', 200, { outcomes, next: nextOf(lines, AT_ONCE_MAX) });
  });

  routes.get(ROUTES.parkedOne.path, ready, async (c) => {
    const at = idOf(c, c.req.param('id'));
    const thing = at === null ? null : await shardAt(c, at).findParked(at.seq);
    if (at === null || thing === null) return answer('parkedOne', 404, { error: 'parked_unknown' });
    const content: unknown = JSON.parse(thing.content);
    return answer('parkedOne', 200, { ...listedOf(at.shard, thing), content });
  });

  routes.post(ROUTES.replayOne.path, ready, async (c) => {
    const outcome = await replay(c, providers, c.req.param('id'));
    return outcome === 'not_found'
      ? answer('replayOne', 404, { error: 'parked_unknown' })
      : answer('replayOne', 200, { outcome });
  });

  routes.delete(ROUTES.discardParked.path, ready, async (c) => {
    const relay = { env: c.env, config: c.get('config') };
    const outcome = await discard(relay, c.req.param('id'));
    return outcome === 'discarded'
      ? answer('discardParked', 200, { outcome })
      : answer('discardParked', 404, { error: 'parked_unknown' });
  });

  return routes;
}

/** What is parked behind `?after=`, shard by shard, in the order of parking. */
async function list(c: Context<RelayApp>, most: number): Promise<Listed[]> {
  const after = idOf(c, c.req.query('after') ?? '');
  const names = shardNames(c.get('config'));
  const found: Listed[] = [];
  for (const shard of names.slice(after === null ? 0 : names.indexOf(after.shard))) {
    const seq = shard === after?.shard ? after.seq : 0;
    const lines = await shardAt(c, { shard, seq }).listParked(seq, most - found.length);
    found.push(...lines.map((line) => listedOf(shard, line)));
    if (found.length >= most) break;
  }
  return found;
}

/** Whose it is stays out of it. */
function listedOf(shard: string, { seq, at, reason, detail, about }: ParkedLine): Listed {
  return { id: `${shard}-${seq}`, at, reason, detail, about };
}

/** The last of a full page; null where nothing can be behind it. */
function nextOf(lines: readonly Listed[], most: number): string | null {
  return lines.length === most ? (lines.at(-1)?.id ?? null) : null;
}

function replay(c: Context<RelayApp>, providers: readonly Provider[], id: string): Promise<string> {
  return putBack({ env: c.env, config: c.get('config'), providers }, id);
}

/** Null for what is no id of ours: asking a shard that is not in the layout would create it. */
function idOf(c: Context<RelayApp>, id: string): ParkedId | null {
  const [, shard = '', seq = ''] = /^s(\d{1,2})-(\d{1,15})$/.exec(id) ?? [];
  const isOurs = shard !== '' && Number(shard) < c.get('config').shards;
  return isOurs ? { shard: shardName(Number(shard)), seq: Number(seq) } : null;
}

function shardAt(c: Context<RelayApp>, { shard }: ParkedId) {
  return namespaceIn(c.env.OUTBOX, c.get('config')).getByName(shard);
}
