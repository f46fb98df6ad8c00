// Clerk's sessions, organizations and memberships, typed by the official package. Times are Unix milliseconds.

import type {
  OrganizationJSON,
  OrganizationMembershipJSON,
  SessionWebhookEvent,
} from '@clerk/backend';

import { clerkUser } from './clerk.ts';

type Json = Record<string, unknown>;
/** A misspelt field does not compile. */
type Over<Shape> = { [Key in keyof Shape]?: unknown };

const CREATED = 1_764_000_000_000;

/** Signed in just now; the whole user comes along. */
export function clerkSession(overrides: Over<SessionWebhookEvent['data']> = {}): Json {
  return {
    object: 'session',
    id: 'sess_1',
    user_id: 'user_2abcDEF',
    client_id: 'client_1',
    actor: null,
    status: 'active',
    created_at: CREATED,
    updated_at: CREATED,
    user: clerkUser(),
    ...overrides,
  };
}

export function clerkOrganization(overrides: Over<OrganizationJSON> = {}): Json {
  return {
    object: 'organization',
    id: 'org_1',
    name: 'Acme',
    slug: 'acme',
    created_by: 'user_2abcDEF',
    public_metadata: {},
    private_metadata: {},
    created_at: CREATED,
    updated_at: CREATED,
    ...overrides,
  };
}

export function clerkMembership(overrides: Over<OrganizationMembershipJSON> = {}): Json {
  return {
    object: 'organization_membership',
    id: 'orgmem_1',
    role: 'org:member',
    organization: clerkOrganization(),
    public_user_data: { user_id: 'user_2abcDEF', identifier: 'ada@example.test' },
    created_at: CREATED,
    updated_at: CREATED,
    ...overrides,
  };
}
