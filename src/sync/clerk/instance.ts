// Of which instance what a list shows is: none of Clerk's objects says it, and who is gone is asked for by it (absence.ts).

import type { PageRequest } from '../kind.ts';
import { KEY_GONE } from '../list.ts';
import type { Listing, Shown, Source } from '../list.ts';

type Clerk = NonNullable<Source['clerk']>;

type Show = (
  clerk: Clerk,
  asked: PageRequest,
  source: Pick<Source, 'now' | 'heard'>,
) => Promise<Shown>;

/**
 * The page with the instance in each object, as webhooks have it; without where Clerk does not say. It is asked before the page:
 * of two keys in the secret the first may be revoked between the two questions, and then people of an instance that nobody asks
 * any more stay, instead of being looked for in the other one.
 */
export function ofInstance(show: Show): Listing['show'] {
  return async (source, asked) => {
    const { clerk } = source;
    if (clerk === null) return KEY_GONE;
    const answer = await clerk.instance();
    if (answer.kind === 'retry') return answer;
    const shown = await show(clerk, asked, source);
    if (answer.kind !== 'ok' || shown.kind !== 'shown') return shown;
    const { id } = answer.value;
    return { ...shown, objects: shown.objects.map((object) => ({ ...object, instance_id: id })) };
  };
}
