// The lists that show everybody as they are. Whoever has the keys may read them: the job, or the command line.

import { clerkItems } from './clerk/items.ts';
import { clerkMemberships, clerkOrganizations } from './clerk/organizations.ts';
import { clerkUsers } from './clerk/users.ts';
import type { Listing } from './list.ts';
import { stripeInvoices, stripeSubscriptions } from './stripe/lists.ts';

/** People before what they have bought: links are known before what needs them. */
export const EVERYBODY: readonly Listing[] = [
  clerkUsers,
  clerkOrganizations,
  clerkMemberships,
  clerkItems,
  stripeSubscriptions,
  stripeInvoices,
];
