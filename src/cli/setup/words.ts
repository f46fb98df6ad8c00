// What set-up tells people to do by hand: at Clerk, at Stripe, in Customer.io and in their own code. Pure.

import { CLERK_EVENT_TYPES, CLERK_ORGANIZATION_EVENT_TYPES } from '../../intake/clerk/events.ts';
import { STRIPE_EVENT_TYPES } from '../../intake/stripe/events.ts';
import { wrapped } from '../feed/wrap.ts';

/** `relay` is the Worker's address, https. */
export function clerkSteps(relay: string, hasOrganizations: boolean): string[] {
  const ofOrganizations = hasOrganizations ? CLERK_ORGANIZATION_EVENT_TYPES : [];
  return [
    'In Clerk, two things to click:',
    `  1. Configure > Webhooks > Add endpoint: ${relay}/webhooks/clerk`,
    '     and subscribe to what you use of:',
    ...list([...CLERK_EVENT_TYPES, ...ofOrganizations].toSorted()),
    '  2. On the endpoint made: copy its Signing secret (whsec_...).',
  ];
}

export function stripeSteps(relay: string): string[] {
  return [
    'At Stripe, where no key is given that may do it:',
    `  1. Developers > Webhooks > Add endpoint: ${relay}/webhooks/stripe`,
    '     with snapshot payloads and these events:',
    ...list(STRIPE_EVENT_TYPES),
    '  2. On the endpoint made: copy its Signing secret (whsec_...).',
  ];
}

/** What no API tells and no command can do. */
export const EMAIL_SETTING =
  'Cannot be checked from here: in Customer.io, Settings > Workspace settings, "Allow updates to email using ID" has to be on. Without it a changed email is ignored, silently.';

export const CHECKOUT_CODE = [
  'The one change in your code: where a checkout is made, say whose it is (the Clerk user id).',
  'Until then what comes from Stripe waits.',
  '  await stripe.checkout.sessions.create({',
  '    client_reference_id: userId,',
  '    subscription_data: { metadata: { clerkUserId: userId } },',
  '    // ... as before',
  '  });',
];

/** Where organizations are on. */
export const ORGANIZATION_CODE = [
  'Where a company buys, its checkout says so (the Clerk organization id):',
  '    client_reference_id: orgId,',
  '    subscription_data: { metadata: { clerkOrgId: orgId, clerkUserId: userId } },',
];

export const ORGANIZATIONS_ARE_OFF =
  'Do companies pay? Then turn organizations on: docs/organizations.md';

const LIST_WIDTH = 76;

function list(types: readonly string[]): string[] {
  return wrapped(types.join(', '), LIST_WIDTH - 7).map((line) => `       ${line.trim()}`);
}
