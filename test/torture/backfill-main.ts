// npm run torture:backfill -- --users 100000 --subscriptions 60000 --kills 3: the long backfill, with its figures.

import { parseArgs } from 'node:util';

import { backfill } from './backfill.ts';

const { values } = parseArgs({
  options: {
    users: { type: 'string', default: '100000' },
    subscriptions: { type: 'string', default: '60000' },
    kills: { type: 'string', default: '3' },
  },
});

const { landings, pulledMs, ...verdict } = await backfill({
  users: Number(values.users),
  subscriptions: Number(values.subscriptions),
  kills: Number(values.kills),
  say: console.log,
});
const at = (share: number) => landings[Math.floor(landings.length * share)] ?? 0;
const objects = Number(values.users) + Number(values.subscriptions);
console.log({
  ...verdict,
  seconds: Math.round(pulledMs / 1000),
  objectsPerSecond: Math.round((objects * 1000) / pulledMs),
  liveLandingMs: { p50: at(0.5), p95: at(0.95) },
});
const isFine = verdict.missing + verdict.wrong + verdict.told + verdict.liveLost === 0;
process.exit(isFine && verdict.state === 'done' ? 0 : 1);
