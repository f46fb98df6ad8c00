// npm run torture:backfill -- --users 100000 --subscriptions 60000 --kills 3: the long backfill, with its figures.

import { parseArgs } from 'node:util';

import { figuresOf } from './backfill-figures.ts';
import { backfill } from './backfill.ts';

const { values } = parseArgs({
  options: {
    users: { type: 'string', default: '100000' },
    subscriptions: { type: 'string', default: '60000' },
    kills: { type: 'string', default: '3' },
  },
});

const users = Number(values.users);
const verdict = await backfill({
  users,
  subscriptions: Number(values.subscriptions),
  kills: Number(values.kills),
  calm: 200,
  say: console.log,
});
const { landings: _, calmLandings: _calm, ...counted } = verdict;
console.log({ ...counted, ...figuresOf(verdict, users) });
const isFine = verdict.missing + verdict.wrong + verdict.told + verdict.liveLost === 0;
process.exit(isFine && verdict.state === 'done' ? 0 : 1);
