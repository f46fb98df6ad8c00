// How many events nothing wanted, by provider, until somebody carries the numbers to where they are kept: they ride along
// with the next event that is stored, so that counting costs no request and no row. What an isolate has not told when
// it ends is not counted.

let ignored: Record<string, number> = {};

export function countIgnored(provider: string): void {
  ignored[provider] = (ignored[provider] ?? 0) + 1;
}

/** What has come together since the last time. */
export function takeIgnored(): Readonly<Record<string, number>> {
  const taken = ignored;
  ignored = {};
  return taken;
}
