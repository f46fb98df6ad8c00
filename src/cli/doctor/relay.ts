// The Worker, live: is it there, is it well, does its clock agree with ours, and does what it took land?

import { exchange } from '../../apis/exchange.ts';
import type { Exchange } from '../../apis/exchange.ts';
import { ADMIN } from '../../console/contract.ts';
import type { AnswerOf } from '../../console/contract.ts';
import { parseJson } from '../../platform/json.ts';
import { listIn } from '../../platform/list.ts';
import * as v from '../../platform/schema.ts';
import { codeOf } from '../../watch/codes.ts';
import { isOpen } from '../terminal/address.ts';
import { errorCode, persistently } from '../terminal/http.ts';
import { askRelay } from '../terminal/relay-api.ts';
import type { Session } from '../terminal/session.ts';
import { ok, problem, warning } from './check.ts';
import type { Check } from './check.ts';
import { told } from './told.ts';

type Status = AnswerOf<typeof ADMIN.status, 200>;

const SKEW_SECONDS_MAX = 60;
const LAG_MS_MAX = 60_000;

/** More customers than this share without a person mean that the app never says who its user is. */
const WAITING_SHARE_MAX = 0.1;

const LIMITS = { successLengthMax: 64_000, errorLengthMax: 64_000 };

/** `problems` are codes, of the first release sentences; what they are about only the operator is told. */
const Health = v.object({
  status: v.picklist(['ok', 'failing']),
  problems: v.optional(v.array(v.string()), []),
  warnings: v.optional(v.array(v.string()), []),
  details: v.optional(v.array(v.string())),
  layout: v.optional(
    v.nullable(v.object({ shards: v.number(), jurisdiction: v.nullable(v.string()) })),
  ),
});
type Health = v.InferOutput<typeof Health>;

export async function relayChecks(session: Session, relay: string): Promise<Check[]> {
  const health = await healthChecks(session, relay);
  const isThere = health.every(({ name, verdict }) => name !== 'Worker' || verdict === 'ok');
  return isThere
    ? [...health, ...(await told('admin API', () => statusChecks(session, relay)))]
    : health;
}

async function healthChecks(session: Session, relay: string): Promise<Check[]> {
  const result = await askHealth(session, relay);
  if (result.kind === 'timed_out') {
    return [problem('Worker', `${relay} did not answer in time`, 'Look at npx wrangler tail.')];
  }
  if (result.kind === 'unreachable') {
    const finding = `${relay} cannot be reached (${errorCode(result.error)})`;
    return [
      problem('Worker', finding, 'Deploy it (npm run deploy), or give its address: --worker URL'),
    ];
  }
  const date = result.answer.headers.get('date');
  return [...healthOf(result.answer), ...skewOf(date, session.others.now())];
}

/** With the first of two tokens: where it is refused, the status says so. Over plain http as a stranger. */
function askHealth(session: Session, relay: string): Promise<Exchange> {
  const [token] = listIn(session.config().operator.adminToken ?? '');
  const isStranger = token === undefined || isOpen(relay);
  const headers = isStranger ? {} : { Authorization: `Bearer ${token}` };
  const request = { url: `${relay}/healthz`, init: { redirect: 'manual', headers } } as const;
  return exchange(request, LIMITS, session.others);
}

function healthOf({ status, body }: { readonly status: number; readonly body: string }): Check[] {
  const parsed = v.safeParse(Health, parseJson(body));
  if (!parsed.success) {
    return [
      problem(
        'Worker',
        `answers ${status}, but not as the relay does`,
        'Is this the right address?',
      ),
    ];
  }
  const health = parsed.output;
  const there = ok('Worker', status === 200 ? 'is there and well' : 'is there; not all is well');
  const problems = (health.details ?? health.problems).map((each, index) =>
    problem('health', each, remedyOf(health.problems, each, index)),
  );
  const warnings = health.warnings.map((each) => {
    const { sentence = each, remedy } = codeOf(each) ?? {};
    return warning('health', `${each}: ${sentence}`, remedy ?? '');
  });
  const fine = problems.length === 0 ? [ok('health', 'nothing is missing or failing')] : problems;
  return [there, ...fine, ...warnings, ...layoutOf(health)];
}

/** Details and codes need not be as many: then the code is looked for in the detail. */
function remedyOf(codes: readonly string[], detail: string, index: number): string {
  const isOne = codes.length === 1 ? codes[0] : codes[index];
  const code = codes.find((each) => detail.includes(each.replace(/^paused_/, ''))) ?? isOne ?? '';
  return codeOf(code)?.remedy ?? 'npx wrangler tail says more.';
}

/** Which layout is in force; nothing where the Worker does not say, as to a stranger. */
function layoutOf({ layout }: Health): Check[] {
  if (layout === undefined) return [];
  if (layout === null) {
    return [ok('layout', 'none yet: the first webhook that is accepted fixes what is set then')];
  }
  const { shards, jurisdiction } = layout;
  return [ok('layout', `in force: SHARDS = ${shards}, JURISDICTION = "${jurisdiction ?? ''}"`)];
}

/** Signatures are refused at five minutes; a proxy's `Date` has a one-second grain. */
function skewOf(date: string | null, now: number): Check[] {
  const at = Date.parse(date ?? '');
  if (Number.isNaN(at)) return [];
  const seconds = Math.round(Math.abs(now - at) / 1000);
  if (seconds <= SKEW_SECONDS_MAX) return [ok('clock', `differs by ${seconds} s`)];
  return [
    problem(
      'clock',
      `this machine and the Worker differ by ${seconds} s`,
      'Set the clock of this machine: what it signs is refused from 300 s on.',
    ),
  ];
}

async function statusChecks(session: Session, relay: string): Promise<Check[]> {
  const token = session.config().operator.adminToken;
  if (token === null) return [];
  const answer = await persistently(
    () => askRelay({ route: ADMIN.status }, { url: relay, token }, session.others),
    session.out.note,
  );
  if (answer.kind === 'ok') return figureChecks(answer.value);
  if (answer.kind === 'rejected' && answer.status === 404) {
    return [warning('admin API', 'does not exist there', 'npx wrangler secret put ADMIN_TOKEN')];
  }
  if (answer.kind === 'refused') {
    return [
      problem('admin API', 'refuses ADMIN_TOKEN', 'The Worker has another one: set both alike.'),
    ];
  }
  return [
    problem(
      'admin API',
      'gives no status',
      'Is the deployed Worker of this version? npm run deploy',
    ),
  ];
}

function figureChecks({ shards }: Status): Check[] {
  const sum = (figure: (shard: Status['shards'][number]) => number) =>
    shards.reduce((total, shard) => total + figure(shard), 0);
  const parked = sum((shard) => shard.parked);
  const lagMs = Math.max(0, ...shards.map((shard) => shard.lagMs));
  const waiting = sum((shard) => shard.waitingCustomers);
  const customers = waiting + sum((shard) => shard.links);
  return [
    parked === 0
      ? ok('parked', 'nothing')
      : warning('parked', `${parked} messages or events`, 'lifecycle parked list says why.'),
    lagMs <= LAG_MS_MAX
      ? ok('lag', `${(lagMs / 1000).toFixed(1)} s`)
      : problem(
          'lag',
          `the oldest message has waited ${Math.round(lagMs / 1000)} s`,
          'Is Customer.io up? lifecycle status',
        ),
    waitingCheck(waiting, customers),
  ];
}

function waitingCheck(waiting: number, customers: number): Check {
  const share = customers === 0 ? 0 : waiting / customers;
  const finding = `${waiting} of ${customers} customers have no person (${Math.round(share * 100)} %)`;
  if (share <= WAITING_SHARE_MAX) return ok('links', finding);
  return warning(
    'links',
    finding,
    'Tell Stripe who the user is (README, Set up, 4); lifecycle waiting list names them.',
  );
}
