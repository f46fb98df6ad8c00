// The shards behind Cloudflare's namespaces.

import { linksOf, namespaceIn, outboxOf } from '../platform/namespaces.ts';
import { callShard, shardNames } from '../platform/shards.ts';
import type { Layout } from '../platform/shards.ts';
import type { Shards } from './shards.ts';

/** `layout` is asked with every call: it may throw what is wrong with the configuration. */
export function shardsOf(env: Cloudflare.Env, layout: () => Layout): Shards {
  const outbox = (key: string) => () => outboxOf(env, layout(), key);
  const links = (key: string) => () => linksOf(env, layout(), key);
  return {
    accept: (userId, event, ignored = {}) =>
      callShard(outbox(userId), async (shard) => shard.accept(userId, event, ignored)),
    untold: (userId, event) =>
      callShard(outbox(userId), async (shard) => shard.untold(userId, event)),
    toldIn: (name, keys) =>
      callShard(
        () => namespaceIn(env.OUTBOX, layout()).getByName(name),
        async (shard) => shard.areTold(keys),
      ),
    closeCustomer: (userId, link) =>
      callShard(outbox(userId), async (shard) => shard.closeCustomer(userId, link)),
    gainCustomer: (userId, link, facts) =>
      callShard(outbox(userId), async (shard) => shard.gainCustomer(userId, link, facts)),
    loseCustomer: (userId, link) =>
      callShard(outbox(userId), async (shard) => shard.loseCustomer(userId, link)),
    closeSubscription: (userId, left) =>
      callShard(outbox(userId), async (shard) => shard.closeSubscription(userId, left)),
    gainSubscription: (userId, gained, facts) =>
      callShard(outbox(userId), async (shard) => shard.gainSubscription(userId, gained, facts)),
    loseSubscription: (userId, left) =>
      callShard(outbox(userId), async (shard) => shard.loseSubscription(userId, left)),
    vouch: (userId, question) =>
      callShard(outbox(userId), async (shard) => shard.vouch(userId, question)),
    noteUnusable: (provider, remedy) =>
      callShard(outbox(provider), async (shard) => shard.noteUnusable(provider, remedy)),
    parkEvent: (event) => callShard(outbox(event.id), async (shard) => shard.parkEvent(event)),
    place: (request) => callShard(links(request.customerId), async (shard) => shard.place(request)),
    learnCharge: (chargeId, customerId) =>
      callShard(links(chargeId), async (shard) => shard.learnCharge(chargeId, customerId)),
    placeCharge: (chargeId, event) =>
      callShard(links(chargeId), async (shard) => shard.placeCharge(chargeId, event)),
    leave: (leaving) => callShard(links(leaving.customerId), async (shard) => shard.leave(leaving)),
    learn: (claim) =>
      callShard(links(claim.customerId), async (shard) => {
        await shard.learn([claim]);
      }),
    learnExternal: async (told) => {
      const config = layout();
      const tell = (name: string) =>
        callShard(
          () => namespaceIn(env.LINKS, config).getByName(name),
          async (shard) => shard.learnExternal(told),
        );
      await Promise.all(shardNames(config).map(tell));
    },
    // All of them know all names.
    meant: (named) => callShard(links(named), async (shard) => shard.meant(named)),
    erase: (customerId, userId, at) =>
      callShard(links(customerId), async (shard) => {
        await shard.erase(userId, at);
      }),
  };
}
