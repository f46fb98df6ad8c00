// Learn: what a claim does to a link. Pure over the tables; the caller runs it in a transaction.
//
// A claim from a place that may move a link has a time, and the newest wins; of two within one instant the first stays,
// so that a replay changes nothing. A claim from a place that may only create one never overrides another claim,
// whichever came first: so the link does not depend on the order of arrival.

import { personKey } from '../outbox/people/table.ts';
import type { LinkClaim } from '../person/news.ts';
import type { Link } from './tables/links.ts';
import type { LinksTables } from './tables/tables.ts';

/** What a claim did: a link that is new, one that is another person's now, or no difference. */
type Learning = 'learnt' | 'moved' | 'unchanged';

/** `now` in Unix milliseconds: no claim is newer than its receipt. */
export function learn(tables: LinksTables, claim: LinkClaim, now: number): Learning {
  const link = tables.links.find(claim.customerId);
  const asOf = Math.min(claim.asOf, now);
  if (link !== null && !wins({ ...claim, asOf }, link)) return 'unchanged';
  const isSame = link?.userId === claim.userId;
  const version = isSame ? link.version : versionAfter(link, now);
  const { customerId, userId, source } = claim;
  tables.links.save({
    customerId,
    userId,
    erased: link?.erased ?? null,
    asOf: claim.mayMove ? asOf : 0,
    version,
    source,
  });
  if (isSame) return 'unchanged';
  leave(tables, link, version);
  wake(tables, customerId);
  return link === null ? 'learnt' : 'moved';
}

/** Whose it was hands over what they hold by it. */
function leave(tables: LinksTables, link: Link | null, version: number): void {
  if (link === null || link.userId === null) return;
  tables.moves.add({ customerId: link.customerId, from: link.userId, version });
}

/** The operator takes a link away: what its person holds by it goes, too. False where there was none. */
export function forget(tables: LinksTables, customerId: string, now: number): boolean {
  const link = tables.links.find(customerId);
  if (link === null) return false;
  tables.links.remove(customerId);
  leave(tables, link, versionAfter(link, now));
  return true;
}

/** A deleted person: their links stay as marks without an id, and what waits for them goes. Says how many events. */
export function eraseLinks(tables: LinksTables, userId: string, now: number): number {
  let purged = tables.waiting.purgeNaming(userId);
  for (const link of tables.links.ofPerson(userId)) {
    tables.links.save({
      ...link,
      userId: null,
      erased: personKey(userId),
      version: versionAfter(link, now),
    });
    purged += tables.waiting.purge(link.customerId);
    wake(tables, link.customerId);
  }
  tables.moves.removeFrom(userId);
  return purged;
}

function wins(claim: LinkClaim, link: Link): boolean {
  // Metadata that nobody has corrected takes no customer away from those who have it since.
  if (link.erased !== null && personKey(claim.userId) === link.erased) return false;
  if (link.userId !== null) return claim.mayMove && claim.asOf > link.asOf;
  // Two accounts become one: who takes the other's customer may have said so before that one was deleted.
  return claim.asOf > (claim.mayMove ? link.asOf : link.version);
}

/** What waits can go at once. */
function wake(tables: LinksTables, customerId: string): void {
  if (tables.queues.find(customerId) === null) return;
  tables.queues.save({ key: customerId, nextAt: 0, attempt: 0, why: 'released' });
}

/** From the clock, so that a link that is made again after it was forgotten has a newer version than before. */
function versionAfter(link: Link | null, now: number): number {
  return Math.max(now, (link?.version ?? 0) + 1);
}
