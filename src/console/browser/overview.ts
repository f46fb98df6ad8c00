// Overview: is all well, and if not, what do I do? One verdict, what is wrong with what helps, and how it has gone.

import type { Config } from '../../config/config.ts';
import { HOUR_MS } from '../../platform/time.ts';
import type { Job } from '../../sync/job.ts';
import type { Health } from '../../watch/health.ts';
import { incidentsOf, lastEventAt, listed } from '../../watch/incidents.ts';
import type { ShardState } from '../relay.ts';
import { jobView } from './job-view.ts';

type Seen = {
  readonly states: readonly ShardState[];
  readonly health: Health;
  readonly config: Config;
  /** Names of what is set. */
  readonly chosen: readonly string[];
  /** The newest that pulled. */
  readonly job: Job | undefined;
  readonly now: number;
};

export function overviewOf({ states, health, config, chosen, job, now }: Seen) {
  const sum = (of: (state: ShardState) => number) =>
    states.reduce((all, state) => all + of(state), 0);
  const lagMs = Math.max(0, ...states.map(({ outbox }) => outbox.lagMs));
  return {
    troubles: troublesOf({ states, health, config, now }),
    delays: [...new Set(states.flatMap(({ outbox }) => outbox.delay ?? []))],
    lagMs,
    isLate: lagMs > config.outbox.lagAlertMs,
    pending: sum(({ outbox }) => outbox.pending),
    held: sum(({ outbox }) => outbox.held),
    parked: sum(({ outbox }) => outbox.parked),
    due: sum(({ outbox }) => outbox.mails.due),
    waiting: sum(({ links }) => links.waiting),
    waitingCustomers: sum(({ links }) => links.waitingCustomers),
    bars: barsOf(states, now),
    last: lastEventAt(states.map(({ outbox }) => outbox)),
    job: job === undefined ? null : jobView(job, now),
    shards: states,
    // What is secret stays out of a page's reach.
    settings: { ...config, customerio: null, lookups: null, operator: null },
    chosen,
  };
}

/** What health says, and what alerts would; one line a code. How many are parked is said once. */
function troublesOf({ states, health, config, now }: Omit<Seen, 'job' | 'chosen'>) {
  const told = incidentsOf(
    states.map(({ outbox }) => outbox),
    {
      now,
      isKeyMissing: false,
      lagAlertMs: config.outbox.lagAlertMs,
      links: states.map(({ links }) => links),
    },
  );
  const known = new Set(health.problems.map(({ code }) => code));
  return [
    ...health.problems,
    ...listed(told).filter(({ code }) => !known.has(code) && !code.startsWith('parked_')),
  ];
}

const HOURS = 48;
/** Of the picture: of an hour, and of its highest bar. */
const [STEP, HEIGHT_MAX] = [14, 86];

/** Accepted and landed by the hour, as figures and as the paths of a picture. */
function barsOf(states: readonly ShardState[], now: number) {
  const last = Math.floor(now / HOUR_MS);
  const hours = Array.from({ length: HOURS }, (_, index) => {
    const hour = last - HOURS + 1 + index;
    const counts = states.map(({ course }) => course?.hours[hour] ?? { accepted: 0, landed: 0 });
    const sum = (of: 'accepted' | 'landed') => counts.reduce((all, each) => all + each[of], 0);
    return { at: hour * HOUR_MS, accepted: sum('accepted'), landed: sum('landed') };
  });
  const most = Math.max(1, ...hours.flatMap(({ accepted, landed }) => [accepted, landed]));
  const path = (of: 'accepted' | 'landed', left: number) =>
    hours
      .map((each, index) => ({ x: index * STEP + left, height: (each[of] / most) * HEIGHT_MAX }))
      .filter(({ height }) => height > 0)
      .map(({ x, height }) => `M${x} 90v-${height.toFixed(1)}h4V90z`)
      .join('');
  return {
    hours: hours.filter(({ accepted, landed }) => accepted + landed > 0),
    most,
    total: hours.reduce((all, { landed }) => all + landed, 0),
    accepted: path('accepted', 1),
    landed: path('landed', 6),
  };
}
