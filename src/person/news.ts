// News: what one event says about one person, in provider-neutral words. Intake writes it, `applyEvent` (apply.ts)
// reads it. It is stored as JSON while an event waits for its person, so it holds plain data only.

import type { KnownCoupons } from './coupons.ts';
import type { SubscriptionFacet, UserFacet } from './facet.ts';
import type { Moment } from './moment.ts';
import type { Membership } from './organization-facet.ts';
import type { OrganizationFacet } from './organization-facet.ts';

/**
 * An invoice that was paid, or whose zero amount settled it. Money in whole minor units; times in Unix seconds,
 * only `paidAt` in milliseconds.
 */
export type Payment = {
  readonly invoiceId: string;
  /** The Stripe customer who paid: with their link it moves. */
  readonly customerId: string | null;
  readonly subscriptionId: string | null;
  /** Whose marks it sets, see `SubscriptionFacet`; null when it pays for no subscription. */
  readonly purchaseId: string | null;
  readonly amountMinor: number;
  /** What the invoice was for, also where credit has paid it; absent where the provider knows no credit. */
  readonly totalMinor?: number;
  /** By bank transfer, a check or cash, and marked as paid by hand. */
  readonly isOutOfBand?: true;
  readonly currency: string;
  readonly billingReason: string | null;
  /** Where each line's service period begins: a line that begins where the trial ended converts it. */
  readonly periodStarts: readonly number[];
  /** Where the invoice does not show all its lines: the end of the period before it, as the invoice itself says. */
  readonly periodEndsAt?: number;
  readonly invoiceCreatedAt: number;
  readonly paidAt: number;
  /** The plan as the invoice names it; null where only the subscription's facet can. */
  readonly plan: string | null;
  /** What is paid for. Absent in events that older releases have kept, and where the provider names plans. */
  readonly priceIds?: readonly string[];
};

/** Another plan that a purchase of its own will bring, from a time on (Unix seconds). */
export type PlannedChange = {
  readonly itemId: string;
  readonly plan: string | null;
  readonly at: number;
  /** It will not follow. Remembered, so that older news does not plan it again. */
  readonly isTakenBack?: true;
};

export type News =
  /** The user as of now. `created`: this event says that the user has just signed up, at `createdAt` (ms). */
  | {
      readonly kind: 'user';
      readonly facet: UserFacet;
      readonly created: boolean;
      readonly createdAt: number;
    }
  /**
   * A subscription as of now, and what it was before this event: `none` when it began with it, `unsaid` when
   * the event tells no change (then it is a baseline and nothing happened).
   */
  | {
      readonly kind: 'subscription';
      readonly facet: SubscriptionFacet;
      readonly before: SubscriptionFacet | 'none' | 'unsaid';
      readonly occurredAt: number;
    }
  /**
   * The same from a provider that does not say what it was before: the facet we stored counts as that. `begins`: the
   * event says that the purchase has just become active, so with nothing stored it began now.
   */
  | {
      readonly kind: 'purchase';
      readonly facet: SubscriptionFacet;
      /** The event does not say whether it is in a trial. */
      readonly isTrialUnsaid: boolean;
      readonly begins: boolean;
      readonly occurredAt: number;
    }
  /** Another purchase will follow the running one when its period is over, or will not after all. */
  | {
      readonly kind: 'planned';
      readonly subscriptionId: string;
      /** Absent in events that older releases have kept. */
      readonly next?: PlannedChange;
      readonly occurredAt?: number;
    }
  /** Nothing is paid for under this subscription any more, as of a time: the free plan has taken over. */
  | {
      readonly kind: 'unpaid';
      readonly subscriptionId: string;
      /** What that plan is called; absent where there is none, and in events that older releases have kept. */
      readonly plan?: string;
      readonly asOf: number;
      readonly occurredAt: number;
    }
  /** What coupons take off a subscription, as Stripe has answered; those it no longer has take nothing off. */
  | {
      readonly kind: 'coupons';
      readonly subscriptionId: string;
      readonly known: KnownCoupons;
    }
  | { readonly kind: 'payment'; readonly payment: Payment }
  /** The same of the time before we were told: it counts among what was paid, and nothing happened by it. */
  | { readonly kind: 'paid'; readonly payment: Payment }
  /** A card of a customer: `expiresAt` in Unix seconds, the first second after its last month (UTC). */
  | {
      readonly kind: 'card';
      readonly id: string;
      readonly customerId: string;
      readonly asOf: number;
      readonly expiresAt: number | null;
      readonly isAttached: boolean;
    }
  /** What a customer pays with by default; null: nothing. */
  | {
      readonly kind: 'default_method';
      readonly customerId: string;
      readonly asOf: number;
      readonly id: string | null;
    }
  /** Of an organization's row: Clerk's organization as of now. `created`: it was just made, at `createdAt` (ms). */
  | {
      readonly kind: 'organization';
      readonly facet: OrganizationFacet;
      readonly created: boolean;
      readonly createdAt: number;
    }
  /** A domain of an organization. */
  | {
      readonly kind: 'domain';
      readonly name: string;
      readonly asOf: number;
      readonly isGone: boolean;
    }
  | ({ readonly kind: 'member' } & MemberNews)
  /** What an organization tells one person: what they are in it, if anything, and what happened. */
  | {
      readonly kind: 'membership';
      readonly organizationId: string;
      readonly membership?: Pick<Membership, 'version' | 'member'>;
      readonly moments: readonly Moment[];
      /** The customer they are of, as long as they wait for somebody to be in it. */
      readonly customerId?: string | null;
    }
  /** Something that happens once and changes no facet. */
  | { readonly kind: 'moment'; readonly moment: Moment }
  /** The account is gone: erase and never bring back. */
  | { readonly kind: 'deleted'; readonly occurredAt: number };

/** Of an organization's row: somebody is in it or has left. Times in Unix milliseconds. */
export type MemberNews = {
  readonly userId: string;
  /** `gone`: their account is deleted. */
  readonly change: 'joined' | 'changed' | 'left' | 'gone';
  readonly membershipId: string;
  readonly role: string | null;
  readonly joinedAt: number | null;
  readonly asOf: number;
};

/** What says that a Stripe customer is this person. */
export type LinkClaim = {
  readonly customerId: string;
  readonly userId: string;
  /** For the log and the operator: where the claim was read. */
  readonly source: string;
  /** Unix milliseconds: older claims never move a link. */
  readonly asOf: number;
  /** False for places a buyer can edit, or that speak for one subscription only: they create, never move. */
  readonly mayMove: boolean;
  /**
   * A buyer typed it, so it is a hint: it makes no link before it is confirmed. `email` marks the address that the buyer
   * gave, null where that proves nothing. Absent where the application wrote it.
   */
  readonly typed?: { readonly email: string | null };
  /** `userId` stands in metadata: it may be the name that the application had for the user before, see `external_id`. */
  readonly isNamed?: true;
};

/** Which subscription an event is of, and what the event says about whose that is. */
export type Holding = {
  readonly subscriptionId: string;
  /** When that was so, Unix milliseconds. */
  readonly asOf: number;
  /** Absent where the event has no more than a copy of the subscription's metadata, like an invoice. */
  readonly says?: {
    /**
     * As the metadata has it, which may be an external id. Null: it names nobody, so it goes where its customer goes, or an
     * organization.
     */
    readonly userId: string | null;
    readonly isOrganization: boolean;
    /** The metadata came or changed with this event: it is a newer word than an operator's before it. */
    readonly isChange: boolean;
  };
};

/** What an organization pays for from now on. `of` null: everything of the customer. `asOf` in Unix milliseconds. */
export type Leaving = {
  readonly customerId: string;
  readonly asOf: number;
  readonly of: Holding | null;
};

/** An event whose person is known: what the outbox accepts. */
export type PersonEvent = {
  readonly provider: string;
  readonly id: string;
  readonly type: string;
  readonly customerId: string | null;
  /**
   * The version of the link by which a customer's event found its person. Absent where the event names the person
   * itself: what it says stays theirs when the link moves.
   */
  readonly link?: number;
  /** That link rests on what a buyer typed. */
  readonly isTyped?: true;
  /** Absent in what an earlier release keeps waiting, and where it is of no subscription. */
  readonly of?: Holding;
  /** The version of what the links know about whose the subscription is. Absent where they know nothing of it. */
  readonly holding?: number;
  /** Whom its metadata names, where nobody is known by that name yet. Only while it waits. */
  readonly named?: string;
  /** It names nobody, and where it should there is almost an id: the place and the fault, like `metadata.userId: blanks`. */
  readonly almost?: string;
  /** Its customer is deleted at the provider: whoever had it has it no more. */
  readonly isGone?: true;
  /** The subscription is somebody else's by now: what happened is told, and nothing of it is kept. */
  readonly isElsewhere?: true;
  /** Keys of what it tells that were told already, to whoever had the customer before; as the outbox keeps them. */
  readonly told?: readonly string[];
  /** The person who bought for an organization. */
  readonly buyerId?: string;
  /** It happened before anything was ours to tell: it is kept, and nothing is told. */
  readonly isSilent?: true;
  /**
   * A list has shown it. That somebody has joined is news only where nobody has told of them before; and more is to come, so an
   * organization's members are told later how things are.
   */
  readonly isListed?: true;
  readonly news: readonly News[];
};
