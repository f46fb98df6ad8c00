// Mail: transactional mails by rule, once their tracks have landed. What it offers to its shard.

import { MAIL_EVERY_HOURS_MAX } from '../../config/tables.ts';
import { sendEmail } from '../../customerio/email.ts';
import { HOUR_MS } from '../../platform/time.ts';
import { configIn } from '../capability.ts';
import type { Capability, ShardWorld } from '../capability.ts';
import { mailDue } from './mail.ts';

/** One alarm run mails no longer than this and goes on in the next. */
const RUN_MS_MAX = 60_000;

/** As long as a rule may keep quiet, and longer than a moment may be mailed at all: what is forgotten is too old. */
const MARK_MS = MAIL_EVERY_HOURS_MAX * HOUR_MS;

export const mail = {
  name: 'mail',
  waitsFor: 'interfaces',
  dueAt: nextAt,
  run: sendDue,
  sweep: ({ storage }, now) => {
    const { emails, emailMarks } = storage.tables();
    emails.dropDone();
    emailMarks.dropBefore(now - MARK_MS, now);
  },
} satisfies Capability;

/** Mails by rule: how many are due, why they wait, and what became of the others. */
export function mailFigures({ storage }: ShardWorld) {
  const { emails } = storage.tables();
  const { delay, counters } = emails.mailing();
  return { mails: { due: emails.count(), ...counters }, mailDelay: delay };
}

function nextAt({ storage }: ShardWorld): number | null {
  const { emails } = storage.tables();
  return emails.next() === null ? null : emails.mailing().notBefore;
}

/** One mail in flight, never two. Messages are delivered meanwhile. */
async function sendDue(world: ShardWorld): Promise<void> {
  const { platform, storage, requests } = world;
  const { customerio, emails } = configIn(world);
  const { name, now, fetch, after, log } = platform;
  const { appToken } = customerio;
  const until = now() + RUN_MS_MAX;
  const areSpent = requests.ofThisRun();
  const options = { baseUrl: customerio.appUrl, token: appToken ?? '' };
  await mailDue({
    ...platform,
    storage,
    send:
      appToken === null
        ? null
        : (email) => sendEmail(email, options, { fetch, now, after, isUnsent: nothingIsSure }),
    log: (decision) => log({ stage: 'mail', shard: name, ...decision }),
    intervalMs: 1000 / emails.requestsPerSecond,
    rules: emails.rules,
    isOver: () => now() > until || areSpent(),
  });
}

/** workerd has one error for a connection that was refused and for one that was lost. */
function nothingIsSure(): boolean {
  return false;
}
