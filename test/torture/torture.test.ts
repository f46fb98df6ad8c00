// A short kill campaign; the long one is `npm run torture -- --kills N`.

import { describe, expect, it } from 'vitest';

import { BATCH_MESSAGES_MAX } from '../../src/outbox/delivery/plan-batch.ts';
import { ANSWERS_PER_KILL, torture } from './campaign.ts';

const KILLS = 8;
const SHARDS = 4;

describe('torture', () => {
  it(`loses, doubles and reorders nothing through ${KILLS} kills under load`, async () => {
    const verdict = await torture(KILLS, 1);
    console.log(`torture: ${JSON.stringify(verdict)}`);
    expect(verdict).toMatchObject({ lost: 0, doubled: 0, outOfOrder: 0 });
    expect(verdict.answered).toBeGreaterThanOrEqual(KILLS * ANSWERS_PER_KILL);
    expect(verdict.resent).toBeLessThanOrEqual(KILLS * SHARDS * BATCH_MESSAGES_MAX);
  });
});
