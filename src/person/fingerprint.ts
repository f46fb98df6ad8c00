// Fingerprint: what a person was last told at Customer.io, short enough to stand in their row. It says whether something
// differs, and which traits do, without keeping what was said. No I/O.

import { createHash } from 'node:crypto';

import type { Traits } from './facet.ts';

/** Of all traits together: 96 bits, so that nobody's change is missed. */
const WHOLE_LENGTH = 16;

/** Of one trait: 18 bits, enough to name it. */
const MARK_LENGTH = 3;

/** The same for equal traits in any order, another one for any others. `traits` as they go over the wire. */
export function fingerprintOf(traits: Traits): string {
  const marks = sortedNames(traits).map((name) => markOf(traits, name));
  return `${wholeOf(traits)}${marks.join('')}`;
}

/** Costs one hash, where the fingerprint itself costs one for each trait. */
export function isOf(fingerprint: string, traits: Traits): boolean {
  return fingerprint.startsWith(wholeOf(traits));
}

/** The traits that the fingerprint was not made of. What was told and is not said any more has no name here. */
export function differingTraits(fingerprint: string, traits: Traits): string[] {
  const marks = new Set<string>();
  for (let at = WHOLE_LENGTH; at < fingerprint.length; at += MARK_LENGTH) {
    marks.add(fingerprint.slice(at, at + MARK_LENGTH));
  }
  return Object.keys(traits).filter((name) => !marks.has(markOf(traits, name)));
}

/** Whether both would have one fingerprint, without making any. */
export function areSame(traits: Traits, others: Traits): boolean {
  return JSON.stringify(sorted(traits)) === JSON.stringify(sorted(others));
}

function wholeOf(traits: Traits): string {
  return hashOf(sorted(traits)).slice(0, WHOLE_LENGTH);
}

function sorted(traits: Traits) {
  return sortedNames(traits).map((name) => [name, traits[name]]);
}

function sortedNames(traits: Traits): string[] {
  return Object.keys(traits).toSorted();
}

function markOf(traits: Traits, name: string): string {
  return hashOf([name, traits[name]]).slice(0, MARK_LENGTH);
}

function hashOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('base64url');
}
