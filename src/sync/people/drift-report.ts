// What a drift job has found, added up: how many, which traits, and some people as places of their rows (kept.ts). No values:
// a report is kept for weeks. Pure.

import type { Difference, DifferenceKind } from '../../customerio/compare-person.ts';

/** People that are shown of each kind. */
const EXAMPLES_MAX = 10;

type Kind = 'missing' | DifferenceKind;

export type DriftReport = {
  /** People of ours that were compared, and those who were told something too lately. */
  readonly compared: number;
  readonly recent: number;
  /** Of ours, whom Customer.io does not know. */
  readonly missing: number;
  /** Of ours, with something that differs. */
  readonly differing: number;
  /** How often each trait differs, by kind. */
  readonly traits: Readonly<Partial<Record<DifferenceKind, Readonly<Record<string, number>>>>>;
  /** Of theirs: whose id looks like Clerk's and whom we have never heard of; who has another id; who is deleted here. */
  readonly unknown: number;
  readonly others: number;
  readonly erased: number;
  /** Who was identified again. */
  readonly repaired: number;
  readonly examples: Readonly<Partial<Record<Kind, readonly string[]>>>;
};

export const NO_DRIFT: DriftReport = {
  compared: 0,
  recent: 0,
  missing: 0,
  differing: 0,
  traits: {},
  unknown: 0,
  others: 0,
  erased: 0,
  repaired: 0,
  examples: {},
};

/** `person`: the place of their row. Null: Customer.io does not know them. */
export function withCompared(
  report: DriftReport,
  person: string,
  differences: readonly Difference[] | null,
): DriftReport {
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
  traits: DriftReport['traits'],
  { kind, trait }: Pick<Difference, 'kind' | 'trait'>,
): DriftReport['traits'] {
  const counts = traits[kind] ?? {};
  return { ...traits, [kind]: { ...counts, [trait]: (counts[trait] ?? 0) + 1 } };
}

function withExample(
  examples: DriftReport['examples'],
  kind: Kind,
  person: string,
): DriftReport['examples'] {
  const known = examples[kind] ?? [];
  return known.length >= EXAMPLES_MAX ? examples : { ...examples, [kind]: [...known, person] };
}
