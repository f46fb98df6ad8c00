// Which providers have called their endpoint while no secret was set to verify them by. In memory of the isolate alone:
// anybody can call, and what is unsigned writes nothing.

const calledAt = new Map<string, number>();

/** `now` in Unix milliseconds. The name is one of ours, so there are as many as there are providers. */
export function noteCalled(provider: string, now: number): void {
  calledAt.set(provider, now);
}

export function hasCalled(provider: string, since: number): boolean {
  return (calledAt.get(provider) ?? 0) >= since;
}
