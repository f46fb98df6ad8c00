// Read again: the other way through the door. An event that could not be read when it came is read once more, after a
// fix, and delivered dated as when it came.

import type { Config } from '../config/config.ts';
import type { Provider } from '../intake/provider.ts';
import { shardsOf } from '../links/cloudflare-shards.ts';
import type { ParkedThing } from '../outbox/parked/shelf.ts';
import { deliver } from './deliver.ts';

type Relay = {
  readonly env: Cloudflare.Env;
  readonly config: Config;
  readonly providers: readonly Provider[];
};

/** `unreadable`: it still is, and nothing was done. */
export async function readAgain(
  thing: ParkedThing,
  { env, config, providers }: Relay,
): Promise<'replayed' | 'unreadable'> {
  const { provider: name, id, body } = eventIn(thing);
  const provider = providers.find((each) => each.name === name);
  if (provider === undefined) return 'unreadable';
  const webhook = { json: JSON.parse(body), deliveryId: id, receivedAt: thing.at };
  const reading = provider.read(webhook, config.read);
  if (reading.kind === 'unreadable') return 'unreadable';
  const shards = shardsOf(env, () => config);
  await deliver(shards, { provider: name, body, now: Date.now(), reading });
  return 'replayed';
}

function eventIn({ content }: ParkedThing) {
  const event: Readonly<Record<string, unknown>> = JSON.parse(content);
  const text = (name: string) => (typeof event[name] === 'string' ? event[name] : '');
  return { provider: text('provider'), id: text('id'), body: text('body') };
}
