// The contract between a job and its kind: which lists it walks, and what one page of a list does. A page is asked,
// handed over and durable before its answer is stored, so a restart repeats at most one; repeating changes nothing.

import type { Config } from '../config/config.ts';
import type { Provider } from '../intake/provider.ts';
import type { Platform } from '../platform/platform.ts';
import type { Counts, Job, JobRequest } from './job.ts';
import type { Missing } from './missing.ts';
import type { SyncShards } from './shards.ts';

export type JobWorld = Pick<Platform, 'now' | 'random' | 'wait' | 'fetch' | 'after' | 'log'> & {
  readonly config: Config;
  readonly providers: readonly Provider[];
  readonly shards: SyncShards;
  /** When each provider may be asked next, Unix milliseconds. In memory: forgetting it costs a request too early. */
  readonly pace: Map<string, number>;
  /** Whom Clerk did not return. */
  readonly missing: Missing;
  /** Since when each provider has been heard by webhooks, Unix milliseconds; none before the first. */
  readonly heard: Readonly<Record<string, number>>;
};

/** `cursor` null: the list begins. `report` is what the page before has left there. */
export type PageRequest = Pick<Job, 'id' | 'request' | 'startedAt' | 'report'> & {
  readonly list: string;
  readonly cursor: string | null;
  /** What a list has shown, where somebody else has asked. */
  readonly sent?: SentPage;
};

/** `askedAt` in Unix milliseconds. `cursor`: where the next page begins. */
export type SentPage = {
  readonly objects: readonly Readonly<Record<string, unknown>>[];
  readonly askedAt: number;
  readonly cursor: string | null;
  readonly total?: number | undefined;
};

export type PageResult =
  | {
      readonly kind: 'page';
      /** Where the next page begins; null: the list is over. */
      readonly cursor: string | null;
      /** Of this page; `total` of the list, where somebody says it. */
      readonly counts: Partial<Counts>;
      readonly report?: string;
      /** Rows that the shards have written for it. */
      readonly rows?: number;
      /** Entries that the fullest shard has still to deliver. */
      readonly pending?: number;
    }
  /** The same page once more, later: by the backoff, or when the other side has asked to come. */
  | {
      readonly kind: 'retry';
      readonly reason: string;
      readonly retryAfterMs: number | null;
    }
  /** The same page once more when somebody has set it right; it is looked at every few minutes. */
  | { readonly kind: 'pause'; readonly problem: string }
  /** The job ends. */
  | { readonly kind: 'fail'; readonly problem: string };

export type JobKind = {
  readonly name: string;
  /** Its lists in order; a code where the request cannot be met (a key is missing). */
  readonly lists: (world: JobWorld, request: JobRequest) => readonly string[] | { refused: string };
  readonly page: (world: JobWorld, page: PageRequest) => Promise<PageResult>;
  /** Whose time a list looks at, from where it was healed to now; null: it looks at no time. */
  readonly providerOf?: (list: string) => string | null;
  /** All its lists are over; may be repeated. */
  readonly ended?: (world: JobWorld) => Promise<void>;
  /** Its pages are sent by whoever has begun it: no alarm asks for them. */
  readonly isSent?: true;
};
