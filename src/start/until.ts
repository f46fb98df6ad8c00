// Waiting for what another process does. Real processes have no other clock.

const BETWEEN_MS = 25;

/** Far beyond what a busy machine needs: a limit ends what hangs, and measures nothing. */
const UNTIL_MS_MAX = 300_000;

/** Asks until the answer is yes; false when the time is over. */
export async function until(
  check: () => boolean | Promise<boolean>,
  timeoutMs = UNTIL_MS_MAX,
): Promise<boolean> {
  const end = Date.now() + timeoutMs;
  while (Date.now() < end) {
    if (await check()) return true;
    await new Promise((resolve) => setTimeout(resolve, BETWEEN_MS));
  }
  return check();
}
