// What Stripe's API answers to set-up, on loopback: the account, webhook endpoints, event destinations and prices. Forms
// are read as Stripe reads them; the secret of an endpoint is told once.

import { emulate, hasBearer } from './loopback.ts';
import type { ApiAnswer, ApiRequest } from './loopback.ts';

export type StripeEndpointState = {
  readonly id: string;
  readonly url: string;
  readonly status: string;
  readonly livemode: boolean;
  readonly api_version: string | null;
  readonly enabled_events: readonly string[];
};

type StripeSetupOptions = { readonly key: string; readonly apiVersion?: string };

export async function startStripeSetup(options: StripeSetupOptions) {
  const apiVersion = options.apiVersion ?? '2025-12-15.clover';
  let endpoints: StripeEndpointState[] = [];
  let destinations: unknown[] = [];
  let prices: Readonly<Record<string, unknown>>[] = [];

  function api(request: ApiRequest): ApiAnswer {
    if (!hasBearer(request, options.key)) return refusal(401, 'Invalid API Key provided: sk_t***');
    const { method, path } = request;
    const key = `${method} ${path}`;
    if (key === 'GET /v1/account') {
      const headers = { 'stripe-version': apiVersion };
      return { status: 200, body: { id: 'acct_1', object: 'account' }, headers };
    }
    if (key === 'GET /v1/webhook_endpoints') return list(endpoints);
    if (key === 'GET /v1/prices') return pricesPage(request);
    if (key === 'GET /v2/core/event_destinations') return destinationList(request);
    if (key === 'POST /v1/webhook_endpoints') return create(new URLSearchParams(request.body));
    if (method === 'POST') return update(path, new URLSearchParams(request.body));
    return refusal(404, 'Unrecognized request URL');
  }

  function create(form: URLSearchParams): ApiAnswer {
    const enabled = form.getAll('enabled_events[]');
    const url = form.get('url') ?? '';
    if (!url.startsWith('https://') || enabled.length === 0) {
      return refusal(400, 'Invalid URL: URL must be https, and enabled_events is required');
    }
    const endpoint = {
      id: `we_${endpoints.length + 1}`,
      url,
      status: 'enabled',
      livemode: false,
      api_version: null,
      enabled_events: enabled,
    };
    endpoints.push(endpoint);
    return { status: 200, body: { ...endpoint, secret: 'whsec_made0by0the0emulator00000000' } };
  }

  function update(path: string, form: URLSearchParams): ApiAnswer {
    const found = endpoints.find(({ id }) => path === `/v1/webhook_endpoints/${id}`);
    if (found === undefined) return refusal(404, 'No such webhook endpoint');
    const changed = { ...found, enabled_events: form.getAll('enabled_events[]') };
    endpoints = endpoints.map((each) => (each === found ? changed : each));
    return { status: 200, body: changed };
  }

  function pricesPage({ query }: ApiRequest): ApiAnswer {
    const after = prices.findIndex(({ id }) => id === query.get('starting_after'));
    const limit = Number(query.get('limit') ?? 10);
    const page = prices.slice(after + 1, after + 1 + limit);
    const hasMore = after + 1 + limit < prices.length;
    return { status: 200, body: { object: 'list', data: page, has_more: hasMore } };
  }

  function destinationList({ headers }: ApiRequest): ApiAnswer {
    return headers['stripe-version'] === undefined
      ? refusal(400, 'the Stripe-Version header is required')
      : { status: 200, body: { data: destinations, next_page_url: null } };
  }

  const server = await emulate(api);
  return {
    ...server,
    endpoints: () => endpoints,
    has: (state: {
      readonly endpoints?: readonly StripeEndpointState[];
      readonly destinations?: readonly unknown[];
      readonly prices?: readonly Readonly<Record<string, unknown>>[];
    }) => {
      endpoints = [...(state.endpoints ?? [])];
      destinations = [...(state.destinations ?? [])];
      prices = [...(state.prices ?? [])];
    },
  };
}

function list(data: readonly unknown[]): ApiAnswer {
  return { status: 200, body: { object: 'list', data, has_more: false } };
}

function refusal(status: number, message: string): ApiAnswer {
  return { status, body: { error: { type: 'invalid_request_error', message } } };
}
