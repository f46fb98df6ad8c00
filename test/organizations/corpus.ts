// Lives to be told the same as before organizations were: a webhook of every type alone, all of them after each other, walks,
// campaigns, the story, and whatever may name an organization. All of it is made by code; nothing depends on the clock.

import { clerkOrganization } from '../../src/samples/clerk-organization.ts';
import { clerkEvent, clerkUser } from '../../src/samples/clerk.ts';
import { sample, sampleTypes } from '../../src/samples/sample.ts';
import type { SampleWebhook } from '../../src/samples/send-webhook.ts';
import { story } from '../../src/samples/story.ts';
import {
  checkoutSession,
  CREATED,
  customer,
  DAY,
  invoice,
  stripeEvent,
  subscription,
} from '../../src/samples/stripe.ts';
import { createRandom } from '../simulation/random.ts';
import type { Random } from '../simulation/random.ts';
import { LIVES, ownedBy } from '../support/campaign-lives.ts';
import { clerkWalk } from '../support/clerk-walk.ts';
import { walk } from '../support/stripe-walk.ts';

export type Life = { readonly name: string; readonly webhooks: readonly SampleWebhook[] };

type Told = SampleWebhook['body'];

function sent(...events: readonly Told[]): SampleWebhook[] {
  return events.map((body) => ({ provider: 'api_version' in body ? 'stripe' : 'clerk', body }));
}

const ABOUT = { userId: 'user_ada', customerId: 'cus_ada', now: CREATED + 20 * DAY };

/** A webhook of every type. */
export function samples(): Life[] {
  return (['clerk', 'stripe'] as const).flatMap((provider) =>
    sampleTypes(provider).map((type) => {
      const webhook = sample(provider, type, ABOUT);
      if (webhook === null) throw new Error(type);
      return { name: type, webhooks: [webhook] };
    }),
  );
}

export function lives(): Life[] {
  return [...inOrders(), ...campaigns(), ...walks(), ...told(), ...naming(), ...moving()];
}

function inOrders(): Life[] {
  const all = samples();
  const [last, others] = [true, false].map((is) =>
    all.filter(({ name }) => (name === 'user.deleted') === is).flatMap(({ webhooks }) => webhooks),
  ) as [SampleWebhook[], SampleWebhook[]];
  return [
    {
      name: 'every type, twice, and what is late',
      webhooks: [...others, ...others, ...last, ...others],
    },
    { name: 'every type, backwards', webhooks: others.toReversed() },
  ];
}

/** A card expires by the clock. */
function campaigns(): Life[] {
  return Object.entries(LIVES)
    .filter(([goal]) => goal !== 'Card expiring')
    .flatMap(([goal, by]) =>
      Object.entries(by).flatMap(([who, { begins, exits }]) =>
        Object.entries(exits).map(([exit, webhooks]) => ({
          name: `${goal}, ${who}, to ${exit}`,
          webhooks: ownedBy('user_ada', [...begins, ...webhooks]),
        })),
      ),
    );
}

const WALKS = 16;

function walks(): Life[] {
  const linked = customer({ id: 'cus_1', metadata: { clerkUserId: 'user_ada' } });
  const known = [
    clerkEvent('user.created', clerkUser({ id: 'user_ada' })),
    stripeEvent('customer.created', linked),
  ];
  return Array.from({ length: WALKS }, (_, seed) => {
    const random = createRandom(seed);
    const choices = () => Array.from({ length: 12 }, () => random.between(0, 1000));
    const { items, others } = clerkWalk(choices());
    const atStripe = [...known, ...walk(choices()).events, ...walk(choices(), 'sub_2').events];
    return [
      { name: `walk ${seed} at Stripe`, webhooks: mixed(random, seed, sent(...atStripe)) },
      { name: `walk ${seed} at Clerk`, webhooks: mixed(random, seed, sent(...items, ...others)) },
    ];
  }).flat();
}

/** Of every other one in any order. */
function mixed(
  random: Random,
  seed: number,
  webhooks: readonly SampleWebhook[],
): readonly SampleWebhook[] {
  if (seed % 2 === 0) return webhooks;
  const keyed = webhooks.map((webhook) => ({ webhook, key: random.next() }));
  return keyed.toSorted((a, b) => a.key - b.key).map(({ webhook }) => webhook);
}

function told(): Life[] {
  const steps = story('tag', CREATED + 100 * DAY);
  return [{ name: 'the story', webhooks: steps.flatMap(({ webhooks }) => webhooks) }];
}

/** Keys that have named an organization since, with what applications write there. */
const KEYS = [
  'clerkOrgId',
  'clerk_org_id',
  'organizationId',
  'organization_id',
  'orgId',
  'org_id',
  'referenceId',
  'team',
];
const VALUES = ['org_acme', 'clx9k2', 'org-acme'];

function naming(): Life[] {
  return KEYS.flatMap((key) =>
    VALUES.flatMap((value) => [
      { name: `${key}: ${value}`, webhooks: buying({ [key]: value }) },
      {
        name: `${key}: ${value}, and a person`,
        webhooks: buying({ [key]: value, clerkUserId: 'user_ada' }),
      },
    ]),
  );
}

/** By a subscription, then by the customer, then by a session, all with this metadata. */
function buying(metadata: Readonly<Record<string, string>>): SampleWebhook[] {
  const [reference = ''] = Object.values(metadata);
  const ends = { cancel_at: CREATED + 30 * DAY } as const;
  return sent(
    stripeEvent('customer.subscription.created', subscription({ customer: 'cus_1', metadata })),
    stripeEvent('customer.created', customer({ id: 'cus_1', metadata })),
    stripeEvent(
      'checkout.session.completed',
      checkoutSession({ metadata, client_reference_id: reference }),
    ),
    stripeEvent('invoice.paid', invoice({ id: 'in_1', customer: 'cus_1' })),
    stripeEvent(
      'customer.subscription.updated',
      subscription({ customer: 'cus_1', metadata: {}, ...ends }),
      {
        created: CREATED + 60,
        previous: { cancel_at: null },
      },
    ),
  );
}

/** From a person to an organization and back, and an organization that names its customer at Clerk. */
function moving(): Life[] {
  const [person, organization] = [{ clerkUserId: 'user_ada' }, { orgId: 'org_acme' }];
  const owned = (metadata: Readonly<Record<string, string>>, previous: object, day: number) =>
    stripeEvent('customer.updated', customer({ id: 'cus_1', metadata }), {
      created: CREATED + day * DAY,
      previous: { metadata: { ...previous } },
    });
  const bought = stripeEvent(
    'customer.subscription.created',
    subscription({ customer: 'cus_1', metadata: {} }),
  );
  const at = clerkOrganization({ id: 'org_acme', public_metadata: { stripeCustomerId: 'cus_1' } });
  return [
    {
      name: 'a customer that moves',
      webhooks: sent(
        bought,
        owned(person, {}, 1),
        owned(organization, person, 2),
        owned(person, organization, 3),
      ),
    },
    {
      name: 'a customer that an organization names at Clerk',
      webhooks: sent(clerkEvent('organization.created', at), bought, owned(person, {}, 1)),
    },
  ];
}
