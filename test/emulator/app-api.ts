// Customer.io's App API on loopback, as its documentation says: bearer auth, filters of `eq` and `exists`, paging, ten
// requests a second with `Retry-After`, the attributes of up to 100 people at once as text, those of one object (app-objects.ts), and three envelopes of errors.

import { openAppObjects } from './app-objects.ts';
import { emulate, hasBearer, jsonOf } from './loopback.ts';
import type { ApiAnswer, ApiRequest } from './loopback.ts';

type AppPerson = {
  readonly id: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** When each attribute was set, Unix seconds. */
  readonly timestamps?: Readonly<Record<string, number>>;
};

type AppApiOptions = {
  readonly token: string;
  /** The published API has none: 404. */
  readonly hasDeletion?: boolean;
  /** What the list of people is called: it was `results` in older material. */
  readonly list?: 'identifiers' | 'results';
  readonly requestsPerSecond?: number;
  /** The types of objects that were made; none unless said. */
  readonly objectTypes?: readonly {
    readonly id: string;
    readonly name: string;
    readonly enabled: boolean;
  }[];
};

type Filter = Readonly<Record<string, unknown>>;

export async function startAppApi(options: AppApiOptions) {
  const people = new Map<string, AppPerson>();
  const objects = openAppObjects();
  const mails: Readonly<Record<string, unknown>>[] = [];
  const perSecond = options.requestsPerSecond ?? 10;
  let times: number[] = [];

  function api(request: ApiRequest): ApiAnswer {
    if (!hasBearer(request, options.token)) return refusal(401, 'unauthorized');
    if (request.path === '/v1/_emulator/mails') return { status: 200, body: { mails } };
    const now = Date.now();
    times = [...times.filter((time) => time > now - 1000), now];
    if (times.length > perSecond) {
      const detail = `rate limited to ${perSecond} requests per 1s (reference abc)`;
      return { ...refusal(429, detail), headers: { 'retry-after': '1' } };
    }
    return route(request);
  }

  const POSTS: Readonly<Record<string, (request: ApiRequest) => ApiAnswer>> = {
    '/v1/send/email': mail,
    '/v1/customers': search,
    '/v1/customers/attributes': showMany,
  };

  const LISTS: Readonly<Record<string, object>> = {
    '/v1/segments': { segments: SEGMENTS },
    '/v1/object_types': { types: options.objectTypes ?? [] },
  };

  function route(request: ApiRequest): ApiAnswer {
    const { method, path } = request;
    if (method === 'POST') return POSTS[path]?.(request) ?? notFound();
    const [, id = '', rest] = /^\/v1\/customers\/([^/]+)(\/attributes)?$/.exec(path) ?? [];
    if (method === 'GET' && LISTS[path] !== undefined) return { status: 200, body: LISTS[path] };
    const object = method === 'GET' ? objects.answer(path.slice('/v1'.length)) : null;
    if (object !== null) return object;
    if (method === 'GET' && rest !== undefined) return show(decodeURIComponent(id));
    if (method === 'DELETE' && id !== '' && options.hasDeletion === true) {
      return people.delete(decodeURIComponent(id)) ? { status: 200, body: {} } : notFound();
    }
    return notFound();
  }

  function show(id: string): ApiAnswer {
    const person = people.get(id);
    if (person === undefined) return notFound();
    const { attributes } = person;
    return {
      status: 200,
      body: { customer: { id, attributes, unsubscribed: false, devices: [] } },
    };
  }

  /** Whom it does not know is left out; the order is its own. */
  function showMany({ query, body }: ApiRequest): ApiAnswer {
    const ids = jsonOf(body)?.['ids'];
    const type = query.get('id_type') ?? 'id';
    if (type !== 'id') return refusal(400, `id_type ${type} is not enabled`);
    if (!Array.isArray(ids) || ids.some((id) => typeof id !== 'string')) {
      return refusal(400, 'ids is not an array of strings');
    }
    if (ids.length === 0 || ids.length > 100) return refusal(400, 'ids must hold 1 to 100 items');
    const known = [...people.values()].filter(({ id }) => ids.includes(id));
    const customers = known.toReversed().map(({ id, attributes, timestamps = {} }) => ({
      customer: {
        id,
        identifiers: { id, email: attributes['email'] ?? null, cio_id: `cio_${id}` },
        attributes: { ...attributes, id, cio_id: `cio_${id}` },
        timestamps,
        unsubscribed: false,
        devices: [],
      },
    }));
    return { status: 200, body: { customers } };
  }

  function search({ query, body }: ApiRequest): ApiAnswer {
    const filter = jsonOf(body)?.['filter'];
    if (!isFilter(filter)) {
      return refusal(400, 'filter is not one of and, or, not, segment, attribute');
    }
    const limit = Number(query.get('limit') ?? 50);
    if (limit > 1000) return refusal(400, 'limit is at most 1000');
    const found = [...people.values()].filter((person) => matches(filter, person));
    const start = Number(query.get('start') ?? 0);
    const page = found.slice(start, start + limit).map(({ id, attributes }) => ({
      email: attributes['email'] ?? null,
      id,
      cio_id: `cio_${id}`,
    }));
    const next = start + limit < found.length ? String(start + limit) : '';
    const list = options.list ?? 'identifiers';
    return { status: 200, body: { [list]: page, ids: page.map(({ id }) => id), next } };
  }

  function mail({ body }: ApiRequest): ApiAnswer {
    const json = jsonOf(body);
    const error = json === null ? 'not JSON' : mailError(json);
    if (json === null || error !== null) return { status: 400, body: { meta: { error } } };
    mails.push(json);
    return { status: 200, body: { delivery_id: `dgO${mails.length}`, queued_at: 1_764_000_000 } };
  }

  const server = await emulate(api);
  return {
    ...server,
    appUrl: `${server.url}/v1`,
    mails,
    objects,
    people: (list: readonly AppPerson[]) => {
      people.clear();
      for (const person of list) people.set(person.id, person);
    },
    ids: () => [...people.keys()],
    forget: () => {
      server.forget();
      mails.length = 0;
      people.clear();
      objects.objects.clear();
      times = [];
    },
  };
}

const SEGMENTS = [
  { id: 1, name: 'Signed up', type: 'dynamic', state: 'finished', description: '', progress: null },
  { id: 7, name: 'Beta', type: 'manual', state: 'finished', description: 'by hand', tags: null },
];

function mailError(json: Readonly<Record<string, unknown>>): string | null {
  const identifiers = json['identifiers'];
  const names =
    typeof identifiers === 'object' && identifiers !== null ? Object.keys(identifiers) : [];
  if (typeof json['to'] !== 'string') return 'to is required';
  if (names.length !== 1 || !['id', 'email', 'cio_id'].includes(names[0] ?? '')) {
    return 'identifiers must hold exactly one of id, email, cio_id';
  }
  const hasText = ['body', 'subject', 'from'].every((name) => typeof json[name] === 'string');
  if (json['transactional_message_id'] === undefined && !hasText) {
    return 'transactional_message_id, or body, subject and from';
  }
  return json['transactional_message_id'] === 404 ? 'transactional message not found' : null;
}

const KINDS = ['and', 'or', 'not', 'segment', 'attribute'];

/** Exactly one kind in each object, operators `eq` and `exists` only. */
function isFilter(filter: unknown): filter is Filter {
  if (typeof filter !== 'object' || filter === null) return false;
  const [kind = '', ...others] = Object.keys(filter);
  if (others.length > 0 || !KINDS.includes(kind)) return false;
  const inner = (filter as Filter)[kind];
  if (kind === 'and' || kind === 'or') return Array.isArray(inner) && inner.every(isFilter);
  if (kind === 'not') return isFilter(inner);
  const { operator, value, field } = (inner ?? {}) as Filter;
  if (kind === 'segment') return true;
  const isEq = operator === 'eq' && typeof value === 'string';
  return typeof field === 'string' && (isEq || operator === 'exists');
}

function matches(filter: Filter, person: AppPerson): boolean {
  const [kind, inner] = Object.entries(filter)[0] ?? ['', null];
  const list = inner as readonly Filter[];
  if (kind === 'and') return list.every((each) => matches(each, person));
  if (kind === 'or') return list.some((each) => matches(each, person));
  if (kind === 'not') return !matches(inner as Filter, person);
  if (kind === 'segment') return false;
  const { field, operator, value } = inner as Filter;
  const attribute = field === 'id' ? person.id : person.attributes[String(field)];
  return operator === 'exists' ? attribute !== undefined : attribute === value;
}

function refusal(status: number, detail: string): ApiAnswer {
  return { status, body: { errors: [{ detail, status: String(status) }] } };
}

function notFound(): ApiAnswer {
  return refusal(404, 'not found');
}
