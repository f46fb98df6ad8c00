// How many events nothing wanted, by provider, until the numbers are handed to where they are kept: they travel with
// the next event that is stored, so counting costs no request and no row. What an isolate still holds when it ends is
// not counted.

let ignored: Record<string, number> = {};

export function countIgnored(provider: string): void {
  ignored[provider] = (ignored[provider] ?? 0) + 1;
}

/** What has come together since the last time; the count begins again at nothing. */
export function drainIgnored(): Readonly<Record<string, number>> {
  const counted = ignored;
  ignored = {};
  return counted;
}
