// Golden: whole messages of an organization's billing, as they go over the wire. A webhook of every type that is about billing,
// and lives for the moments that no single one tells.
// Ada is an admin, Bob is no admin and bought, Cy is neither. Names and properties beside those four are a person's own:
// walk.property.test.ts holds that they are the same, this one that the wire is what the pages say.

import { expect, it } from 'vitest';

import { MOMENT_NAMES } from '../../src/person/moment.ts';
import type { SampleWebhook } from '../../src/samples/send-webhook.ts';
import { acme } from './acme.ts';
import type { Call } from './acme.ts';
import { billingLives, billingSamples } from './lives.ts';

const ADMIN = {
  organization_id: 'org_acme',
  organization_name: 'Acme',
  organization_role: 'org:admin',
  payer: 'organization',
};
const BUYER = { ...ADMIN, organization_role: 'org:member' };

/** What lands of these webhooks, in a company that had nothing before. */
async function played(webhooks: readonly SampleWebhook[]): Promise<readonly Call[]> {
  const world = await acme();
  await world.linkByHand('cus_acme', 'org_acme');
  for (const [index, { provider, body }] of webhooks.entries()) {
    await world.told(provider, body, `golden_${index}`);
  }
  return world.news();
}

function tracksOf(calls: readonly Call[], user: string) {
  return calls.filter(({ type, userId }) => type === 'track' && userId === user);
}

/** One line a message, everything in it; the four of the organization are said once, above. */
function lines(calls: readonly Call[]): string[] {
  return calls.map(({ type, event, timestamp, messageId, properties, ...rest }) => {
    expect({ type, messageId }).toEqual({
      type: 'track',
      messageId: expect.stringMatching(/^\w{26}$/),
    });
    expect(rest).toEqual({ userId: 'user_ada' });
    expect(properties).toMatchObject(ADMIN);
    const own = Object.entries(Object(properties)).filter(([name]) => !Object.hasOwn(ADMIN, name));
    return `${String(event)} ${String(timestamp)} ${JSON.stringify(Object.fromEntries(own))}`;
  });
}

/** Bob hears the same as an admin who bought nothing, or nothing where nobody is known to have bought. */
function expectBuyer(calls: readonly Call[], isBought: boolean): void {
  const [ada, bob] = [tracksOf(calls, 'user_ada'), tracksOf(calls, 'user_bob')];
  const same = ada.map(({ event, timestamp, properties }) => ({
    event,
    timestamp,
    properties: { ...Object(properties), ...BUYER },
  }));
  expect(bob).toMatchObject(isBought ? same : []);
  expect(bob).toHaveLength(isBought ? ada.length : 0);
  expect(tracksOf(calls, 'user_cy')).toEqual([]);
  const ids = [...ada, ...bob].map(({ messageId }) => messageId);
  expect(new Set(ids).size).toBe(ids.length);
}

const told: Record<string, readonly string[]> = {};

it('every webhook about billing tells an admin so', async () => {
  for (const [type, webhooks] of Object.entries(billingSamples())) {
    const calls = await played(webhooks);
    told[type] = lines(tracksOf(calls, 'user_ada'));
  }
  expect(told).toMatchInlineSnapshot(`
    {
      "charge.captured": [
        "payment_succeeded 2025-11-24T16:00:00.000Z {"plan":null,"currency":"usd","amount":49,"invoice_id":null,"billing_reason":"checkout","out_of_band":false}",
      ],
      "charge.dispute.closed": [],
      "charge.dispute.created": [],
      "charge.dispute.updated": [],
      "charge.refund.updated": [],
      "charge.refunded": [
        "refund_issued 2025-11-24T16:00:00.000Z {"currency":"usd","amount":19,"reason":null,"status":"partial"}",
      ],
      "charge.succeeded": [
        "payment_succeeded 2025-11-24T16:00:00.000Z {"plan":null,"currency":"usd","amount":49,"invoice_id":null,"billing_reason":"checkout","out_of_band":false}",
      ],
      "checkout.session.async_payment_failed": [
        "checkout_payment_failed 2025-11-24T16:00:00.000Z {"currency":"usd","amount":49,"mode":"payment","subscription_id":"sub_acme"}",
      ],
      "checkout.session.async_payment_succeeded": [
        "checkout_payment_succeeded 2025-11-24T16:00:00.000Z {"currency":"usd","amount":49,"mode":"payment","subscription_id":"sub_acme"}",
        "payment_succeeded 2025-11-24T16:00:00.000Z {"plan":null,"currency":"usd","amount":49,"invoice_id":null,"billing_reason":"checkout","out_of_band":false}",
      ],
      "checkout.session.completed": [
        "checkout_completed 2025-11-24T16:00:00.000Z {"currency":"usd","amount":49,"mode":null,"payment_status":"paid","recovery_url":null,"subscription_id":"sub_acme"}",
      ],
      "checkout.session.expired": [
        "checkout_abandoned 2025-11-24T16:00:00.000Z {"currency":"usd","amount":49,"mode":null,"payment_status":"paid","recovery_url":"https://buy.example.test/r/1","has_subscription":false,"subscription_id":"sub_acme"}",
      ],
      "customer.created": [],
      "customer.deleted": [],
      "customer.subscription.created": [
        "trial_started 2025-11-24T16:00:00.000Z {"plan":"pro","currency":"usd","trial_ends_at":1765209600,"returning":false,"previous_plan":null,"subscription_id":"sub_acme"}",
      ],
      "customer.subscription.deleted": [
        "subscription_canceled 2025-11-24T16:00:00.000Z {"plan":"pro","currency":"usd","reason":"unknown","feedback":null,"immediate":true,"mrr":49,"subscriptions_left":0,"remaining_mrr":0,"subscription_id":"sub_acme"}",
      ],
      "customer.subscription.paused": [],
      "customer.subscription.resumed": [],
      "customer.subscription.trial_will_end": [
        "trial_ending 2025-11-24T16:00:00.000Z {"plan":"pro","currency":"usd","trial_ends_at":1765209600,"cancel_at":null,"mrr":49,"will_convert":null,"subscription_id":"sub_acme"}",
      ],
      "customer.subscription.updated": [
        "plan_changed 2025-11-24T16:00:00.000Z {"plan":"pro","currency":"usd","from_plan":null,"to_plan":"pro","from_interval":null,"interval":"month","from_seats":null,"seats":1,"from_mrr":null,"mrr":49,"subscription_id":"sub_acme"}",
        "cancellation_scheduled 2025-11-24T16:00:00.000Z {"plan":"pro","currency":"usd","cancel_at":1766592000,"reason":"unknown","feedback":null,"subscription_id":"sub_acme"}",
      ],
      "customer.updated": [],
      "invoice.marked_uncollectible": [
        "invoice_written_off 2025-11-24T16:00:00.000Z {"plan":null,"currency":"usd","amount":49,"due_at":1765209600,"hosted_invoice_url":"https://invoice.example.test/in_1","subscription_id":"sub_acme"}",
      ],
      "invoice.overdue": [
        "invoice_overdue 2025-11-24T16:00:00.000Z {"plan":null,"currency":"usd","amount":49,"due_at":1765209600,"hosted_invoice_url":"https://invoice.example.test/in_1","subscription_id":"sub_acme"}",
      ],
      "invoice.paid": [
        "payment_succeeded 2025-11-24T16:01:00.000Z {"plan":null,"currency":"usd","amount":49,"invoice_id":"in_acme","billing_reason":"subscription_cycle","out_of_band":false,"subscription_id":"sub_acme"}",
      ],
      "invoice.payment_action_required": [
        "payment_action_required 2025-11-24T16:00:00.000Z {"plan":null,"currency":"usd","amount":49,"hosted_invoice_url":"https://invoice.example.test/in_1","subscription_id":"sub_acme"}",
      ],
      "invoice.payment_failed": [
        "payment_failed 2025-11-24T16:00:00.000Z {"plan":null,"currency":"usd","amount":49,"invoice_id":"in_acme","attempt":1,"next_attempt_at":1764086400,"final":false,"hosted_invoice_url":"https://invoice.example.test/in_1","billing_reason":"subscription_cycle","decline_code":null,"subscription_id":"sub_acme"}",
      ],
      "invoice.payment_succeeded": [
        "payment_succeeded 2025-11-24T16:01:00.000Z {"plan":null,"currency":"usd","amount":49,"invoice_id":"in_acme","billing_reason":"subscription_cycle","out_of_band":false,"subscription_id":"sub_acme"}",
      ],
      "invoice.upcoming": [
        "renewal_upcoming 2025-11-24T16:00:00.000Z {"plan":null,"currency":"usd","amount":49,"renews_at":1766592000,"subscription_id":"sub_acme"}",
      ],
      "invoice.voided": [
        "invoice_written_off 2025-11-24T16:00:00.000Z {"plan":null,"currency":"usd","amount":49,"due_at":1765209600,"hosted_invoice_url":"https://invoice.example.test/in_1","subscription_id":"sub_acme"}",
      ],
      "paymentAttempt.created": [
        "payment_failed 2025-11-24T16:00:00.036Z {"plan":"pro","currency":"usd","amount":22,"invoice_id":"cpa_acme","attempt":null,"next_attempt_at":null,"final":null,"hosted_invoice_url":null,"billing_reason":"subscription_cycle","decline_code":null}",
      ],
      "paymentAttempt.updated": [
        "payment_succeeded 2025-11-24T16:05:00.000Z {"plan":"pro","currency":"usd","amount":22,"invoice_id":"cpa_acme","billing_reason":"subscription_cycle","out_of_band":false}",
      ],
      "payment_intent.succeeded": [
        "payment_succeeded 2025-11-24T16:00:00.000Z {"plan":null,"currency":"usd","amount":49,"invoice_id":null,"billing_reason":"checkout","out_of_band":false}",
      ],
      "payment_method.attached": [
        "payment_method_added 2025-11-24T16:00:00.000Z {"brand":"visa","last4":"4242","expires_at":1798761600}",
      ],
      "payment_method.automatically_updated": [
        "payment_method_updated 2025-11-24T16:00:00.000Z {"brand":"visa","last4":"4242","expires_at":1798761600}",
      ],
      "payment_method.detached": [],
      "payment_method.updated": [
        "payment_method_updated 2025-11-24T16:00:00.000Z {"brand":"visa","last4":"4242","expires_at":1798761600}",
      ],
      "refund.failed": [],
      "refund.updated": [],
      "subscription.active": [
        "subscription_started 2025-11-24T16:00:00.036Z {"plan":"pro","currency":"usd","mrr":20,"returning":false,"previous_plan":null,"subscription_id":"csub_acme"}",
      ],
      "subscription.created": [
        "subscription_started 2025-11-24T16:00:00.036Z {"plan":"pro","currency":"usd","mrr":20,"returning":false,"previous_plan":null,"subscription_id":"csub_acme"}",
      ],
      "subscription.pastDue": [],
      "subscription.updated": [],
      "subscriptionItem.abandoned": [],
      "subscriptionItem.active": [
        "subscription_started 2025-11-24T16:00:00.036Z {"plan":"pro","currency":"usd","mrr":20,"returning":false,"previous_plan":null,"subscription_id":"csub_acme"}",
      ],
      "subscriptionItem.canceled": [],
      "subscriptionItem.created": [
        "subscription_started 2025-11-24T16:00:00.036Z {"plan":"pro","currency":"usd","mrr":20,"returning":false,"previous_plan":null,"subscription_id":"csub_acme"}",
      ],
      "subscriptionItem.ended": [],
      "subscriptionItem.freeTrialEnding": [
        "trial_ending 2025-11-24T16:00:00.036Z {"plan":"pro","currency":"usd","trial_ends_at":1766592000,"cancel_at":null,"mrr":20,"will_convert":true,"subscription_id":"csub_acme"}",
      ],
      "subscriptionItem.pastDue": [],
      "subscriptionItem.upcoming": [],
      "subscriptionItem.updated": [],
      "subscription_schedule.created": [
        "plan_change_scheduled 2025-11-24T16:00:00.000Z {"plan":null,"currency":"usd","to_plan":"price_basic","effective_at":1766592000,"subscription_id":"sub_acme"}",
      ],
      "subscription_schedule.released": [
        "plan_change_unscheduled 2025-11-24T16:00:00.000Z {"plan":null,"currency":"usd","to_plan":"price_basic","effective_at":1766592000,"subscription_id":"sub_acme"}",
      ],
      "subscription_schedule.updated": [
        "plan_change_scheduled 2025-11-24T16:00:00.000Z {"plan":null,"currency":"usd","to_plan":"price_basic","effective_at":1766592000,"subscription_id":"sub_acme"}",
      ],
    }
  `);
});

it('every life tells an admin and who bought so', async () => {
  const lives: Record<string, readonly string[]> = {};
  for (const [name, webhooks] of Object.entries(billingLives())) {
    const calls = await played(webhooks);
    lives[name] = lines(tracksOf(calls, 'user_ada'));
    expectBuyer(calls, true);
  }
  expect(lives).toMatchInlineSnapshot(`
    {
      "a cancellation that is thought better of, and one that is not": [
        "subscription_started 2025-11-24T16:00:00.000Z {"plan":"pro","currency":"usd","mrr":49,"returning":false,"previous_plan":null,"subscription_id":"sub_1"}",
        "cancellation_scheduled 2025-11-25T16:00:00.000Z {"plan":"pro","currency":"usd","cancel_at":1766592000,"reason":"unknown","feedback":null,"subscription_id":"sub_1"}",
        "cancellation_undone 2025-11-26T16:00:00.000Z {"plan":"pro","currency":"usd","cancel_at":1766592000,"reason":"unknown","feedback":null,"subscription_id":"sub_1"}",
        "cancellation_scheduled 2025-11-27T16:00:00.000Z {"plan":"pro","currency":"usd","cancel_at":1766592000,"reason":"unknown","feedback":null,"subscription_id":"sub_1"}",
        "cancellation_feedback_given 2025-11-27T16:00:00.000Z {"plan":"pro","currency":"usd","feedback":"too_expensive","cancel_at":1766592000,"subscription_id":"sub_1"}",
        "subscription_canceled 2025-12-24T16:00:00.000Z {"plan":"pro","currency":"usd","reason":"unknown","feedback":null,"immediate":false,"mrr":49,"subscriptions_left":0,"remaining_mrr":0,"subscription_id":"sub_1"}",
      ],
      "a pause, and a new period": [
        "subscription_started 2025-11-24T16:00:00.000Z {"plan":"pro","currency":"usd","mrr":49,"returning":false,"previous_plan":null,"subscription_id":"sub_1"}",
        "payment_succeeded 2025-11-24T16:00:00.000Z {"plan":"pro","currency":"usd","amount":49,"invoice_id":"in_0","billing_reason":"subscription_cycle","out_of_band":false,"subscription_id":"sub_1"}",
        "subscription_renewed 2025-11-24T16:00:00.000Z {"plan":"pro","currency":"usd","amount":49,"invoice_id":"in_0","subscription_id":"sub_1"}",
        "subscription_paused 2025-11-25T16:00:00.000Z {"plan":"pro","currency":"usd","reason":"collection","resumes_at":1769184000,"subscription_id":"sub_1"}",
        "subscription_resumed 2025-11-26T16:00:00.000Z {"plan":"pro","currency":"usd","reason":"collection","resumes_at":null,"subscription_id":"sub_1"}",
        "payment_succeeded 2025-12-24T16:00:00.000Z {"plan":"pro","currency":"usd","amount":49,"invoice_id":"in_30","billing_reason":"subscription_cycle","out_of_band":false,"subscription_id":"sub_1"}",
        "subscription_renewed 2025-12-24T16:00:00.000Z {"plan":"pro","currency":"usd","amount":49,"invoice_id":"in_30","subscription_id":"sub_1"}",
      ],
      "a payment that is owed, paid and owed again": [
        "subscription_started 2025-11-24T16:00:00.000Z {"plan":"pro","currency":"usd","mrr":49,"returning":false,"previous_plan":null,"subscription_id":"sub_1"}",
        "subscription_past_due 2025-12-25T16:00:00.000Z {"plan":"pro","currency":"usd","subscription_id":"sub_1"}",
        "payment_recovered 2025-12-26T16:00:00.000Z {"plan":"pro","currency":"usd","subscription_id":"sub_1"}",
        "subscription_past_due 2026-01-24T16:00:00.000Z {"plan":"pro","currency":"usd","subscription_id":"sub_1"}",
        "subscription_unpaid 2026-02-07T16:00:00.000Z {"plan":"pro","currency":"usd","subscription_id":"sub_1"}",
      ],
      "a trial that comes to nothing": [
        "trial_started 2025-11-24T16:00:00.000Z {"plan":"pro","currency":"usd","trial_ends_at":1765209600,"returning":false,"previous_plan":null,"subscription_id":"sub_1"}",
        "trial_expired 2025-12-08T16:00:00.000Z {"plan":"pro","currency":"usd","reason":"unknown","feedback":null,"subscription_id":"sub_1"}",
      ],
      "a trial that is extended and paid for": [
        "trial_started 2025-11-24T16:00:00.000Z {"plan":"pro","currency":"usd","trial_ends_at":1765209600,"returning":false,"previous_plan":null,"subscription_id":"sub_1"}",
        "trial_extended 2025-11-25T16:00:00.000Z {"plan":"pro","currency":"usd","from":1765209600,"trial_ends_at":1765728000,"subscription_id":"sub_1"}",
        "payment_succeeded 2025-12-08T16:00:00.000Z {"plan":"pro","currency":"usd","amount":49,"invoice_id":"in_14","billing_reason":"subscription_cycle","out_of_band":false,"subscription_id":"sub_1"}",
        "trial_converted 2025-12-08T16:00:00.000Z {"plan":"pro","currency":"usd","amount":49,"invoice_id":"in_14","mrr":49,"subscription_id":"sub_1"}",
      ],
      "money that is taken back": [
        "payment_succeeded 2025-11-24T16:00:00.000Z {"plan":null,"currency":"usd","amount":49,"invoice_id":null,"billing_reason":"checkout","out_of_band":false}",
        "refund_issued 2025-11-24T16:00:00.000Z {"currency":"usd","amount":19,"reason":null,"status":"partial"}",
        "refund_failed 2025-11-24T16:00:00.000Z {"currency":"usd","amount":19,"reason":"expired_or_canceled_card","status":"failed"}",
        "dispute_opened 2025-11-24T16:00:00.000Z {"currency":"usd","amount":49,"reason":"fraudulent","status":"needs_response"}",
        "dispute_closed 2025-11-24T16:00:00.000Z {"currency":"usd","amount":49,"reason":"fraudulent","status":"lost"}",
      ],
      "other plans, other intervals, other seats": [
        "subscription_started 2025-11-24T16:00:00.000Z {"plan":"pro","currency":"usd","mrr":49,"returning":false,"previous_plan":null,"subscription_id":"sub_1"}",
        "plan_upgraded 2025-11-25T16:00:00.000Z {"plan":"team","currency":"usd","from_plan":"pro","to_plan":"team","from_interval":"month","interval":"month","from_seats":1,"seats":1,"from_mrr":49,"mrr":99,"subscription_id":"sub_1"}",
        "plan_downgraded 2025-11-26T16:00:00.000Z {"plan":"pro","currency":"usd","from_plan":"team","to_plan":"pro","from_interval":"month","interval":"month","from_seats":1,"seats":1,"from_mrr":99,"mrr":49,"subscription_id":"sub_1"}",
        "billing_interval_changed 2025-11-27T16:00:00.000Z {"plan":"pro","currency":"usd","from_plan":"pro","to_plan":"pro","from_interval":"month","interval":"year","from_seats":1,"seats":1,"from_mrr":49,"mrr":4.08,"subscription_id":"sub_1"}",
        "billing_interval_changed 2025-11-28T16:00:00.000Z {"plan":"pro","currency":"usd","from_plan":"pro","to_plan":"pro","from_interval":"year","interval":"month","from_seats":1,"seats":1,"from_mrr":4.08,"mrr":49,"subscription_id":"sub_1"}",
        "plan_changed 2025-11-29T16:00:00.000Z {"plan":"pro","currency":"usd","from_plan":"pro","to_plan":"pro","from_interval":"month","interval":"month","from_seats":1,"seats":1,"from_mrr":49,"mrr":98,"subscription_id":"sub_1"}",
        "plan_changed 2025-11-30T16:00:00.000Z {"plan":"pro","currency":"usd","from_plan":"pro","to_plan":"pro","from_interval":"month","interval":"month","from_seats":1,"seats":5,"from_mrr":98,"mrr":245,"subscription_id":"sub_1"}",
        "seats_changed 2025-12-01T16:00:00.000Z {"plan":"pro","currency":"usd","from_seats":5,"seats":1,"from_mrr":245,"mrr":49,"subscription_id":"sub_1"}",
      ],
    }
  `);
  // Nothing that may happen to what is paid for is missing.
  const names = new Set([told, lives].flatMap((each) => Object.values(each).flat()).map(nameIn));
  const all = MOMENT_NAMES.filter((name) => !/^(?:user|organization)_/.test(name));
  expect(all.filter((name) => !names.has(name))).toEqual([]);
});

function nameIn(line: string): string {
  return line.split(' ')[0] ?? '';
}
