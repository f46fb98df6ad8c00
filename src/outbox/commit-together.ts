// Accepts that arrive within a moment commit together: one transaction is the price of one, and its answers go out
// after it. If a group fails it is taken one by one, so one fault spoils no other accept.

import type { Platform } from '../platform/platform.ts';

/** How long the first of a group waits for others. A webhook's answer takes some milliseconds anyway. */
const GROUP_MS = 1;

/** More than this never waits: one transaction stays short. */
const GROUP_MAX = 100;

type Pending<Request, Result> = {
  readonly request: Request;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
};

type Together<Request, Result> = (request: Request) => Promise<Result>;

/** `accept` runs inside the transaction, once for every request, in the order of arrival. */
export function commitTogether<Request, Result>(
  { wait }: Pick<Platform, 'wait'>,
  transaction: (write: () => readonly Result[]) => readonly Result[],
  accept: (request: Request) => Result,
): Together<Request, Result> {
  let group: Pending<Request, Result>[] = [];

  async function open(): Promise<void> {
    await wait(GROUP_MS);
    close();
  }

  function close(): void {
    const closing = group;
    group = [];
    if (closing.length > 0) settle(closing);
  }

  function settle(members: readonly Pending<Request, Result>[]): void {
    try {
      const results = transaction(() => members.map(({ request }) => accept(request)));
      for (const [index, result] of results.entries()) members[index]?.resolve(result);
    } catch (error) {
      if (members.length === 1) members[0]?.reject(error);
      else for (const member of members) settle([member]);
    }
  }

  return (request) =>
    new Promise((resolve, reject) => {
      group.push({ request, resolve, reject });
      if (group.length === 1) void open();
      if (group.length >= GROUP_MAX) close();
    });
}
