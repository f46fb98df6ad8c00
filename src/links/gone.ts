// Gone: a customer that is deleted at the provider. Its link goes on placing what comes late, and each event then says that the
// customer is gone; when nothing comes any more, a sweep takes the link. The caller runs it in one transaction.

import type { PersonEvent } from '../person/news.ts';
import type { LinksTables } from './tables/tables.ts';

/**
 * The event goes where its customer goes; who has a subscription of the customer's by name hears of it by a copy. True where
 * there are any. `now` in Unix milliseconds.
 */
export function noteGone(tables: LinksTables, event: PersonEvent, now: number): boolean {
  const { customerId } = event;
  if (customerId === null || event.isGone === undefined) return false;
  tables.gone.note(customerId, now);
  const named = tables.holders.ofCustomer(customerId).map(({ userId }) => userId);
  const others = [...new Set(named)].filter((userId) => userId !== null);
  for (const [index, userId] of others.entries()) {
    const copy = { ...event, id: `${event.id}.${index + 1}` };
    tables.waiting.keep({ key: customerId, userId, event: copy, at: now });
  }
  if (others.length === 0) return false;
  tables.queues.save({ key: customerId, nextAt: now, attempt: 0, why: 'released' });
  return true;
}

/** Nothing comes of them any more: whoever they were is forgotten. `at` in Unix milliseconds. */
export function forgetGone(tables: LinksTables, at: number): void {
  for (const customerId of tables.gone.dropBefore(at)) {
    tables.links.remove(customerId);
    tables.holders.removeOf(customerId);
  }
}
