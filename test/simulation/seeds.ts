// Many seeds of one simulation: what was violated and how to see it again, and a figure of all of them.

/**
 * A seed is one run of one edition: whatever draws from chance, in the plan or on the way, makes another run of every seed. Raise it with
 * such a change; an older seed is replayed at the commit that names it. 1: no mails yet. 2: mails in both, and in the
 * links buyers who type an id, and subscriptions that name somebody, one after the other. 3: the links run in a whole relay, with a
 * company, a refresh and every mood of Customer.io. 4: a refresh is begun until one is that is not at work yet (seed 910035 of 3: the
 * one at work, begun for the name before, had passed somebody by). 5: hand-overs
 * that fail wait by chance.
 */
export const EDITION = 5;

type Report = { readonly violation: string | null };

/** Of one test. */
const PART = 250;

/** It ends what hangs: on a busy machine a part takes minutes. */
export const PART_LIMIT_MS = 1_800_000;

/** The seeds from 1, as one test's part after the other: the first seed of each. */
export function partsOf(seeds: number): { readonly from: number; readonly seeds: number }[] {
  return Array.from({ length: seeds / PART }, (_, index) => ({
    from: 1 + index * PART,
    seeds: PART,
  }));
}

export async function runSeeds<Of extends Report>(
  simulate: (seed: number) => Promise<Of>,
  about: {
    readonly from: number;
    readonly seeds: number;
    readonly replay: string;
    readonly figure: (report: Of) => number;
  },
): Promise<{ readonly failures: string[]; readonly sum: number }> {
  const { from, seeds } = about;
  const failures: string[] = [];
  let sum = 0;
  for (let seed = from; seed < from + seeds; seed += 1) {
    const report = await simulate(seed);
    sum += about.figure(report);
    if (report.violation === null) continue;
    failures.push(`${report.violation}: npm run simulate -- ${about.replay} ${seed}`);
  }
  return { failures, sum };
}
