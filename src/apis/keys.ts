// Keys: a secret may be two, separated by a comma, while one is rotated. Whichever is taken is used first from then on.

import { listIn } from '../platform/list.ts';

/** Far more secrets than one isolate knows; the bound keeps a mistake from filling memory. */
const REMEMBERED_MAX = 16;

/** Which of them was taken last, by the secret as it is set. In memory only: forgetting it costs one refused request. */
const taken = new Map<string, string>();

/** Asks with one key after the other until one is not refused; then, or when all are, that is the answer. */
export async function withAnyKey<Answer extends { readonly kind: string }>(
  secret: string,
  ask: (key: string) => Promise<Answer>,
): Promise<Answer> {
  const last = taken.get(secret);
  const keys = listIn(secret).toSorted((a, b) => Number(b === last) - Number(a === last));
  const [first = '', ...others] = keys;
  let key = first;
  let answer = await ask(first);
  for (const other of others) {
    if (!isRefused(answer)) break;
    key = other;
    answer = await ask(other);
  }
  if (others.length > 0 && !isRefused(answer)) remember(secret, key);
  return answer;
}

function isRefused(answer: { readonly kind: string; readonly reason?: unknown }): boolean {
  return answer.kind === 'refused' && answer.reason === 'credentials_invalid';
}

function remember(secret: string, key: string): void {
  if (taken.size >= REMEMBERED_MAX) taken.clear();
  taken.set(secret, key);
}
