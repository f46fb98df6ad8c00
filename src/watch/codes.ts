// Every code that is printed anywhere, with one sentence and one remedy: the documents, the command line and the console
// share them. A test finds each code that the Worker can say. Pure.

import { BY_ITSELF, CONDITIONS, LATER, LINK, UNANSWERED } from './conditions.ts';
import type { Row } from './conditions.ts';
import { rowIn } from './families.ts';
import { SYNCS } from './sync-codes.ts';

/** `remedy` is null where nothing has to be done. */
type Code = { readonly sentence: string; readonly remedy: string | null };

const LOOK = 'Look and repair, then replay or discard: npx --no-install lifecycle parked show ID';

/** Why a request was refused. */
const REFUSALS: Readonly<Record<string, Row>> = {
  body_malformed: ['The body is no JSON.', 'It is not from Clerk or Stripe as they send it.'],
  body_too_large: ['The body is over 512 KiB.', 'It is not from Clerk or Stripe as they send it.'],
  signature_missing: [
    'The request is not signed.',
    'Compare the signing secret with the page of the endpoint at Clerk or Stripe.',
  ],
  signature_invalid: [
    'The signature does not fit the signing secret.',
    'Compare the signing secret with the page of the endpoint at Clerk or Stripe.',
  ],
  signature_stale: [
    'It was signed more than 5 minutes ago, or ahead of time.',
    "Set the sender's clock; a saved request cannot be sent again.",
  ],
  provider_unknown: [
    'There is no such provider.',
    'The addresses are /webhooks/clerk and /webhooks/stripe.',
  ],
  method_not_allowed: [
    'Webhooks are POST requests.',
    'POST to /webhooks/clerk or /webhooks/stripe.',
  ],
  not_found: ['There is nothing at this address.', 'Check the address.'],
  gone: ['It is here no more: it was put back, thrown away, or is older than what is kept.', null],
  console_off: [
    'Without ADMIN_TOKEN there is no console.',
    'npx wrangler secret put ADMIN_TOKEN; on your own machine it stands in .dev.vars.',
  ],
  page_failed: [
    'This page could not be made: a part of the relay did not answer.',
    'Load it anew; npx wrangler tail has the fault if it stays.',
  ],
  assets_missing: [
    'The pages of the console do not lie beside the Worker.',
    'Deploy with [assets] in wrangler.toml as the repository has it: npm run deploy.',
  ],
  unavailable: ['The relay could not store it; the provider sends it again.', BY_ITSELF],
  token_invalid: ['The admin token is another one.', 'Set ADMIN_TOKEN alike here and there.'],
  form_stale: [
    'The form is of another session.',
    'Nothing was done: go back, load the page anew and do it again.',
  ],
  origin_foreign: ['A page from elsewhere asked for a change.', 'Use the command line.'],
};

/** Why delivery or a look-up is tried again. */
const RETRIES: Readonly<Record<string, Row>> = {
  rate_limited: ['The other side asks us to wait (429).', BY_ITSELF],
  upstream_unavailable: ['The other side is out of order (5xx).', LATER],
  timed_out: ['The other side did not answer in time.', LATER],
  unreachable: ['The other side cannot be reached.', LATER],
  connection_lost: ['The connection broke before the answer.', LATER],
  failing: ['Customer.io does not take what is sent to it: out of order, or out of reach.', LATER],
};

/** Why something is parked, and what came of a replay. */
const PARKED: Readonly<Record<string, Row>> = {
  request_invalid: ['Customer.io refuses this message.', LOOK],
  fails_alone: ['It failed for an hour, at last alone while others landed.', LOOK],
  object_unexpected: ['A verified webhook is unlike our schema.', LOOK],
  person_too_large: [
    'What runs for this person (field `subscriptions`) is more than the 512 KB that are kept of one.',
    'At Stripe, end or move subscriptions of theirs, then replay it: lifecycle parked replay ID',
  ],
  moved: [
    "Its customer is somebody else's by now, so it stays.",
    "Resend it at Stripe (the endpoint's page), then discard it.",
  ],
  email_ambiguous: [
    'A mail may have been sent: nobody knows whether its attempt got through.',
    'Look at Customer.io, then send it by hand (lifecycle email send) or discard it.',
  ],
  email_rejected: ['Customer.io refuses the mail.', 'Correct its rule in EMAILS, then replay it.'],
  unreadable: [
    'It is still unlike our schema, so it stays.',
    'npm run deploy a version that reads it.',
  ],
  erased: ['Its person was deleted meanwhile.', null],
};

/** Why an event waits for its person. */
const WAITING: Readonly<Record<string, Row>> = {
  not_looked_up: [
    'Nobody has said yet whose this customer is, and no look-up was made.',
    `The checkout says it (client_reference_id), or: ${LINK}`,
  ],
  customer_without_id: [
    'Stripe knows no Clerk user id of this customer.',
    `Put clerkUserId into the customer's metadata, or: ${LINK}`,
  ],
  id_almost_right: [
    'Where the Clerk user id should stand there is almost one (blanks, quotes, another prefix) or an email.',
    `Correct it at Stripe and in your application, or: ${LINK}`,
  ],
  charge_without_customer: ['The charge has no customer.', 'Nothing: it ends with WAITING_DAYS.'],
  organization_pays: ['An organization pays for it: it is no person.', null],
  reference_unconfirmed: [
    'A buyer typed whose it is, and Clerk does not confirm it.',
    `Compare the payment at Stripe, then: ${LINK}`,
  ],
  email_unconfirmed: [
    'A buyer typed the email that leads to the person, and Clerk does not confirm it.',
    `Compare the payment at Stripe, then: ${LINK}`,
  ],
  not_at_customerio: ['Customer.io does not know this person.', 'Send the identify again.'],
  email_unknown: [
    'No email is known that leads to the person.',
    `Once it is known: replay it, or ${LINK}`,
  ],
  email_shared: ['More than one Clerk user has the email.', LINK],
  email_unverified: ['The email is not verified at Clerk.', 'Once it is, the next event goes on.'],
  answer_unexpected: [
    'The answer to a look-up is unlike its documentation.',
    `Report it; until then: ${LINK}`,
  ],
  released: ['Its person is known: it is on its way.', null],
  outbox_unavailable: ['The outbox did not answer.', BY_ITSELF],
  ...UNANSWERED,
};

/** Why a verified event is ignored. */
const IGNORED: Readonly<Record<string, Row>> = {
  event_type_unmapped: ['No campaign asks for this type of event.', null],
  no_moment: ['Nothing of it happens to a person.', null],
  no_person: ['It knows an email and no user: the user comes with user.created.', null],
  nobody_named: ['It names nobody it could be about.', null],
  no_renewal: ['It is about no renewal.', null],
  organization_payer: ['An organization pays for it: it is no person.', null],
  impersonation: ['Staff signed in as the user: the user did nothing.', null],
  carries_one_time_codes: ['It carries one-time codes, so it is not looked at.', null],
  not_in_effect: ['It was replaced before it began, or waits for a payment.', null],
  payment_pending: ['The payment is not settled yet; its end is told.', null],
  told_when_effective: ['It is planned; it is told when it happens.', null],
  told_by_invoice: ['The invoice tells it.', null],
  told_by_payment_method: ['The payment method tells it.', null],
  told_by_charge_refunded: ['charge.refunded tells it.', null],
  told_by_dispute_closed: ['charge.dispute.closed tells it.', null],
  told_by_subscription_updated: ['customer.subscription.updated tells it.', null],
  nothing_refunded: ['Of this charge no more was given back than was told already.', null],
  nothing_paid: ['Nothing above zero was paid.', null],
  nothing_owed: ['Nothing above zero is owed.', null],
  dispute_inquiry: ['The bank only asks: it is no dispute yet.', null],
  checkout_expired: ['A first checkout that was never paid has ended: nobody owes it.', null],
  thin_event: [
    'A thin event says that something changed and not what.',
    'At Stripe, make the endpoint anew with snapshot payloads.',
  ],
  other_mode: ['It is of the mode that MODE leaves out.', 'Set MODE if you want it.'],
  other_account: [
    'It is a Connect event of another business.',
    'Set STRIPE_ACCOUNT if it is yours.',
  ],
};

/** Why a mail by rule did not go out. */
const MAILS: Readonly<Record<string, Row>> = {
  rule_gone: ['Its rule is no longer in EMAILS.', null],
  mailed_before: ['It was mailed before.', null],
  mailed_lately: ['The same mail went to this person not long ago (MAIL_EVERY_HOURS).', null],
  too_old: ['The event is older than 72 hours.', null],
};

const CODES = new Map<string, Row>(
  [REFUSALS, CONDITIONS, SYNCS, RETRIES, PARKED, WAITING, IGNORED, MAILS].flatMap(Object.entries),
);

/** Null where there is no such code. */
export function codeOf(code: string): Code | null {
  const row = rowIn(CODES, code);
  return row === undefined ? null : { sentence: row[0], remedy: row[1] };
}

/** The sentence and what to do, as one line. Null where there is no such code. */
export function codeText(code: string): string | null {
  const found = codeOf(code);
  if (found === null) return null;
  return found.remedy === null ? found.sentence : `${found.sentence} ${found.remedy}`;
}

export function allCodes(): string[] {
  return [...CODES.keys()];
}
