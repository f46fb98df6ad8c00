// Clerk's sessions, organizations and memberships. Times are Unix milliseconds.

import type {
  OrganizationJSON,
  OrganizationMembershipJSON,
  SessionWebhookEvent,
} from '@clerk/backend';

import { clerkUser } from './clerk.ts';
import type { PartOf } from './payload.ts';

type Session = PartOf<SessionWebhookEvent['data']>;

const CREATED = 1_764_000_000_000;

/** Signed in just now; the whole user comes along. */
export function clerkSession(overrides: Session = {}): Session {
  const signedIn = {
    object: 'session',
    id: 'sess_1',
    user_id: 'user_2abcDEF',
    client_id: 'client_1',
    actor: null,
    status: 'active',
    created_at: CREATED,
    updated_at: CREATED,
    user: clerkUser(),
  } as const satisfies Session;
  return { ...signedIn, ...overrides };
}

export function clerkOrganization(
  overrides: PartOf<OrganizationJSON> = {},
): PartOf<OrganizationJSON> {
  const acme = {
    object: 'organization',
    id: 'org_1',
    name: 'Acme',
    slug: 'acme',
    created_by: 'user_2abcDEF',
    public_metadata: {},
    private_metadata: {},
    created_at: CREATED,
    updated_at: CREATED,
  } as const satisfies PartOf<OrganizationJSON>;
  return { ...acme, ...overrides };
}

export function clerkMembership(
  overrides: PartOf<OrganizationMembershipJSON> = {},
): PartOf<OrganizationMembershipJSON> {
  const member = {
    object: 'organization_membership',
    id: 'orgmem_1',
    role: 'org:member',
    organization: clerkOrganization(),
    public_user_data: { user_id: 'user_2abcDEF', identifier: 'ada@example.test' },
    created_at: CREATED,
    updated_at: CREATED,
  } as const satisfies PartOf<OrganizationMembershipJSON>;
  return { ...member, ...overrides };
}
