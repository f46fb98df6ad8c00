// The APIs, live, all at once: what ends one check with a sentence is a line like any other.

import type { Session } from '../terminal/session.ts';
import type { Check } from './check.ts';
import { appCheck, pipelinesCheck } from './customerio.ts';
import { organizationChecks } from './organizations.ts';
import { clerkCheck, stripeChecks } from './providers.ts';
import { told } from './told.ts';

/** `relay` is null when nobody said where the Worker is, or it does not matter. */
export async function apiChecks(session: Session, relay: string | null): Promise<Check[]> {
  const groups = await Promise.all([
    told('Pipelines API', async () => [await pipelinesCheck(session)]),
    told('App API', async () => [await appCheck(session)]),
    told('Clerk API', async () => [await clerkCheck(session)]),
    told('organizations', () => organizationChecks(session)),
    told('Stripe API', () => stripeChecks(session, relay)),
  ]);
  return groups.flat().filter((check) => check !== null);
}
