// What a person has paid, and got back: totals that are exact whatever comes twice or in another order, in bounded
// space. Of each customer the newest payments are kept one by one, which is how one that comes again is known; what is
// older is a sum. A refund is taken off when the payment it is of can have been counted. No I/O. No clock.

import type { Traits } from './facet.ts';
import { toMajor } from './money.ts';
import { own } from './own.ts';

/** The newest of a kind that are kept. A payment older than all of them is not counted: it may be in the sum. */
const ENTRIES_MAX = 32;

/** Of all of a person's ledgers together: many customers share it, each with one at least. */
const ALL_ENTRIES_MAX = 64;

/** A bank debit settles some working days after it was charged. */
const SETTLES_MS_MAX = 7 * 86_400_000;

/** Money that moved, as an event tells it. `minor` in whole minor units, negative where it went back. */
export type Money = {
  /** The same in every event that tells of it. */
  readonly id: string;
  /** Unix milliseconds. */
  readonly at: number;
  readonly minor: number;
  /** Lower case. */
  readonly currency: string;
  readonly subscriptionId?: string | null;
  /** Where it is a refund, or one that failed: which charge was refunded, and when that was made (null: unsaid). */
  readonly charge?: { readonly id: string; readonly at: number | null };
};

/** What is known of one customer's money, or of what events that name the person themselves have told. */
export type Ledger = {
  /** Paid, by currency, in minor units; refunds that are no entries any more are taken off. */
  readonly totals: Readonly<Record<string, number>>;
  readonly firstPaidAt: number | null;
  /** Oldest first. */
  readonly entries: readonly Money[];
  /** Fewer than the newest are kept: there are many customers. */
  readonly isShort?: true;
};

export type Ledgers = Readonly<Record<string, Ledger>>;

const EMPTY: Ledger = { totals: {}, firstPaidAt: null, entries: [] };

/** Counts it in the ledger named `key`, once, whichever ledger has it already. */
export function counted(ledgers: Ledgers, key: string, money: Money): Ledgers {
  const holder = Object.keys(ledgers).find((name) => find(ledgers[name], money.id) !== undefined);
  if (holder !== undefined) {
    const known = own(ledgers, holder) ?? EMPTY;
    const earlier = withEarlier(known, money);
    return earlier === known ? ledgers : { ...ledgers, [holder]: earlier };
  }
  const ledger = own(ledgers, key) ?? EMPTY;
  if (mayBeIn(ledger, money)) return ledgers;
  return fitted({ ...ledgers, [key]: withMoney(ledger, money) }, firstOf(Object.values(ledgers)));
}

/** It is older than all of its kind that are kept, and others are not kept any more. */
function mayBeIn({ entries, isShort }: Ledger, money: Money): boolean {
  const same = entries.filter((entry) => isRefund(entry) === isRefund(money));
  const isFull = same.length >= ENTRIES_MAX || isShort === true;
  return isFull && money.at < (same[0]?.at ?? 0);
}

/** Each within its share. `first`: when anything was paid before. */
export function fitted(ledgers: Ledgers, first = firstOf(Object.values(ledgers))): Ledgers {
  const all = Object.entries(ledgers);
  const most = Math.max(1, Math.min(ENTRIES_MAX, Math.floor(ALL_ENTRIES_MAX / all.length)));
  return Object.fromEntries(all.map(([key, ledger]) => [key, trimmed(ledger, first, most)]));
}

/** Two events about one payment may differ by a second: the earlier one is when it was paid. */
function withEarlier(ledger: Ledger, money: Money): Ledger {
  const known = find(ledger, money.id);
  if (known === undefined || isRefund(known) || known.at <= money.at) return ledger;
  const others = ledger.entries.filter(({ id }) => id !== money.id);
  const entries = [...others, { ...known, at: money.at }].toSorted(byTime);
  return { ...ledger, firstPaidAt: earliest(ledger.firstPaidAt, money.at), entries };
}

function withMoney(ledger: Ledger, money: Money): Ledger {
  const paid = isRefund(money) ? ledger : withPaid(ledger, money);
  return { ...paid, entries: [...ledger.entries, money].toSorted(byTime) };
}

function withPaid(ledger: Ledger, { currency, minor, at }: Money): Ledger {
  return {
    ...ledger,
    totals: plus(ledger.totals, currency, minor),
    firstPaidAt: earliest(ledger.firstPaidAt, at),
  };
}

/** Payments that leave are in the totals already; a refund that leaves is taken off for good. */
function trimmed(ledger: Ledger, first: number | null, most = ENTRIES_MAX): Ledger {
  const payments = ledger.entries.filter((entry) => !isRefund(entry));
  const refunds = ledger.entries.filter(isRefund).map(withChargedAt);
  if (Math.max(payments.length, refunds.length) <= most) return ledger;
  const leaving = refunds.slice(0, -most);
  const off = leaving.filter((entry) => isOfCounted(entry, refunds, first));
  const kept = [...payments.slice(-most), ...refunds.slice(-most)];
  return {
    ...ledger,
    totals: off.reduce(
      (totals, { currency, minor }) => plus(totals, currency, minor),
      ledger.totals,
    ),
    entries: kept.toSorted(byTime),
    ...(most < ENTRIES_MAX ? { isShort: true } : {}),
  };
}

/** What two people know of one customer's money, put together; each may have seen a part. */
export function joinLedgers(a: Ledger, b: Ledger): Ledger {
  const missing = b.entries.filter((each) => find(a, each.id) === undefined && !mayBeIn(a, each));
  return trimmed(missing.reduce(withMoney, a), firstOf([a, b]));
}

/** The subscription of a payment by its own id; null where it was for none, undefined where it is not known. */
export function subscriptionPaidBy(
  ledgers: Ledgers,
  ids: readonly string[],
): string | null | undefined {
  const payments = Object.values(ledgers).flatMap(({ entries }) => entries);
  const payment = payments.find((entry) => !isRefund(entry) && ids.includes(entry.id));
  return payment === undefined ? undefined : (payment.subscriptionId ?? null);
}

/** The currency of the newest payment, for whom has no subscription that says it. */
export function currencyPaid(ledgers: Ledgers): string | null {
  return newestPayment(ledgers)?.currency ?? null;
}

/** Unix seconds, and major units of `currency`. Null where nothing was counted, `totalPaid` then 0. */
export function paidTraits(ledgers: Ledgers, currency: string | null) {
  const all = Object.values(ledgers);
  const first = firstOf(all);
  return {
    firstPaidAt: seconds(first),
    lastPaidAt: seconds(newestPayment(ledgers)?.at ?? null),
    totalPaid: toMajor(totalOf(all, first, currency), currency),
  } satisfies Traits;
}

function totalOf(all: readonly Ledger[], first: number | null, currency: string | null): number {
  if (currency === null) return 0;
  const refunds = all.flatMap(({ entries }) => entries).filter(isRefund);
  const off = refunds.filter(
    (entry) => entry.currency === currency && isOfCounted(entry, refunds, first),
  );
  const paid = all.map(({ totals }) => own(totals, currency) ?? 0);
  return [...paid, ...off.map(({ minor }) => minor)].reduce((sum, each) => sum + each, 0);
}

/** What was charged before anything was counted was not counted; one that failed is counted as its refund was. */
function isOfCounted(entry: Money, refunds: readonly Money[], first: number | null): boolean {
  const chargedAt = chargedAtOf(entry, refunds);
  return first !== null && chargedAt !== null && chargedAt + SETTLES_MS_MAX >= first;
}

/** A refund that failed does not say when its charge was made: the refund did. */
function chargedAtOf({ charge }: Money, refunds: readonly Money[]): number | null {
  const siblings = refunds.filter((other) => other.charge?.id === charge?.id);
  return siblings.map((other) => other.charge?.at ?? null).find((at) => at !== null) ?? null;
}

/** Said by itself from now on: the refund may leave before it. */
function withChargedAt(entry: Money, _: number, refunds: readonly Money[]): Money {
  const { charge } = entry;
  if (charge === undefined || charge.at !== null) return entry;
  return { ...entry, charge: { ...charge, at: chargedAtOf(entry, refunds) } };
}

function firstOf(all: readonly Ledger[]): number | null {
  return all.reduce<number | null>(
    (at, { firstPaidAt }) => (firstPaidAt === null ? at : earliest(at, firstPaidAt)),
    null,
  );
}

function newestPayment(ledgers: Ledgers): Money | undefined {
  return Object.values(ledgers)
    .flatMap(({ entries }) => entries.filter((entry) => !isRefund(entry)))
    .toSorted((a, b) => byTime(b, a))[0];
}

function find(ledger: Ledger | undefined, id: string): Money | undefined {
  return ledger?.entries.find((entry) => entry.id === id);
}

function isRefund({ charge }: Money): boolean {
  return charge !== undefined;
}

function byTime(a: Money, b: Money): number {
  return a.at - b.at || (a.id < b.id ? -1 : 1);
}

function earliest(a: number | null, b: number): number {
  return a === null ? b : Math.min(a, b);
}

function plus(totals: Ledger['totals'], currency: string, minor: number): Ledger['totals'] {
  return { ...totals, [currency]: (own(totals, currency) ?? 0) + minor };
}

function seconds(at: number | null): number | null {
  return at === null ? null : Math.floor(at / 1000);
}
