// Clerk user ids, wherever somebody wrote them down. No I/O.

export const USER_ID = /^user_[A-Za-z0-9]+$/;

/** The first of `keys` under which metadata holds what looks like a Clerk user id. */
export function userIdIn(
  metadata: Readonly<Record<string, unknown>>,
  keys: readonly string[],
): string | null {
  for (const key of keys) {
    const value = Object.hasOwn(metadata, key) ? metadata[key] : null;
    if (typeof value === 'string' && USER_ID.test(value)) return value;
  }
  return null;
}
