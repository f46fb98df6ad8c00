// What health, alerts and status say: a part of codes.ts. Pure.

/** The remedy is null where nothing has to be done. */
export type Row = readonly [sentence: string, remedy: string | null];

export const LINK = 'npx --no-install lifecycle link cus_... user_...';
export const BY_ITSELF = 'Nothing: it is tried again by itself.';
export const LATER =
  'It is asked again by itself; the status page of the other side may know more.';
const SECRET = 'npx --no-install lifecycle setup sets it, or npx wrangler secret put NAME.';
const TRACK_KEY =
  'npx wrangler secret put CUSTOMERIO_TRACK_TOKEN; delivery goes on by itself within 5 minutes.';
const APP_KEY =
  'lifecycle doctor checks the key and CUSTOMERIO_REGION; what waits goes on by itself.';

/** What health, alerts and status say. */
export const CONDITIONS: Readonly<Record<string, Row>> = {
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
  customerio_refused: [
    "Customer.io's App API refuses CUSTOMERIO_APP_TOKEN: mails by rule and comparisons wait.",
    APP_KEY,
  ],
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
    'A shard is more than 60 % full. A day of what is delivered is left; from 80 % on that goes, too, and what waits for nobody known; nothing else does.',
    'Lower WAITING_DAYS; where messages wait, see why they do not land. Where it is people, more SHARDS need a new relay.',
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
  fanout_exceeded: [
    'An organization has more members than ORGANIZATION_FANOUT_MAX: those without a role get no traits of it.',
    'Nothing, if that is meant. Else raise it, npm run deploy, then lifecycle sync refresh.',
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

/** Questions to a provider that were not answered. */
export const UNANSWERED: Readonly<Record<string, Row>> = {
  ...askedOf('stripe', 'STRIPE_SECRET_KEY'),
  ...askedOf('clerk', 'CLERK_SECRET_KEY'),
};
