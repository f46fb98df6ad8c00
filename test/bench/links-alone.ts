// A links shard with nobody around it: it keeps, links and places, and asks no other shard and no provider.

import type { platformOver } from '../../src/cli/node-sqlite.ts';
import { openLinks } from '../../src/links/calls.ts';

export function linksAlone(disk: ReturnType<typeof platformOver>, now: () => number) {
  return openLinks({
    platform: {
      ...disk,
      name: 's0',
      now,
      random: Math.random,
      wait: async () => undefined,
      after: () => () => undefined,
      fetch: async () => new Response(null, { status: 500 }),
      log: () => undefined,
      getAlarm: async () => null,
      setAlarm: () => undefined,
    },
    shards: {} as Parameters<typeof openLinks>[0]['shards'],
    lookUp: null,
    findUser: null,
    waitingDays: 30,
    shardCount: 1,
  });
}
