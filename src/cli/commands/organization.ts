// lifecycle organization: one organization as the relay sees it: what it pays for, who is in it, what was told to whom.

import type { Command } from 'commander';

import type { Rejected } from '../../apis/ask-json.ts';
import { ADMIN } from '../../console/contract.ts';
import type { AnswerOf } from '../../console/contract.ts';
import { codeText } from '../../watch/codes.ts';
import { CliError, EXIT } from '../terminal/cli-error.ts';
import { command, does } from '../terminal/command.ts';
import { bold, table } from '../terminal/output.ts';
import type { Line } from '../terminal/output.ts';
import { relayValue, WORKER } from '../terminal/relay-api.ts';

type View = AnswerOf<typeof ADMIN.organization, 200>;

/** What it is and pays for, of its attributes; the rest is in --json. */
const SHOWN = [
  'slug',
  'domain',
  'plan',
  'subscriptionStatus',
  'mrr',
  'currency',
  'trialEndsAt',
  'currentPeriodEndsAt',
  'cancelAt',
];

export function organizationCommand(): Command {
  const made = command('organization <org>', 'members, billing, and what was told to whom', [
    'organization org_2abc',
    'organization org_2abc --json   (with all attributes, and the row as it is stored)',
    'organization org_2abc --after user_2xyz   (the next page of its members)',
  ])
    .option('--after <user>', 'members behind this one')
    .option(...WORKER);
  return does<{ worker?: string; after?: string }>(made, async (session, { args, options }) => {
    const [organizationId = ''] = args;
    if (!/^org_\w+$/.test(organizationId)) {
      throw new CliError(`"${organizationId}" is no id of an organization.`, {
        exitCode: EXIT.usage,
        todo: 'Clerk has it: org_...',
      });
    }
    const query = options.after === undefined ? {} : { after: options.after };
    const request = { route: ADMIN.organization, parts: { organizationId }, query };
    const view = await relayValue(session, options.worker, request, (rejected) =>
      unknownOf(rejected, organizationId),
    );
    session.out.result(view, [
      ...heading(view),
      '',
      ...billing(view),
      '',
      ...members(view),
      '',
      ...told(view),
      '',
      ...lane(view),
    ]);
    return EXIT.ok;
  });
}

function unknownOf({ status }: Rejected, id: string): CliError | null {
  switch (status) {
    case 404:
      return new CliError(`The relay has never heard of ${id}.`, {
        todo: 'Is ORGANIZATIONS on, and does Clerk send organization events to this Worker?',
      });
    case 410:
      return new CliError(`${id} was deleted; nothing but a hash of the id is left.`);
    default:
      return null;
  }
}

function heading({ id, traits, seats }: View): Line[] {
  const shown = SHOWN.flatMap((name) => {
    const value = traits[name] ?? traits[snakeCase(name)] ?? null;
    return value === null ? [] : [[name, timed(name, value)]];
  });
  const rows = [...shown, ['seats', seatsText(seats)]];
  return [bold(`${text(traits['name'])}  ${id}`), table(['', ''], rows)];
}

/** Four numbers are called so; the fourth, how many Clerk allows, is in no event that is read. */
function seatsText({ paid, members: here, membersAtClerk }: View['seats']): string {
  const clerk = membersAtClerk === null ? '' : `, ${membersAtClerk} by Clerk's count`;
  return `${paid ?? 'none'} paid for; ${here} in it${clerk}`;
}

function billing({ subscriptions, customers }: View): Line[] {
  if (subscriptions.length === 0) {
    const by = customers.length === 0 ? '' : ` Stripe customer: ${customers.join(', ')}.`;
    return [`It has bought nothing.${by}`];
  }
  const rows = subscriptions.map(({ id, plan, status, monthly, currency, buyerId }) => {
    const worth = monthly === null ? '-' : `${monthly.toFixed(2)} ${currency ?? ''}`;
    return [id, plan ?? '-', status, worth, buyerId ?? '-'];
  });
  const by = customers.length === 0 ? [] : [`Stripe customer: ${customers.join(', ')}`];
  return [table(['subscription', 'plan', 'status', 'a month', 'bought by'], rows), ...by];
}

function members({ members: shown, subscriptions, seats, next }: View): Line[] {
  if (shown.length === 0) return ['Nobody is in it, as far as was heard.'];
  const rows = shown.map(({ userId, role, joinedAt, hears }) => {
    const hasBought = subscriptions.some(({ buyerId }) => buyerId === userId);
    const ofIt = hasBought ? 'of what they bought' : 'no';
    return [userId, role ?? '-', joinedAt?.slice(0, 10) ?? '-', hears ? 'yes' : ofIt];
  });
  const more = next === null ? [] : [`${seats.members} in all. The next ones: --after ${next}`];
  return [table(['member', 'role', 'joined', 'hears of it'], rows), ...more];
}

function told({ told: all, unasked }: View): Line[] {
  if (all.length === 0) return ['Nobody was told anything of it that is still kept.'];
  const rows = all.map(({ at, userId, event, state, mail }) => [
    at.slice(0, 16).replace('T', ' '),
    userId,
    event,
    mail === null ? state : `${state}, ${mail === 'mailed' ? mail : `mail ${mail}`}`,
  ]);
  const more =
    unasked === 0 ? [] : [`${unasked} of its people were not asked what they were told.`];
  return [table(['told at (UTC)', 'to', 'what', 'landed'], rows), ...more];
}

function lane({ lane: of }: View): Line[] {
  const { shard, pending, pause, notices, waiting, unheard, fanOut } = of;
  const lines = [
    `Its shard ${shard}: ${pause === null ? `delivery runs, ${pending} pending` : 'paused'}.`,
    ...(pause === null ? [] : [`${pause}: ${codeText(pause) ?? ''}`]),
    ...(notices === 0 ? [] : [`${notices} news are on their way to people.`]),
    ...(fanOut === null
      ? []
      : [`Members are being told how it is, up to ${fanOut || 'the first'}.`]),
    ...(waiting === 0
      ? []
      : [`${waiting} news wait until Clerk tells of it: any member's event does.`]),
    ...(unheard === 0
      ? []
      : [`${unheard} events reached nobody: no member has a role of ORGANIZATION_ROLES.`]),
  ];
  return lines;
}

function snakeCase(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** Times are Unix seconds. */
function timed(name: string, value: unknown): string {
  const isTime = name.endsWith('At') && typeof value === 'number';
  return isTime ? new Date(value * 1000).toISOString().slice(0, 16).replace('T', ' ') : text(value);
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '-');
}
