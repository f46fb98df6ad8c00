// Parked things over the admin API. An id is the shard and the number there: `s0-12`.
//   GET /admin/parked?after=s0-12&limit=100   the list, without personal data
//   GET /admin/parked/:id                     all of one
//   POST /admin/parked/:id/replay             back into the flow;  POST /admin/parked/replay  the next hundred of them
//   DELETE /admin/parked/:id                  thrown away

import { Hono } from 'hono';

import type { Config } from '../config/config.ts';
import { isolateConfig } from '../config/isolate-config.ts';
import { deliver } from '../door/deliver.ts';
import { providerNamed } from '../intake/providers.ts';
import { shardsOf } from '../links/cloudflare-shards.ts';
import type { ParkedLine, ParkedThing } from '../outbox/parked/shelf.ts';
import { namespaceIn } from '../platform/namespaces.ts';
import { shardName } from '../platform/shards.ts';
import type { OperatorApp } from './operator.ts';

/** Things listed or replayed by one request: each replay is a call or three, and a request may make a thousand. */
const AT_ONCE_MAX = 100;

type Place = { readonly shard: string; readonly seq: number };

type Listed = Omit<ParkedLine, 'seq'> & { readonly id: string };

export const parked = new Hono<OperatorApp>();

parked.get('/', async (c) => {
  const after = placeOf(c.env, c.req.query('after') ?? '');
  const wanted = Number(c.req.query('limit') ?? AT_ONCE_MAX);
  const most = Math.min(AT_ONCE_MAX, Math.max(1, Math.trunc(wanted) || AT_ONCE_MAX));
  const lines = await list(c.env, after, most);
  const next = lines.length === most ? lines.at(-1)?.id : null;
  return c.json({ parked: lines, next: next ?? null });
});

parked.post('/replay', async (c) => {
  const lines = await list(c.env, placeOf(c.env, c.req.query('after') ?? ''), AT_ONCE_MAX);
  const outcomes: Record<string, number> = {};
  for (const { id } of lines) {
    const outcome = await replay(c.env, placeOf(c.env, id));
    outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
  }
  // What cannot be read yet stays, so a caller goes on behind the last one.
  const next = lines.length === AT_ONCE_MAX ? lines.at(-1)?.id : null;
  return c.json({ outcomes, next: next ?? null });
});

parked.get('/:id', async (c) => {
  const place = placeOf(c.env, c.req.param('id'));
  const thing = place === null ? null : await shardAt(c.env, place).findParked(place.seq);
  if (thing === null) return c.json({ error: 'parked_unknown' }, 404);
  const { seq: _, content, ...line } = thing;
  return c.json({ id: c.req.param('id'), ...line, content: JSON.parse(content) });
});

parked.post('/:id/replay', async (c) => {
  const outcome = await replay(c.env, placeOf(c.env, c.req.param('id')));
  return outcome === 'not_found' ? c.json({ error: 'parked_unknown' }, 404) : c.json({ outcome });
});

parked.delete('/:id', async (c) => {
  const place = placeOf(c.env, c.req.param('id'));
  const isGone = place !== null && (await shardAt(c.env, place).discardParked(place.seq));
  return isGone ? c.json({ outcome: 'discarded' }) : c.json({ error: 'parked_unknown' }, 404);
});

/** Shard by shard, in the order of parking. */
async function list(env: Cloudflare.Env, after: Place | null, most: number): Promise<Listed[]> {
  const names = Array.from({ length: configIn(env).shards }, (_, index) => shardName(index));
  const from = after === null ? 0 : names.indexOf(after.shard);
  const found: Listed[] = [];
  for (const shard of from < 0 ? [] : names.slice(from)) {
    const seq = shard === after?.shard ? after.seq : 0;
    const lines = await shardAt(env, { shard, seq }).listParked(seq, most - found.length);
    found.push(...lines.map(({ seq: at, ...line }) => ({ id: `${shard}-${at}`, ...line })));
    if (found.length >= most) break;
  }
  return found;
}

async function replay(env: Cloudflare.Env, place: Place | null): Promise<string> {
  if (place === null) return 'not_found';
  const shard = shardAt(env, place);
  const outcome = await shard.replayParked(place.seq);
  if (outcome !== 'unreadable') return outcome;
  const thing = await shard.findParked(place.seq);
  const taken = thing === null ? 'not_found' : await readAgain(env, thing);
  // Thrown away only now: a crash before this takes it twice, of which nothing new comes.
  if (taken === 'replayed') await shard.discardParked(place.seq);
  return taken;
}

/** An event that could not be read goes through the door once more, dated as when it came. */
async function readAgain(env: Cloudflare.Env, thing: ParkedThing): Promise<string> {
  const config = configIn(env);
  const { provider: name, id, body } = eventIn(thing);
  const provider = providerNamed(name);
  if (provider === undefined) return 'unreadable';
  const webhook = { json: JSON.parse(body), deliveryId: id, receivedAt: thing.at };
  const reading = provider.read(webhook, config.read);
  if (reading.kind === 'unreadable') return 'unreadable';
  const shards = shardsOf(env, () => config);
  await deliver(shards, { provider: name, body, now: Date.now(), reading });
  return 'replayed';
}

function eventIn({ content }: ParkedThing) {
  const event: Readonly<Record<string, unknown>> = JSON.parse(content);
  const text = (name: string) => (typeof event[name] === 'string' ? event[name] : '');
  return { provider: text('provider'), id: text('id'), body: text('body') };
}

/** Null for what is no id of ours: asking an object that is not in the layout would create it. */
function placeOf(env: Cloudflare.Env, id: string): Place | null {
  const [, shard = '', seq = ''] = /^s(\d{1,2})-(\d{1,15})$/.exec(id) ?? [];
  const isOurs = shard !== '' && Number(shard) < configIn(env).shards;
  return isOurs ? { shard: shardName(Number(shard)), seq: Number(seq) } : null;
}

function shardAt(env: Cloudflare.Env, { shard }: Place) {
  return namespaceIn(env.OUTBOX, configIn(env)).getByName(shard);
}

/** The operator's door has checked it already. */
function configIn(env: Cloudflare.Env): Config {
  const checked = isolateConfig(env);
  if (!checked.ok) throw new Error('config_invalid');
  return checked.config;
}
