// npm run torture -- --kills 50 [--seed 1]: kills the real Worker so many times under load and audits the receiver.

import { parseArgs } from 'node:util';

import { torture } from './campaign.ts';

const { values } = parseArgs({
  options: { kills: { type: 'string', default: '30' }, seed: { type: 'string', default: '1' } },
});

const verdict = await torture(Number(values.kills), Number(values.seed));
console.log(JSON.stringify(verdict, null, 2));
if (verdict.lost + verdict.doubled + verdict.outOfOrder > 0) process.exitCode = 1;
