// The contract between the door and a provider: verify a webhook, then read it. Both are pure, WebCrypto aside;
// the clock comes in. Adding a provider is one folder beside this file and one line in providers.ts.

import type { Holding, Leaving, LinkClaim, News } from '../person/news.ts';

/** Why a caller gets a 401. The full reason goes to the log only. */
export type SignatureRefusal = 'signature_missing' | 'signature_invalid' | 'signature_stale';

/** An inbound request as the verifier sees it. Header names are lower case; `now` is Unix milliseconds. */
export type Webhook = {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly now: number;
};

/** `deliveryId`: the transport's own id of the message, when it has one (svix-id). */
export type Verification =
  | { readonly ok: true; readonly deliveryId: string | null }
  | { readonly ok: false; readonly reason: SignatureRefusal };

/** What the mapping needs to know of the configuration. */
export type ReadOptions = {
  /** Price id, product id or lookup key → plan name. */
  readonly plans: Readonly<Record<string, string>>;
  /** Extra trait → path in the user object, dots between keys (`public_metadata.company`). */
  readonly traits: Readonly<Record<string, string>>;
  /** An email that nobody has verified is a trait, too. */
  readonly unverifiedEmail: boolean;
  /** Metadata keys that may hold the user's id, in order of preference. */
  readonly linkKeys: readonly string[];
  /** Those that may hold an organization's. Absent: what an organization pays for is nobody's. */
  readonly organizationKeys?: readonly string[];
  /** Events of the other mode are ignored; `both` takes all. */
  readonly mode: 'live' | 'test' | 'both';
  /** Whether a reference that a buyer can edit says who they are: once confirmed, at once, or never. */
  readonly clientReference: 'confirm' | 'trust' | 'off';
  /** The connected account whose events are ours; those of all others are ignored. Null: there is none. */
  readonly account: string | null;
};

/** `id` of the delivery; `now` in Unix milliseconds. */
export type ToSign = { readonly id: string; readonly body: string; readonly now: number };

/** A verified body, parsed. `receivedAt` is Unix milliseconds. */
export type VerifiedBody = {
  readonly json: unknown;
  readonly deliveryId: string | null;
  readonly receivedAt: number;
};

/** What a verified webhook turned out to be. */
export type Reading =
  /** No mapping wants it; nothing is stored. `reason` is a stable snake_case code. */
  | {
      readonly kind: 'ignored';
      readonly id: string;
      readonly type: string;
      readonly reason: string;
      /** What the operator has to change so that events like it count: there is something wrong with the endpoint. */
      readonly remedy?: string;
      /** An organization pays: the customer, or only the subscription, is no person's from then on. */
      readonly leaves?: Leaving;
    }
  /** Ours by type, but unlike our schema. `problems` name fields and expectations, never values. */
  | {
      readonly kind: 'unreadable';
      readonly id: string;
      readonly type: string;
      readonly problems: readonly string[];
    }
  | {
      readonly kind: 'event';
      readonly id: string;
      readonly type: string;
      /** The person the event names itself; null when only its customer can say. */
      readonly userId: string | null;
      /** The name in its metadata, where that is no id of Clerk's: it may be some user's external id. */
      readonly externalId?: string;
      /** `userId` was read in metadata, so it may be some user's external id as well. */
      readonly isNamed?: true;
      /** An organization pays, and this person has clicked. */
      readonly buyerId?: string;
      /** Clerk's user had this name before: metadata that has it means them. `asOf` in Unix milliseconds. */
      readonly known?: {
        readonly externalId: string;
        readonly userId: string;
        readonly asOf: number;
      };
      readonly customerId: string | null;
      /** It names nobody, and where it should there is almost an id: see `PersonEvent`. */
      readonly almost?: string;
      /** The customer is deleted with this event. */
      readonly isGone?: true;
      /** The charge it is about: of an event that names neither (disputes) it says whose it is, once its customer is known. */
      readonly chargeId: string | null;
      /** For a purchase without a customer, when what its buyer typed is all that says whose it is: where it waits. */
      readonly guestId?: string;
      readonly claims: readonly LinkClaim[];
      /** The subscription it is of. */
      readonly of?: Holding;
      readonly news: readonly News[];
    };

export type Provider = {
  /** The last part of the route, and the word in logs. */
  readonly name: string;
  /** The secrets that may verify its webhooks, one of them is enough: configuration name → older names of the same one. */
  readonly secrets: Readonly<Record<string, readonly string[]>>;
  /** How many bytes of key a secret holds, given the name it is declared under; 0 where it cannot be read. */
  readonly keyBytesOf: (secret: string, name: string) => number;
  /** What its endpoint has to send. */
  readonly events: readonly string[];
  /** And these where organizations are on. */
  readonly organizationEvents?: readonly string[];
  readonly verify: (webhook: Webhook, secrets: ProviderSecrets) => Promise<Verification>;
  /** The headers that `verify` takes for this body, by one of the secrets: for a test webhook of our own. */
  readonly sign: (webhook: ToSign, secrets: ProviderSecrets) => Promise<Record<string, string>>;
  readonly read: (body: VerifiedBody, options: ReadOptions) => Reading;
  /** An object of one of the provider's lists, as the body of a webhook that says how it is now: `read` takes it. */
  readonly snapshot: (pulled: Pulled) => Readonly<Record<string, unknown>>;
  /** Null when the JSON is none of the provider's payloads. No payload is recognized by two providers. */
  readonly recognize: (json: unknown) => Recognized | null;
};

/** What a list has shown. `askedAt` in Unix milliseconds: it was so a second before, at the least. */
export type Pulled = {
  readonly object: Readonly<Record<string, unknown>>;
  readonly askedAt: number;
  /** Nobody has told of it: it is news that it was made. */
  readonly isNew?: true;
};

/** A payload that came without a signature, as the webhook's body it would come in. */
export type Recognized = {
  readonly json: unknown;
  /** The type of event a bare object is read as; null when the payload is an event already. */
  readonly readAs: string | null;
};

/** Secrets by configuration name, each a list because rotation needs two; empty when not configured. */
export type ProviderSecrets = Readonly<Record<string, readonly string[]>>;
