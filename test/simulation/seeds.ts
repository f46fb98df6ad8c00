// Many seeds of one simulation: what was violated and how to see it again, and a figure of all of them.

/**
 * A seed is one run of one edition: whatever draws from chance, in the plan or on the way, makes another run of every seed. Raise it with
 * such a change; an older seed is replayed at the commit that names it. 1: no mails yet. 2: mails in both, and in the
 * links buyers who type an id, and subscriptions that name somebody, one after the other.
 */
export const EDITION = 2;

type Report = { readonly violation: string | null };

export async function runSeeds<Of extends Report>(
  simulate: (seed: number) => Promise<Of>,
  about: {
    readonly seeds: number;
    readonly replay: string;
    readonly figure: (report: Of) => number;
  },
): Promise<{ readonly failures: string[]; readonly sum: number }> {
  const failures: string[] = [];
  let sum = 0;
  for (let seed = 1; seed <= about.seeds; seed += 1) {
    const report = await simulate(seed);
    sum += about.figure(report);
    if (report.violation === null) continue;
    failures.push(`${report.violation}: npm run simulate -- ${about.replay} ${seed}`);
  }
  return { failures, sum };
}
