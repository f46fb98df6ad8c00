// Mail: sends the mails that are due, one after the other, each at most once. It runs in the alarm handler behind the
// drain, and leaves as soon as there is something to deliver: messages come before mails.

import { BACKOFF_MS_MAX, retryDelayMs } from '../../apis/backoff.ts';
import type { EmailRule } from '../../config/config.ts';
import type { Email, EmailOutcome } from '../../customerio/email.ts';
import { traitsOf } from '../../person/traits.ts';
import { counted } from '../../platform/counters.ts';
import type { Platform } from '../../platform/platform.ts';
import { HOUR_MS } from '../../platform/time.ts';
import type { ParkedReason } from '../parked/table.ts';
import type { Storage } from '../storage.ts';
import type { Tables } from '../tables.ts';
import type { EmailRow, Mailing, MailCounters } from './table.ts';

/** The same bound Customer.io has for campaigns: what is older is news to nobody. */
const MOMENT_AGE_MS_MAX = 72 * HOUR_MS;

/** What mailing sees of the world. */
export type MailWorld = Pick<Platform, 'now' | 'random' | 'wait' | 'log'> & {
  readonly storage: Storage;
  /** Null without an App API key: then mails wait for one, until they are too old. */
  readonly send: ((email: Email) => Promise<EmailOutcome>) | null;
  readonly intervalMs: number;
  /** By the name the event has at Customer.io. */
  readonly rules: Readonly<Record<string, EmailRule>>;
  /** Whether messages wait to be delivered, or the run has taken its time. */
  readonly isNeededElsewhere: () => boolean;
};

/** What becomes of a due mail before it is sent. */
type MailDecision =
  | { readonly kind: 'send'; readonly email: Email }
  | { readonly kind: 'park'; readonly reason: ParkedReason; readonly detail: string }
  | { readonly kind: 'skip'; readonly reason: string };

type Facts = {
  readonly rule: EmailRule | undefined;
  /** The person's email; null when none is known, undefined when the person is erased. */
  readonly to: string | null | undefined;
  /** The mail its mark was written for. */
  readonly marked: number | null;
  readonly now: number;
};

/** Pure. */
function decideMail(row: EmailRow, { rule, to, marked, now }: Facts): MailDecision {
  const { message } = row;
  if (to === undefined) return { kind: 'skip', reason: 'erased' };
  if (rule === undefined) return { kind: 'skip', reason: 'rule_gone' };
  if (marked === row.seq) return { kind: 'park', reason: 'email_ambiguous', detail: MAYBE_SENT };
  if (marked !== null) return { kind: 'skip', reason: 'mailed_before' };
  if (now - Date.parse(message.timestamp) > MOMENT_AGE_MS_MAX) {
    return { kind: 'skip', reason: 'too_old' };
  }
  if (to === null) {
    return { kind: 'park', reason: 'email_unknown', detail: 'no email of this person is known' };
  }
  return {
    kind: 'send',
    email: {
      transactional_message_id: rule.id,
      to,
      identifiers: { id: message.userId },
      message_data: message.properties,
      send_to_unsubscribed: rule.sendToUnsubscribed,
    },
  };
}

const MAYBE_SENT = 'it may have been sent: an attempt began and its end is not known';

export async function mailDue(world: MailWorld): Promise<void> {
  const { storage, now, isNeededElsewhere } = world;
  while (!isNeededElsewhere()) {
    const { emails } = storage.tables();
    const row = now() < emails.mailing().notBefore ? null : emails.next();
    if (row === null) return;
    const progress = await mailOne(world, row);
    if (progress === 'stop') return;
  }
}

async function mailOne(world: MailWorld, row: EmailRow): Promise<'go_on' | 'stop'> {
  const decision = decideMail(row, factsOf(world, row));
  switch (decision.kind) {
    case 'skip':
      done(world, row, { counter: 'skipped', reason: decision.reason });
      return 'go_on';
    case 'park':
      park(world, row, decision);
      return 'go_on';
    case 'send':
      return send(world, row, decision.email);
  }
}

function factsOf({ storage, now, rules }: MailWorld, { person, message }: EmailRow): Facts {
  const { people, emails } = storage.tables();
  const found = people.find(person);
  const email = found ? traitsOf(found, null)['email'] : undefined;
  return {
    rule: Object.hasOwn(rules, message.event) ? rules[message.event] : undefined,
    to: found === null ? undefined : textOrNull(email),
    marked: emails.markOf(message.messageId),
    now: now(),
  };
}

function textOrNull(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

async function send(world: MailWorld, row: EmailRow, email: Email): Promise<'go_on' | 'stop'> {
  const { storage, now } = world;
  if (world.send === null) {
    later(world, { delayMs: BACKOFF_MS_MAX, reason: 'token_missing' });
    return 'stop';
  }
  await pace(world);
  // The platform holds the request back until this is durable.
  storage.transaction(({ emails }) => {
    emails.mark(row, now());
    emails.save({ ...emails.mailing(), lastSentAt: now() });
  });
  return settle(world, row, await world.send(email));
}

function settle(world: MailWorld, row: EmailRow, outcome: EmailOutcome): 'go_on' | 'stop' {
  const { storage, random } = world;
  switch (outcome.kind) {
    case 'sent':
      done(world, row, { counter: 'sent', reason: null });
      return 'go_on';
    case 'ambiguous':
      park(world, row, { reason: 'email_ambiguous', detail: `${MAYBE_SENT} (${outcome.reason})` });
      return 'go_on';
    case 'rejected': {
      // Refused as it stands, so nothing was sent: once it is put right it may be.
      storage.tables().emails.unmark(row.message.messageId);
      const detail = `${outcome.status}: ${outcome.detail}`;
      park(world, row, { reason: 'email_rejected', detail });
      return 'go_on';
    }
    case 'refused':
      later(world, { row, delayMs: BACKOFF_MS_MAX, reason: outcome.reason });
      return 'stop';
    case 'retry': {
      const tried = storage.tables().emails.mailing().attempt + 1;
      const delayMs = retryDelayMs(tried, random(), outcome.retryAfterMs);
      later(world, { row, delayMs, reason: outcome.reason });
      return 'stop';
    }
  }
}

async function pace({ storage, now, wait, intervalMs }: MailWorld): Promise<void> {
  const waitMs = storage.tables().emails.mailing().lastSentAt + intervalMs - now();
  if (waitMs > 0) await wait(Math.min(waitMs, intervalMs));
}

/** It surely was not sent: the mark goes, and it is asked again. */
function later(
  { storage, now, log }: MailWorld,
  { row, delayMs, reason }: { row?: EmailRow; delayMs: number; reason: string },
): void {
  storage.transaction(({ emails }) => {
    if (row !== undefined) emails.unmark(row.message.messageId);
    const { attempt } = emails.mailing();
    const next = { attempt: attempt + 1, notBefore: now() + delayMs };
    emails.save(mailCounted({ ...emails.mailing(), ...next }, 'retries'));
  });
  log({ decision: 'email_later', reason, delayMs });
}

function park(
  world: MailWorld,
  row: EmailRow,
  why: { readonly reason: ParkedReason; readonly detail: string },
): void {
  const { storage, now, log } = world;
  const { reason, detail } = why;
  storage.transaction((tables) => {
    const { person, message } = row;
    tables.parked.add({ at: now(), person, reason, detail, content: message });
    pass(tables, row, 'parked');
  });
  log({ decision: 'parked', reason });
}

function done(
  { storage, log }: MailWorld,
  row: EmailRow,
  how: { readonly counter: keyof MailCounters; readonly reason: string | null },
): void {
  storage.transaction((tables) => pass(tables, row, how.counter));
  const decision = how.counter === 'sent' ? 'email_sent' : 'email_skipped';
  log({ decision, event: row.message.event, reason: how.reason });
}

function pass({ emails }: Tables, row: EmailRow, counter: keyof MailCounters): void {
  const fine = { cursor: row.seq, attempt: 0, notBefore: 0 };
  emails.save(mailCounted({ ...emails.mailing(), ...fine }, counter));
}

function mailCounted(mailing: Mailing, counter: keyof MailCounters): Mailing {
  return { ...mailing, counters: counted(mailing.counters, { [counter]: 1 }) };
}
