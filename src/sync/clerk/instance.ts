// Of which instance what a list shows is: none of Clerk's objects says it, and who is gone is asked for by it (absence.ts).

import type { Shown, Source } from '../list.ts';

/** The page with the instance in each object, as webhooks have it; without where Clerk does not say. */
export async function ofInstance(
  clerk: Pick<NonNullable<Source['clerk']>, 'instance'>,
  shown: Extract<Shown, { kind: 'shown' }>,
): Promise<Shown> {
  if (shown.objects.length === 0) return shown;
  const answer = await clerk.instance();
  if (answer.kind === 'retry') return answer;
  if (answer.kind !== 'ok') return shown;
  const { id } = answer.value;
  return { ...shown, objects: shown.objects.map((object) => ({ ...object, instance_id: id })) };
}
