// What happens to the one company of a run: people join, get other roles and leave, it buys, and its webhooks come late. The
// truth is known here.

import type { Reading, ReadOptions } from '../../src/intake/provider.ts';
import { PROVIDERS } from '../../src/intake/providers.ts';
import { clerkMembership, clerkOrganization } from '../../src/samples/clerk-organization.ts';
import { clerkEvent } from '../../src/samples/clerk.ts';
import { stripeEvent, subscription } from '../../src/samples/stripe.ts';
import { READ_OPTIONS } from '../support/read-options.ts';
import type { Random } from './random.ts';

type EventReading = Extract<Reading, { kind: 'event' }>;

type CompanyWebhook = {
  readonly at: number;
  readonly provider: 'clerk' | 'stripe';
  readonly reading: EventReading;
};

export type CompanyPlan = {
  readonly webhooks: readonly CompanyWebhook[];
  /** Who is in it at the end, and as what. */
  readonly members: ReadonlyMap<string, string>;
};

export const COMPANY = 'org_sim';

const ROLES = ['org:admin', 'org:member'] as const;

const OPTIONS: ReadOptions = { ...READ_OPTIONS, organizationKeys: ['orgId'] };

type About = {
  readonly people: readonly string[];
  readonly startAt: number;
  readonly streamMs: number;
  readonly id: () => string;
};

export function companyOf(random: Random, about: About): CompanyPlan {
  const { people, startAt, streamMs, id } = about;
  const late = (at: number) => at + random.between(0, random.pick([10, 1000, 60_000]));
  const members = new Map<string, string>();
  const made = startAt + random.between(0, 1000);
  const webhooks = [told('clerk', clerkEvent('organization.created', companyAt(made), made), id())];
  for (const user of people) {
    let at = startAt + random.between(0, streamMs / 2);
    const joinedAt = at;
    for (let step = random.between(0, 3); step > 0; step -= 1) {
      const known = members.get(user);
      const isLeaving = known !== undefined && random.chance(0.3);
      const role = isLeaving ? known : random.pick(ROLES);
      const membership = { user, role, at, joinedAt };
      const change = changeOf(known, isLeaving);
      webhooks.push({ ...told('clerk', membershipOf(change, membership), id()), at: late(at) });
      if (isLeaving) members.delete(user);
      else members.set(user, role);
      // Whoever has left does not come back within a run.
      if (isLeaving) break;
      at += random.between(1000, streamMs / 6);
    }
  }
  for (let count = random.between(0, 3); count > 0; count -= 1) {
    const at = startAt + random.between(0, streamMs);
    webhooks.push({ ...told('stripe', purchaseAt(at), id()), at });
  }
  return { webhooks, members };
}

function changeOf(known: string | undefined, isLeaving: boolean): string {
  if (known === undefined) return 'created';
  return isLeaving ? 'deleted' : 'updated';
}

function companyAt(at: number) {
  return clerkOrganization({
    id: COMPANY,
    name: 'Sim',
    created_by: null,
    created_at: at,
    updated_at: at,
  });
}

function membershipOf(
  change: string,
  about: {
    readonly user: string;
    readonly role: string;
    readonly at: number;
    readonly joinedAt: number;
  },
) {
  const { user, role, at, joinedAt } = about;
  const data = clerkMembership({
    id: `orgmem_${user}`,
    role,
    organization: companyAt(joinedAt),
    public_user_data: { user_id: user },
    created_at: joinedAt,
    updated_at: at,
  });
  return clerkEvent(`organizationMembership.${change}`, data, at);
}

function purchaseAt(at: number) {
  const object = subscription({
    id: `sub_${COMPANY}`,
    customer: `cus_${COMPANY}`,
    metadata: { orgId: COMPANY },
  });
  const created = Math.floor(at / 1000);
  return stripeEvent('customer.subscription.updated', object, { created, previous: {} });
}

function told(name: 'clerk' | 'stripe', json: unknown, id: string): CompanyWebhook {
  const provider = PROVIDERS.find((each) => each.name === name);
  const at = 0;
  const reading = provider?.read({ json, deliveryId: id, receivedAt: FAR_AHEAD }, OPTIONS);
  if (reading?.kind !== 'event') throw new Error(`expected an event, got ${reading?.kind}`);
  return { at, provider: name, reading: { ...reading, id } };
}

/** Nothing is read as later than it was received. */
const FAR_AHEAD = Date.UTC(2030, 0);
