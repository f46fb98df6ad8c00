// Chance from a seed: the same seed gives the same run.

export type Random = ReturnType<typeof createRandom>;

export function createRandom(seed: number) {
  let state = (seed * 0x9e3779b9) >>> 0;

  /** From 0 up to 1: mulberry32. */
  function next(): number {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** Whole numbers from `min` up to and including `max`. */
  function between(min: number, max: number): number {
    return min + Math.floor(next() * (max - min + 1));
  }

  function chance(probability: number): boolean {
    return next() < probability;
  }

  function pick<Value>(values: readonly Value[]): Value {
    const value = values[Math.floor(next() * values.length)];
    if (value === undefined) throw new Error('nothing to pick from');
    return value;
  }

  return { next, between, chance, pick };
}
