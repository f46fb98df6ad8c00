// npm run torture -- --kills 50 [--webhooks 50000] [--world] [--seed 1]: kills the real Worker so many times under load and
// audits the receiver.

import { parseArgs } from 'node:util';

import { wrongIn } from './audit.ts';
import { torture } from './campaign.ts';

/** The measure: a million webhooks through a thousand kills. */
const WEBHOOKS_PER_KILL = 1000;

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '30' },
    webhooks: { type: 'string' },
    world: { type: 'boolean', default: false },
    seed: { type: 'string', default: '1' },
  },
});
const kills = Number(values.kills);

const verdict = await torture({
  kills,
  webhooks: Number(values.webhooks ?? kills * WEBHOOKS_PER_KILL),
  seed: Number(values.seed),
  isWorld: values.world,
  say: console.log,
});
console.log(JSON.stringify(verdict, null, 2));
if (wrongIn(verdict).length > 0) process.exitCode = 1;
