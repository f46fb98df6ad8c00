// The emulator's control API, it may run in this process or in another.

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
