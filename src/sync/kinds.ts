// The kinds of jobs there are. The one place that names them all.

import { clerkLists } from '../apis/clerk-lists.ts';
import { stripeLists } from '../apis/stripe-lists.ts';
import { pacedNet } from './ask.ts';
import { absenceOf } from './clerk/absence.ts';
import { clerkItems } from './clerk/items.ts';
import { clerkMemberships, clerkOrganizations } from './clerk/organizations.ts';
import { MEMBERS, ORGANIZATIONS, USERS } from './clerk/subjects.ts';
import { clerkChanged } from './clerk/users.ts';
import type { JobKind, JobWorld } from './kind.ts';
import { keyOf, pulled, sending, walking } from './list.ts';
import type { Listing, Source } from './list.ts';
import { EVERYBODY } from './lists.ts';
import { drift } from './people/drift.ts';
import { refresh } from './people/refresh.ts';
import { stripeEvents } from './stripe/lists.ts';

const RECONCILED = [clerkChanged, clerkMemberships, clerkOrganizations, clerkItems, stripeEvents];

export const KINDS: readonly JobKind[] = [
  walking('backfill', EVERYBODY.map(byJob)),
  // Who is gone comes last: many that are ends the job, and what else was lost is told by then.
  walking('reconcile', [
    ...RECONCILED.map(byJob),
    ...[USERS, ORGANIZATIONS, MEMBERS].map(absenceOf),
  ]),
  sending('push', EVERYBODY),
  refresh,
  drift,
];

function byJob(list: Listing) {
  return pulled(list, sourceOf);
}

function sourceOf(world: JobWorld): Source {
  const [clerk, stripe] = [keyOf(world.config, 'clerk'), keyOf(world.config, 'stripe')];
  const netFor = (provider: string, { key }: { readonly key: string }) =>
    pacedNet(world, { provider, key });
  return {
    now: world.now,
    heard: world.heard,
    clerk: clerk === null ? null : clerkLists(clerk, netFor('clerk', clerk)),
    stripe: stripe === null ? null : stripeLists(stripe, netFor('stripe', stripe)),
  };
}
