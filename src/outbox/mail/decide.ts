// What becomes of a mail that is due: sent, parked for the operator, or passed over. No I/O. No clock.

import type { EmailRule } from '../../config/config.ts';
import type { Email } from '../../customerio/email.ts';
import type { Traits, TraitValue } from '../../person/facet.ts';
import { HOUR_MS } from '../../platform/time.ts';
import type { ParkedReason } from '../parked/table.ts';
import type { EmailRow } from './table.ts';

/** The same bound Customer.io has for campaigns: what is older is news to nobody. */
const MOMENT_AGE_MS_MAX = 72 * HOUR_MS;

export const MAYBE_SENT = 'it may have been sent: an attempt began and its end is not known';

type MailDecision =
  | { readonly kind: 'send'; readonly email: Email }
  | { readonly kind: 'park'; readonly reason: ParkedReason; readonly detail: string }
  | { readonly kind: 'skip'; readonly reason: string };

type Facts = {
  readonly rule: EmailRule | undefined;
  /** What is known of the person; null when they are erased. */
  readonly traits: Traits | null;
  /** The mail its mark was written for. */
  readonly marked: number | null;
  /** When this person was last sent one of the name, as far as anybody knows. Unix milliseconds. */
  readonly mailedAt: number | null;
  readonly now: number;
};

export function decideMail(row: EmailRow, facts: Facts): MailDecision {
  const { rule, traits, marked, now } = facts;
  const { message } = row;
  if (traits === null) return { kind: 'skip', reason: 'erased' };
  if (rule === undefined) return { kind: 'skip', reason: 'rule_gone' };
  if (marked === row.seq) return { kind: 'park', reason: 'email_ambiguous', detail: MAYBE_SENT };
  if (marked !== null) return { kind: 'skip', reason: 'mailed_before' };
  if (now - Date.parse(message.timestamp) > MOMENT_AGE_MS_MAX) {
    return { kind: 'skip', reason: 'too_old' };
  }
  if (isLately(rule, facts)) return { kind: 'skip', reason: 'mailed_lately' };
  // Passed over, not parked: nobody has to look because somebody typed an address that may be another's.
  if (traits['emailVerified'] === false) return { kind: 'skip', reason: 'email_unverified' };
  return toPerson(message, rule, traits['email']);
}

function isLately({ everyMs }: EmailRule, { mailedAt, now }: Facts): boolean {
  // Where every event is mailed, a clock that was set back makes none of them late.
  return mailedAt !== null && everyMs > 0 && now - mailedAt < everyMs;
}

function toPerson(
  message: EmailRow['message'],
  rule: EmailRule,
  to: TraitValue | undefined,
): MailDecision {
  if (typeof to !== 'string' || to === '') {
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
