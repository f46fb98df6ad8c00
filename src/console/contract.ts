// The admin API's contract: every route below /admin (routes.ts) with its answers by status. The routes answer by it, the
// command line and the pages read by it. It only grows: a command line may be older or newer than the Worker, so fields that
// came later have a default, and words that may become more are plain text.

import * as v from '../platform/schema.ts';
import { Preview, Tracks } from './mapping-contract.ts';
import { OrganizationView } from './organization-contract.ts';
import { ROUTES } from './routes.ts';
import type { AskedRoute } from './routes.ts';
import { figure, next, RECENT, SHARD, time } from './shapes.ts';
import { SyncJob, SyncPlace } from './sync-contract.ts';

/** A route, and its answers by status. */
export type AdminRoute = AskedRoute & {
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
  status: { ...ROUTES.status, answers: { 200: v.object({ shards: v.array(SHARD) }) } },
  recent: {
    ...ROUTES.recent,
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
  waiting: { ...ROUTES.waiting, answers: { 200: v.object({ waiting: v.array(Waiting) }) } },
  link: { ...ROUTES.link, answers: { 200: Link, 404: errorOf('link_unknown') } },
  linkByHand: {
    ...ROUTES.linkByHand,
    answers: {
      200: v.object({ customerId: v.string(), userId: v.string() }),
      400: v.object({ error: v.literal('link_invalid'), expected: v.string() }),
      409: v.union([
        errorOf('person_erased'),
        errorOf('organizations_off'),
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
    ...ROUTES.forgetLink,
    answers: { 200: v.object({ customerId: v.string() }), 404: errorOf('link_unknown') },
  },
  person: {
    ...ROUTES.person,
    answers: { 200: PersonView, 404: errorOf('person_unknown'), 410: errorOf('person_erased') },
  },
  exportPerson: {
    ...ROUTES.exportPerson,
    answers: {
      200: v.object({ held: v.pipe(v.array(Held), v.readonly()), next }),
      400: errorOf('after_invalid'),
    },
  },
  deletePerson: {
    ...ROUTES.deletePerson,
    answers: {
      /** `deleted`: the tombstone stands, the rest follows; `erased`: it stood already. */
      200: v.object({ userId: v.string(), outcome: v.string() }),
      400: errorOf('user_id_invalid'),
    },
  },
  organization: {
    ...ROUTES.organization,
    answers: {
      200: OrganizationView,
      404: errorOf('subject_unknown'),
      410: errorOf('subject_erased'),
    },
  },
  parkedList: {
    ...ROUTES.parkedList,
    answers: { 200: v.object({ parked: v.array(Parked), next }) },
  },
  replayAll: {
    ...ROUTES.replayAll,
    answers: { 200: v.object({ outcomes: v.record(v.number()), next }) },
  },
  parkedOne: {
    ...ROUTES.parkedOne,
    answers: {
      200: v.object({ ...Parked.entries, content: v.unknown() }),
      404: errorOf('parked_unknown'),
    },
  },
  replayOne: { ...ROUTES.replayOne, answers: { 200: Outcome, 404: errorOf('parked_unknown') } },
  discardParked: {
    ...ROUTES.discardParked,
    answers: { 200: Outcome, 404: errorOf('parked_unknown') },
  },
  tracks: { ...ROUTES.tracks, answers: { 200: Tracks, 400: errorOf('after_invalid') } },
  previewMapping: {
    ...ROUTES.previewMapping,
    answers: { 200: Preview, 400: errorOf('mapping_invalid', 'after_invalid') },
  },
  syncBegin: {
    ...ROUTES.syncBegin,
    answers: {
      202: v.object({ id: v.string(), kind: v.string() }),
      /** `field`: what is wrong in the request; `reason`: why it cannot be met. */
      400: v.object({ error: v.literal('sync_invalid'), field: v.string(), reason: v.string() }),
      409: v.object({ error: v.literal('sync_busy'), id: v.string() }),
    },
  },
  sync: { ...ROUTES.sync, answers: { 200: SyncJob } },
  syncPage: {
    ...ROUTES.syncPage,
    answers: {
      200: SyncPlace,
      400: errorOf('sync_page_invalid'),
      /** No job of this id takes pages: it is over, or was never begun. */
      409: errorOf('sync_over'),
      /** Or nobody says how large it is. */
      413: errorOf('sync_page_too_large'),
    },
  },
  /** Null: none was at work. */
  syncStop: { ...ROUTES.syncStop, answers: { 200: v.object({ id: v.nullable(v.string()) }) } },
} satisfies Record<keyof typeof ROUTES, AdminRoute>;

function errorOf<const Reason extends string>(...reasons: readonly Reason[]) {
  return v.object({ error: v.picklist(reasons) });
}
