// The admin API's contract: every route below /admin with its method, path, request, and answer by status. The routes
// answer by it, the command line and the pages read by it. It only grows: a command line may be older or newer than the
// Worker, so fields that came later have a default, and words that may become more are plain text.

import { SUBJECT_ID } from '../person/owner.ts';
import * as v from '../platform/schema.ts';
import { MappingVars, Preview, Tracks } from './mapping-contract.ts';
import { figure, next, RECENT, SHARD, time } from './shapes.ts';
import { SYNC_PAGE, SyncJob, SyncRequest } from './sync-contract.ts';

export type AdminRoute = {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Below /admin, as Hono writes it. */
  readonly path: `/${string}`;
  /** What may stand behind the `?`: all of it may be left out. */
  readonly query?: readonly ('after' | 'limit')[];
  readonly request?: v.GenericSchema;
  readonly answers: Readonly<Record<number, v.GenericSchema>>;
};

/** A body that one status of a route has. */
export type AnswerOf<
  Route extends AdminRoute,
  Status extends keyof Route['answers'],
> = Route['answers'][Status] extends v.GenericSchema
  ? v.InferOutput<Route['answers'][Status]>
  : never;

const Waiting = v.object({
  /** A customer, or a charge whose customer is not known. */
  waitsFor: v.string(),
  events: v.number(),
  since: v.string(),
  why: v.optional(v.string(), ''),
  /** Where an event has almost an id, and what is wrong with it: `metadata.userId: blanks`. */
  detail: v.optional(v.nullable(v.string()), null),
  lookUps: figure,
  nextLookUpAt: time,
});

const Link = v.object({
  customerId: v.string(),
  /** Null: they are deleted. */
  userId: v.nullable(v.string()),
  source: v.string(),
  asOf: time,
  isErased: v.boolean(),
});

/** A customer, or the checkout session of somebody who bought without one. */
const CUSTOMER_ID = /^(cus_[A-Za-z0-9]+|cs_[A-Za-z0-9_]+)$/;

const fields = v.record(v.unknown());

const PersonView = v.object({
  person: fields,
  traits: fields,
  /** The newest first. */
  messages: v.optional(
    v.pipe(
      v.array(
        v.object({
          acceptedAt: figure,
          isDelivered: v.optional(v.boolean(), false),
          isHeld: v.optional(v.boolean(), false),
          message: fields,
        }),
      ),
      v.readonly(),
    ),
    [],
  ),
});

const Parked = v.object({
  id: v.string(),
  at: v.number(),
  reason: v.string(),
  detail: v.optional(v.string(), ''),
  about: v.optional(v.string(), ''),
});

/** One row of a table, as it is stored. */
const Held = v.object({ table: v.string(), row: fields });

/** `replayed`, `erased`, `unreadable`, `discarded`. */
const Outcome = v.object({ outcome: v.string() });

/** Any route may answer these, besides its own. */
export const EVERYWHERE = {
  401: errorOf('token_invalid'),
  403: errorOf('origin_foreign'),
  404: errorOf('not_found'),
  503: errorOf('config_invalid', 'layout_mismatch', 'unavailable'),
} satisfies AdminRoute['answers'];

export const ADMIN = {
  status: {
    method: 'GET',
    path: '/status',
    answers: { 200: v.object({ shards: v.array(SHARD) }) },
  },
  /** The newest webhooks of every shard, in the order of coming: those that are new or have changed behind `after`. */
  recent: {
    method: 'GET',
    path: '/recent',
    query: ['after', 'limit'],
    answers: {
      200: v.object({
        webhooks: v.array(RECENT),
        /** Where to go on, in words of the Worker. */
        next: v.string(),
        /** Shards that did not answer; what they know comes with the next question. */
        unanswered: v.optional(v.array(v.string()), []),
      }),
    },
  },
  waiting: {
    method: 'GET',
    path: '/waiting',
    query: ['limit'],
    answers: { 200: v.object({ waiting: v.array(Waiting) }) },
  },
  link: {
    method: 'GET',
    path: '/links/:customerId',
    answers: { 200: Link, 404: errorOf('link_unknown') },
  },
  linkByHand: {
    method: 'POST',
    path: '/links',
    request: v.object({
      customerId: v.pipe(v.string(), v.regex(CUSTOMER_ID)),
      userId: v.pipe(v.string(), v.regex(SUBJECT_ID)),
    }),
    answers: {
      200: v.object({ customerId: v.string(), userId: v.string() }),
      400: v.object({ error: v.literal('link_invalid'), expected: v.string() }),
      409: v.union([
        errorOf('person_erased'),
        v.object({
          error: v.literal('link_stands'),
          customerId: v.string(),
          /** Whose it is; null: a deletion came in between. */
          userId: v.nullable(v.string()),
        }),
      ]),
    },
  },
  forgetLink: {
    method: 'DELETE',
    path: '/links/:customerId',
    answers: { 200: v.object({ customerId: v.string() }), 404: errorOf('link_unknown') },
  },
  person: {
    method: 'GET',
    path: '/people/:userId',
    answers: { 200: PersonView, 404: errorOf('person_unknown'), 410: errorOf('person_erased') },
  },
  /** All that is held about one person, a page at once; a page may be empty and not the last one. */
  exportPerson: {
    method: 'GET',
    path: '/people/:userId/export',
    query: ['after'],
    answers: {
      200: v.object({ held: v.pipe(v.array(Held), v.readonly()), next }),
      400: errorOf('after_invalid'),
    },
  },
  deletePerson: {
    method: 'DELETE',
    path: '/people/:userId',
    answers: {
      /** `deleted`: the tombstone stands, the rest follows; `erased`: it stood already. */
      200: v.object({ userId: v.string(), outcome: v.string() }),
      400: errorOf('user_id_invalid'),
    },
  },
  parkedList: {
    method: 'GET',
    path: '/parked',
    query: ['after', 'limit'],
    answers: { 200: v.object({ parked: v.array(Parked), next }) },
  },
  replayAll: {
    method: 'POST',
    path: '/parked/replay',
    query: ['after'],
    answers: { 200: v.object({ outcomes: v.record(v.number()), next }) },
  },
  parkedOne: {
    method: 'GET',
    path: '/parked/:id',
    answers: {
      200: v.object({ ...Parked.entries, content: v.unknown() }),
      404: errorOf('parked_unknown'),
    },
  },
  replayOne: {
    method: 'POST',
    path: '/parked/:id/replay',
    answers: { 200: Outcome, 404: errorOf('parked_unknown') },
  },
  discardParked: {
    method: 'DELETE',
    path: '/parked/:id',
    answers: { 200: Outcome, 404: errorOf('parked_unknown') },
  },
  /** What the journal's moments are named, and the mapping in force; nothing personal. */
  tracks: { method: 'GET', path: '/mapping/tracks', query: ['after'], answers: { 200: Tracks } },
  /** Whom a refresh would identify under another mapping. Changes nothing. */
  previewMapping: {
    method: 'POST',
    path: '/mapping/preview',
    query: ['after'],
    request: MappingVars,
    answers: { 200: Preview, 400: errorOf('mapping_invalid') },
  },
  /** Begins a job; it goes on by itself. */
  syncBegin: {
    method: 'POST',
    path: '/sync',
    request: SyncRequest,
    answers: {
      202: v.object({ id: v.string(), kind: v.string() }),
      /** `field`: what is wrong in the request; `reason`: why it cannot be met. */
      400: v.object({ error: v.literal('sync_invalid'), field: v.string(), reason: v.string() }),
      409: v.object({ error: v.literal('sync_busy'), id: v.string() }),
    },
  },
  /** The job at work, or the last one. */
  sync: { method: 'GET', path: '/sync', answers: { 200: SyncJob } },
  syncPage: SYNC_PAGE,
  syncStop: {
    method: 'DELETE',
    path: '/sync',
    /** Null: none was at work. */
    answers: { 200: v.object({ id: v.nullable(v.string()) }) },
  },
} satisfies Record<string, AdminRoute>;

function errorOf<const Reason extends string>(...reasons: readonly Reason[]) {
  return v.object({ error: v.picklist(reasons) });
}
