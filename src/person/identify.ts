// The identify of a person: whether one is due, and what it is. It is due when what Customer.io should believe is not what it
// was last told, whatever has changed: a fact, the configuration, or a release. No I/O. No clock.

import type { Traits } from './facet.ts';
import { areSame, fingerprintOf, isOf } from './fingerprint.ts';
import type { IdentifyMessage } from './message.ts';
import { identifyMessage, nextIdentifyAt, wireTraits } from './messages.ts';
import type { MessageOptions } from './messages.ts';
import { newPerson } from './person.ts';
import type { Person } from './person.ts';
import { traitsOf } from './traits.ts';

/**
 * Of somebody an older release has identified it is not known what was said: that is due once. Of somebody nobody has
 * identified there is nothing to say as long as nothing is known.
 */
export function isIdentifyDue(person: Person, options: MessageOptions): boolean {
  const traits = toldTraits(person, options);
  if (person.told !== undefined) return !isOf(person.told, traits);
  const nothing = toldTraits(newPerson(person.userId), options);
  return person.lastIdentifyAt > 0 || !areSame(traits, nothing);
}

/** What Customer.io should believe, as it goes over the wire. */
export function toldTraits(person: Person, options: MessageOptions): Traits {
  return wireTraits(traitsOf(person, options.freePlan), options);
}

/** Due or not. The person remembers what it says. `now`: Unix milliseconds. */
export function identified(
  person: Person,
  options: MessageOptions,
  now: number,
): { readonly person: Person; readonly message: IdentifyMessage } {
  const lastIdentifyAt = nextIdentifyAt(person.lastIdentifyAt, now);
  const traits = traitsOf(person, options.freePlan);
  const told = { ...person, lastIdentifyAt, told: fingerprintOf(wireTraits(traits, options)) };
  return { person: told, message: identifyMessage(told, traits, options) };
}
