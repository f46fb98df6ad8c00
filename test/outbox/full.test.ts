// A full disk is told: whichever statement meets it, nothing is answered as taken that is not stored. Nothing here can be dropped, and
// the disk is full once, so whoever swallowed it would go on as if nothing had been.

import { describe, expect, it } from 'vitest';

import { simulatedShard } from '../links/simulated-shard.ts';
import { outboxIn } from '../simulation/set-up.ts';
import { createWorld } from '../simulation/world.ts';
import { checkout, claim, deletion } from '../support/person-events.ts';

/** More than any of these calls makes. */
const STATEMENTS = 40;

function openOutboxShard() {
  const world = createWorld(1);
  // Nothing lands, so nothing may go.
  const network = async () => new Response('{}', { status: 503 });
  const object = outboxIn(world, { name: 's0', network, vars: () => ({ SHARDS: 1 }) });
  const answered = <Value>(call: Promise<Value>) =>
    world.answered(
      call.then(
        (value) => ({ value }),
        () => null,
      ),
    );
  const rows = (query: string) => JSON.stringify(object.db.prepare(query).all());
  const journal = () =>
    object.db
      .prepare(`SELECT name FROM sqlite_master WHERE name GLOB 'journal_*'`)
      .all()
      .map(({ name }) => rows(`SELECT messages FROM ${String(name)}`))
      .join(' ');
  return { world, object, answered, rows, journal };
}

describe('an outbox shard whose disk is full', () => {
  it('answers for no webhook that is not stored, alone or with others', async () => {
    const { object, answered, journal } = openOutboxShard();
    await object.call(async (code) => code.health());
    let refused = 0;
    for (let at = 0; at < STATEMENTS; at += 1) {
      const ids = [`cs_${at}_a`, `cs_${at}_b`];
      object.fillDiskIn(at);
      const calls = ids.map((id) =>
        answered(object.call((code) => code.accept(`user_${id}`, checkout('cus_1', id)))),
      );
      const answers = await Promise.all(calls);
      object.heal();
      for (const [index, answer] of answers.entries()) {
        const isStored = journal().includes(`"${ids[index]}\\`);
        expect([at, isStored]).toEqual([at, answer?.value.outcome === 'accepted']);
      }
      const alone = answered(
        object.call(async (code) => {
          object.fillDiskIn(at);
          return code.accept(`user_${at}`, checkout('cus_1', `cs_${at}`));
        }),
      );
      const answer = await alone;
      object.heal();
      expect([at, journal().includes(`"cs_${at}\\`)]).toEqual([at, answer !== null]);
      if (answer === null) refused += 1;
    }
    expect(refused).toBeGreaterThan(2);
  });

  it('answers for no deletion, and parks nothing, that is not stored', async () => {
    const { object, answered, rows } = openOutboxShard();
    const refused = { deletions: 0, parked: 0 };
    for (let at = 0; at < STATEMENTS; at += 1) {
      const userId = `user_${at}`;
      await answered(object.call((code) => code.accept(userId, checkout('cus_1', userId))));
      object.fillDiskIn(at);
      const gone = await answered(object.call((code) => code.accept(userId, deletion())));
      object.heal();
      const isNoted = rows('SELECT user_id FROM erasures').includes(`"${userId}"`);
      expect([at, isNoted]).toEqual([at, gone !== null]);
      if (gone === null) refused.deletions += 1;
      object.fillDiskIn(at);
      const event = { provider: 'stripe', id: `evt_${at}`, type: 'x', body: '{}', problems: [] };
      const parked = await answered(object.call(async (code) => code.parkEvent(event)));
      object.heal();
      const isParked = rows('SELECT content FROM parked').includes(`evt_${at}\\`);
      expect([at, isParked]).toEqual([at, parked !== null]);
      if (parked === null) refused.parked += 1;
    }
    expect(refused.deletions).toBeGreaterThan(4);
    expect(refused.parked).toBeGreaterThan(1);
  });
});

describe('a links shard whose disk is full', () => {
  it('keeps no event, and learns no link, without storing it', async () => {
    const world = createWorld(1);
    const object = simulatedShard(world, {});
    await object.call(async (code) => code.health());
    let refused = 0;
    for (let at = 0; at < STATEMENTS; at += 1) {
      const customerId = `cus_${at}`;
      const request = { customerId, userId: null, claims: [], event: checkout(customerId, 'a') };
      const tried = async (call: Parameters<typeof object.call>[0]) => {
        object.fillDiskIn(at);
        const answer = await world.answered(
          object.call(call).then(
            () => true,
            () => false,
          ),
        );
        object.heal();
        return answer;
      };
      const rows = (table: string) =>
        JSON.stringify(object.db.prepare(`SELECT * FROM ${table}`).all());
      // What is stored and then refused, because no alarm could be set, comes again and is known.
      const isKept = await tried(async (code) => code.place(request));
      const isStored = rows('waiting').includes(`"${customerId}"`);
      expect([at, isStored || !isKept]).toEqual([at, true]);
      const learnt = [claim(`cus_of_${at}`, 'user_1')];
      const isLearnt = await tried(async (code) => code.learn(learnt));
      expect([at, rows('links').includes(`"cus_of_${at}"`) || !isLearnt]).toEqual([at, true]);
      if (!isKept) refused += 1;
    }
    expect(refused).toBeGreaterThan(1);
  });
});
