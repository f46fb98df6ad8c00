// A removal waits until nothing that an earlier life has sent can land behind it. A shard that dies again and again before that time
// is up (out of memory, say) sends it all the same, and nobody waits behind it for ever.

import { expect, it } from 'vitest';

import { outboxIn } from '../simulation/set-up.ts';
import { createWorld } from '../simulation/world.ts';
import { checkout, deletion } from '../support/person-events.ts';

type Sent = { readonly userId: string; readonly event?: string };

function open() {
  const world = createWorld(1);
  const landed: { readonly at: number; readonly userId: string; readonly isRemoval: boolean }[] =
    [];
  const state = { hangs: '' };
  const object = outboxIn(world, {
    name: 's0',
    vars: () => ({ SHARDS: 1, LINGER_MS: 100 }),
    network: async (_, __, init) => {
      const sent: Sent & { batch?: Sent[] } = JSON.parse(String(init.body));
      const all = sent.batch ?? [sent];
      // What is under way when the shard dies lands later.
      await world.wait(all.some(({ userId }) => userId === state.hangs) ? 9900 : 20);
      for (const { userId, event } of all) {
        landed.push({ at: world.now(), userId, isRemoval: event === 'User Deleted' });
      }
      return new Response('{}');
    },
  });
  const accept = (userId: string, event: ReturnType<typeof checkout>) =>
    world.answered(object.call((code) => code.accept(userId, event)));
  const of = (userId: string) => landed.filter((each) => each.userId === userId);
  /** Dies so often, `everyMs` apart; a webhook of somebody else's wakes it each time. */
  async function dieOften(everyMs: number, times: number): Promise<void> {
    for (let index = 0; index < times; index += 1) {
      object.die();
      await accept(`other_${index}`, checkout('cus_2', `life_${index}`));
      await world.pass(everyMs);
    }
  }
  return { world, object, state, landed, accept, of, dieOften };
}

it('a removal lands though the shard dies every eight seconds, and nobody waits behind or before it', async () => {
  const { world, accept, of, dieOften } = open();
  await accept('user_1', checkout('cus_1', 'a'));
  await world.pass(60_000);
  await accept('user_9', checkout('cus_9', 'a'));
  await world.pass(40);
  // These linger, and stand in one batch.
  await accept('user_0', checkout('cus_0', 'a'));
  await accept('user_1', deletion());
  expect(of('user_0')).toEqual([]);
  const diedAt = world.now();
  await dieOften(8000, 6);
  // Before it: at once. It and what is behind it: when ten seconds are over since the first death.
  expect((of('user_0')[0]?.at ?? Infinity) - diedAt).toBeLessThan(1000);
  const removal = of('user_1').at(-1);
  expect(removal?.isRemoval).toBe(true);
  expect((removal?.at ?? 0) - diedAt).toBeLessThan(12_000);
  expect((of('other_1')[0]?.at ?? Infinity) - diedAt).toBeLessThan(12_000);
});

it('a removal lands behind what an earlier life had under way, however often the shard dies', async () => {
  const { world, state, accept, of, dieOften } = open();
  state.hangs = 'user_1';
  await accept('user_1', checkout('cus_1', 'a'));
  await world.pass(1000);
  await world.answered(accept('user_1', deletion()));
  state.hangs = '';
  await dieOften(1000, 15);
  expect(of('user_1').map(({ isRemoval }) => isRemoval)).toEqual([false, false, true]);
});

it('a shard that has waited once waits again for what it has sent since', async () => {
  const { world, object, state, accept, of, dieOften } = open();
  await accept('user_1', checkout('cus_1', 'a'));
  await world.pass(60_000);
  await accept('user_1', deletion());
  await dieOften(8000, 2);
  expect(of('user_1').at(-1)?.isRemoval).toBe(true);
  state.hangs = 'user_2';
  await accept('user_2', checkout('cus_2', 'b'));
  await world.pass(1000);
  object.die();
  state.hangs = '';
  await accept('user_2', deletion());
  await world.pass(30_000);
  expect(of('user_2').map(({ isRemoval }) => isRemoval)).toEqual([false, false, true]);
});
