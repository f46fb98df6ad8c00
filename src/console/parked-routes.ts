// The operator and parked things: listed without personal data, shown, put back into the flow, thrown away. An id is
// the shard and the number there: `s0-12`.

import type { Context } from 'hono';
import { Hono } from 'hono/tiny';

import { ready } from '../door/ready.ts';
import type { RelayApp } from '../door/ready.ts';
import type { Provider } from '../intake/provider.ts';
import type { ParkedLine } from '../outbox/parked/shelf.ts';
import { shardNames } from '../platform/shards.ts';
import { answer } from './answer.ts';
import { discard, putBack } from './put-back.ts';
import { parkedAt, placeOf, relayOf, shardAt } from './relay.ts';
import { ROUTES } from './routes.ts';

/** Things listed or replayed by one request: each replay is a call or three, and a request may make a thousand. */
const AT_ONCE_MAX = 100;

type Listed = Omit<ParkedLine, 'seq' | 'person'> & { readonly id: string };

export function parkedRoutes(providers: readonly Provider[]) {
  const routes = new Hono<RelayApp>();

  routes.get(ROUTES.parkedList.path, ready, async (c) => {
    const wanted = Number(c.req.query('limit') ?? AT_ONCE_MAX);
    const most = Math.min(AT_ONCE_MAX, Math.max(1, Math.trunc(wanted) || AT_ONCE_MAX));
    const parked = await list(c, most);
    return answer<'parkedList'>(200, { parked, next: nextOf(parked, most) });
  });

  routes.post(ROUTES.replayAll.path, ready, async (c) => {
    const lines = await list(c, AT_ONCE_MAX);
    const outcomes: Record<string, number> = {};
    for (const { id } of lines) {
      const outcome = await replay(c, providers, id);
      outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
    }
    // What cannot be read yet stays, so a caller goes on behind the last one.
    return answer<'replayAll'>(200, { outcomes, next: nextOf(lines, AT_ONCE_MAX) });
  });

  routes.get(ROUTES.parkedOne.path, ready, async (c) => {
    const id = c.req.param('id');
    const thing = await parkedAt(relayOf(c), id);
    if (thing === null) return answer<'parkedOne'>(404, { error: 'parked_unknown' });
    const content: unknown = JSON.parse(thing.content);
    return answer<'parkedOne'>(200, { ...listedOf(id, thing), content });
  });

  routes.post(ROUTES.replayOne.path, ready, async (c) => {
    const outcome = await replay(c, providers, c.req.param('id'));
    return outcome === 'not_found'
      ? answer<'replayOne'>(404, { error: 'parked_unknown' })
      : answer<'replayOne'>(200, { outcome });
  });

  routes.delete(ROUTES.discardParked.path, ready, async (c) => {
    const outcome = await discard(relayOf(c), c.req.param('id'));
    return outcome === 'discarded'
      ? answer<'discardParked'>(200, { outcome })
      : answer<'discardParked'>(404, { error: 'parked_unknown' });
  });

  return routes;
}

/** What is parked behind `?after=`, shard by shard, in the order of parking. */
async function list(c: Context<RelayApp>, most: number): Promise<Listed[]> {
  const relay = relayOf(c);
  const after = placeOf(relay, c.req.query('after') ?? '');
  const names = shardNames(relay.config);
  const found: Listed[] = [];
  for (const shard of names.slice(after === null ? 0 : names.indexOf(after.shard))) {
    const seq = shard === after?.shard ? after.seq : 0;
    const lines = await shardAt(relay, shard).listParked(seq, most - found.length);
    found.push(...lines.map((line) => listedOf(`${shard}-${line.seq}`, line)));
    if (found.length >= most) break;
  }
  return found;
}

/** Whose it is stays out of it. */
function listedOf(id: string, { at, reason, detail, about }: Omit<ParkedLine, 'seq'>): Listed {
  return { id, at, reason, detail, about };
}

/** The last of a full page; null where nothing can be behind it. */
function nextOf(lines: readonly Listed[], most: number): string | null {
  return lines.length === most ? (lines.at(-1)?.id ?? null) : null;
}

function replay(c: Context<RelayApp>, providers: readonly Provider[], id: string): Promise<string> {
  return putBack({ ...relayOf(c), providers }, id);
}
