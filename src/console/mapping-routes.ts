// What another mapping than the one in force would change, before it is deployed: of the moments of the journal, and of people.
// Both look and change nothing.

import { Hono } from 'hono/tiny';

import type { Config } from '../config/config.ts';
import { ready } from '../door/ready.ts';
import type { RelayApp } from '../door/ready.ts';
import type { MessageOptions } from '../person/messages.ts';
import { namespaceIn } from '../platform/namespaces.ts';
import * as v from '../platform/schema.ts';
import { peopleShardsOf } from '../sync/cloudflare-shards.ts';
import { cursorAfter, placeOf } from '../sync/people/walk.ts';
import { answer } from './answer.ts';
import type { MappingVars } from './requests.ts';
import { ROUTES } from './routes.ts';

const ENTRIES = 500;
const PEOPLE = 200;

/** Where a page begins, as `next` of the one before has said. */
const CURSOR = /^\d{1,2}\.[\w-]{0,50}$/;

const AFTER_INVALID = { error: 'after_invalid' } as const;

export const mappingRoutes = new Hono<RelayApp>();

mappingRoutes.get(ROUTES.tracks.path, ready, async (c) => {
  const config = c.get('config');
  const place = placeIn(c.req.query('after'), config);
  if (place === null) return answer<'tracks'>(400, AFTER_INVALID);
  const shard = namespaceIn(c.env.OUTBOX, config).getByName(place.name);
  const { tracks, next } = await shard.tracks(Number(place.after) || 0, ENTRIES);
  return answer<'tracks'>(200, {
    mapping: mappingOf(config.messages),
    tracks: tracks.map(({ namings, ...track }) => ({
      ...track,
      properties: { ...track.properties },
      namings: namings.map(({ by, own }) => ({ by: [...by], own })),
    })),
    next: cursorAfter(place, next === null ? null : String(next), { layout: config }),
  });
});

mappingRoutes.post(ROUTES.previewMapping.path, ready, async (c) => {
  const config = c.get('config');
  const parsed = v.safeParse(ROUTES.previewMapping.request, await c.req.json().catch(() => null));
  if (!parsed.success) return answer<'previewMapping'>(400, { error: 'mapping_invalid' });
  const place = placeIn(c.req.query('after'), config);
  if (place === null) return answer<'previewMapping'>(400, AFTER_INVALID);
  const people = peopleShardsOf(c.env, () => config);
  const under = optionsOf(parsed.output, config);
  const asked = { after: place.after, most: PEOPLE, isDryRun: true, under };
  const { next, examples, traits, ...found } = await people.refresh(place.name, asked);
  const ids = await people.userIdsOf(place.name, examples);
  return answer<'previewMapping'>(200, {
    seen: found.seen,
    due: found.due,
    unknown: found.unknown,
    unread: found.unread,
    traits: { ...traits },
    examples: Object.values(ids),
    next: cursorAfter(place, next, { layout: config }),
  });
});

/**
 * An empty one begins. Null: there is no such place. A shard that is none of the layout's must not be asked: asking makes it.
 */
function placeIn(after = '', { shards }: Config) {
  if (after !== '' && !CURSOR.test(after)) return null;
  const place = placeOf(after);
  return place.shard < shards ? place : null;
}

function mappingOf({ traitCase, events, freePlan, mapping }: MessageOptions) {
  const { plans, traits } = mapping;
  return { traitCase, events: { ...events }, freePlan, plans: { ...plans }, traits: { ...traits } };
}

function optionsOf(
  { plans, traits, ...named }: v.InferOutput<typeof MappingVars>,
  { messages }: Config,
): MessageOptions {
  return { ...named, mapping: { plans, traits }, onUserDeleted: messages.onUserDeleted };
}
