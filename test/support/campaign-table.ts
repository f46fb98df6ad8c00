// The table of docs/campaigns.md, read as Customer.io is told to: who is in a campaign after what has landed. Pure but
// for the file.

import { readFileSync } from 'node:fs';
import path from 'node:path';

const PAGE = path.join(import.meta.dirname, '../../docs/campaigns.md');
const DAY_MS = 86_400_000;

export type Campaign = {
  readonly goal: string;
  readonly trigger: Trigger;
  /** Events. */
  readonly exits: readonly string[];
  /** As written: `customer.plan = pro`. */
  readonly filters: readonly string[];
  readonly toldBy: readonly string[];
};

type Trigger =
  | { readonly kind: 'event'; readonly event: string }
  | { readonly kind: 'date'; readonly trait: string; readonly days: number };

type Values = Readonly<Record<string, unknown>>;

/** What has landed about one person, in order. */
export type Landed = {
  readonly events: readonly { readonly event: string; readonly properties: Values }[];
  readonly traits: Values;
  /** When it is looked at, in Unix milliseconds. */
  readonly now: number;
};

export function campaigns(): readonly Campaign[] {
  const text = readFileSync(PAGE, 'utf8');
  const table = text.slice(text.indexOf('| goal | trigger')).split('\n\n')[0] ?? '';
  return table.split('\n').slice(2).map(campaignIn);
}

function campaignIn(row: string): Campaign {
  const [goal = '', trigger = '', exit = '', filter = '', toldBy = ''] = row
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim());
  return {
    goal,
    trigger: triggerIn(trigger),
    exits: codeIn(exit),
    filters: codeIn(filter),
    toldBy: toldBy.toLowerCase().split(', '),
  };
}

function codeIn(cell: string): string[] {
  return (cell.match(/`[^`]+`/g) ?? []).map((code) => code.replaceAll('`', ''));
}

function triggerIn(cell: string): Trigger {
  const [, trait, days] = /^`customer\.(\w+)` within (\d+) days$/.exec(cell) ?? [];
  if (trait !== undefined) return { kind: 'date', trait, days: Number(days) };
  const [, event] = /^`(\w+)`$/.exec(cell) ?? [];
  if (event === undefined) throw new Error(`no trigger: ${cell}`);
  return { kind: 'event', event };
}

/** `in`, `not triggered`, `left by <event>`, or the filters that stop them. Of several triggers the last one counts. */
export function standing({ trigger, exits, filters }: Campaign, landed: Landed): string {
  const at = triggeredAt(trigger, landed);
  const exit = landed.events.slice((at ?? -1) + 1).find(({ event }) => exits.includes(event));
  // A date may lie elsewhere by then.
  const isOpen = at !== null || trigger.kind === 'date';
  if (isOpen && exit !== undefined) return `left by ${exit.event}`;
  if (at === null) return 'not triggered';
  const event = landed.events[at]?.properties ?? {};
  const stopping = filters.filter((filter) => !holds(filter, { event, customer: landed.traits }));
  return stopping.length > 0 ? stopping.join(', ') : 'in';
}

/** The place among the events; -1 where a date is what triggers. Null: nothing does. */
function triggeredAt(trigger: Trigger, { events, traits, now }: Landed): number | null {
  if (trigger.kind === 'event') {
    const at = events.findLastIndex(({ event }) => event === trigger.event);
    return at < 0 ? null : at;
  }
  const inMs = Number(traits[trigger.trait] ?? 0) * 1000 - now;
  return inMs > 0 && inMs <= trigger.days * DAY_MS ? -1 : null;
}

/** `event.x = word` or `customer.x != word`; what is not there is null. */
function holds(filter: string, values: { readonly event: Values; readonly customer: Values }) {
  const [, of, name, operator, word] = /^(event|customer)\.(\w+) (=|!=) (\w+)$/.exec(filter) ?? [];
  if (of !== 'event' && of !== 'customer') throw new Error(`no filter: ${filter}`);
  const isSame = String(values[of][name ?? ''] ?? null) === word;
  return operator === '=' ? isSame : !isSame;
}
