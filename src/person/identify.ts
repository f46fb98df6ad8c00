// The identify of a person: whether one is due, and what it is. It is due when what Customer.io should believe is not what it
// was last told, whatever has changed: a fact, the configuration, or a release. No I/O. No clock.

import type { Traits } from './facet.ts';
import { areSame, fingerprintOf, isOf } from './fingerprint.ts';
import { memberTraits } from './membership.ts';
import type { IdentifyMessage } from './message.ts';
import { identifyMessage, nextIdentifyAt, snakeCase, wireTraits } from './messages.ts';
import type { MessageOptions } from './messages.ts';
import { newPerson } from './person.ts';
import type { Person } from './person.ts';
import { traitsOf } from './traits.ts';

/** What a person's traits depend on. */
type TraitOptions = Pick<MessageOptions, 'freePlan' | 'organizations' | 'traitCase'>;

/**
 * Of somebody an older release has identified it is not known what was said: that is due once. Of somebody nobody has
 * identified there is nothing to say as long as nothing is known.
 */
export function isIdentifyDue(person: Person, options: MessageOptions): boolean {
  return isDue(person, toldTraits(person, options), options);
}

function isDue(person: Person, traits: Traits, options: MessageOptions): boolean {
  if (person.told !== undefined) return !isOf(person.told, traits);
  const nothing = toldTraits(newPerson(person.userId), options);
  return person.lastIdentifyAt > 0 || !areSame(traits, nothing);
}

/** What Customer.io should believe, as it goes over the wire. */
export function toldTraits(person: Person, options: MessageOptions): Traits {
  return wireTraits(traitsUnder(person, options), options);
}

/** Where organizations were on and are off, whoever was in one is in none: Customer.io forgets nothing by itself. */
export function traitsUnder({ memberships, ...person }: Person, options: TraitOptions): Traits {
  const { freePlan, organizations } = options;
  const alone = traitsOf(person, freePlan);
  const ofMember = memberships === undefined ? {} : memberTraits({ memberships });
  if (organizations !== undefined) return { ...alone, ...ofMember };
  // By then an operator may have traits of these names.
  return { ...noneOf(Object.keys(ofMember), options), ...alone };
}

function noneOf(names: readonly string[], { traitCase }: TraitOptions): Traits {
  const cased = traitCase === 'snake' ? names.map(snakeCase) : names;
  return Object.fromEntries(cased.map((name) => [name, null]));
}

/** The identify, and the person who remembers what it says. `now`: Unix milliseconds. */
type Identified = { readonly person: Person; readonly message: IdentifyMessage };

/** Null where none is due. */
export function identifiedIfDue(
  person: Person,
  options: MessageOptions,
  now: number,
): Identified | null {
  const traits = traitsUnder(person, options);
  const wired = wireTraits(traits, options);
  return isDue(person, wired, options) ? said({ person, traits, wired }, options, now) : null;
}

/** Due or not. */
export function identified(person: Person, options: MessageOptions, now: number): Identified {
  const traits = traitsUnder(person, options);
  return said({ person, traits, wired: wireTraits(traits, options) }, options, now);
}

function said(
  {
    person,
    traits,
    wired,
  }: { readonly person: Person; readonly traits: Traits; readonly wired: Traits },
  options: MessageOptions,
  now: number,
): Identified {
  const lastIdentifyAt = nextIdentifyAt(person.lastIdentifyAt, now);
  const told = { ...person, lastIdentifyAt, told: fingerprintOf(wired) };
  return { person: told, message: identifyMessage(told, traits, options) };
}
