// What every simulation sets up alike: an outbox shard with a key, where Customer.io is, and the mails by rule.

import { readConfig } from '../../src/config/config.ts';
import { openOutbox } from '../../src/outbox/calls.ts';
import type { OutboxCalls } from '../../src/outbox/calls.ts';
import { nobodyTold } from '../support/nobody-told.ts';
import { createObject } from './durable-object.ts';
import type { Network, SimulatedObject } from './durable-object.ts';
import type { World } from './world.ts';

/** The variables of a Worker. */
type Vars = Readonly<Record<string, string | number>>;

export type OutboxOptions = Partial<
  Pick<Parameters<typeof openOutbox>[0], 'eraseLinks' | 'forgetParked' | 'acceptMany'>
> & {
  readonly name: string;
  readonly network: Network;
  /** Asked at every start: a deploy may have changed them. */
  readonly vars: () => Vars;
  readonly bytesMax?: number;
  /** Before each run of the alarm. */
  readonly onAlarm?: () => void;
};

/** What the receiver takes until it is rotated. */
export const FIRST_KEY = 'key-1';

const VARS: Vars = {
  CUSTOMERIO_TRACK_TOKEN: FIRST_KEY,
  CUSTOMERIO_PIPELINES_URL: 'https://pipelines.test/v1',
};

/** Every checkout is mailed. */
export const MAILING: Vars = {
  CUSTOMERIO_APP_TOKEN: 'app-key',
  CUSTOMERIO_APP_URL: 'https://app.test/v1',
  EMAILS: '{"checkout_completed":{"id":1,"every_hours":0}}',
};

export function configuredWith(vars: Vars) {
  return readConfig({ ...VARS, ...vars });
}

export function outboxIn(world: World, options: OutboxOptions): SimulatedObject<OutboxCalls> {
  const { name, network, vars, bytesMax } = options;
  const { eraseLinks = async () => [], forgetParked = async () => null } = options;
  const { acceptMany = nobodyTold, onAlarm } = options;
  return createObject<OutboxCalls>(world, {
    name,
    network,
    ...(bytesMax === undefined ? {} : { bytesMax }),
    open: (platform) => {
      const code = openOutbox({
        platform,
        configured: configuredWith(vars()),
        eraseLinks,
        forgetParked,
        acceptMany,
      });
      const alarm = async () => {
        onAlarm?.();
        await code.alarm();
      };
      return { ...code, alarm };
    },
  });
}
