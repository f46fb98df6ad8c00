// The list of webhooks: what the shards remember of the newest, and behind it what the journal has, each once.

import type { FoundEntry } from '../outbox/looks/looks.ts';
import { messageName } from '../person/message.ts';
import { entriesOf, ringOf } from './relay.ts';
import type { Numbered, Relay } from './relay.ts';

/** One webhook. `id` names its entry in addresses; null: it told nothing. Times in Unix milliseconds. */
type Line = {
  readonly id: string | null;
  readonly at: number;
  readonly provider: string;
  readonly type: string;
  readonly event: string;
  readonly outcome: string;
  readonly reason: string | null;
  readonly userId: string | null;
  readonly told: readonly string[];
  readonly landing: string;
  readonly landedAt: number | null;
};

/** `before`: Unix milliseconds. */
type LineFilter = Partial<Readonly<Record<'provider' | 'type' | 'outcome' | 'person', string>>> & {
  readonly before?: number;
};

/** A line is some 700 bytes, and a page is to be under 60 kB. */
const LINES_MAX = 75;

/** The newest first. */
export async function linesOf(relay: Relay, filter: LineFilter): Promise<Line[]> {
  const { before } = filter;
  const asked = { newest: LINES_MAX, ...(before !== undefined && { before }) };
  const [ring, entries] = await Promise.all([ringOf(relay), entriesOf(relay, asked)]);
  const remembered = ring.map(({ shard, entry, ...each }) => ({
    ...each,
    id: entry === null ? null : `${shard}-${entry}`,
  }));
  const known = new Set(remembered.map(({ id }) => id));
  const older = entries.filter(({ id }) => !known.has(id)).flatMap(lineOf);
  return [...remembered, ...older]
    .filter((line) => isWanted(line, filter))
    .toSorted((a, b) => b.at - a.at)
    .slice(0, LINES_MAX)
    .map((line) => ({ ...line, tookMs: Math.max(0, (line.landedAt ?? 0) - line.at) }));
}

function lineOf(entry: Numbered<FoundEntry>): Line[] {
  const { id, at, webhook, userId, messages, landedAt } = entry;
  if (webhook === null) return [];
  const { provider, type, id: event } = webhook;
  const told = messages.map(({ message }) => messageName(message));
  const landing = landingOf(entry);
  const said = { id, at, provider, type, event, outcome: 'accepted', reason: null };
  return [{ ...said, userId, told, landing, landedAt }];
}

/** The worst of its messages. */
function landingOf({ messages }: Pick<FoundEntry, 'messages'>): string {
  const worst = STATES.find((state) => messages.some((message) => message.state === state));
  return worst ?? 'none';
}

const STATES = ['parked', 'held', 'pending', 'landed'] as const;

function isWanted(line: Line, filter: LineFilter): boolean {
  const { provider, type, outcome, person, before = Infinity } = filter;
  return (
    line.at < before &&
    (provider ?? line.provider) === line.provider &&
    (type ?? line.type) === line.type &&
    (outcome ?? line.outcome) === line.outcome &&
    (person ?? line.userId) === line.userId
  );
}
