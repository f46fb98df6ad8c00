// The one way to put into a payload what its package's type refuses: a reader sees that it is meant.

/** Any value in the place of any other. */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- the place says what it expects; the caller need not
export function odd<Expected>(value: unknown): Expected {
  return value as Expected;
}
