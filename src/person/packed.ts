// A person as the text of a row, and back. A payment that is like the one before it but for its id, time and amount is these three,
// in a list: written whole, two years of payments would be more than all else that is known of somebody. Rows of older versions have
// every payment whole, and are read as well. No I/O. No clock.

import type { Ledger, Ledgers, Money } from './ledger.ts';
import type { Person } from './person.ts';

/** `id`, `at` and `minor`. */
type Packed = readonly [string, number, number];

type PackedLedger = Omit<Ledger, 'entries'> & { readonly entries: readonly (Money | Packed)[] };

type PackedPerson = Omit<Person, 'ledgers'> & {
  readonly ledgers?: Readonly<Record<string, PackedLedger>>;
};

export function packed(person: Person): string {
  const { ledgers } = person;
  if (ledgers === undefined) return JSON.stringify(person);
  const each = mapped(ledgers, (ledger) => ({ ...ledger, entries: ledger.entries.map(entryIn) }));
  return JSON.stringify({ ...person, ledgers: each } satisfies PackedPerson);
}

export function unpacked(text: string): Person {
  const row: PackedPerson = JSON.parse(text);
  const { ledgers, ...rest } = row;
  if (ledgers === undefined) return rest;
  return { ...row, ledgers: mapped(ledgers, wholeLedger) satisfies Ledgers };
}

function entryIn(entry: Money, index: number, entries: readonly Money[]): Money | Packed {
  const before = entries[index - 1];
  const { id, at, minor } = entry;
  if (before === undefined) return entry;
  return JSON.stringify(entry) === JSON.stringify({ ...before, id, at, minor })
    ? [id, at, minor]
    : entry;
}

function wholeLedger(ledger: PackedLedger): Ledger {
  const entries: Money[] = [];
  for (const entry of ledger.entries) entries.push(wholeEntry(entry, entries.at(-1)));
  return { ...ledger, entries };
}

function wholeEntry(entry: Money | Packed, before: Money | undefined): Money {
  if (!isPacked(entry)) return entry;
  const [id, at, minor] = entry;
  // The first of a ledger is always whole.
  return { ...before, id, at, minor, currency: before?.currency ?? '' };
}

function isPacked(entry: Money | Packed): entry is Packed {
  return Array.isArray(entry);
}

function mapped<From, To>(
  all: Readonly<Record<string, From>>,
  change: (each: From) => To,
): Record<string, To> {
  return Object.fromEntries(Object.entries(all).map(([key, each]) => [key, change(each)]));
}
