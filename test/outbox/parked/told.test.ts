// What the log says of a webhook that nobody can read: the id by which the operator finds it, once, and nothing of what is in it.

import { expect, it } from 'vitest';

import { readConfig } from '../../../src/config/config.ts';
import { openOutbox } from '../../../src/outbox/calls.ts';
import type { Decision } from '../../../src/platform/log.ts';
import { createObject } from '../../simulation/durable-object.ts';
import { createWorld } from '../../simulation/world.ts';
import { nobodyTold } from '../../support/nobody-told.ts';

const EVENT = {
  provider: 'clerk',
  id: 'msg_1',
  type: 'user.created',
  body: '{"email":"ada@example.com"}',
  problems: ['data.id: expected text'],
};

it('says under which id an unreadable webhook is parked', async () => {
  const logged: Decision[] = [];
  const object = createObject(createWorld(1), {
    name: 's3',
    network: async () => new Response('{}'),
    open: (platform) =>
      openOutbox({
        platform: { ...platform, log: (decision) => logged.push(decision) },
        configured: readConfig({ SHARDS: 1, CUSTOMERIO_TRACK_TOKEN: 'key' }),
        eraseLinks: async () => [],
        forgetParked: async () => null,
        acceptMany: nobodyTold,
      }),
  });
  const park = () => object.call(async (code) => code.parkEvent(EVENT));
  expect([await park(), await park()]).toEqual(['parked', 'duplicate']);
  const told = logged.filter(({ decision }) => decision === 'parked');
  expect(told).toEqual([
    {
      stage: 'outbox',
      decision: 'parked',
      reason: 'object_unexpected',
      provider: 'clerk',
      event: 'msg_1',
      parked: 's3-1',
    },
  ]);
});
