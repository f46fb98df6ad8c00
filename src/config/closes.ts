// What a wrong value closes. What only the relay's own running needs counts as not set, or as what loses nothing, until it is
// corrected, and health says so; what the mapping of an event needs stops the intake: providers keep their webhooks, and
// nothing is read by rules that nobody meant.

type Closing = {
  /** What is so until it is corrected. */
  readonly until: string;
  /** The variables as they count until then; undefined is not set. */
  readonly as: Readonly<Record<string, number | undefined>>;
};

const NOT_SENT = 'messages are kept, and none is sent';
const NOT_MAILED = 'mails wait, at most 72 hours';

/** The largest that may be set. */
const LONGEST_DAYS = 365;

/**
 * Any other variable stops the intake. A key goes with its address: it is sent nowhere else. A mail that is not due when its
 * track lands is never due, so where nobody knows which mails there are no track is sent either.
 */
export const CLOSES: Readonly<Record<string, Closing>> = {
  ADMIN_TOKEN: closed('the operator’s routes do not exist', 'ADMIN_TOKEN'),
  ALERT_WEBHOOK_URL: closed('no alert is sent', 'ALERT_WEBHOOK_URL'),
  CLERK_SECRET_KEY: closed('Clerk is not asked', 'CLERK_SECRET_KEY'),
  CLERK_API_URL: closed('Clerk is not asked', 'CLERK_API_URL', 'CLERK_SECRET_KEY'),
  STRIPE_SECRET_KEY: closed('Stripe is not asked', 'STRIPE_SECRET_KEY'),
  STRIPE_API_URL: closed('Stripe is not asked', 'STRIPE_API_URL', 'STRIPE_SECRET_KEY'),
  EMAIL_LOOKUP: closed('nobody is found by an email', 'EMAIL_LOOKUP'),
  CUSTOMERIO_APP_TOKEN: closed(NOT_MAILED, 'CUSTOMERIO_APP_TOKEN'),
  CUSTOMERIO_APP_URL: closed(NOT_MAILED, 'CUSTOMERIO_APP_URL', 'CUSTOMERIO_APP_TOKEN'),
  MAIL_EVERY_HOURS: closed(NOT_MAILED, 'MAIL_EVERY_HOURS', 'CUSTOMERIO_APP_TOKEN'),
  CUSTOMERIO_TRACK_TOKEN: closed(NOT_SENT, 'CUSTOMERIO_TRACK_TOKEN'),
  CUSTOMERIO_SITE_ID: closed(NOT_SENT, 'CUSTOMERIO_SITE_ID', 'CUSTOMERIO_TRACK_TOKEN'),
  CUSTOMERIO_PIPELINES_URL: closed(NOT_SENT, 'CUSTOMERIO_PIPELINES_URL', 'CUSTOMERIO_TRACK_TOKEN'),
  CUSTOMERIO_REGION: closed(
    NOT_SENT,
    'CUSTOMERIO_REGION',
    'CUSTOMERIO_TRACK_TOKEN',
    'CUSTOMERIO_APP_TOKEN',
  ),
  RATE_LIMIT: closed(NOT_SENT, 'RATE_LIMIT', 'CUSTOMERIO_TRACK_TOKEN'),
  EMAILS: closed(
    `${NOT_SENT}, nor a mail`,
    'EMAILS',
    'CUSTOMERIO_TRACK_TOKEN',
    'CUSTOMERIO_APP_TOKEN',
  ),
  LINGER_MS: closed('it is as if not set', 'LINGER_MS'),
  SYNC_ROWS_PER_DAY: closed('it is as if not set', 'SYNC_ROWS_PER_DAY'),
  LAG_ALERT_MINUTES: closed('it is as if not set', 'LAG_ALERT_MINUTES'),
  ORGANIZATION_FANOUT_MAX: closed('it is as if not set', 'ORGANIZATION_FANOUT_MAX'),
  JOURNAL_DAYS: keeping('JOURNAL_DAYS'),
  PARKED_DAYS: keeping('PARKED_DAYS'),
  WAITING_DAYS: keeping('WAITING_DAYS'),
};

function closed(until: string, ...names: readonly string[]): Closing {
  return { until, as: Object.fromEntries(names.map((name) => [name, undefined])) };
}

/** Nothing is dropped that somebody wanted to keep. */
function keeping(name: string): Closing {
  return { until: 'what it would drop is kept', as: { [name]: LONGEST_DAYS } };
}
