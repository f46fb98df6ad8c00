// A parked thing put back into the flow, or thrown away: the same by the admin API and by the pages.

import { readAgain } from '../door/read-again.ts';
import type { Provider } from '../intake/provider.ts';
import { parkedShard } from './relay.ts';
import type { Relay } from './relay.ts';

type Readers = Relay & { readonly providers: readonly Provider[] };

/** `replayed`, `erased`, `unreadable`, or `not_found`. */
export async function putBack(relay: Readers, id: string): Promise<string> {
  const at = parkedShard(relay, id);
  if (at === null) return 'not_found';
  const outcome = await at.shard.replayParked(at.seq);
  if (outcome !== 'unreadable') return outcome;
  const thing = await at.shard.findParked(at.seq);
  if (thing === null) return 'not_found';
  const read = await readAgain(thing, relay);
  // Thrown away only now: if we crash before this, the event is taken twice; the second time is a duplicate.
  if (read === 'replayed') await at.shard.discardParked(at.seq);
  return read;
}

/** `discarded` or `not_found`. */
export async function discard(relay: Relay, id: string): Promise<string> {
  const at = parkedShard(relay, id);
  const isGone = at !== null && (await at.shard.discardParked(at.seq));
  return isGone ? 'discarded' : 'not_found';
}
