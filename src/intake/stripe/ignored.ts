// Why an event type of Stripe is ignored: most repeat a part of what another event tells whole. The families are
// tried in this order; a type in none of them is simply not mapped.

const REASONS: readonly (readonly [prefix: string, reason: string])[] = [
  // What is planned is told by its creation, change and release; what comes of it by the subscription.
  ['subscription_schedule.', 'told_when_effective'],
  ['customer.subscription.', 'told_by_subscription_updated'],
  // Paid, failed and refused payments of a subscription are told by its invoice.
  ['payment_intent.', 'told_by_invoice'],
  ['setup_intent.', 'told_by_payment_method'],
  ['invoice_payment.', 'told_by_invoice'],
  ['invoiceitem.', 'told_by_invoice'],
  ['invoice.', 'no_moment'],
  ['refund.', 'told_by_charge_refunded'],
  ['charge.refund.', 'told_by_charge_refunded'],
  ['charge.dispute.', 'told_by_dispute_closed'],
  ['charge.', 'told_by_invoice'],
  ['credit_note.', 'told_by_charge_refunded'],
  ['checkout.session.', 'told_by_invoice'],
  // No campaign asks for coupons, or for cards as they were before payment methods.
  ['customer.source.', 'no_moment'],
  ['customer.discount.', 'no_moment'],
  ['customer.deleted', 'told_by_subscription_deleted'],
  ['entitlements.', 'no_moment'],
];

export function ignoredBecause(type: string): string {
  const found = REASONS.find(([prefix]) => type.startsWith(prefix));
  return found === undefined ? 'event_type_unmapped' : found[1];
}
