// What an organization's row holds beside the billing that it shares with a person's, and what each member's row holds of
// it. No I/O. No clock.

import type { UserFacet } from './facet.ts';

/** Clerk's organization. Times in Unix seconds, `asOf` in milliseconds. */
export type OrganizationFacet = Pick<UserFacet, 'asOf' | 'rank' | 'instance'> & {
  readonly name: string | null;
  readonly slug: string | null;
  readonly createdAt: number | null;
  /** As Clerk counts. Absent where the event does not say. */
  readonly membersCount?: number;
  readonly createdBy: string | null;
};

/** What each member is told of their organization. Times in Unix seconds. */
export type Summary = {
  readonly name: string | null;
  readonly plan: string | null;
  readonly status: string | null;
  readonly trialEndsAt: number | null;
  readonly currentPeriodEndsAt: number | null;
  readonly cancelAt: number | null;
  readonly seats: number | null;
  readonly isLive: boolean;
  /** What it pays a month, in major units: to compare with others, never told. */
  readonly monthly: number;
};

/** What an organization's row holds beside its billing. */
export type OrganizationState = {
  /** Null until Clerk has told of it. */
  readonly facet: OrganizationFacet | null;
  readonly domain?: { readonly name: string | null; readonly asOf: number };
  /** Counts what members may have to be told: the larger one is the newer one. */
  readonly version: number;
  readonly summary?: Summary;
  /** Subscription or customer → who bought it. */
  readonly buyers: Readonly<Record<string, string>>;
  /** What the object at Customer.io was last told, through which member, and when, Unix milliseconds. */
  readonly object?: { readonly print: string; readonly through: string; readonly at: number };
  /** Moments that nobody was there to hear. */
  readonly unheard?: number;
};

/** One who is in it, as the organization knows them. `joinedAt` in Unix seconds. */
export type Member = { readonly role: string | null; readonly joinedAt: number | null };

/** Of an organization that is too large to tell everybody `summary` is absent; null: it was not always so. */
export type ToldMember = Member & { readonly summary?: Summary | null };

/** `version`: the organization's, when it said so; 0: it knows their id and no more. `member` null: they are not in it. */
export type Membership = {
  readonly version: number;
  readonly member: ToldMember | null;
  /** The relationship as Customer.io was last told of it. Absent where it knows of none. */
  readonly related?: string;
};
