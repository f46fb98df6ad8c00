// lifecycle status: how far the relay is, shard by shard.

import type { Command } from 'commander';

import { ADMIN } from '../../console/contract.ts';
import type { AnswerOf } from '../../console/contract.ts';
import { EXIT } from '../terminal/cli-error.ts';
import { command, does } from '../terminal/command.ts';
import { table } from '../terminal/output.ts';
import { relayValue, WORKER } from '../terminal/relay-api.ts';

type Shard = AnswerOf<typeof ADMIN.status, 200>['shards'][number];

export function statusCommand(): Command {
  const made = command('status', 'what is pending, parked, waiting and late', [
    'status --worker https://lifecycle-relay.you.workers.dev',
  ]).option(...WORKER);
  return does<{ worker?: string }>(made, async (session, { options }) => {
    const request = { route: ADMIN.status };
    const { shards } = await relayValue(session, options.worker, request);
    const isPaused = shards.some(({ pause }) => pause !== null);
    const refused = shards.reduce((sum, { refusedErasures }) => sum + refusedErasures, 0);
    const isFine = !isPaused && refused === 0;
    session.out.result({ ok: isFine, shards }, [
      table(
        ['shard', 'pending', 'lag', 'parked', 'waiting', 'customers linked', 'delivery'],
        [...shards.map(rowOf), totalOf(shards)],
      ),
      ...(isPaused ? ['Delivery is paused: README.md, under Operating, says what to do.'] : []),
      ...(refused === 0
        ? []
        : [
            `Customer.io refuses to delete people: ${refused} (erasure_refused). They are asked again; README.md, under Operating, says what to do.`,
          ]),
    ]);
    return isFine ? EXIT.ok : EXIT.problem;
  });
}

function rowOf(shard: Shard): string[] {
  const { name, pending, lagMs, parked, waiting, links, pause } = shard;
  const delivery = pause === null ? 'running' : `paused, ${pause}`;
  return [name, pending, secondsOf(lagMs), parked, waiting, links, delivery].map(String);
}

function totalOf(shards: readonly Shard[]): string[] {
  const sum = (figure: 'pending' | 'parked' | 'waiting' | 'links') =>
    String(shards.reduce((total, shard) => total + shard[figure], 0));
  const lagMs = Math.max(0, ...shards.map((shard) => shard.lagMs));
  return ['all', sum('pending'), secondsOf(lagMs), sum('parked'), sum('waiting'), sum('links'), ''];
}

function secondsOf(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
