// For tests of what has to wait: time stands still, a day ahead of the platform's. So no backoff is over before the test
// says so, however slow the machine, and no alarm rings by itself.

import { beforeEach, vi } from 'vitest';

const DAY_MS = 86_400_000;

/** Until the file's own `vi.restoreAllMocks`. */
export function stillClock(): void {
  beforeEach(() => {
    vi.spyOn(Date, 'now').mockReturnValue(Date.now() + DAY_MS);
  });
}
