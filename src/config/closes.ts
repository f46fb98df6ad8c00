// What a wrong value closes. What only the relay's own running needs counts as not set, or as what loses nothing, until it is
// corrected, and health says so; what the mapping of an event needs stops the intake: providers keep their webhooks, and
// nothing is read by rules that nobody meant.

type Closing = {
  /** What is so until it is corrected. */
  readonly until: string;
  /** The variables as they count until then; undefined is not set. */
  readonly as: Readonly<Record<string, number | undefined>>;
};

/** The largest that may be set. */
const LONGEST_DAYS = 365;

const NOT_SENT = 'messages are kept, and none is sent';
const [TRACK, APP] = ['CUSTOMERIO_TRACK_TOKEN', 'CUSTOMERIO_APP_TOKEN'];

/**
 * Any other variable stops the intake. A key goes with its address: it is sent nowhere else. A mail that is not due when its
 * track lands is never due, so where nobody knows which mails there are no track is sent either.
 */
export const CLOSES: Readonly<Record<string, Closing>> = {
  ...closed('the operator’s routes do not exist', ['ADMIN_TOKEN']),
  ...closed('no alert is sent', ['ALERT_WEBHOOK_URL']),
  ...closed('Clerk is not asked', ['CLERK_API_URL'], ['CLERK_SECRET_KEY']),
  ...closed('Stripe is not asked', ['STRIPE_API_URL'], ['STRIPE_SECRET_KEY']),
  ...closed('nobody is found by an email', ['EMAIL_LOOKUP']),
  ...closed('mails wait, at most 72 hours', ['CUSTOMERIO_APP_URL', 'MAIL_EVERY_HOURS'], [APP]),
  ...closed(NOT_SENT, ['CUSTOMERIO_SITE_ID', 'CUSTOMERIO_PIPELINES_URL', 'RATE_LIMIT'], [TRACK]),
  CUSTOMERIO_REGION: closing(NOT_SENT, ['CUSTOMERIO_REGION', TRACK, APP]),
  EMAILS: closing(`${NOT_SENT}, nor a mail`, ['EMAILS', TRACK, APP]),
  ...closed('it is as if not set', [
    'LINGER_MS',
    'SYNC_ROWS_PER_DAY',
    'LAG_ALERT_MINUTES',
    'ORGANIZATION_FANOUT_MAX',
  ]),
  // Nothing is dropped that somebody wanted to keep.
  ...Object.fromEntries(
    ['JOURNAL_DAYS', 'PARKED_DAYS', 'WAITING_DAYS'].map((name) => [
      name,
      { until: 'what it would drop is kept', as: { [name]: LONGEST_DAYS } },
    ]),
  ),
};

/** Each of these variables by itself, with the keys that go with it; a key closes the same alone. */
function closed(until: string, names: readonly string[], keys: readonly string[] = []) {
  return Object.fromEntries(
    [...names, ...keys].map((name) => [name, closing(until, [name, ...keys])] as const),
  );
}

function closing(until: string, names: readonly string[]): Closing {
  return { until, as: Object.fromEntries(names.map((name) => [name, undefined])) };
}
