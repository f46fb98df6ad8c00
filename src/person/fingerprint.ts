// Fingerprint: what a person was last told at Customer.io, short enough to stand in their row. It says whether something
// differs, and which traits do, without keeping what was said. No I/O.

import { createHash } from 'node:crypto';

import type { Traits } from './facet.ts';

/** Of all traits together: 96 bits, so that nobody's change is missed. */
const WHOLE_LENGTH = 16;

/** Of one trait: 15 bits, enough to name it. */
const MARK_LENGTH = 3;

/** The same for equal traits in any order, another one for any others. `traits` as they go over the wire. */
export function fingerprintOf(traits: Traits): string {
  const marks = sortedNames(traits).map((name) => markOf(traits, name));
  return `${wholeOf(traits)}${marks.join('')}`;
}

/** Without making the marks. */
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
  return createHash('sha256')
    .update(JSON.stringify(sorted(traits)))
    .digest('base64url')
    .slice(0, WHOLE_LENGTH);
}

function sorted(traits: Traits) {
  return sortedNames(traits).map((name) => [name, traits[name]]);
}

function sortedNames(traits: Traits): string[] {
  return Object.keys(traits).toSorted();
}

/** FNV-1a: a SHA-256 for each trait was a sixth of what a sign-up costs the shard. */
function markOf(traits: Traits, name: string): string {
  const text = JSON.stringify([name, traits[name]]);
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  }
  return (hash >>> 0).toString(36).padStart(MARK_LENGTH, '0').slice(-MARK_LENGTH);
}
