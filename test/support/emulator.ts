// The emulator's control API, for tests and the story; it may run in this process or in another.

import type { EmulatorState } from '../emulator/state.ts';

export type EmulatorClient = ReturnType<typeof emulatorClient>;

export function emulatorClient(url: string) {
  async function call(command: string, body?: string): Promise<Response> {
    return fetch(`${url}/_emulator/${command}`, {
      method: 'POST',
      ...(body === undefined ? {} : { body }),
    });
  }

  async function state(): Promise<EmulatorState> {
    const response = await call('state');
    return (await response.json()) as EmulatorState;
  }

  return {
    url,
    state,
    script: (text: string) => call('script', text),
    down: () => call('down'),
    up: () => call('up'),
    reset: () => call('reset'),
  };
}

/** Far beyond what a busy machine needs: a limit ends what hangs, and measures nothing. */
const UNTIL_MS_MAX = 300_000;

/** Asks until the answer is yes; false when the time is over. Real processes have no other clock. */
export async function until(
  check: () => boolean | Promise<boolean>,
  timeoutMs = UNTIL_MS_MAX,
): Promise<boolean> {
  const end = Date.now() + timeoutMs;
  while (Date.now() < end) {
    if (await check()) return true;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  return check();
}
