// Companies as Clerk and Stripe have seen them: people, who is in what and with which role, what is paid for by whom. What was sent
// as webhooks, in the order of their making, and what the lists show in the end.

import { clerkItem } from '../../src/samples/clerk-billing.ts';
import { clerkMembership, clerkOrganization } from '../../src/samples/clerk-organization.ts';
import { clerkEvent, clerkUser } from '../../src/samples/clerk.ts';
import { CREATED, DAY } from '../../src/samples/stripe.ts';
import type { StripeEventJson } from '../../src/samples/stripe.ts';
import type { ApiObject } from '../emulator/population.ts';
import type { Random } from '../simulation/random.ts';
import { walk } from '../support/stripe-walk.ts';

export type Webhook = {
  readonly provider: string;
  readonly id: string;
  readonly at: number;
  readonly json: ApiObject;
};

export type Companies = {
  readonly webhooks: Webhook[];
  readonly users: ApiObject[];
  readonly organizations: ApiObject[];
  readonly memberships: ApiObject[];
  readonly subscriptions: readonly ApiObject[];
  readonly invoices: readonly ApiObject[];
  readonly items: readonly ApiObject[];
  readonly events: readonly ApiObject[];
};

const PEOPLE = 7;
const ORGANIZATIONS = 3;
const CHANGES = 16;
const AT = CREATED * 1000;
const MINUTE = 60_000;

const orgId = (index: number) => `org_e${index}`;
const userId = (index: number) => `user_e${index}`;

type Event = StripeEventJson & { data: { object: ApiObject }; created: number };

export function companiesOf(random: Random): Companies {
  const world = openClerk();
  for (let person = 0; person < PEOPLE; person += 1) world.signsUp(person);
  for (let index = 0; index < ORGANIZATIONS; index += 1) world.makes(index, index);
  for (let step = 0; step < CHANGES; step += 1) world.changes(random);
  const events = Array.from({ length: ORGANIZATIONS }, (_, index) => bought(random, index)).flat();
  const item = itemOf(random.between(0, ORGANIZATIONS - 1));
  const { webhooks, users, organizations, memberships } = world.held();
  const all = [
    ...webhooks,
    ...events.map((json) => ({
      provider: 'stripe',
      id: json.id,
      at: json.created * 1000,
      json,
    })),
    {
      provider: 'clerk',
      id: 'msg_item',
      at: AT + DAY * 1000,
      json: clerkEvent('subscriptionItem.active', item, AT + DAY * 1000),
    },
  ];
  return {
    webhooks: all.toSorted((a, b) => a.at - b.at),
    users,
    organizations,
    memberships,
    events: events.toSorted((a, b) => a.created - b.created),
    subscriptions: objectsOf(events, 'customer.subscription.').map((one) => ({
      ...one,
      customer: { id: one['customer'], object: 'customer', metadata: {}, invoice_settings: {} },
    })),
    invoices: objectsOf(events, 'invoice.paid'),
    items: [item],
  };
}

function openClerk() {
  const webhooks: Webhook[] = [];
  const users: ApiObject[] = [];
  const organizations = new Map<string, ApiObject>();
  const memberships = new Map<string, ApiObject>();
  let at = AT;

  function tell(type: string, object: ApiObject): void {
    const json = clerkEvent(type, object, at);
    webhooks.push({ provider: 'clerk', id: `msg_${webhooks.length}`, at, json });
  }

  function signsUp(person: number): void {
    at += MINUTE;
    const user = clerkUser({ id: userId(person), created_at: at, updated_at: at });
    users.push(user);
    tell('user.created', user);
  }

  function makes(index: number, maker: number): void {
    at += MINUTE;
    const organization = clerkOrganization({
      id: orgId(index),
      name: `Company ${index}`,
      slug: `company-${index}`,
      created_by: userId(maker),
      private_metadata: { stripeCustomerId: `cus_o${index}` },
      created_at: at,
      updated_at: at,
    });
    organizations.set(orgId(index), organization);
    tell('organization.created', organization);
    joins(maker, index, 'org:admin');
  }

  function joins(person: number, index: number, role: string): void {
    at += MINUTE;
    const membership = clerkMembership({
      id: `orgmem_${person}_${index}_${webhooks.length}`,
      role,
      public_user_data: { user_id: userId(person), identifier: 'x@example.test' },
      created_at: at,
      updated_at: at,
    });
    memberships.set(`${person} ${index}`, membership);
    tell('organizationMembership.created', shown(membership, index));
  }

  /** Each has its organization in it, as it is. */
  function shown(membership: ApiObject, index: number): ApiObject {
    return { ...membership, organization: organizations.get(orgId(index)) };
  }

  function changes(random: Random): void {
    at += MINUTE;
    const [person, index] = [random.between(0, PEOPLE - 1), random.between(0, ORGANIZATIONS - 1)];
    const known = memberships.get(`${person} ${index}`);
    // Its maker stays: somebody is there to hear of everything, whenever that is.
    if (person === index || random.chance(0.15)) return renames(index);
    if (known === undefined) {
      joins(person, index, random.pick(['org:admin', 'org:member', 'org:member']));
    } else if (random.chance(0.4)) {
      memberships.delete(`${person} ${index}`);
      tell('organizationMembership.deleted', shown(known, index));
    } else {
      const role = known['role'] === 'org:admin' ? 'org:member' : 'org:admin';
      const next = { ...known, role, updated_at: at };
      memberships.set(`${person} ${index}`, next);
      tell('organizationMembership.updated', shown(next, index));
    }
  }

  function renames(index: number): void {
    const known = organizations.get(orgId(index)) ?? {};
    const next = { ...known, name: `Renamed ${at}`, updated_at: at };
    organizations.set(orgId(index), next);
    tell('organization.updated', next);
  }

  return {
    signsUp,
    makes,
    changes,
    held: () => ({
      webhooks,
      users,
      organizations: [...organizations.values()],
      memberships: [...memberships].map(([key, membership]) =>
        shown(membership, Number(key.split(' ')[1])),
      ),
    }),
  };
}

/** What happens to what an organization buys at Stripe. */
function bought(random: Random, index: number): Event[] {
  const choices = Array.from({ length: random.between(1, 6) }, () => random.between(0, 100));
  return walk(choices, `sub_o${index}`).events.map((event) => {
    const text = JSON.stringify(event).replaceAll('"cus_1"', `"cus_o${index}"`);
    return JSON.parse(text) as Event;
  });
}

/** And at Clerk. */
function itemOf(index: number): ApiObject {
  const at = AT + DAY * 1000;
  return {
    ...clerkItem({}),
    object: 'subscription_item',
    id: 'csi_e',
    subscription_id: 'csub_e',
    status: 'active',
    plan: { id: 'cplan_e', slug: 'clerkplan', name: 'Clerk plan', amount: 900, currency: 'usd' },
    payer: { user_id: '', organization_id: orgId(index) },
    created_at: at,
    updated_at: at,
  };
}

function objectsOf(events: readonly Event[], type: string): ApiObject[] {
  const found = events
    .filter((event) => event.type.startsWith(type))
    .map(({ data }) => data.object);
  return [...new Map(found.map((object) => [String(object['id']), object])).values()];
}
