/** Somebody who was deleted at `at` (Unix milliseconds). `person` is their key, see `personKey`. */
export type Erased = { readonly person: string; readonly userId: string; readonly at: number };
