// A company called Acme, and what the providers tell of it.

import { clerkMembership, clerkOrganization } from '../../src/samples/clerk-organization.ts';
import { clerkEvent } from '../../src/samples/clerk.ts';
import { CREATED, stripeEvent, subscription } from '../../src/samples/stripe.ts';
import { openCompanyWorld } from './company-world.ts';
import type { CompanyWorld } from './company-world.ts';

export const DAY = 86_400_000;
export const AT = Date.UTC(2026, 10, 20);

export const ACME = { id: 'org_acme', name: 'Acme', slug: 'acme', created_by: 'user_ada' } as const;

export function joins(
  user: string,
  role: string,
  more: { organization?: object; at?: number } = {},
) {
  const { organization = ACME, at = AT } = more;
  return membership('created', { user, role, at, organization });
}

type About = { user: string; role: string; at: number; organization?: object };

export function membership(change: string, { user, role, at, organization = ACME }: About) {
  const org = clerkOrganization({ created_at: AT, updated_at: AT, ...organization });
  const data = clerkMembership({
    id: `orgmem_${user}_${org.id ?? ''}`,
    role: role,
    organization: org,
    public_user_data: { user_id: user },
    created_at: AT,
    updated_at: at,
  });
  return clerkEvent(`organizationMembership.${change}`, data, at);
}

let events = 0;

export async function clerk(world: CompanyWorld, json: ReturnType<typeof joins>) {
  events += 1;
  return world.told('clerk', json, `msg_${events}`);
}

/** Its subscription, with the person who clicked beside it. */
export function buys(more: object = {}, previous: object | null = null) {
  const object = subscription({
    id: 'sub_acme',
    customer: 'cus_acme',
    metadata: { orgId: 'org_acme', clerkUserId: 'user_bob' },
    ...more,
  });
  return previous === null
    ? stripeEvent('customer.subscription.created', object)
    : stripeEvent('customer.subscription.updated', object, { created: CREATED + 60, previous });
}

export async function stripe(world: CompanyWorld, json: ReturnType<typeof buys>) {
  return world.told('stripe', json, json.id);
}

/** Ada is an admin, Bob and Cy are members; Bob buys. */
export async function acme(
  vars: Readonly<Record<string, unknown>> = {},
  receiver: Parameters<typeof openCompanyWorld>[2] = {},
) {
  const world = openCompanyWorld(vars, 1, receiver);
  await clerk(world, joins('user_ada', 'org:admin'));
  await clerk(world, joins('user_bob', 'org:member'));
  await clerk(world, joins('user_cy', 'org:member'));
  world.news();
  return world;
}

export type Call = ReturnType<CompanyWorld['news']>[number];

export function tracks(calls: readonly Call[]) {
  return calls
    .filter(({ type, event }) => type === 'track' && !String(event).includes(' '))
    .map(({ userId, event }) => `${String(userId)} ${String(event)}`)
    .toSorted();
}

/** The newest of each person. */
export function traits(calls: readonly Call[]): Record<string, Record<string, unknown>> {
  const told = calls.filter(({ type }) => type === 'identify');
  return Object.fromEntries(told.map(({ userId, traits: of }) => [userId, of]));
}
