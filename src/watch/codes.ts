// Every code that is printed anywhere, with one sentence and one remedy: the documents, the command line and the console
// share them. A test finds each code that the Worker can say. Pure.

import { SYNCS } from './sync-codes.ts';

/** `remedy` is null where nothing has to be done. */
type Code = { readonly sentence: string; readonly remedy: string | null };

type Row = readonly [sentence: string, remedy: string | null];

const SECRET = 'npx --no-install lifecycle setup sets it, or npx wrangler secret put NAME.';
const TRACK_KEY =
  'npx wrangler secret put CUSTOMERIO_TRACK_TOKEN; delivery goes on by itself within 5 minutes.';
const APP_KEY =
  'lifecycle doctor checks the key and CUSTOMERIO_REGION; what waits goes on by itself.';
const LINK = 'npx --no-install lifecycle link cus_... user_...';
const LOOK = 'Look and repair, then replay or discard: npx --no-install lifecycle parked show ID';
const BY_ITSELF = 'Nothing: it is tried again by itself.';
const LATER = 'It is asked again by itself; the status page of the other side may know more.';

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
  unavailable: ['The relay could not store it; the provider sends it again.', BY_ITSELF],
  token_invalid: ['The admin token is another one.', 'Set ADMIN_TOKEN alike here and there.'],
  form_stale: [
    'The form is of another session.',
    'Nothing was done: go back, load the page anew and do it again.',
  ],
  origin_foreign: ['A page from elsewhere asked for a change.', 'Use the command line.'],
};

/** What health, alerts and status say. */
const CONDITIONS: Readonly<Record<string, Row>> = {
  config_invalid: [
    'A value of the configuration is wrong.',
    'npx --no-install lifecycle doctor names it; correct it and deploy.',
  ],
  layout_mismatch: [
    'SHARDS or JURISDICTION is not what people are stored under.',
    'Set the values in force, which lifecycle doctor names, or neither.',
  ],
  secret_missing: [
    "A provider's signing secret is not set: its webhooks are answered 503.",
    SECRET,
  ],
  key_missing: ['CUSTOMERIO_TRACK_TOKEN is not set: messages are kept.', TRACK_KEY],
  token_missing: ['A key of Customer.io is not set: what needs it is kept.', SECRET],
  app_key_missing: [
    'CUSTOMERIO_APP_TOKEN is not set: mails wait and are dropped after 72 hours, and nothing can be compared.',
    'npx wrangler secret put CUSTOMERIO_APP_TOKEN',
  ],
  customerio_refused: ["Customer.io's App API refuses the key: the comparison waits.", APP_KEY],
  customerio_rejected: ["Customer.io's App API does not take what it is asked.", APP_KEY],
  credentials_invalid: ['Customer.io refuses the key.', TRACK_KEY],
  redirected: [
    'Customer.io redirects, which is never followed: a wrong address or region.',
    'Set CUSTOMERIO_REGION in wrangler.toml, then npm run deploy.',
  ],
  everything_rejected: [
    'Customer.io has refused 20 messages in a row: a broken mapping or event name.',
    'npx wrangler tail has the status; npx --no-install lifecycle parked list has the messages.',
  ],
  erasure_refused: [
    'Customer.io refuses to delete people who were deleted; they are asked again.',
    'The log has the status: mostly a workspace setting. Delete them there by hand if it stays.',
  ],
  storage: [
    'A shard is more than 60 % full. What is delivered is dropped early from 80 % on; what is not never is.',
    'Lower JOURNAL_DAYS; where messages wait, see why they do not land. More SHARDS need a new relay.',
  ],
  links_stuck: [
    "A customer's events, or what moves with a link, do not get through: an outbox does not answer.",
    'It is tried again by itself; npx wrangler tail has the fault if it stays.',
  ],
  held: [
    'A message fails while those of others land: its person waits, and nobody else.',
    'Nothing: it is tried for an hour and put aside then. npx --no-install lifecycle status says who.',
  ],
  lag: [
    'The oldest message has waited for too long.',
    'npx --no-install lifecycle status says why delivery is late.',
  ],
  parked: ['Something was put aside.', 'npx --no-install lifecycle parked list says why.'],
  silent: [
    'A provider that used to send has not for a day.',
    "Is its endpoint switched off, or its secret wrong? Look at its page, under the endpoint's attempts.",
  ],
  unusable: [
    'An endpoint sends what nothing can be made of.',
    'At Stripe, make the endpoint anew with snapshot payloads.',
  ],
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
  ...askedOf('stripe', 'STRIPE_SECRET_KEY'),
  ...askedOf('clerk', 'CLERK_SECRET_KEY'),
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
  told_by_subscription_deleted: ['customer.subscription.deleted tells it.', null],
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

/** A look-up at a provider that was not answered. */
function askedOf(provider: string, key: string): Readonly<Record<string, Row>> {
  return {
    [`${provider}_key_invalid`]: [
      `A look-up was refused: ${key} is wrong.`,
      `npx wrangler secret put ${key}`,
    ],
    [`${provider}_refused`]: [
      `A question was refused: ${key} is wrong, or may not read this.`,
      `Give ${key} the right to read it.`,
    ],
    [`${provider}_not_found`]: [
      'The other side knows no such object.',
      `Another mode or account? Else: ${LINK}`,
    ],
    [`${provider}_rate_limited`]: ['A look-up has to wait (429).', BY_ITSELF],
    [`${provider}_unavailable`]: ['A look-up was not answered (5xx).', LATER],
    [`${provider}_unreachable`]: ['A look-up was not answered.', LATER],
  };
}

const CODES = new Map<string, Row>(
  [REFUSALS, CONDITIONS, SYNCS, RETRIES, PARKED, WAITING, IGNORED, MAILS].flatMap(Object.entries),
);

/** A family's row stands for all of it: `paused_redirected`, `silent_clerk`. Null where there is no such code. */
export function codeOf(code: string): Code | null {
  const row = CODES.get(code) ?? CODES.get(familyOf(code));
  return row === undefined ? null : { sentence: row[0], remedy: row[1] };
}

function familyOf(code: string): string {
  const [, pause] = /^paused_(.*)$/.exec(code) ?? [];
  return pause ?? /^(silent|unusable|parked)_/.exec(code)?.[1] ?? '';
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
