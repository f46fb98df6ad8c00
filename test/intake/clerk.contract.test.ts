// Clerk keeps the contract of every provider.

import { CLERK_EVENT_TYPES } from '../../src/intake/clerk/events.ts';
import { clerk } from '../../src/intake/clerk/provider.ts';
import {
  clerkItem,
  clerkPayer,
  clerkPayment,
  clerkSubscription,
} from '../../src/samples/clerk-billing.ts';
import { clerkOrganization, clerkSession } from '../../src/samples/clerk-organization.ts';
import { clerkEvent, clerkUser } from '../../src/samples/clerk.ts';
import { CLERK_SAMPLE_TYPES, clerkSample } from '../../src/samples/events.ts';
import { clerkSecret, signClerk } from '../../src/samples/sign-clerk.ts';
import { freeItem } from '../support/clerk-plans.ts';
import { providerContract } from './provider-contract.ts';
import type { EventFixture } from './provider-contract.ts';

const COMPANY = clerkPayer({ organization_id: 'org_1', user_id: null });

function fixture(type: string, data: object, verdict: EventFixture['verdict']): EventFixture {
  return { type, json: clerkEvent(type, { ...data }), verdict };
}

providerContract({
  name: 'clerk',
  provider: clerk,
  secretName: 'CLERK_WEBHOOK_SIGNING_SECRET',
  newSecret: clerkSecret,
  sign: signClerk,
  signatureHeader: 'svix-signature',
  mappedTypes: CLERK_EVENT_TYPES,
  fixtures: [
    ...CLERK_SAMPLE_TYPES.map((type) => ({
      type,
      json: clerkSample(type),
      verdict: 'event' as const,
    })),
    fixture('user.updated', clerkUser({ id: '' }), 'unreadable'),
    fixture('user.deleted', { object: 'user', deleted: true }, 'unreadable'),
    fixture('email.created', { otp_code: '1' }, 'ignored: carries_one_time_codes'),
    fixture('sms.created', { otp_code: '1' }, 'ignored: carries_one_time_codes'),
    fixture(
      'session.created',
      clerkSession({ actor: { sub: 'user_staff' } }),
      'ignored: impersonation',
    ),
    fixture('session.ended', {}, 'ignored: no_moment'),
    fixture('session.pending', {}, 'ignored: no_moment'),
    fixture(
      'organization.created',
      clerkOrganization({ created_by: null }),
      'ignored: nobody_named',
    ),
    fixture('organizationMembership.created', { id: 'orgmem_1' }, 'unreadable'),
    fixture(
      'subscriptionItem.active',
      clerkItem({ payer: COMPANY }),
      'ignored: organization_payer',
    ),
    fixture(
      'subscription.active',
      clerkSubscription({ payer: COMPANY }),
      'ignored: organization_payer',
    ),
    fixture(
      'paymentAttempt.updated',
      clerkPayment({ payer: COMPANY }),
      'ignored: organization_payer',
    ),
    fixture(
      'paymentAttempt.created',
      clerkPayment({ status: 'pending' }),
      'ignored: payment_pending',
    ),
    fixture('subscriptionItem.ended', freeItem({ status: 'ended' }), 'ignored: not_in_effect'),
    fixture(
      'subscriptionItem.updated',
      clerkItem({ status: 'incomplete' }),
      'ignored: not_in_effect',
    ),
    fixture('subscriptionItem.incomplete', clerkItem(), 'ignored: not_in_effect'),
    fixture('waitlistEntry.created', {}, 'ignored: no_person'),
    fixture('role.created', { id: 'role_1' }, 'ignored: no_moment'),
    fixture('invitation.created', {}, 'ignored: event_type_unmapped'),
    fixture('toString', {}, 'ignored: event_type_unmapped'),
    fixture('__proto__', {}, 'ignored: event_type_unmapped'),
  ],
});
