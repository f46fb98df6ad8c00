// Why an event type of Stripe is ignored: most repeat a part of what another event tells whole. The families are
// tried in this order; a type in none of them is simply not mapped.

const REASONS: readonly (readonly [prefix: string, reason: string])[] = [
  // What is planned is told by its creation, change and release; what comes of it by the subscription.
  ['subscription_schedule.', 'told_when_effective'],
  ['customer.subscription.', 'told_by_subscription_updated'],
  // Failed and refused payments of a subscription are told by its invoice.
  ['payment_intent.payment_failed', 'told_by_invoice'],
  ['payment_intent.requires_action', 'told_by_invoice'],
  ['payment_intent.', 'no_moment'],
  ['setup_intent.succeeded', 'told_by_payment_method'],
  ['setup_intent.', 'no_moment'],
  ['invoice_payment.', 'told_by_invoice'],
  ['invoiceitem.', 'told_by_invoice'],
  ['invoice.', 'no_moment'],
  ['refund.', 'told_by_charge_refunded'],
  // The money of a dispute moves some seconds after it is opened or closed.
  ['charge.dispute.', 'told_by_dispute_closed'],
  ['charge.failed', 'told_by_invoice'],
  ['charge.', 'no_moment'],
  ['credit_note.', 'told_by_charge_refunded'],
  ['checkout.session.', 'no_moment'],
  // No campaign asks for coupons, or for cards as they were before payment methods.
  ['customer.source.', 'no_moment'],
  ['customer.discount.', 'no_moment'],
  ['entitlements.', 'no_moment'],
];

export function ignoredBecause(type: string): string {
  const found = REASONS.find(([prefix]) => type.startsWith(prefix));
  return found === undefined ? 'event_type_unmapped' : found[1];
}
