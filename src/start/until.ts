// Waiting for what another process does. Real processes have no other clock.

const BETWEEN_MS = 25;

/** Asks until the answer is yes; false when the time is over. */
export async function until(
  check: () => boolean | Promise<boolean>,
  timeoutMs: number,
): Promise<boolean> {
  const end = Date.now() + timeoutMs;
  while (Date.now() < end) {
    if (await check()) return true;
    await new Promise((resolve) => setTimeout(resolve, BETWEEN_MS));
  }
  return check();
}
