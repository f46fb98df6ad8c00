// Mailing in one shard: the platform, the configuration and the tables, put together for `mailDue`.

import type { Config } from '../../config/config.ts';
import { sendEmail } from '../../customerio/email.ts';
import type { Platform } from '../../platform/platform.ts';
import type { Tables } from '../storage.ts';
import { mailDue } from './mail.ts';

/** One alarm run mails no longer than this. */
const RUN_MS_MAX = 10_000;

/** Behind the drain, and only as long as nothing has to be delivered: one mail in flight, never two. */
export async function mailShard(
  platform: Platform,
  { customerio, emails }: Config,
  tables: Tables,
): Promise<void> {
  const { name, now, random, wait, fetch, after, log } = platform;
  const { appToken } = customerio;
  const until = now() + RUN_MS_MAX;
  const options = { baseUrl: customerio.appUrl, token: appToken ?? '' };
  await mailDue({
    tables,
    now,
    random,
    wait,
    send:
      appToken === null
        ? null
        : (email) => sendEmail(email, options, { fetch, now, after, isUnsent: nothingIsSure }),
    log: (decision) => log({ stage: 'mail', shard: name, ...decision }),
    intervalMs: 1000 / emails.requestsPerSecond,
    rules: emails.rules,
    isNeededElsewhere: () => now() > until || isDrainDue(tables, now()),
  });
}

/** workerd has one error for a connection that was refused and for one that was lost. */
function nothingIsSure(): boolean {
  return false;
}

function isDrainDue(tables: Tables, now: number): boolean {
  const { cursor, notBefore } = tables.delivery();
  return tables.store().journal.lastSeq() > cursor.seq && now >= notBefore;
}

/** When the next mail may go out; nothing while none is due. */
export function mailDueAt(tables: Tables): number[] {
  const { emails } = tables.store();
  return emails.next() === null ? [] : [emails.mailing().notBefore];
}
