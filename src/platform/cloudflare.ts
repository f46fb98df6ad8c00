// The platform as Cloudflare gives it: to a shard (a Durable Object) all of it, to the rest of an isolate the network.

import { log } from './log.ts';
import type { Platform } from './platform.ts';

/** https://developers.cloudflare.com/durable-objects/platform/limits/ */
const BYTES_MAX = 10_000_000_000;

export function platformOf(ctx: DurableObjectState): Platform {
  const { storage } = ctx;
  return {
    ...isolateNet(),
    name: ctx.id.name ?? 'unnamed',
    sql: storage.sql,
    disk: { bytes: () => storage.sql.databaseSize, bytesMax: BYTES_MAX },
    transaction: (write) => storage.transactionSync(write),
    getAlarm: () => storage.getAlarm(),
    // Not awaited: the answer waits for it anyway, as for every write.
    setAlarm: (at) => void storage.setAlarm(at),
    random: Math.random,
    wait: (ms) => scheduler.wait(ms),
    log,
  };
}

export function isolateNet(): Pick<Platform, 'fetch' | 'now' | 'after'> {
  return {
    fetch: (url, init) => fetch(url, init),
    now: Date.now,
    after(ms, run) {
      const timer = setTimeout(run, ms);
      return () => clearTimeout(timer);
    },
  };
}
