// Stripe's API on loopback: customers and subscriptions one by one and in pages, charges one by one, with its
// authentication and cursors. https://docs.stripe.com/api/pagination

import type { ApiAnswer, ApiCall } from './provider-api.ts';
import { numberIn, startProviderApi } from './provider-api.ts';

type ApiObject = { readonly id?: unknown; readonly customer?: unknown } & Record<string, unknown>;

type StripeObjects = {
  readonly customers?: readonly ApiObject[];
  readonly charges?: readonly ApiObject[];
  readonly subscriptions?: readonly ApiObject[];
};

export async function startStripeApi(
  options: { readonly port?: number; readonly key: string } & StripeObjects,
) {
  let objects: StripeObjects = options;
  const server = await startProviderApi({
    ...options,
    error: (code) => ({ error: { type: errorType(code), code, message: code } }),
    answer: (call) => answerOf(call, objects),
  });
  return {
    ...server,
    set: (next: StripeObjects) => {
      objects = { ...objects, ...next };
    },
  };
}

function answerOf({ path, query }: ApiCall, objects: StripeObjects): ApiAnswer {
  const [, kind = '', id] =
    /^\/v1\/(customers|charges|subscriptions)(?:\/([^/]+))?$/.exec(path) ?? [];
  const all =
    kind === 'customers' || kind === 'charges' || kind === 'subscriptions'
      ? (objects[kind] ?? [])
      : null;
  if (all === null) return refused(404, 'resource_missing');
  if (id !== undefined) {
    const found = all.find((each) => each.id === id);
    return found === undefined ? refused(404, 'resource_missing') : { status: 200, body: found };
  }
  return page(
    path,
    all.filter((each) => isWanted(kind, each, query)),
    query,
  );
}

/** A list of subscriptions leaves out the canceled ones unless `status=all` asks for them. */
function isWanted(kind: string, object: ApiObject, query: URLSearchParams): boolean {
  const customer = query.get('customer');
  if (customer !== null && object.customer !== customer) return false;
  const email = query.get('email');
  if (email !== null && object['email'] !== email) return false;
  return (
    kind !== 'subscriptions' || query.get('status') === 'all' || object['status'] !== 'canceled'
  );
}

function page(url: string, all: readonly ApiObject[], query: URLSearchParams): ApiAnswer {
  const limit = numberIn(query, 'limit', { min: 1, max: 100, byDefault: 10 });
  if (limit === null) return refused(400, 'parameter_invalid_integer');
  const after = query.get('starting_after');
  const index = after === null ? -1 : all.findIndex((each) => each.id === after);
  if (after !== null && index < 0) return refused(400, 'resource_missing');
  const data = all.slice(index + 1, index + 1 + limit);
  const has_more = index + 1 + limit < all.length;
  return { status: 200, body: { object: 'list', url, has_more, data } };
}

function refused(status: number, code: string): ApiAnswer {
  return { status, body: { error: { type: errorType(code), code, message: code } } };
}

function errorType(code: string): string {
  return code === 'api_error' ? 'api_error' : 'invalid_request_error';
}
