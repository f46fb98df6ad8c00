// Mail: sends the mails that are due, one after the other, each at most once. It runs in the alarm handler beside the
// drain: its pace, its waits and its faults are its own.

import { BACKOFF_MS_MAX, retryDelayMs } from '../../apis/backoff.ts';
import type { EmailRule } from '../../config/config.ts';
import type { Email, EmailOutcome } from '../../customerio/email.ts';
import { newPerson } from '../../person/person.ts';
import { traitsOf } from '../../person/traits.ts';
import { counted } from '../../platform/counters.ts';
import type { Platform } from '../../platform/platform.ts';
import type { ParkedReason } from '../parked/table.ts';
import type { Storage } from '../storage.ts';
import type { Tables } from '../tables.ts';
import { decideMail, MAYBE_SENT } from './decide.ts';
import type { EmailRow, Mailing, MailCounters } from './table.ts';

/** What mailing sees of the world. */
export type MailWorld = Pick<Platform, 'now' | 'random' | 'wait' | 'log'> & {
  readonly storage: Storage;
  /** Null without an App API key: then mails wait for one, until they are too old. */
  readonly send: ((email: Email) => Promise<EmailOutcome>) | null;
  readonly intervalMs: number;
  /** By the name the event has at Customer.io. */
  readonly rules: Readonly<Record<string, EmailRule>>;
  /** Whether the run has taken its time, or made as many requests as it may. */
  readonly isOver: () => boolean;
};

export async function mailDue(world: MailWorld): Promise<void> {
  const { storage, now, isOver } = world;
  while (!isOver()) {
    const { emails } = storage.tables();
    const row = now() < emails.mailing().notBefore ? null : emails.next();
    if (row === null) return;
    const progress = await mailOne(world, row);
    if (progress === 'stop') return;
  }
}

async function mailOne(world: MailWorld, row: EmailRow): Promise<'go_on' | 'stop'> {
  if (world.send === null) {
    // Nothing is decided either: where no mail may be sent, its rules may be closed, too.
    later(world, { delayMs: BACKOFF_MS_MAX, reason: 'token_missing' });
    return 'stop';
  }
  let decision = decideMail(row, factsOf(world, row));
  if (decision.kind === 'send') {
    await pace(world);
    // Whoever was deleted, or changed their email, while it waited for its turn.
    decision = decideMail(row, factsOf(world, row));
  }
  switch (decision.kind) {
    case 'skip':
      done(world, row, { counter: 'skipped', reason: decision.reason });
      return 'go_on';
    case 'park':
      park(world, row, decision);
      return 'go_on';
    case 'send':
      return send({ ...world, send: world.send }, row, decision.email);
  }
}

function factsOf({ storage, now, rules }: MailWorld, { person, message }: EmailRow) {
  const { people, emailMarks } = storage.tables();
  const found = people.find(person);
  return {
    rule: Object.hasOwn(rules, message.event) ? rules[message.event] : undefined,
    traits: found === null ? null : traitsOf(found ?? newPerson(message.userId), null),
    marked: emailMarks.of(message.messageId),
    mailedAt: emailMarks.newest(person, message),
    now: now(),
  };
}

async function send(
  world: MailWorld & { readonly send: NonNullable<MailWorld['send']> },
  row: EmailRow,
  email: Email,
): Promise<'go_on' | 'stop'> {
  const { storage, now } = world;
  // The platform holds the request back until this is durable.
  storage.transaction(({ emails, emailMarks }) => {
    emailMarks.add(row, now());
    emails.save({ ...emails.mailing(), lastSentAt: now(), turn: row.person });
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
      storage.tables().emailMarks.remove(row.message.messageId);
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
  storage.transaction(({ emails, emailMarks }) => {
    if (row !== undefined) emailMarks.remove(row.message.messageId);
    const { attempt } = emails.mailing();
    // Under the name that it has of this API: the other key is another one.
    const delay = reason === 'credentials_invalid' ? 'customerio_refused' : reason;
    const next = { attempt: attempt + 1, notBefore: now() + delayMs, delay };
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
    // Of somebody who was deleted while the request was under way nothing is kept.
    const isErased = tables.people.isErased(person);
    const parked = { at: now(), person, reason, detail, content: message };
    if (!isErased) tables.parked.add(parked);
    pass(tables, row, isErased ? 'skipped' : 'parked');
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

/** It is done with; the next one is somebody else's, if anybody else has one. */
function pass({ emails, people }: Tables, row: EmailRow, counter: keyof MailCounters): void {
  emails.remove(row.seq);
  const turn = people.isErased(row.person) ? '' : row.person;
  emails.save(
    mailCounted({ ...emails.mailing(), turn, attempt: 0, notBefore: 0, delay: null }, counter),
  );
}

function mailCounted(mailing: Mailing, counter: keyof MailCounters): Mailing {
  return { ...mailing, counters: counted(mailing.counters, { [counter]: 1 }) };
}
