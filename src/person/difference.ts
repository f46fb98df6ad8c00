// What an event has changed of what is known about a person: the fields that differ, and nothing else. No I/O. No clock.

import type { TraitValue } from './facet.ts';
import type { Person } from './person.ts';

/** `field` as a path with dots. What was not there is absent; a list is its JSON. */
type Change = {
  readonly field: string;
  readonly was?: TraitValue;
  readonly is?: TraitValue;
};

/** `left`: how many more there were than may be kept. */
export type Changes = { readonly fields: readonly Change[]; readonly left: number };

/** Kept with the entry of every webhook, so small. */
const BYTES_MAX = 2000;

/** What only orders news, or is ours alone. */
const UNTOLD: ReadonlySet<string> = new Set([
  'asOf',
  'rank',
  'verified',
  'planKey',
  'planNaming',
  'paths',
  'entries',
]);

const FACETS = ['user', 'subscriptions', 'marks', 'cards', 'ledgers', 'customers'] as const;

export function changesBetween(before: Person, after: Person): Changes {
  const all = FACETS.flatMap((facet) => changesIn(facet, before[facet], after[facet]));
  const fields: Change[] = [];
  let bytes = 0;
  for (const change of all) {
    bytes += JSON.stringify(change).length;
    if (bytes > BYTES_MAX) break;
    fields.push(change);
  }
  return { fields, left: all.length - fields.length };
}

function changesIn(field: string, was: unknown, is: unknown): Change[] {
  if (was === is) return [];
  if (isRecord(was) || isRecord(is)) {
    const [before, after] = [recordOf(was), recordOf(is)];
    return [...new Set([...Object.keys(before), ...Object.keys(after)])]
      .filter((name) => !UNTOLD.has(name))
      .flatMap((name) => changesIn(`${field}.${name}`, before[name], after[name]));
  }
  const isSame = JSON.stringify(was ?? null) === JSON.stringify(is ?? null);
  if (isSame) return [];
  const [before, after] = [plain(was), plain(is)];
  return [
    {
      field,
      ...(before === undefined ? {} : { was: before }),
      ...(after === undefined ? {} : { is: after }),
    },
  ];
}

function plain(value: unknown): TraitValue | undefined {
  if (value === undefined || value === null) return value;
  const isText = typeof value === 'string';
  const isPlain = isText || typeof value === 'number' || typeof value === 'boolean';
  return isPlain ? value : JSON.stringify(value);
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return isRecord(value) ? value : {};
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
