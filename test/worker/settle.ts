// Runs the alarms of the one links shard and the one outbox shard until neither has anything to do. A release is due at
// once, so the platform may run its alarm before we do: then we wait until it has ended.

import { runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';

const IDLE_TURNS = 3;

export async function settle(): Promise<void> {
  const [links, outbox] = [env.LINKS.getByName('s0'), env.OUTBOX.getByName('s0')];
  for (let idle = 0; idle < IDLE_TURNS;) {
    // Look-ups are due in seconds, and not meant here.
    const at = await runInDurableObject(links, (_, state) => state.storage.getAlarm());
    const isSoon = at !== null && at < Date.now() + 1000;
    const didLinks = isSoon && (await runDurableObjectAlarm(links));
    const didOutbox = await runDurableObjectAlarm(outbox);
    idle = didLinks || didOutbox ? 0 : idle + 1;
    await scheduler.wait(3);
  }
}
