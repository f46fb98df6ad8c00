// Clerk's users through @clerk/backend, as this machine asks for them; the answers as those of our own small client, which the
// Worker uses for its size. Its Billing has no lists there, so those are asked for by ours.

import type { ApiAt, JsonAnswer } from '../../apis/ask-json.ts';
import { clerkLists } from '../../apis/clerk-lists.ts';
import type { Net } from '../../apis/exchange.ts';
import { withAnyKey } from '../../apis/keys.ts';
import { errorCode } from '../terminal/http.ts';

type Lists = ReturnType<typeof clerkLists>;

/** It sets no limit of its own. */
const PATIENCE_MS = 30_000;

export async function clerkBackend({ baseUrl, key }: ApiAt, net: Net): Promise<Lists> {
  // Loaded when it is needed: it is most of the time a command takes to start.
  const { createClerkClient } = await import('@clerk/backend');
  const usersBy = (one: string) => createClerkClient({ secretKey: one, apiUrl: baseUrl }).users;
  return {
    ...clerkLists({ baseUrl, key }, net),
    users: ({ limit, orderBy, after, offset, activeSince, createdSince, ids }) => {
      // Its types do not know the cursor, which its code passes on. Clerk takes no offset beside one.
      const asked = {
        limit,
        orderBy,
        offset,
        startingAfter: after,
        lastActiveAtAfter: activeSince,
        createdAtAfter: createdSince,
        userId: ids === undefined ? undefined : [...ids],
      };
      return answered(key, net, async (one) => {
        const { data } = await usersBy(one).getUserList(given(asked));
        // As it came over the wire: what an object is, the Worker's reader says.
        return data.map(({ raw }) => ({ ...raw }));
      });
    },
    countUsers: ({ activeSince }) =>
      answered(key, net, async (one) => {
        const asked = given({ limit: 1, lastActiveAtAfter: activeSince });
        const { totalCount } = await usersBy(one).getUserList(asked);
        return { total_count: totalCount };
      }),
  };
}

/** Without what was not said. */
function given<Fields extends object>(fields: Fields) {
  const entries = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [Name in keyof Fields]: NonNullable<Fields[Name]> };
}

function answered<Value>(
  key: string,
  net: Net,
  ask: (key: string) => Promise<Value>,
): Promise<JsonAnswer<Value>> {
  return withAnyKey(key, async (one): Promise<JsonAnswer<Value>> => {
    let stop = (): void => undefined;
    const patience = new Promise<JsonAnswer<Value>>((resolve) => {
      stop = net.after(PATIENCE_MS, () => resolve(retryBecause('timed_out')));
    });
    const answer = ask(one).then(
      (value): JsonAnswer<Value> => ({ kind: 'ok', value, headers: new Headers() }),
      (error: unknown) => failureOf(error),
    );
    return Promise.race([answer, patience]).finally(stop);
  });
}

type Failed = Exclude<JsonAnswer<never>, { kind: 'ok' }>;

/** `status` and `retryAfter` (seconds) are what its errors say; without a status nothing has answered. */
function failureOf(error: unknown): Failed {
  const { status, retryAfter } = error as { status?: unknown; retryAfter?: unknown };
  if (typeof status !== 'number') return retryBecause('unreachable');
  if (status === 401 || status === 403) {
    return { kind: 'refused', reason: 'credentials_invalid', status };
  }
  const retryAfterMs = typeof retryAfter === 'number' ? retryAfter * 1000 : null;
  if (status === 429) return retryBecause('rate_limited', retryAfterMs);
  if (status >= 500) return retryBecause('upstream_unavailable', retryAfterMs);
  return { kind: 'rejected', status, detail: errorCode(error), body: undefined };
}

function retryBecause(
  reason: Extract<Failed, { kind: 'retry' }>['reason'],
  retryAfterMs: number | null = null,
): Extract<Failed, { kind: 'retry' }> {
  return { kind: 'retry', reason, retryAfterMs };
}
