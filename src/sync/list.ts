// A list that a job walks: what one page of it does. Kinds are made of lists, and lists of what a provider's API shows.

import type { clerkLists } from '../apis/clerk-lists.ts';
import type { stripeLists } from '../apis/stripe-lists.ts';
import type { Config } from '../config/config.ts';
import type { Provider } from '../intake/provider.ts';
import { handOver } from './hand-over.ts';
import type { JobRequest } from './job.ts';
import type { JobKind, JobWorld, PageRequest, PageResult, SentPage } from './kind.ts';
import type { Page } from './read-page.ts';
import { sinceOf } from './until.ts';

export type SourceList = {
  readonly name: string;
  /** Its provider's name. */
  readonly provider: 'clerk' | 'stripe';
  /** Where a round begins does not depend on it. */
  readonly isTimeless?: true;
  /** Nobody asks for it where they are off. */
  readonly isOfOrganizations?: true;
  readonly page: (world: JobWorld, page: PageRequest) => Promise<PageResult>;
};

/** Who asks the providers: the job in the Worker, or the command line where the keys are kept from it. Null: there is no key. */
export type Source = {
  readonly now: () => number;
  /** Since when each provider has been heard by webhooks. */
  readonly heard: JobWorld['heard'];
  readonly clerk: ReturnType<typeof clerkLists> | null;
  readonly stripe: ReturnType<typeof stripeLists> | null;
};

/** What a page has shown; or why it has not. */
export type Shown = (SentPage & { readonly kind: 'shown' }) | Exclude<PageResult, { kind: 'page' }>;

/** A list that is read page by page: asking and taking are two things, because the two may be done in two places. */
export type Listing = {
  readonly name: string;
  readonly provider: SourceList['provider'];
  readonly isOfOrganizations?: true;
  /** That an object costs where it is new; as most of its provider's, where it does not say. */
  readonly rows?: number;
  readonly show: (source: Source, page: PageRequest) => Promise<Shown>;
  readonly taking: (
    world: Pick<JobWorld, 'heard'>,
    page: PageRequest,
  ) => Omit<Page, 'provider' | 'objects' | 'askedAt'>;
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
    ended,
    lists: ({ config, heard }, request) => {
      const wanted = wantedOf(all, { config, heard }, request);
      const asked = wanted.filter(({ provider }) => keyOf(config, provider) !== null);
      const [first] = wanted;
      const meant = asked.filter(({ provider }) => isOfMode(config, provider));
      const isCut = meant.length < asked.length && request.byCron !== true;
      if (isCut || (meant.length === 0 && asked.length > 0)) return { refused: 'sync_other_mode' };
      if (meant.length > 0) return meant.map((list) => list.name);
      return { refused: first === undefined ? 'sync_too_early' : 'sync_key_missing' };
    },
    page: async (world, page) => {
      const list = all.find((each) => each.name === page.list);
      return list === undefined ? LIST_UNKNOWN : list.page(world, page);
    },
    providerOf: (list) => {
      const found = all.find((each) => each.name === list);
      return found === undefined || found.isTimeless === true ? null : found.provider;
    },
  };
}

/** A kind whose pages are sent by somebody who has the keys. */
export function sending(name: string, all: readonly Listing[]): JobKind {
  return {
    name,
    ended,
    isSent: true,
    lists: (world, request) => wantedOf(all, world, request).map((list) => list.name),
    page: async (world, page) => {
      const list = all.find((each) => each.name === page.list);
      if (list === undefined || page.sent === undefined) return LIST_UNKNOWN;
      return take(world, page, { list, sent: page.sent });
    },
  };
}

async function ended({ config, shards }: JobWorld): Promise<void> {
  if (config.read.organizationKeys !== undefined) await shards.tellMembers();
}

const LIST_UNKNOWN: PageResult = { kind: 'fail', problem: 'list_unknown' };

/** Asked and taken by the job itself. */
export function pulled(list: Listing, sourceOf: (world: JobWorld) => Source): SourceList {
  const { name, provider, show, isOfOrganizations } = list;
  return {
    name,
    provider,
    ...(isOfOrganizations && { isOfOrganizations }),
    page: async (world, page) => {
      const shown = await show(sourceOf(world), page);
      return shown.kind === 'shown' ? take(world, page, { list, sent: shown }) : shown;
    },
  };
}

export const KEY_GONE = { kind: 'pause', problem: 'sync_key_missing' } as const;

/** Nobody is asked for news who has not been heard yet, unless it is said since when. */
function wantedOf<Of extends Pick<SourceList, 'provider' | 'isOfOrganizations'>>(
  all: readonly Of[],
  { config, heard }: Pick<JobWorld, 'config' | 'heard'>,
  request: JobRequest,
): Of[] {
  const { only } = request;
  const areOn = config.read.organizationKeys !== undefined;
  return all.filter(({ provider, isOfOrganizations = false }) => {
    const isAsked = (only === undefined || only === provider) && (areOn || !isOfOrganizations);
    return isAsked && Number.isFinite(sinceOf(request, provider, heard));
  });
}

/** The provider's API and its key; null: there is none. */
export function keyOf({ lookups }: Config, provider: SourceList['provider']) {
  const { baseUrl, key } = lookups[provider];
  return key === null ? null : { baseUrl, key };
}

/** With a key of the other mode, all that is listed would be ignored (MODE). Clerk's objects have no mode. */
function isOfMode({ lookups, read }: Config, provider: SourceList['provider']): boolean {
  const [, mode] = /^[rs]k_(live|test)_/.exec(lookups[provider].key ?? '') ?? [];
  return provider === 'clerk' || mode === undefined || read.mode === 'both' || read.mode === mode;
}

function providerOf({ providers }: JobWorld, name: string): Provider {
  const provider = providers.find((each) => each.name === name);
  if (provider === undefined) throw new TypeError(`no provider ${name}`);
  return provider;
}

/** Hands the page over, or in a dry run only looks at it, and says what came of it. */
async function take(
  world: JobWorld,
  asked: PageRequest,
  { list, sent }: { readonly list: Listing; readonly sent: SentPage },
): Promise<PageResult> {
  const { objects, askedAt, cursor, total } = sent;
  const about = { kind: 'page', cursor } as const;
  const totals = total === undefined ? {} : { total };
  const before: WalkReport = {
    ...NOTHING,
    ...(asked.report === null ? {} : JSON.parse(asked.report)),
  };
  if (asked.request.dryRun === true) {
    const profiles = await unknownUsers(world, objects);
    const rows = before.rows + objects.length * (list.rows ?? ROWS_OF[list.provider]);
    const report = JSON.stringify({ ...before, rows, profiles: before.profiles + profiles });
    const counts = { seen: objects.length, new: profiles, ...totals };
    return { ...about, counts, report };
  }
  const provider = providerOf(world, list.provider);
  const done = await handOver(world, { provider, objects, askedAt, ...list.taking(world, asked) });
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
