// Where no test is about organizations: no shard tells another anything.

import type { Taken } from '../../src/outbox/people/arrival.ts';

export async function nobodyTold(): Promise<Taken> {
  return { takings: [], pending: 0, rows: 0 };
}
