// lifecycle status: how far the relay is, shard by shard.

import type { Command } from 'commander';

import { ADMIN } from '../../console/contract.ts';
import type { AnswerOf } from '../../console/contract.ts';
import { codeText } from '../../watch/codes.ts';
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
        ['shard', 'landed', 'pending', 'lag', 'retries', 'parked', 'waiting', 'linked', 'delivery'],
        [...shards.map(rowOf), totalOf(shards)],
      ),
      lastLanded(shards, Date.now()),
      ...pauses(shards),
      ...late(shards),
      ...whoIsHeld(shards),
      ...(refused === 0
        ? []
        : [`erasure_refused, ${refused} people: ${codeText('erasure_refused') ?? ''}`]),
    ]);
    return isFine ? EXIT.ok : EXIT.problem;
  });
}

function rowOf(shard: Shard): string[] {
  const { name, pending, lagMs, parked, waiting, links, pause } = shard;
  const [landed, retries] = [countOf(shard, 'delivered'), countOf(shard, 'retries')];
  const delivery = pause === null ? 'running' : `paused, ${pause}`;
  const figures = [landed, pending, secondsOf(lagMs), retries, parked, waiting, links];
  return [name, ...figures, delivery].map(String);
}

function totalOf(shards: readonly Shard[]): string[] {
  const sum = (figure: 'pending' | 'parked' | 'waiting' | 'links') =>
    String(shards.reduce((total, shard) => total + shard[figure], 0));
  const lagMs = Math.max(0, ...shards.map((shard) => shard.lagMs));
  const count = (name: string) =>
    String(shards.reduce((total, shard) => total + countOf(shard, name), 0));
  const first = ['all', count('delivered'), sum('pending'), secondsOf(lagMs), count('retries')];
  return [...first, sum('parked'), sum('waiting'), sum('links'), ''];
}

/** Of the Worker's counters; none while nothing was counted. */
function countOf({ counters }: Shard, name: string): number {
  return counters[name] ?? 0;
}

function pauses(shards: readonly Shard[]): string[] {
  const reasons = new Set(shards.flatMap(({ pause }) => (pause === null ? [] : [pause])));
  return [...reasons].map((reason) => `Paused, ${reason}: ${codeText(reason) ?? ''}`.trim());
}

const LATE_MS = 10_000;

/** Not paused, and yet nothing lands: why, where the Worker says it. */
function late(shards: readonly Shard[]): string[] {
  const isLate = shards.filter(({ pause, lagMs }) => pause === null && lagMs > LATE_MS);
  const codes = new Set(isLate.map(({ delay }) => delay ?? 'failing'));
  return [...codes].map((code) => `Late, ${code}: ${codeText(code) ?? ''}`.trim());
}

function lastLanded(shards: readonly Shard[], now: number): string {
  const at = Math.max(0, ...shards.map(({ lastLandedAt }) => lastLandedAt));
  if (at === 0) return 'Nothing has landed yet.';
  return `Last landed at ${new Date(at).toISOString()}, ${ageOf(now - at)} ago.`;
}

function ageOf(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 120) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 120 ? `${minutes} min` : `${Math.round(minutes / 60)} h`;
}

function whoIsHeld(shards: readonly Shard[]): string[] {
  const held = shards.reduce((sum, shard) => sum + shard.held, 0);
  if (held === 0) return [];
  const ids = shards.flatMap(({ heldPeople }) => heldPeople.map(({ userId }) => userId));
  const more = held > ids.length ? ` and ${held - ids.length} more` : '';
  return [`Held, ${ids.join(', ')}${more}: ${codeText('held') ?? ''}`];
}

function secondsOf(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
