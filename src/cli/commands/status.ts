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
    const paused = shards.filter(({ pause }) => pause !== null);
    session.out.result({ ok: paused.length === 0, shards }, [
      table(
        ['shard', 'pending', 'lag', 'parked', 'waiting', 'customers linked', 'delivery'],
        [...shards.map(rowOf), totalOf(shards)],
      ),
      ...(paused.length === 0
        ? []
        : ['Delivery is paused: README.md, under Operating, says what to do.']),
    ]);
    return paused.length === 0 ? EXIT.ok : EXIT.problem;
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
