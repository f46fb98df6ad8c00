// Many seeds of one simulation: what was violated and how to see it again, and a figure of all of them.

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
