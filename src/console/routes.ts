// What may be asked below /admin: every route with its method, its path and its request. What is answered is in contract.ts,
// which the Worker needs as types alone. It only grows: a command line may be older or newer than the Worker.

import { SUBJECT_ID } from '../person/owner.ts';
import * as v from '../platform/schema.ts';
import { MappingVars, SyncPage, SyncRequest } from './requests.ts';

export type AskedRoute = {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Below /admin, as Hono writes it. */
  readonly path: `/${string}`;
  /** What may stand behind the `?`: all of it may be left out. */
  readonly query?: readonly ('after' | 'limit')[];
  readonly request?: v.GenericSchema;
};

/** A customer, or the checkout session of somebody who bought without one. */
const CUSTOMER_ID = /^(cus_[A-Za-z0-9]+|cs_[A-Za-z0-9_]+)$/;

export const ROUTES = {
  status: {
    method: 'GET',
    path: '/status',
  },
  /** The newest webhooks of every shard, in the order of coming: those that are new or have changed behind `after`. */
  recent: {
    method: 'GET',
    path: '/recent',
    query: ['after', 'limit'],
  },
  waiting: {
    method: 'GET',
    path: '/waiting',
    query: ['limit'],
  },
  link: {
    method: 'GET',
    path: '/links/:customerId',
  },
  linkByHand: {
    method: 'POST',
    path: '/links',
    request: v.object({
      customerId: v.pipe(v.string(), v.regex(CUSTOMER_ID)),
      userId: v.pipe(v.string(), v.regex(SUBJECT_ID)),
    }),
  },
  forgetLink: {
    method: 'DELETE',
    path: '/links/:customerId',
  },
  person: {
    method: 'GET',
    path: '/people/:userId',
  },
  /** All that is held about one person, a page at once; a page may be empty and not the last one. */
  exportPerson: {
    method: 'GET',
    path: '/people/:userId/export',
    query: ['after'],
  },
  deletePerson: {
    method: 'DELETE',
    path: '/people/:userId',
  },
  /** Who is in it, what it pays for, what was told to whom; a page of its members. */
  organization: {
    method: 'GET',
    path: '/organizations/:organizationId',
    query: ['after'],
  },
  parkedList: {
    method: 'GET',
    path: '/parked',
    query: ['after', 'limit'],
  },
  replayAll: {
    method: 'POST',
    path: '/parked/replay',
    query: ['after'],
  },
  parkedOne: {
    method: 'GET',
    path: '/parked/:id',
  },
  replayOne: {
    method: 'POST',
    path: '/parked/:id/replay',
  },
  discardParked: {
    method: 'DELETE',
    path: '/parked/:id',
  },
  /** What the journal's moments are named, and the mapping in force; nothing personal. */
  tracks: { method: 'GET', path: '/mapping/tracks', query: ['after'] },
  /** Whom a refresh would identify under another mapping. Changes nothing. */
  previewMapping: {
    method: 'POST',
    path: '/mapping/preview',
    query: ['after'],
    request: MappingVars,
  },
  /** Begins a job; it goes on by itself. */
  syncBegin: {
    method: 'POST',
    path: '/sync',
    request: SyncRequest,
  },
  /** The job at work, or the last one. */
  sync: { method: 'GET', path: '/sync' },
  /** A page of what providers have shown to whoever keeps their keys. */
  syncPage: { method: 'POST', path: '/sync/pages', request: SyncPage },
  syncStop: {
    method: 'DELETE',
    path: '/sync',
  },
} satisfies Record<string, AskedRoute>;
