// What jobs that walk all people ask of a shard.

import type { Shard } from '../shard.ts';
import { identifyAgain, refreshSlice } from './refresh.ts';
import type { RefreshRequest } from './refresh.ts';
import { strangersAmong, toldBefore, toldPage, userIdsOf } from './told.ts';
import { tracksPage } from './tracks.ts';

export function walkCalls(shard: Shard) {
  return {
    refresh: (request: RefreshRequest) => refreshSlice(shard, request),
    identifyAgain: (userIds: readonly string[]) => identifyAgain(shard, userIds),
    told: (after: string, most: number) => toldPage(shard, after, most),
    strangersAmong: (userIds: readonly string[]) => strangersAmong(shard, userIds),
    toldBefore: (userIds: readonly string[]) => toldBefore(shard, userIds),
    userIdsOf: (keys: readonly string[]) => userIdsOf(shard, keys),
    tracks: (after: number, most: number) => tracksPage(shard, after, most),
  };
}
