// What a drift job has found, added up: how many, which traits, and some people as places of their rows (kept.ts). No values:
// a report is kept for weeks. Pure.

import type { Difference, DifferenceKind } from '../../customerio/compare-person.ts';

/** People that are shown of each kind. */
const EXAMPLES_MAX = 10;

type Kind = 'missing' | DifferenceKind;

type Found = {
  /** Of ours that were compared, and those who were told something too lately. */
  readonly compared: number;
  readonly recent: number;
  /** Of ours, whom Customer.io does not know. */
  readonly missing: number;
  /** Of ours, with something that differs. */
  readonly differing: number;
  /** How often each trait differs, by kind. */
  readonly traits: Readonly<Partial<Record<DifferenceKind, Readonly<Record<string, number>>>>>;
  /** Who was identified again, or told again as an object. */
  readonly repaired: number;
  readonly examples: Readonly<Partial<Record<Kind, readonly string[]>>>;
  /** Organizations that nobody is in to send them through: they are not compared. */
  readonly alone?: number;
};

/** Of people, and of organizations where they are objects. */
export type DriftReport = Found & {
  readonly organizations?: Found;
  /** Of theirs: whose id looks like Clerk's and whom we have never heard of; who has another id; who is deleted here. */
  readonly unknown: number;
  readonly others: number;
  readonly erased: number;
};

export const NONE_FOUND: Found = {
  compared: 0,
  recent: 0,
  missing: 0,
  differing: 0,
  traits: {},
  repaired: 0,
  examples: {},
};

export const NO_DRIFT: DriftReport = { ...NONE_FOUND, unknown: 0, others: 0, erased: 0 };

/** `person`: the place of their row, or of an organization's. Null: Customer.io does not know them. */
export function withCompared<Report extends Found>(
  report: Report,
  person: string,
  differences: readonly Difference[] | null,
): Report {
  const compared = report.compared + 1;
  if (differences === null) {
    const examples = withExample(report.examples, 'missing', person);
    return { ...report, compared, missing: report.missing + 1, examples };
  }
  if (differences.length === 0) return { ...report, compared };
  const kinds = new Set(differences.map(({ kind }) => kind));
  return {
    ...report,
    compared,
    differing: report.differing + 1,
    traits: differences.reduce(withTrait, report.traits),
    examples: [...kinds].reduce(
      (examples, kind) => withExample(examples, kind, person),
      report.examples,
    ),
  };
}

function withTrait(
  traits: Found['traits'],
  { kind, trait }: Pick<Difference, 'kind' | 'trait'>,
): Found['traits'] {
  const counts = traits[kind] ?? {};
  return { ...traits, [kind]: { ...counts, [trait]: (counts[trait] ?? 0) + 1 } };
}

function withExample(examples: Found['examples'], kind: Kind, person: string): Found['examples'] {
  const known = examples[kind] ?? [];
  return known.length >= EXAMPLES_MAX ? examples : { ...examples, [kind]: [...known, person] };
}
