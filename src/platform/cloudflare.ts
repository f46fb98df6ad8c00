// The platform as Cloudflare gives it to a Durable Object.

import { log } from './log.ts';
import type { Platform } from './platform.ts';

export function platformOf(ctx: DurableObjectState): Platform {
  const { storage } = ctx;
  return {
    name: ctx.id.name ?? 'unnamed',
    sql: storage.sql,
    transaction: (write) => storage.transactionSync(write),
    getAlarm: () => storage.getAlarm(),
    // Not awaited: the answer waits for it anyway, as for every write.
    setAlarm: (at) => void storage.setAlarm(at),
    now: Date.now,
    random: Math.random,
    wait: (ms) => scheduler.wait(ms),
    after(ms, run) {
      const timer = setTimeout(run, ms);
      return () => clearTimeout(timer);
    },
    fetch: (url, init) => fetch(url, init),
    log,
  };
}
