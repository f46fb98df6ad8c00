// Mail: sends the mails that are due, one after the other, each at most once. It runs in the alarm handler behind the
// drain, and leaves as soon as there is something to deliver: messages come before mails.

import { BACKOFF_MS_MAX, retryDelayMs } from '../../apis/backoff.ts';
import type { EmailRule } from '../../config/config.ts';
import type { Email, EmailOutcome } from '../../customerio/email.ts';
import { traitsOf } from '../../person/traits.ts';
import type { Decision } from '../../platform/log.ts';
import type { ParkedReason } from '../parked/table.ts';
import type { Tables } from '../storage.ts';
import type { Store } from '../tables.ts';
import type { EmailRow, Mailing, MailCounters } from './table.ts';

/** The same bound Customer.io has for campaigns: what is older is news to nobody. */
export const MOMENT_AGE_MS_MAX = 72 * 3_600_000;

export type MailShell = {
  readonly tables: Tables;
  readonly now: () => number;
  readonly random: () => number;
  readonly wait: (ms: number) => Promise<void>;
  /** Null without an App API key: then mails wait for one, until they are too old. */
  readonly send: ((email: Email) => Promise<EmailOutcome>) | null;
  readonly log: (decision: Decision) => void;
  readonly intervalMs: number;
  /** By the name the event has at Customer.io. */
  readonly rules: Readonly<Record<string, EmailRule>>;
  /** Whether messages wait to be delivered, or the run has taken its time. */
  readonly isNeededElsewhere: () => boolean;
};

/** What becomes of a due mail before it is sent. */
export type MailDecision =
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
export function decideMail(row: EmailRow, { rule, to, marked, now }: Facts): MailDecision {
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

export async function mailDue(shell: MailShell): Promise<void> {
  const { tables, now, isNeededElsewhere } = shell;
  while (!isNeededElsewhere()) {
    const { emails } = tables.store();
    const row = now() < emails.mailing().notBefore ? null : emails.next();
    if (row === null) return;
    const progress = await mailOne(shell, row);
    if (progress === 'stop') return;
  }
}

async function mailOne(shell: MailShell, row: EmailRow): Promise<'go_on' | 'stop'> {
  const decision = decideMail(row, factsOf(shell, row));
  switch (decision.kind) {
    case 'skip':
      done(shell, row, { counter: 'skipped', reason: decision.reason });
      return 'go_on';
    case 'park':
      park(shell, row, decision);
      return 'go_on';
    case 'send':
      return send(shell, row, decision.email);
  }
}

function factsOf({ tables, now, rules }: MailShell, { person, message }: EmailRow): Facts {
  const { people, emails } = tables.store();
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

async function send(shell: MailShell, row: EmailRow, email: Email): Promise<'go_on' | 'stop'> {
  const { tables, now } = shell;
  if (shell.send === null) {
    later(shell, { delayMs: BACKOFF_MS_MAX, reason: 'token_missing' });
    return 'stop';
  }
  await pace(shell);
  // The platform holds the request back until this is durable.
  tables.transaction(({ emails }) => {
    emails.mark(row, now());
    emails.save({ ...emails.mailing(), lastSentAt: now() });
  });
  return settle(shell, row, await shell.send(email));
}

function settle(shell: MailShell, row: EmailRow, outcome: EmailOutcome): 'go_on' | 'stop' {
  const { tables, random } = shell;
  switch (outcome.kind) {
    case 'sent':
      done(shell, row, { counter: 'sent', reason: null });
      return 'go_on';
    case 'ambiguous':
      park(shell, row, { reason: 'email_ambiguous', detail: `${MAYBE_SENT} (${outcome.reason})` });
      return 'go_on';
    case 'rejected': {
      // Refused as it stands, so nothing was sent: once it is put right it may be.
      tables.store().emails.unmark(row.message.messageId);
      const detail = `${outcome.status}: ${outcome.detail}`;
      park(shell, row, { reason: 'email_rejected', detail });
      return 'go_on';
    }
    case 'refused':
      later(shell, { row, delayMs: BACKOFF_MS_MAX, reason: outcome.reason });
      return 'stop';
    case 'retry': {
      const tried = tables.store().emails.mailing().attempt + 1;
      const delayMs = retryDelayMs(tried, random(), outcome.retryAfterMs);
      later(shell, { row, delayMs, reason: outcome.reason });
      return 'stop';
    }
  }
}

async function pace({ tables, now, wait, intervalMs }: MailShell): Promise<void> {
  const waitMs = tables.store().emails.mailing().lastSentAt + intervalMs - now();
  if (waitMs > 0) await wait(Math.min(waitMs, intervalMs));
}

/** It surely was not sent: the mark goes, and it is asked again. */
function later(
  { tables, now, log }: MailShell,
  { row, delayMs, reason }: { row?: EmailRow; delayMs: number; reason: string },
): void {
  tables.transaction(({ emails }) => {
    if (row !== undefined) emails.unmark(row.message.messageId);
    const { attempt } = emails.mailing();
    const next = { attempt: attempt + 1, notBefore: now() + delayMs };
    emails.save(mailCounted({ ...emails.mailing(), ...next }, 'retries'));
  });
  log({ decision: 'email_later', reason, delayMs });
}

function park(
  shell: MailShell,
  row: EmailRow,
  why: { readonly reason: ParkedReason; readonly detail: string },
): void {
  const { tables, now, log } = shell;
  const { reason, detail } = why;
  tables.transaction((store) => {
    const { person, message } = row;
    store.parked.add({ at: now(), person, isRemoval: false, reason, detail, content: message });
    pass(store, row, 'parked');
  });
  log({ decision: 'parked', reason });
}

function done(
  { tables, log }: MailShell,
  row: EmailRow,
  how: { readonly counter: keyof MailCounters; readonly reason: string | null },
): void {
  tables.transaction((store) => pass(store, row, how.counter));
  const decision = how.counter === 'sent' ? 'email_sent' : 'email_skipped';
  log({ decision, event: row.message.event, reason: how.reason });
}

function pass({ emails }: Store, row: EmailRow, counter: keyof MailCounters): void {
  const fine = { cursor: row.seq, attempt: 0, notBefore: 0 };
  emails.save(mailCounted({ ...emails.mailing(), ...fine }, counter));
}

function mailCounted(mailing: Mailing, counter: keyof MailCounters): Mailing {
  const { counters } = mailing;
  return { ...mailing, counters: { ...counters, [counter]: counters[counter] + 1 } };
}
