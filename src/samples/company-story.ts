// A company's story, as the webhooks Clerk and Stripe would send: its founder signs up and makes the organization, admins and
// members join, one of them buys for it, it upgrades, its card is declined and it pays after all, a member leaves, it cancels.

import { clerkMembership, clerkOrganization } from './clerk-organization.ts';
import { clerkEvent, clerkUser } from './clerk.ts';
import { billingOf } from './company-billing.ts';
import type { SampleWebhook } from './send-webhook.ts';
import type { StoryStep } from './story.ts';
import { DAY } from './stripe.ts';

type CompanyStory = {
  readonly organizationId: string;
  /** Their first names, by user id. */
  readonly people: Readonly<Record<string, string>>;
  readonly steps: readonly StoryStep[];
};

/** `tag` makes the ids of this telling its own; letters and digits. */
export function companyStory(tag: string, nowSeconds: number): CompanyStory {
  // The card is declined two days ago: a rule mails about nothing that is older than three.
  const began = nowSeconds - 34 * DAY;
  const organizationId = `org_${tag}`;
  const [ada, bob, cy, dee] = ['ada', 'bob', 'cy', 'dee'].map((name) => `user_${name}${tag}`) as [
    string,
    string,
    string,
    string,
  ];
  const clerk = clerkOf({ organizationId, tag, ada, began });
  const billing = billingOf({ organizationId, tag, buyerId: cy });
  const [joined, bought] = [began + DAY, began + 2 * DAY];
  const [upgraded, renewal] = [bought + 10 * DAY, bought + 30 * DAY];
  const those = [ada, bob, cy];
  return {
    organizationId,
    people: { [ada]: 'Ada', [bob]: 'Bob', [cy]: 'Cy', [dee]: 'Dee' },
    steps: [
      {
        title: 'Ada signs up',
        webhooks: [clerk.signsUp(ada, 'Ada', began)],
        lands: to([ada], 'user_created'),
      },
      {
        title: 'she makes the organization Acme',
        webhooks: [
          clerk.made(),
          clerk.member('created', ada, { role: 'org:admin', at: began + 60 }),
        ],
        lands: to([ada], 'organization_created', 'organization_joined'),
      },
      {
        title: 'and invites Bob as an admin, Cy and Dee as members',
        webhooks: [
          clerk.signsUp(bob, 'Bob', joined),
          clerk.member('created', bob, { role: 'org:admin', at: joined + 1 }),
          clerk.signsUp(cy, 'Cy', joined),
          clerk.member('created', cy, { role: 'org:member', at: joined + 1 }),
          clerk.signsUp(dee, 'Dee', joined),
          clerk.member('created', dee, { role: 'org:member', at: joined + 1 }),
        ],
        lands: to([bob, cy, dee], 'user_created', 'organization_joined'),
      },
      {
        title: 'Cy buys five seats for the company',
        webhooks: billing.checkout(bought),
        lands: to(those, 'subscription_started', 'checkout_completed', 'payment_succeeded'),
      },
      {
        title: 'the company upgrades',
        webhooks: [billing.upgrade(upgraded, bought)],
        lands: to(those, 'plan_upgraded'),
      },
      {
        title: 'its card is declined: the dunning mail goes to its admins and to Cy',
        webhooks: billing.decline(renewal),
        lands: to(those, 'payment_failed', 'subscription_past_due'),
        mails: those,
      },
      {
        title: 'it pays after all',
        webhooks: billing.recovery(renewal),
        lands: to(those, 'payment_succeeded', 'subscription_renewed', 'payment_recovered'),
      },
      {
        title: 'Dee leaves',
        webhooks: [clerk.member('deleted', dee, { role: 'org:member', at: renewal + 1.25 * DAY })],
        lands: to([dee], 'organization_left'),
      },
      {
        title: 'the company cancels',
        webhooks: [billing.cancellation(renewal + 1.5 * DAY, renewal)],
        lands: to(those, 'subscription_canceled'),
      },
    ],
  };
}

/** Each of these events, to each of these people. */
function to(people: readonly string[], ...events: readonly string[]): string[] {
  return people.flatMap((userId) => events.map((event) => `${userId} ${event}`));
}

type Clerks = {
  readonly organizationId: string;
  readonly tag: string;
  readonly ada: string;
  readonly began: number;
};

function clerkOf({ organizationId, tag, ada, began }: Clerks) {
  const organization = clerkOrganization({
    id: organizationId,
    slug: `acme-${tag}`,
    created_by: ada,
    created_at: (began + 60) * 1000,
    updated_at: (began + 60) * 1000,
  });

  function signsUp(userId: string, firstName: string, at: number): SampleWebhook {
    const address = {
      id: `idn_${userId}`,
      email_address: `${firstName.toLowerCase()}@acme.test`,
      verification: { status: 'verified' },
    };
    const user = clerkUser({
      id: userId,
      first_name: firstName,
      created_at: at * 1000,
      updated_at: at * 1000,
      email_addresses: [address],
      primary_email_address_id: address.id,
    } as Parameters<typeof clerkUser>[0]);
    return { provider: 'clerk', body: clerkEvent('user.created', user, at * 1000) };
  }

  function made(): SampleWebhook {
    const at = (began + 60) * 1000;
    return { provider: 'clerk', body: clerkEvent('organization.created', organization, at) };
  }

  function member(
    change: 'created' | 'deleted',
    userId: string,
    { role, at }: { readonly role: string; readonly at: number },
  ): SampleWebhook {
    const data = clerkMembership({
      id: `orgmem_${userId}`,
      role,
      organization,
      public_user_data: { user_id: userId },
      created_at: at * 1000,
      updated_at: at * 1000,
    });
    const type = `organizationMembership.${change}`;
    return { provider: 'clerk', body: clerkEvent(type, data, at * 1000) };
  }

  return { signsUp, made, member };
}
