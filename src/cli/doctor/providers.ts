// Clerk and Stripe, live: do the keys work, and does Stripe send this Worker what the mapping reads?

import type { Failure } from '../../apis/ask-json.ts';
import { clerkLists } from '../../apis/clerk-lists.ts';
import { stripeSetup } from '../../apis/stripe-setup.ts';
import type { StripeSetup, StripeEndpoint } from '../../apis/stripe-setup.ts';
import { needSafe } from '../terminal/address.ts';
import { persistently } from '../terminal/http.ts';
import { sayFailure } from '../terminal/say.ts';
import type { Party } from '../terminal/say.ts';
import type { Session } from '../terminal/session.ts';
import { ok, problem, warning } from './check.ts';
import type { Check } from './check.ts';
import { modeOf } from './shapes.ts';
import { endpointFor, isSameUrl, missingEvents, stripeWebhookUrl } from './stripe-endpoint.ts';

export async function clerkCheck(session: Session): Promise<Check | null> {
  const { baseUrl, key } = session.config().lookups.clerk;
  if (key === null) return null;
  needSafe(baseUrl, 'CLERK_SECRET_KEY');
  const api = clerkLists({ baseUrl, key }, session.others);
  const answer = await persistently(() => api.users({ limit: 1 }), session.out.note);
  const instance = modeOf(key) === 'live' ? 'production' : 'development';
  if (answer.kind === 'ok') return ok('Clerk API', `takes the key, ${instance} instance`);
  return failed('Clerk API', answer, clerkParty(baseUrl));
}

export function clerkParty(url: string): Party {
  return {
    name: 'Clerk',
    url,
    secretName: 'CLERK_SECRET_KEY',
    onRefused: 'Clerk > Configure > API keys.',
  };
}

/** Null without a key. Ends the command where the key would be read on the way. */
export function stripeOf(session: Session) {
  const { baseUrl, key } = session.config().lookups.stripe;
  if (key === null) return null;
  needSafe(baseUrl, 'STRIPE_SECRET_KEY');
  return {
    api: stripeSetup({ baseUrl, key }, session.others),
    party: stripeParty(baseUrl),
    mode: modeOf(key),
  };
}

function stripeParty(url: string): Party {
  return {
    name: 'Stripe',
    url,
    secretName: 'STRIPE_SECRET_KEY',
    onRefused: 'A restricted key needs read access to webhook endpoints, products and prices.',
  };
}

/** `relay` is null when nobody said where the Worker is. */
export async function stripeChecks(session: Session, relay: string | null): Promise<Check[]> {
  const stripe = stripeOf(session);
  if (stripe === null) return [];
  const { api, party, mode } = stripe;
  const account = await persistently(api.account, session.out.note);
  if (account.kind !== 'ok') return [failed('Stripe API', account, party)];
  const version = account.headers.get('stripe-version') ?? 'not told';
  const first = ok(
    'Stripe API',
    `takes the key, ${mode ?? 'unknown'} mode, API version ${version}`,
  );
  return relay === null
    ? [first]
    : [first, ...(await endpointChecks(session, { api, relay, party }))];
}

type Place = { readonly api: StripeSetup; readonly relay: string; readonly party: Party };

async function endpointChecks(session: Session, { api, relay, party }: Place): Promise<Check[]> {
  const name = 'Stripe endpoint';
  const thin = await thinCheck(session, { api, relay, party });
  const answer = await persistently(api.endpoints, session.out.note);
  if (answer.kind !== 'ok') return [failed(name, answer, party)];
  const endpoint = endpointFor(answer.value.data, relay);
  if (endpoint === null) {
    const finding = `none points at ${stripeWebhookUrl(relay)}`;
    const isThin = thin !== null;
    return [...(isThin ? [thin] : []), problem(name, finding, 'lifecycle setup makes one.')];
  }
  return [...(thin === null ? [] : [thin]), endpointCheck(name, endpoint)];
}

function endpointCheck(name: string, endpoint: StripeEndpoint): Check {
  if (endpoint.status !== 'enabled') {
    return problem(
      name,
      `${endpoint.id} is ${endpoint.status}`,
      'Enable it: Stripe > Developers > Webhooks.',
    );
  }
  const missing = missingEvents(endpoint);
  if (missing.length > 0) {
    return problem(
      name,
      `${endpoint.id} does not send: ${missing.join(', ')}`,
      'Add them at Stripe, or: lifecycle setup --add-events',
    );
  }
  const version = endpoint.api_version ?? "the account's version";
  return ok(name, `${endpoint.id} sends every event that is read, as snapshots of ${version}`);
}

/** Where the account has event destinations at all; a key that may not read them proves nothing. */
async function thinCheck(session: Session, { api, relay }: Place): Promise<Check | null> {
  const answer = await persistently(api.destinations, session.out.note);
  if (answer.kind !== 'ok') return null;
  const thin = answer.value.data.find(
    ({ event_payload: payload, webhook_endpoint: endpoint }) =>
      payload === 'thin' && isSameUrl(endpoint?.url ?? '', stripeWebhookUrl(relay)),
  );
  if (thin === undefined) return null;
  return problem(
    'Stripe payloads',
    `the destination ${thin.id} sends thin payloads, which are ignored`,
    'Make it anew with snapshot payloads.',
  );
}

function failed(name: string, answer: Failure, party: Party): Check {
  const { sentence, todo } = sayFailure(answer, party);
  const isForbidden = answer.kind === 'refused' && answer.status === 403;
  return (isForbidden ? warning : problem)(name, sentence, todo);
}
