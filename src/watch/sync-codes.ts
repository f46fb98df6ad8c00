// What is said of the job that pulls: a part of codes.ts. Pure.

/** Why the job that pulls stands, or has ended. */
export const SYNCS: Readonly<Record<string, readonly [string, string | null]>> = {
  stopped: ['It was stopped by hand.', null],
  kind_unknown: ['This Worker knows no such job.', 'Deploy the newest release: npm run deploy.'],
  list_unknown: ['This Worker knows no such list.', 'Begin the job anew.'],
  sync_key_missing: [
    'There is no key to ask the provider with.',
    'npx wrangler secret put CLERK_SECRET_KEY, or STRIPE_SECRET_KEY.',
  ],
  sync_too_early: [
    'No webhook of the provider has come yet.',
    'Give --since, or wait for the first.',
  ],
  sync_rows_spent: [
    'The rows of this day are written (SYNC_ROWS_PER_DAY); it goes on with the next day (UTC).',
    'On the Paid plan set SYNC_ROWS_PER_DAY = 0 and deploy.',
  ],
  sync_too_many_gone: [
    'Clerk does not return many people who are known here: nobody was deleted.',
    'Is CLERK_SECRET_KEY of this instance? If they are deleted: lifecycle person delete.',
  ],
  sync_unanswered: [
    'A provider, or a shard, has not answered a page for some twenty minutes; it is asked again.',
    'npx wrangler tail has the reason; lifecycle sync status shows the list.',
  ],
  sync_other_mode: [
    'STRIPE_SECRET_KEY is of the mode whose events are ignored (MODE).',
    'Give the key of the other mode, or say --only clerk.',
  ],
  sync_page_too_large: [
    'A page sent by lifecycle sync push is over 25 MB.',
    'It is not from Clerk or Stripe as they send it.',
  ],
  clerk_rejected: ['Clerk refuses the request for a list.', 'npx wrangler tail has the status.'],
  stripe_rejected: ['Stripe refuses the request for a list.', 'npx wrangler tail has the status.'],
  webhooks_lost: [
    'More than a handful of changes came by no webhook and had to be pulled.',
    "Look at the endpoint's failed attempts at Clerk and Stripe, and at its enabled events.",
  ],
};
