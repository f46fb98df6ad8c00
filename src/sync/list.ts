// A list that a job walks: what one page of it does. Kinds are made of lists, and lists of what a provider's API shows.

import type { Config } from '../config/config.ts';
import type { Provider } from '../intake/provider.ts';
import { handOver } from './hand-over.ts';
import type { JobRequest } from './job.ts';
import type { JobKind, JobWorld, PageRequest, PageResult } from './kind.ts';
import type { Page } from './read-page.ts';
import { sinceOf } from './until.ts';

export type SourceList = {
  readonly name: string;
  /** Its provider's name. */
  readonly provider: 'clerk' | 'stripe';
  readonly page: (world: JobWorld, page: PageRequest) => Promise<PageResult>;
};

/** Rows that an object costs where it is new: the person and the journal, and a link where there is a customer. */
const ROWS_OF = { clerk: 2, stripe: 3 } as const;

/** Ids that are shown of what could not be placed. */
const EXAMPLES_MAX = 10;

/** What a walk has to say beside the counts. */
type WalkReport = {
  /** Objects of customers that nobody knows a person for. */
  readonly unlinked: number;
  readonly unlinkedCustomers: readonly string[];
  /** Of a dry run: what it would write, and who would be new in Customer.io, which costs a profile each. */
  readonly rows: number;
  readonly profiles: number;
};

const NOTHING: WalkReport = { unlinked: 0, unlinkedCustomers: [], rows: 0, profiles: 0 };

/** A kind that walks these lists, of whatever provider there is a key for. */
export function walking(name: string, all: readonly SourceList[]): JobKind {
  return {
    name,
    lists: ({ config, heard }, request) => {
      const wanted = all.filter(({ provider }) => isWanted(provider, request, heard));
      const asked = wanted.filter(({ provider }) => keyOf(config, provider) !== null);
      const [first] = wanted;
      if (asked.length > 0) return asked.map((list) => list.name);
      return { refused: first === undefined ? 'sync_too_early' : 'sync_key_missing' };
    },
    page: async (world, page) => {
      const list = all.find((each) => each.name === page.list);
      return list === undefined
        ? { kind: 'fail', problem: 'list_unknown' }
        : list.page(world, page);
    },
  };
}

/** Nobody is asked for news who has not been heard yet, unless it is said since when. */
function isWanted(
  provider: SourceList['provider'],
  request: JobRequest,
  heard: JobWorld['heard'],
): boolean {
  const { only } = request;
  const isAsked = only === undefined || only === provider;
  return isAsked && Number.isFinite(sinceOf(request, heard[provider]));
}

/** The provider's API and its key; null: there is none. */
export function keyOf({ lookups }: Config, provider: SourceList['provider']) {
  const { baseUrl, key } = lookups[provider];
  return key === null ? null : { baseUrl, key };
}

function providerOf({ providers }: JobWorld, name: string): Provider {
  const provider = providers.find((each) => each.name === name);
  if (provider === undefined) throw new TypeError(`no provider ${name}`);
  return provider;
}

/** Where the walk goes on behind a page, and what its list is long. */
type Behind = { readonly cursor: string | null; readonly total?: number };

/** Hands the page over, or in a dry run only looks at it, and says what came of it. */
export async function pageDone(
  world: JobWorld,
  asked: PageRequest,
  page: Omit<Page, 'provider'> & { readonly provider: SourceList['provider'] } & Behind,
): Promise<PageResult> {
  const { cursor, total, provider, ...rest } = page;
  const about = { kind: 'page', cursor } as const;
  const totals = total === undefined ? {} : { total };
  const before: WalkReport = {
    ...NOTHING,
    ...(asked.report === null ? {} : JSON.parse(asked.report)),
  };
  if (asked.request.dryRun === true) {
    const profiles = await unknownUsers(world, rest.objects);
    const rows = before.rows + rest.objects.length * ROWS_OF[provider];
    const report = JSON.stringify({ ...before, rows, profiles: before.profiles + profiles });
    const counts = { seen: rest.objects.length, new: profiles, ...totals };
    return { ...about, counts, report };
  }
  const done = await handOver(world, { ...rest, provider: providerOf(world, provider) });
  const { unlinked, pending, rows, ...counts } = done;
  const customers = [...new Set([...before.unlinkedCustomers, ...unlinked])];
  const report = JSON.stringify({
    unlinked: before.unlinked + unlinked.length,
    unlinkedCustomers: customers.slice(0, EXAMPLES_MAX),
  });
  return { ...about, counts: { ...counts, ...totals }, pending, rows, report };
}

async function unknownUsers({ shards }: JobWorld, objects: Page['objects']): Promise<number> {
  const ids = objects
    .filter((object) => object['object'] === 'user')
    .map((object) => String(object['id']));
  if (ids.length === 0) return 0;
  return (await shards.areKnown(ids)).filter((isKnown) => !isKnown).length;
}
