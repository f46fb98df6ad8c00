// The cron's visit: every shard once, so that a lost alarm is found within one interval even where no webhook comes;
// then what somebody should know is told.

import type { Config } from '../config/config.ts';
import { layoutShard, readinessOf } from '../config/layout.ts';
import type { LinksHealth } from '../links/figures.ts';
import type { ShardHealth } from '../outbox/capabilities.ts';
import { isolateNet } from '../platform/cloudflare.ts';
import { log } from '../platform/log.ts';
import { namespaceIn, syncOf } from '../platform/namespaces.ts';
import { shardNames } from '../platform/shards.ts';
import type { Layout } from '../platform/shards.ts';
import type { SyncSight } from '../sync/visit.ts';
import { sendAlert } from './alert.ts';
import { changesOf, incidentsOf, lastEventAt } from './incidents.ts';
import { readRemedies } from './remedies.ts';

export async function sweep(env: Cloudflare.Env, now: number): Promise<void> {
  const readiness = await readinessOf(env);
  if (readiness.kind === 'config_invalid') return;
  const { config } = readiness;
  // Under a layout that does not stand nobody is visited: that would make shards nobody needs.
  if (readiness.kind === 'ready' && !readiness.isFixed) {
    await tell(env, config, { healths: [], links: [], sync: null, isComplete: true, now });
    return;
  }
  const layout = readiness.kind === 'layout_mismatch' ? readiness.inForce : config;
  const names = shardNames(layout);
  const [outboxes, links] = await Promise.all([
    Promise.allSettled(names.map((name) => sweepOutbox(env, layout, name))),
    Promise.allSettled(names.map((name) => sweepLinks(env, layout, name))),
  ]);
  const swept = [...outboxes, ...links];
  const failed = swept.filter((each) => each.status === 'rejected').length;
  log({ stage: 'sweep', decision: 'swept', objects: swept.length, failed });
  const healths = outboxes.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
  const stored = links.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
  const sync = await syncOf(env, layout)
    .visit(lastEventAt(healths))
    .catch(() => null);
  const isComplete = failed === 0 && sync !== null;
  await tell(env, config, { healths, links: stored, sync, isComplete, now });
}

async function sweepOutbox(
  env: Cloudflare.Env,
  layout: Layout,
  name: string,
): Promise<ShardHealth> {
  const outbox = namespaceIn(env.OUTBOX, layout).getByName(name);
  return whole(await outbox.sweep(), () => outbox.health());
}

async function sweepLinks(env: Cloudflare.Env, layout: Layout, name: string): Promise<LinksHealth> {
  const links = namespaceIn(env.LINKS, layout).getByName(name);
  return whole(await links.sweep(), () => links.health());
}

/** An object of the first release answers nothing. */
async function whole<Health>(swept: Health | undefined, ask: () => Promise<Health>) {
  return swept ?? ask();
}

/** Each incident once when it begins and once when it is over; what was told is kept where the layout is. */
async function tell(
  env: Cloudflare.Env,
  { operator, customerio, outbox }: Config,
  seen: {
    readonly healths: readonly ShardHealth[];
    readonly links: readonly LinksHealth[];
    /** Null: it has not answered. */
    readonly sync: SyncSight | null;
    readonly isComplete: boolean;
    readonly now: number;
  },
): Promise<void> {
  const { alertUrl: url, name: relay } = operator;
  if (url === null) return;
  const keeper = layoutShard(env);
  const isKeyMissing = customerio.token === null;
  const { lagAlertMs } = outbox;
  const { now, links, sync } = seen;
  const incidents = incidentsOf(seen.healths, { now, isKeyMissing, lagAlertMs, links, sync });
  let told: readonly string[] = await keeper.incidents();
  const { begun, over } = changesOf(told, incidents, seen.isComplete);
  if (begun.length + over.length === 0) return;
  const remedyOf = await readRemedies(env);
  for (const name of [...begun, ...over]) {
    const text = incidents[name];
    const said = text === undefined ? `over: ${name}` : withRemedy(text, remedyOf(name));
    const isTold = await sendAlert({ url, name: relay }, said, isolateNet());
    log({ stage: 'alert', decision: isTold ? 'told' : 'not_told', incident: name });
    if (!isTold) continue;
    told = text === undefined ? told.filter((each) => each !== name) : [...told, name];
    await keeper.keepIncidents(told);
  }
}

/** What to do stands beside what is wrong. */
function withRemedy(text: string, remedy: string | null): string {
  return remedy === null ? text : `${text}. ${remedy}`;
}
