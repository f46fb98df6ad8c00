// Stripe's subscription schedules: a change of plan that is planned, and one that is taken back. The event carries what
// the schedule was before, so nothing has to be remembered. A phase names prices by id.
// https://docs.stripe.com/api/subscription_schedules/object

import { happened } from '../../person/moment.ts';
import type { Moment, MomentName } from '../../person/moment.ts';
import { isObject } from '../../platform/json.ts';
import * as v from '../../platform/schema.ts';
import type { Reading, ReadOptions } from '../provider.ts';
import { count, list, needed, text } from '../shape.ts';
import type { StripeEvent } from './envelope.ts';
import { overlay } from './overlay.ts';
import { namedPlan, planName } from './price.ts';
import { ignored, readingOf, unreadable } from './reading.ts';
import { reference } from './shape.ts';

const Price = v.orNull(
  v.union([
    v.pipe(
      v.string(),
      v.transform((id) => ({ id, product: null, lookup_key: null, nickname: null })),
    ),
    v.object({ id: text, product: reference, lookup_key: text, nickname: text }),
  ]),
);

const Phase = v.object({
  start_date: count,
  currency: text,
  items: list(v.object({ price: Price })),
});

const Schedule = v.object({
  id: needed.text,
  customer: reference,
  subscription: reference,
  released_subscription: reference,
  status: text,
  phases: list(Phase),
});

type StripeSchedule = v.InferOutput<typeof Schedule>;
type StripePhase = v.InferOutput<typeof Phase>;
type PhasePrice = NonNullable<v.InferOutput<typeof Price>>;

/** Another plan from a time on, Unix seconds. */
type Planned = {
  readonly plan: string | null;
  readonly at: number;
  readonly currency: string | null;
};

export function readSchedule(event: StripeEvent, options: ReadOptions): Reading {
  const parsed = v.safeParse(Schedule, event.object);
  if (!parsed.success) return unreadable(event, parsed.issues);
  const schedule = parsed.output;
  const subscriptionId = schedule.subscription ?? schedule.released_subscription;
  if (subscriptionId === null) return ignored(event, 'not_in_effect');
  const moment = momentOf(event, { schedule, subscriptionId, options });
  if (moment === null) return ignored(event, 'told_when_effective');
  return readingOf(event, { customerId: schedule.customer, news: [{ kind: 'moment', moment }] });
}

type Scheduled = {
  readonly schedule: StripeSchedule;
  readonly subscriptionId: string;
  readonly options: ReadOptions;
};

function momentOf(
  event: StripeEvent,
  { schedule, subscriptionId, options }: Scheduled,
): Moment | null {
  const now = { at: Math.floor(event.occurredAt / 1000), options };
  const after = isInForce(schedule) ? plannedIn(schedule, now) : null;
  const was = beforeOf(event, schedule);
  const before = was === null ? null : plannedIn(was, now);
  if (after !== null) {
    const isSame = before?.plan === after.plan && before.at === after.at;
    return isSame ? null : told('plan_change_scheduled', after, { event, subscriptionId });
  }
  return before === null
    ? null
    : told('plan_change_unscheduled', before, { event, subscriptionId });
}

/** A schedule that is released lets its subscription go on as it is. */
function isInForce({ status }: StripeSchedule): boolean {
  return status === 'active' || status === 'not_started';
}

/** A release changes the status alone: until then its phases held. */
function beforeOf(event: StripeEvent, schedule: StripeSchedule): StripeSchedule | null {
  if (event.type === 'subscription_schedule.released') return schedule;
  if (!isObject(event.previous)) return null;
  const parsed = v.safeParse(Schedule, overlay(event.object, event.previous));
  return parsed.success ? parsed.output : null;
}

/** The first phase to come that has another plan than the one before it. */
function plannedIn(
  { phases }: StripeSchedule,
  { at, options }: { readonly at: number; readonly options: ReadOptions },
): Planned | null {
  for (const [index, phase] of phases.entries()) {
    const before = phases[index - 1];
    const startsAt = phase.start_date ?? 0;
    if (before !== undefined && startsAt > at) {
      const price = otherPlan(before, phase, options);
      if (price !== null) {
        return { plan: planName(price, options), at: startsAt, currency: phase.currency };
      }
    }
  }
  return null;
}

/** What PLANS names is the plan; else a price that takes another's place. What is only added is an add-on. */
function otherPlan(from: StripePhase, to: StripePhase, options: ReadOptions): PhasePrice | null {
  const [were, are] = [pricesOf(from), pricesOf(to)];
  const named = are.find((price) => namedPlan(price, options) !== null);
  const known = were.find((price) => namedPlan(price, options) !== null);
  const added = are.find((price) => !were.some(({ id }) => id === price.id));
  const isReplaced = were.some((price) => !are.some(({ id }) => id === price.id));
  const next = named ?? (isReplaced ? added : undefined);
  if (next === undefined) return null;
  const isSame = known !== undefined && planName(known, options) === planName(next, options);
  return isSame || were.some(({ id }) => id === next.id) ? null : next;
}

function pricesOf({ items }: StripePhase): PhasePrice[] {
  return items.flatMap(({ price }) => (price === null ? [] : [price]));
}

/** The plan as it is stands in the person's subscription, which a schedule does not carry. */
function told(
  name: Extract<MomentName, 'plan_change_scheduled' | 'plan_change_unscheduled'>,
  { plan, at, currency }: Planned,
  { event, subscriptionId }: { readonly event: StripeEvent; readonly subscriptionId: string },
): Moment {
  return happened(name, {
    key: [subscriptionId, plan ?? '', at],
    at: event.occurredAt,
    keyAt: at * 1000,
    subscriptionId,
    properties: {
      plan: null,
      currency: currency?.toLowerCase() ?? null,
      to_plan: plan,
      effective_at: at,
    },
  });
}
