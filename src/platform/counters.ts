// Counters: names and how often. Pure.

/** The same with the changes added; a name that is new begins at 0. */
export function counted<Counters extends Readonly<Record<string, number>>>(
  counters: Counters,
  changes: Partial<Counters>,
): Counters {
  const sums = Object.entries(changes).map(([name, change]) => [
    name,
    (counters[name] ?? 0) + (change ?? 0),
  ]);
  return { ...counters, ...Object.fromEntries(sums) };
}

/** How often each name stands in a list. */
export function countsOf(names: readonly string[]): Readonly<Record<string, number>> {
  let counts: Readonly<Record<string, number>> = {};
  for (const name of names) counts = counted(counts, { [name]: 1 });
  return counts;
}
