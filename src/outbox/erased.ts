/**
 * Somebody who was deleted at `at` (Unix milliseconds). `person` is their key, see `personKey`; `knownBy` are the ids and
 * addresses that we know to be theirs.
 */
export type Erased = {
  readonly person: string;
  readonly userId: string;
  readonly at: number;
  readonly knownBy: readonly string[];
};
