// What Customer.io shows beside what we hold of one person, or of an organization's object: is it true, and who has written what is not? It answers every
// value as text, and for each the second in which it was set. No I/O. No clock.
// https://docs.customer.io/integrations/api/app/tag/customers/getPeopleById/

import type { Traits, TraitValue } from '../person/facet.ts';
import type { GroupMessage } from '../person/message.ts';
import { own } from '../person/own.ts';

/** What we hold: the traits as they go over the wire, and the time of the newest identify or group, Unix milliseconds. */
type HeldPerson = {
  readonly traits: Traits;
  readonly identifiedAt: number;
  /** What they were told before, as far as it is still known. */
  readonly before?: readonly EarlierTraits[];
};

/** As an identify or a group said them. */
export type EarlierTraits = GroupMessage['traits'];

export type ShownPerson = {
  readonly attributes: Readonly<Record<string, unknown>>;
  /** When each attribute was last set, Unix seconds. */
  readonly timestamps: Readonly<Record<string, number>>;
};

/**
 * `lost`: ours is newer, and is not there. `overwritten`: somebody else has written since. `late`: what was written since is
 * what we told before, so an old identify of ours came after the newer one. `email_conflict`: ours is
 * newer and an email, which Customer.io keeps as it was unless "Allow updates to email using ID" is on, and where
 * somebody else has it. `unclear`: it is not told when it was set.
 */
export type DifferenceKind = 'lost' | 'overwritten' | 'late' | 'email_conflict' | 'unclear';

export type Difference = {
  readonly trait: string;
  readonly kind: DifferenceKind;
  readonly held: TraitValue;
  /** Null: it is not there. */
  readonly shown: string | null;
  /** When it was set there, Unix seconds. */
  readonly setAt: number | null;
};

/** Under which name an attribute stands there, where that is another one: Customer.io keeps this one for itself. */
const ATTRIBUTES: ReadonlyMap<string, string> = new Map([['createdAt', 'created_at']]);

/** What Customer.io turns into Unix seconds where it is text: dates, with a time or without. */
const ISO_DATE = /^\d{4}-\d\d-\d\d(T[\d:.]{5,15}(Z|[+-]\d\d:?\d\d)?)?$/;

/** Only what we hold is compared; what others have added is theirs. */
export function comparePerson(held: HeldPerson, shown: ShownPerson): Difference[] {
  return Object.entries(held.traits).flatMap(([trait, value]) => {
    const name = ATTRIBUTES.get(trait) ?? trait;
    const there = textOf(own(shown.attributes, name));
    if (isSame(trait, value, there)) return [];
    const setAt = own(shown.timestamps, name);
    const kind = kindOf(trait, held, { there, setAt });
    return [{ trait, kind, held: value, shown: there, setAt }];
  });
}

function kindOf(
  trait: string,
  { identifiedAt, before = [] }: HeldPerson,
  { there, setAt }: { readonly there: string | null; readonly setAt: number | null },
): DifferenceKind {
  if (setAt !== null && setAt * 1000 > identifiedAt) {
    const isOurs = before.some(
      (traits) => trait in traits && isSame(trait, own(traits, trait), there),
    );
    return isOurs ? 'late' : 'overwritten';
  }
  if (trait === 'email') return 'email_conflict';
  return setAt === null && there !== null ? 'unclear' : 'lost';
}

/** What is empty is not there: nothing, null and empty text are one. */
function textOf(value: unknown): string | null {
  if (value === undefined || value === null || value === '') return null;
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function isSame(trait: string, held: unknown, there: string | null): boolean {
  const text = textOf(held);
  if (text === null || there === null) return text === there;
  if (text === there) return true;
  if (trait === 'email') return text.toLowerCase() === there.toLowerCase();
  if (typeof held === 'number') return isNumber(there) && Number(there) === held;
  return typeof held === 'string' && isSameDate(held, there);
}

function isSameDate(held: string, there: string): boolean {
  return ISO_DATE.test(held) && isNumber(there) && Number(there) * 1000 === Date.parse(held);
}

function isNumber(text: string): boolean {
  return text.trim() !== '' && Number.isFinite(Number(text));
}
