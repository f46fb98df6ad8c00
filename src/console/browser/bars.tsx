// Accepted and landed by the hour for two days: a picture, and the same as a table for whoever cannot see it.

import { HOUR_MS } from '../../platform/time.ts';
import type { ShardState } from '../relay.ts';
import { clock } from './parts.tsx';

const HOURS = 48;
const [WIDTH, HEIGHT, STEP] = [HOURS * 14, 90, 14];

type Hour = { readonly at: number; readonly accepted: number; readonly landed: number };

export function Bars({
  states,
  now,
}: {
  readonly states: readonly ShardState[];
  readonly now: number;
}) {
  const hours = hoursOf(states, now);
  const most = Math.max(1, ...hours.flatMap(({ accepted, landed }) => [accepted, landed]));
  const total = hours.reduce((all, { landed }) => all + landed, 0);
  return (
    <section>
      <h2>
        Last 48 hours{' '}
        <small>
          <i class="key accepted"></i> webhooks accepted <i class="key landed"></i> messages landed
        </small>
      </h2>
      <svg
        class="bars"
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        role="img"
        aria-label={`${total} messages have landed in 48 hours, at most ${most} an hour`}
        preserveAspectRatio="none"
      >
        {hours.map(({ accepted, landed }, index) => (
          <>
            <rect class="floor" x={index * STEP + 1} y={HEIGHT - 1} width={STEP - 3} height={1} />
            <Bar kind="accepted" x={index * STEP + 1} value={accepted} most={most} />
            <Bar kind="landed" x={index * STEP + 6} value={landed} most={most} />
          </>
        ))}
      </svg>
      <AsTable hours={hours} />
    </section>
  );
}

function AsTable({ hours }: { readonly hours: readonly Hour[] }) {
  return (
    <details>
      <summary>As a table</summary>
      <div class="scroll" role="region" aria-label="By the hour" tabindex={0}>
        <table>
          <thead>
            <tr>
              <th scope="col">Hour (UTC)</th>
              <th scope="col">Accepted</th>
              <th scope="col">Landed</th>
            </tr>
          </thead>
          <tbody>
            {hours
              .filter(({ accepted, landed }) => accepted + landed > 0)
              .map((each) => (
                <tr>
                  <th scope="row">{clock(each.at).slice(0, 16)}</th>
                  <td class="number">{each.accepted}</td>
                  <td class="number">{each.landed}</td>
                </tr>
              ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}

function Bar(props: {
  readonly kind: 'accepted' | 'landed';
  readonly x: number;
  readonly value: number;
  readonly most: number;
}) {
  const height = Math.round((props.value / props.most) * (HEIGHT - 4) * 10) / 10;
  return (
    <rect class={props.kind} x={props.x} y={HEIGHT - height} width={4} height={height} rx={1} />
  );
}

function hoursOf(states: readonly ShardState[], now: number): Hour[] {
  const last = Math.floor(now / HOUR_MS);
  return Array.from({ length: HOURS }, (_, index) => {
    const hour = last - HOURS + 1 + index;
    const counts = states.map(({ course }) => course?.hours[hour] ?? { accepted: 0, landed: 0 });
    return {
      at: hour * HOUR_MS,
      accepted: counts.reduce((all, { accepted }) => all + accepted, 0),
      landed: counts.reduce((all, { landed }) => all + landed, 0),
    };
  });
}
