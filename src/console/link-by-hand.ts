// A link made by hand: the same by the admin API and by the pages.

import { isOrganization } from '../person/owner.ts';
import { linksOf, outboxOf } from '../platform/namespaces.ts';
import type { Relay } from './relay.ts';

type HandLink = { readonly customerId: string; readonly userId: string };

/** `link_stands`: something newer says otherwise; `standing` is whose it is, null where a deletion came in between. */
type HandLinked =
  /** `organizations_off`: as long as they are, none is a subject. */
  | { readonly kind: 'linked' | 'person_erased' | 'organizations_off' }
  | { readonly kind: 'link_stands'; readonly standing: string | null };

export async function linkByHand(
  { env, config }: Relay,
  { customerId, userId }: HandLink,
): Promise<HandLinked> {
  const isOff = config.messages.organizations === undefined;
  if (isOff && isOrganization(userId)) return { kind: 'organizations_off' };
  const person = await outboxOf(env, config, userId).view(userId);
  if (person.kind === 'erased') return { kind: 'person_erased' };
  const link = await linksOf(env, config, customerId).linkByHand(customerId, userId);
  // What stands: a deletion, or newer news in the same moment, may have gone before.
  return link?.userId === userId
    ? { kind: 'linked' }
    : { kind: 'link_stands', standing: link?.userId ?? null };
}
