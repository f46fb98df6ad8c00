// Two short kill campaigns; the long ones are `npm run torture -- --kills N` and `--world`.

import { describe, expect, it } from 'vitest';

import { BATCH_MESSAGES_MAX } from '../../src/outbox/delivery/plan-batch.ts';
import { wrongIn } from './audit.ts';
import { torture } from './campaign.ts';

const KILLS = 8;
const WEBHOOKS = 600;
const SHARDS = 4;

describe('torture', () => {
  it(`loses, doubles and reorders nothing through ${KILLS} kills under load`, async () => {
    const verdict = await torture({
      kills: KILLS,
      webhooks: WEBHOOKS,
      seed: 1,
      isWorld: false,
    });
    const { figures } = verdict;
    console.log(`torture: ${JSON.stringify(figures)}`);
    expect(wrongIn(verdict)).toEqual([]);
    expect(figures.answered).toBeGreaterThanOrEqual(WEBHOOKS);
    expect(figures.resent).toBeLessThanOrEqual(KILLS * SHARDS * BATCH_MESSAGES_MAX);
  });

  it('nor does it with full disks, brown-outs, moves, deletions and mails', async () => {
    const verdict = await torture({
      kills: KILLS,
      webhooks: 3 * WEBHOOKS,
      seed: 2,
      isWorld: true,
    });
    const { figures } = verdict;
    console.log(`torture, the world: ${JSON.stringify(figures)}`);
    expect(wrongIn(verdict)).toEqual([]);
    expect(figures.moves).toBeGreaterThan(0);
    expect(figures.deletions).toBeGreaterThan(0);
    expect(figures.killsInMail).toBeGreaterThan(0);
    expect(figures.ambiguousMails).toBeGreaterThanOrEqual(figures.killsInMail);
    if (figures.hasDisk) expect(figures.fullDisks).toBeGreaterThan(0);
  });
});
