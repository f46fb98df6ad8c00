/** Whose id is to be forgotten. `at`: when they were deleted, Unix milliseconds. */
export type ErasedId = { readonly userId: string; readonly at: number };

/**
 * Somebody who was deleted at `at` (Unix milliseconds). `person` is their key, see `personKey`; `knownBy` are the ids and
 * addresses that we know to be theirs.
 */
export type Erased = ErasedId & {
  readonly person: string;
  readonly knownBy: readonly string[];
};
