// An event of a customer to its person: the links say whose it is, the person's outbox takes it. A link that moves in
// between sends it back, and the links are asked once more. The one loop for what comes by the door and what was waiting.

import type { AcceptOutcome } from '../outbox/people/recorded.ts';
import type { PersonEvent } from '../person/news.ts';
import type { PlaceRequest } from './place.ts';
import type { Shards } from './shards.ts';

/** `waiting`: kept until its person is known. `nobody`: it says nothing worth keeping, or its person is deleted. */
type Arrival = Exclude<AcceptOutcome, 'moved'> | 'waiting' | 'nobody';

/** How often an event whose link has just moved is placed. */
const TURNS_MAX = 3;

/** The link moved under an event every time it was placed. Whoever brought it comes again; by then the link rests. */
class MovedError extends Error {
  override readonly name = 'MovedError';
}

export async function placeAndAccept(
  shards: Pick<Shards, 'place' | 'accept' | 'erase'>,
  { now, ...request }: PlaceRequest,
): Promise<Arrival> {
  const { customerId, event } = request;
  let named = request.userId;
  let asked = request;
  for (let turn = 0; turn < TURNS_MAX; turn += 1) {
    const placement = await shards.place({ ...asked, userId: named });
    if (placement.kind === 'waiting') return 'waiting';
    if (placement.kind !== 'person') return 'nobody';
    const { kind: _, userId, ...placed } = placement;
    const { outcome } = await shards.accept(userId, { ...event, ...placed });
    // The link to somebody who is deleted becomes a mark that names nobody.
    if (outcome === 'erased') await shards.erase(customerId, userId, now);
    const isLeftOver = outcome === 'erased' && named !== null && placed.link === undefined;
    if (!isLeftOver && outcome !== 'moved') return outcome;
    // Metadata that still names a deleted person: the event is of whoever the customer is by now.
    if (isLeftOver) {
      named = null;
      asked = { ...request, event: unsaid(event) };
    }
  }
  throw new MovedError('the link moved every time the event was placed');
}

/** What it says of its subscription names somebody deleted, and is not to be written down again. */
function unsaid({ of, ...event }: PersonEvent): PersonEvent {
  if (of === undefined) return event;
  const { subscriptionId, asOf } = of;
  return { ...event, of: { subscriptionId, asOf } };
}
