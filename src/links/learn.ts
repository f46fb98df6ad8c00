// Learn: what a claim does to a link. Pure over the tables; the caller runs it in a transaction.
//
// A claim from a place that may move a link has a time, and the newest wins; of two within one instant the first stays,
// so that a replay changes nothing. A claim from a place that may only create one never overrides another claim,
// whichever came first: so the link does not depend on the order of arrival. What a buyer typed makes no link at all: it
// is kept as a hint where there is none, until confirm.ts makes a claim of it.

import { personKey } from '../outbox/people/table.ts';
import type { LinkClaim } from '../person/news.ts';
import { isOrganization } from '../person/owner.ts';
import { meant } from './meant.ts';
import { isGuess } from './tables/hints.ts';
import type { Hint } from './tables/hints.ts';
import { isOfSome, ORGANIZATION } from './tables/links.ts';
import type { Link } from './tables/links.ts';
import type { LinksTables } from './tables/tables.ts';

/** Where Stripe's metadata says whose a customer is. */
const NAMING_SOURCES = [
  'customer_metadata',
  'checkout_metadata',
  'subscription_metadata',
  'client_reference_id',
  'customer_lookup',
];

/**
 * What a claim did: a link that is new, one that is another person's now, a hint, or nothing anybody would notice;
 * `unnamed`: nobody is known by that name yet.
 */
type Learning = 'learnt' | 'moved' | 'hinted' | 'unchanged' | 'unnamed';

/** `now` in Unix milliseconds: no claim is newer than its receipt. */
export function learn(tables: LinksTables, claim: LinkClaim, now: number): Learning {
  const asOf = Math.min(claim.asOf, now);
  const userId = claim.isNamed === true ? meant(tables, claim.userId) : claim.userId;
  if (userId === null) {
    const isNobodys = tables.externals.find(claim.userId) === null;
    if (isNobodys) tables.externals.keepNaming({ ...claim, asOf });
    return isNobodys ? 'unnamed' : 'unchanged';
  }
  return learnOf(tables, { ...claim, userId, asOf }, now);
}

/** `asOf` is no later than `now`, and `userId` a user of Clerk's. */
function learnOf(tables: LinksTables, claim: LinkClaim, now: number): Learning {
  const { asOf } = claim;
  const link = tables.links.find(claim.customerId);
  if (claim.typed !== undefined) return hint(tables, { ...claim, ...claim.typed, asOf }, link);
  if (link !== null && !wins(claim, link)) return 'unchanged';
  return linkTo(tables, { ...claim, asOf: claim.mayMove ? asOf : 0 }, { link, now });
}

/** What the claim says is so from now on. */
function linkTo(
  tables: LinksTables,
  { customerId, userId, asOf, source }: LinkClaim,
  { link, now }: { readonly link: Link | null; readonly now: number },
): Learning {
  const isSame = link?.userId === userId;
  const version = isSame ? link.version : versionAfter(link, now);
  const erased = link?.erased ?? null;
  tables.links.save({ customerId, userId, erased, asOf, version, source });
  if (isSame) return 'unchanged';
  leave(tables, link, version);
  wake(tables, customerId);
  if (link === null) tables.hints.remove(customerId);
  return link === null ? 'learnt' : 'moved';
}

/** Where anything else has said whose it is, also that they are deleted, there is nothing to hint at. */
function hint({ hints, ...tables }: LinksTables, next: Hint, link: Link | null): Learning {
  const known = hints.find(next.customerId);
  // What an address made us guess gives way to what the buyer's link said, whichever is older.
  const stands = known !== null && known.asOf >= next.asOf && !isGuess(known);
  if (link !== null || stands) return 'unchanged';
  hints.save(next);
  wake(tables, next.customerId);
  return 'hinted';
}

/** Whose it was hands over what they hold by it. */
function leave(tables: LinksTables, link: Link | null, version: number): void {
  if (link === null || link.userId === null) return;
  tables.formers.add(link.customerId, link.userId, version);
  tables.moves.add({ customerId: link.customerId, from: link.userId, version });
}

/** What metadata said of a name is said of the user whose it is. It looks at all links, which only a new name is worth. */
export function moveNamed(
  tables: LinksTables,
  { from, to }: { readonly from: string; readonly to: string },
  now: number,
): void {
  for (const link of tables.links.ofPerson(from)) {
    if (!NAMING_SOURCES.includes(link.source)) continue;
    linkTo(tables, { ...link, userId: to, mayMove: link.asOf > 0 }, { link, now });
  }
}

/** The operator takes a link away: what its person holds by it goes, too. False where there was none. */
export function forget(tables: LinksTables, customerId: string, now: number): boolean {
  const link = tables.links.find(customerId);
  if (link === null) return false;
  tables.links.remove(customerId);
  leave(tables, link, versionAfter(link, now));
  return true;
}

/** An organization has the customer from now on: whoever had it loses it. False where something newer says otherwise. */
export function leaveToOrganization(
  tables: LinksTables,
  { customerId, asOf, now }: { customerId: string; asOf: number; now: number },
): boolean {
  const link = tables.links.find(customerId);
  const saidAt = Math.min(asOf, now);
  if (link !== null && (saidAt <= link.asOf || isOfSome(link))) return false;
  const version = versionAfter(link, now);
  const erased = link?.erased ?? null;
  const source = ORGANIZATION;
  tables.links.save({ customerId, userId: null, erased, asOf: saidAt, version, source });
  leave(tables, link, version);
  wake(tables, customerId);
  tables.hints.remove(customerId);
  return true;
}

/** A deleted person: their links stay as marks without an id, and what waits for them goes. Says how many events. */
export function eraseLinks(tables: LinksTables, userId: string, now: number): number {
  let purged = tables.waiting.purgeNaming(userId);
  tables.hints.removeNaming(userId);
  for (const link of tables.links.ofPerson(userId)) {
    tables.formers.add(link.customerId, userId, now);
    tables.links.save({
      ...link,
      userId: null,
      erased: personKey(userId),
      version: versionAfter(link, now),
    });
    purged += tables.waiting.purge(link.customerId);
    wake(tables, link.customerId);
  }
  // What has waited for these hand-overs goes on.
  for (const customerId of tables.moves.removeFrom(userId)) wake(tables, customerId);
  for (const { customerId } of tables.holders.ofPerson(userId)) {
    tables.formers.add(customerId, userId, now);
  }
  tables.holders.removeNaming(userId, personKey(userId), now);
  tables.externals.erase(userId);
  tables.leavings.removeFrom(userId);
  return purged;
}

function wins(claim: LinkClaim, link: Link): boolean {
  // Metadata that nobody has corrected takes no customer away from those who have it since.
  if (link.erased !== null && personKey(claim.userId) === link.erased) return false;
  // Which one it is, is no other word.
  if (isOfSome(link) && isOrganization(claim.userId)) return claim.asOf >= link.asOf;
  if (link.userId !== null || isOfSome(link)) return claim.mayMove && claim.asOf > link.asOf;
  // Two accounts become one: who takes the other's customer may have said so before that one was deleted.
  return claim.asOf > (claim.mayMove ? link.asOf : link.version);
}

/** What waits can go at once. */
export function wake(tables: Pick<LinksTables, 'queues'>, customerId: string): void {
  if (tables.queues.find(customerId) === null) return;
  tables.queues.save({ key: customerId, nextAt: 0, attempt: 0, why: 'released' });
}

/** From the clock, so that a link that is made again after it was forgotten has a newer version than before. */
function versionAfter(link: Link | null, now: number): number {
  return Math.max(now, (link?.version ?? 0) + 1);
}
