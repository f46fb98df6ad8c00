// The cron's visit: every shard once, so that a lost alarm is found within one interval even where no webhook comes;
// then what somebody should know is told.

import { isolateConfig } from '../config/config.ts';
import type { Config } from '../config/config.ts';
import { layoutShard } from '../config/layout.ts';
import type { ShardHealth } from '../outbox/capabilities.ts';
import { isolateNet } from '../platform/cloudflare.ts';
import { log } from '../platform/log.ts';
import { namespaceIn } from '../platform/namespaces.ts';
import { shardNames } from '../platform/shards.ts';
import { sendAlert } from './alert.ts';
import { changesOf, incidentsOf } from './incidents.ts';

export async function sweep(env: Cloudflare.Env, now: number): Promise<void> {
  const checked = isolateConfig(env);
  if (!checked.ok) return;
  const { config } = checked;
  const names = shardNames(config);
  const [outboxes, links] = await Promise.all([
    Promise.allSettled(names.map((name) => sweepOutbox(env, config, name))),
    Promise.allSettled(names.map((name) => namespaceIn(env.LINKS, config).getByName(name).sweep())),
  ]);
  const swept = [...outboxes, ...links];
  const failed = swept.filter((each) => each.status === 'rejected').length;
  log({ stage: 'sweep', decision: 'swept', objects: swept.length, failed });
  const healths = outboxes.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
  await tell(env, config, { healths, isComplete: healths.length === names.length, now });
}

async function sweepOutbox(
  env: Cloudflare.Env,
  config: Config,
  name: string,
): Promise<ShardHealth> {
  const outbox = namespaceIn(env.OUTBOX, config).getByName(name);
  await outbox.sweep();
  return outbox.health();
}

/** Each incident once when it begins and once when it is over; what was told is kept where the layout is. */
async function tell(
  env: Cloudflare.Env,
  { operator, customerio }: Config,
  seen: {
    readonly healths: readonly ShardHealth[];
    readonly isComplete: boolean;
    readonly now: number;
  },
): Promise<void> {
  const { alertUrl } = operator;
  if (alertUrl === null) return;
  const keeper = layoutShard(env);
  const isKeyMissing = customerio.token === null;
  const incidents = incidentsOf(seen.healths, { now: seen.now, isKeyMissing });
  let told: readonly string[] = await keeper.incidents();
  const { begun, over } = changesOf(told, incidents, seen.isComplete);
  for (const name of [...begun, ...over]) {
    const text = incidents[name];
    const isTold = await sendAlert(alertUrl, text ?? `over: ${name}`, isolateNet());
    log({ stage: 'alert', decision: isTold ? 'told' : 'not_told', incident: name });
    if (!isTold) continue;
    told = text === undefined ? told.filter((each) => each !== name) : [...told, name];
    await keeper.keepIncidents(told);
  }
}
