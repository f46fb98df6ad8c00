// The admin API's contract: every route below /admin with its method, path, request, and answer by status. The routes
// answer by it, the command line and the pages read by it. It only grows: a command line may be older or newer than the
// Worker, so fields that came later have a default, and words that may become more are plain text.

import * as z from 'zod/mini';

import { USER_ID } from '../person/owner.ts';
import { MappingVars, Preview, Tracks } from './mapping-contract.ts';
import { figure, next, RECENT, SHARD, time } from './shapes.ts';
import { SyncJob, SyncPage, SyncPlace, SyncRequest } from './sync-contract.ts';

export type AdminRoute = {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Below /admin, as Hono writes it. */
  readonly path: `/${string}`;
  /** What may stand behind the `?`: all of it may be left out. */
  readonly query?: readonly ('after' | 'limit')[];
  readonly request?: z.ZodMiniType;
  readonly answers: Readonly<Record<number, z.ZodMiniType>>;
};

/** A body that one status of a route has. */
export type AnswerOf<
  Route extends AdminRoute,
  Status extends keyof Route['answers'],
> = Route['answers'][Status] extends z.ZodMiniType ? z.output<Route['answers'][Status]> : never;

const Waiting = z.object({
  /** A customer, or a charge whose customer is not known. */
  waitsFor: z.string(),
  events: z.number(),
  since: z.string(),
  why: z._default(z.string(), ''),
  lookUps: figure,
  nextLookUpAt: time,
});

const Link = z.object({
  customerId: z.string(),
  /** Null: they are deleted. */
  userId: z.nullable(z.string()),
  source: z.string(),
  asOf: time,
  isErased: z.boolean(),
});

/** A customer, or the checkout session of somebody who bought without one. */
const CUSTOMER_ID = /^(cus_[A-Za-z0-9]+|cs_[A-Za-z0-9_]+)$/;

const fields = z.record(z.string(), z.unknown());

const PersonView = z.object({
  person: fields,
  traits: fields,
  /** The newest first. */
  messages: z._default(
    z.readonly(
      z.array(
        z.object({
          acceptedAt: figure,
          isDelivered: z._default(z.boolean(), false),
          isHeld: z._default(z.boolean(), false),
          message: fields,
        }),
      ),
    ),
    [],
  ),
});

const Parked = z.object({
  id: z.string(),
  at: z.number(),
  reason: z.string(),
  detail: z._default(z.string(), ''),
  about: z._default(z.string(), ''),
});

/** One row of a table, as it is stored. */
const Held = z.object({ table: z.string(), row: fields });

/** `replayed`, `erased`, `unreadable`, `discarded`. */
const Outcome = z.object({ outcome: z.string() });

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
    answers: { 200: z.object({ shards: z.array(SHARD) }) },
  },
  /** The newest webhooks of every shard, in the order of coming: those that are new or have changed behind `after`. */
  recent: {
    method: 'GET',
    path: '/recent',
    query: ['after', 'limit'],
    answers: {
      200: z.object({
        webhooks: z.array(RECENT),
        /** Where to go on, in words of the Worker. */
        next: z.string(),
        /** Shards that did not answer; what they know comes with the next question. */
        unanswered: z._default(z.array(z.string()), []),
      }),
    },
  },
  waiting: {
    method: 'GET',
    path: '/waiting',
    query: ['limit'],
    answers: { 200: z.object({ waiting: z.array(Waiting) }) },
  },
  link: {
    method: 'GET',
    path: '/links/:customerId',
    answers: { 200: Link, 404: errorOf('link_unknown') },
  },
  linkByHand: {
    method: 'POST',
    path: '/links',
    request: z.object({
      customerId: z.string().check(z.regex(CUSTOMER_ID)),
      userId: z.string().check(z.regex(USER_ID)),
    }),
    answers: {
      200: z.object({ customerId: z.string(), userId: z.string() }),
      400: z.object({ error: z.literal('link_invalid'), expected: z.string() }),
      409: z.union([
        errorOf('person_erased'),
        z.object({
          error: z.literal('link_stands'),
          customerId: z.string(),
          /** Whose it is; null: a deletion came in between. */
          userId: z.nullable(z.string()),
        }),
      ]),
    },
  },
  forgetLink: {
    method: 'DELETE',
    path: '/links/:customerId',
    answers: { 200: z.object({ customerId: z.string() }), 404: errorOf('link_unknown') },
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
      200: z.object({ held: z.readonly(z.array(Held)), next }),
      400: errorOf('after_invalid'),
    },
  },
  deletePerson: {
    method: 'DELETE',
    path: '/people/:userId',
    answers: {
      /** `deleted`: the tombstone stands, the rest follows; `erased`: it stood already. */
      200: z.object({ userId: z.string(), outcome: z.string() }),
      400: errorOf('user_id_invalid'),
    },
  },
  parkedList: {
    method: 'GET',
    path: '/parked',
    query: ['after', 'limit'],
    answers: { 200: z.object({ parked: z.array(Parked), next }) },
  },
  replayAll: {
    method: 'POST',
    path: '/parked/replay',
    query: ['after'],
    answers: { 200: z.object({ outcomes: z.record(z.string(), z.number()), next }) },
  },
  parkedOne: {
    method: 'GET',
    path: '/parked/:id',
    answers: { 200: z.extend(Parked, { content: z.unknown() }), 404: errorOf('parked_unknown') },
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
      202: z.object({ id: z.string(), kind: z.string() }),
      /** `field`: what is wrong in the request; `reason`: why it cannot be met. */
      400: z.object({ error: z.literal('sync_invalid'), field: z.string(), reason: z.string() }),
      409: z.object({ error: z.literal('sync_busy'), id: z.string() }),
    },
  },
  /** The job at work, or the last one. */
  sync: { method: 'GET', path: '/sync', answers: { 200: SyncJob } },
  /** A page of what providers have shown to whoever keeps their keys. */
  syncPage: {
    method: 'POST',
    path: '/sync/pages',
    request: SyncPage,
    answers: {
      200: SyncPlace,
      400: errorOf('sync_page_invalid'),
      /** No job of this id takes pages: it is over, or was never begun. */
      409: errorOf('sync_over'),
    },
  },
  syncStop: {
    method: 'DELETE',
    path: '/sync',
    /** Null: none was at work. */
    answers: { 200: z.object({ id: z.nullable(z.string()) }) },
  },
} satisfies Record<string, AdminRoute>;

function errorOf<const Reason extends string>(...reasons: readonly Reason[]) {
  return z.object({ error: z.enum(reasons) });
}
