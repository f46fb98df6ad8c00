// Hold: what a subscription's own metadata does to whose it is. Pure over the tables; the caller runs it in a transaction.
//
// The newest word counts, so the order of arrival does not matter. An operator's link is newer than all that metadata said
// before it, and metadata that only goes on saying it is not news. A copy of the metadata, as invoices have it, counts until the
// subscription itself has said anything.

import { personKey } from '../outbox/people/table.ts';
import type { Holding } from '../person/news.ts';
import { meant } from './meant.ts';
import type { Holder } from './tables/holders.ts';
import type { Link } from './tables/links.ts';
import type { LinksTables } from './tables/tables.ts';

type Said = NonNullable<Holding['says']> & {
  /** Older than any word of the subscription's own. */
  readonly isCopy: boolean;
};

/** What is to be so, as of when. */
type Next = Pick<Holder, 'userId' | 'source' | 'asOf'>;

type Told = {
  readonly customerId: string;
  readonly of: Holding | undefined;
  /** Whom the event names, where it has a copy of the metadata only. */
  readonly named: string | null;
  readonly now: number;
};

/** True where the subscription is another's now. `now` in Unix milliseconds: no word is newer than its receipt. */
export function hold(tables: LinksTables, { customerId, of, named, now }: Told): boolean {
  if (of === undefined) return false;
  const { subscriptionId } = of;
  const isCopy = of.says === undefined;
  const said = of.says ?? { userId: named, isOrganization: false, isChange: false };
  const says = { ...said, userId: meant(tables, said.userId), isCopy };
  if (isCopy && says.userId === null) return false;
  const known = tables.holders.find(subscriptionId);
  const link = tables.links.find(customerId);
  const asOf = isCopy ? 0 : Math.min(of.asOf, now);
  const next = nextOf(says, { known, link, asOf });
  if (next === null) return false;
  const left = { subscriptionId, customerId, now };
  // Stored by a release that noted no holders, it may still be with whom the metadata names.
  const isOverruled = known === null && next.source === 'operator';
  return change(tables, { ...left, known, next, from: isOverruled ? says.userId : null });
}

type Situation = {
  readonly known: Holder | null;
  readonly link: Link | null;
  readonly asOf: number;
};

/** Null where nothing changes. */
function nextOf(says: Said, situation: Situation): Next | null {
  const { known, asOf } = situation;
  if (known === null ? sourceOf(says) === 'customer' : isOld(says, known, asOf)) return null;
  const overruledAt = overruledAtBy(says, situation);
  if (overruledAt !== null) {
    return { userId: null, source: 'operator', asOf: Math.max(asOf, overruledAt) };
  }
  const next: Next = { userId: says.userId, source: sourceOf(says), asOf };
  return isSame(known, next) && !says.isChange ? null : next;
}

function isOld({ userId, isChange }: Said, known: Holder, asOf: number): boolean {
  if (userId !== null && personKey(userId) === known.erased) return true;
  return asOf <= known.asOf || (known.source === 'operator' && !isChange);
}

/** When the operator gave the customer away, if that is the newer word; else null. */
function overruledAtBy({ isChange }: Said, { known, link, asOf }: Situation): number | null {
  if (link?.source !== 'operator') return null;
  const isNewer = asOf <= link.asOf || (known === null && !isChange);
  return isNewer ? link.asOf : null;
}

function sourceOf({ userId, isOrganization, isCopy }: Said): Holder['source'] {
  if (isCopy) return 'invoice_metadata';
  if (isOrganization) return 'organization';
  return userId === null ? 'customer' : 'subscription_metadata';
}

/** The operator gives a customer to somebody: all its subscriptions go with it, whomever they name. */
export function overruleHolders(tables: LinksTables, customerId: string, now: number): void {
  for (const known of tables.holders.ofCustomer(customerId)) {
    const { subscriptionId } = known;
    const next: Next = { userId: null, source: 'operator', asOf: now };
    change(tables, { subscriptionId, customerId, now, known, next, from: null });
  }
}

/** What named somebody by an external id is the user's whose that is. */
export function overruleNamed(
  tables: LinksTables,
  { from, to }: { readonly from: string; readonly to: string },
  now: number,
): void {
  for (const known of tables.holders.ofPerson(from)) {
    const { subscriptionId, customerId, source, asOf } = known;
    const next: Next = { userId: to, source, asOf };
    change(tables, { subscriptionId, customerId, now, known, next, from: null });
  }
}

function change(
  tables: LinksTables,
  about: {
    readonly subscriptionId: string;
    readonly customerId: string;
    readonly now: number;
    readonly known: Holder | null;
    readonly next: Next;
    /** Who else may have had it. */
    readonly from: string | null;
  },
): boolean {
  const { subscriptionId, customerId, now, known, next } = about;
  const before = known === null ? linkedTo(tables, customerId) : holderIn(tables, known);
  const version = versionOf(known, next, now);
  const erased = known?.erased ?? null;
  const holder = { subscriptionId, customerId, erased, ...next, version };
  tables.holders.save(holder);
  const after = holderIn(tables, holder);
  const leavers = new Set([before, about.from].filter((from) => from !== null && from !== after));
  for (const from of leavers) {
    if (from === null) continue;
    tables.leavings.add({ subscriptionId, customerId, from, version });
    tables.formers.add(customerId, from, now);
  }
  return leavers.size > 0;
}

/** From the clock, like a link's. */
function versionOf(known: Holder | null, next: Next, now: number): number {
  if (known === null) return now;
  return isSame(known, next) ? known.version : Math.max(now, known.version + 1);
}

function isSame(known: Holder | null, next: Next): boolean {
  return known?.userId === next.userId && known.source === next.source;
}

/** Whose a subscription is; null where nobody knows, or where it is no person's. */
export function holderIn(tables: LinksTables, holder: Holder): string | null {
  if (holder.source === 'organization') return null;
  return holder.userId ?? linkedTo(tables, holder.customerId);
}

function linkedTo({ links }: LinksTables, customerId: string): string | null {
  return links.find(customerId)?.userId ?? null;
}
