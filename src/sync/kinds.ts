// The kinds of jobs there are. The one place that names them all.

import { clerkGone } from './clerk/gone.ts';
import { clerkItems } from './clerk/items.ts';
import { clerkChanged, clerkUsers } from './clerk/users.ts';
import type { JobKind } from './kind.ts';
import { walking } from './list.ts';
import { drift } from './people/drift.ts';
import { refresh } from './people/refresh.ts';
import { stripeEvents, stripeInvoices, stripeSubscriptions } from './stripe/lists.ts';

/** People before what they have bought: links are known before what needs them. */
export const KINDS: readonly JobKind[] = [
  walking('backfill', [clerkUsers, clerkItems, stripeSubscriptions, stripeInvoices]),
  // Who is gone comes last: many that are ends the job, and what else was lost is told by then.
  walking('reconcile', [clerkChanged, clerkItems, stripeEvents, clerkGone]),
  refresh,
  drift,
];
