// One probe for each question that the documentation leaves open. Each answers in words; what cannot be seen from
// outside, or not without a key that was not given, is `unknown`.

import { pipelinesHeaders } from '../../src/customerio/pipelines-request.ts';
import type { PipelinesOptions } from '../../src/customerio/pipelines-request.ts';
import { messageId } from '../../src/person/message-id.ts';

export type Live = {
  readonly pipelines: PipelinesOptions;
  readonly app: { readonly baseUrl: string; readonly token: string } | null;
  readonly trackPair: { readonly siteId: string; readonly key: string } | null;
  /** How long Customer.io gets to process what it took. */
  readonly settleMs: number;
  /** Makes the people of this run its own. */
  readonly tag: string;
};

type Probe = { readonly question: string; readonly ask: (live: Live) => Promise<string> };

export const PROBES: readonly Probe[] = [
  { question: '(a) bodies of refusals in strict mode', ask: refusals },
  { question: '(b) one bad item in a strict batch', ask: badItem },
  { question: '(c) the same messageId twice, as UUID and as ULID', ask: duplicates },
  { question: '(d) the trait `_update: true` for somebody unknown', ask: updateOnly },
  { question: '(e) a trait set to null', ask: nullTrait },
  { question: '(f) the other region', ask: otherRegion },
  { question: '(g) the Track pair against Pipelines', ask: trackPair },
  { question: '(h) `Retry-After` on a 429', ask: retryAfter },
];

const UNSET = 'unknown: CUSTOMERIO_SITE_ID or LIVE_TRACK_API_KEY is not set';
const BODY_SHOWN = 200;
const NO_APP_KEY = 'unknown: CUSTOMERIO_APP_TOKEN is not set';

async function refusals(live: Live): Promise<string> {
  const invalid = await post(live, 'identify', {});
  const wrongKey = await post(live, 'identify', {}, { token: `${live.pipelines.token}x` });
  const huge = {
    userId: person(live, 'a'),
    event: 'too_large',
    properties: { a: 'x'.repeat(40_000) },
  };
  const oversize = await post(live, 'track', huge);
  return `invalid ${invalid}; wrong key ${wrongKey}; over 32 KB ${oversize}`;
}

async function badItem(live: Live): Promise<string> {
  const userId = person(live, 'b');
  const good = { type: 'identify', userId, traits: { probe: 'b' } };
  const answer = await post(live, 'batch', { batch: [good, { type: 'nonsense' }] });
  if (live.app === null) return `${answer}; whether the good item lands: ${NO_APP_KEY}`;
  await settle(live);
  const isThere = (await attributesOf(live, userId)) !== null;
  return `${answer}; the good item ${isThere ? 'landed' : 'did not land'}`;
}

async function duplicates(live: Live): Promise<string> {
  const userId = person(live, 'c');
  const ids = { uuid: crypto.randomUUID(), ulid: messageId(['live', live.tag], Date.now()) };
  for (const [kind, id] of Object.entries(ids)) {
    const event = `duplicate_${kind}`;
    const call = { userId, event, messageId: id, properties: {} };
    for (const _ of [1, 2]) await post(live, 'track', call);
  }
  if (live.app === null) return NO_APP_KEY;
  await settle(live);
  const activities = await get(live, `/customers/${userId}/activities?type=event`);
  if (activities === null) return 'unknown: no activities are shown';
  const text = JSON.stringify(activities);
  const count = (kind: string) => text.split(`duplicate_${kind}"`).length - 1;
  return `sent twice each; kept: UUID ${count('uuid')}, ULID ${count('ulid')}`;
}

async function updateOnly(live: Live): Promise<string> {
  const userId = person(live, 'd');
  const answer = await post(live, 'identify', { userId, traits: { _update: true, probe: 'd' } });
  if (live.app === null) return `${answer}; ${NO_APP_KEY}`;
  await settle(live);
  const isThere = (await attributesOf(live, userId)) !== null;
  return `${answer}; the person ${isThere ? 'was created all the same' : 'was not created'}`;
}

async function nullTrait(live: Live): Promise<string> {
  const userId = person(live, 'e');
  const at = (seconds: number) => new Date(Date.now() + seconds * 1000).toISOString();
  await post(live, 'identify', {
    userId,
    timestamp: at(-10),
    traits: { probe: 'set', kept: 'yes' },
  });
  const answer = await post(live, 'identify', {
    userId,
    timestamp: at(0),
    traits: { probe: null },
  });
  if (live.app === null) return `${answer}; ${NO_APP_KEY}`;
  await settle(live);
  const attributes = await attributesOf(live, userId);
  if (attributes === null) return 'unknown: the person is not shown';
  return 'probe' in attributes
    ? `the attribute stays, as ${JSON.stringify(attributes['probe'])}`
    : 'the attribute is gone';
}

async function otherRegion(live: Live): Promise<string> {
  const { baseUrl } = live.pipelines;
  const other = baseUrl.includes('-eu')
    ? baseUrl.replace('cdp-eu', 'cdp')
    : baseUrl.replace('//cdp.', '//cdp-eu.');
  if (other === baseUrl) return `unknown: ${baseUrl} is no region's address`;
  return post(live, 'identify', {}, { baseUrl: other });
}

async function trackPair(live: Live): Promise<string> {
  if (live.trackPair === null) return UNSET;
  const { siteId, key } = live.trackPair;
  const options = { siteId, token: key };
  const strict = await post(live, 'identify', {}, options);
  const { 'X-Strict-Mode': _strict, ...headers } = pipelinesHeaders({
    ...live.pipelines,
    ...options,
  });
  const url = `${live.pipelines.baseUrl}/identify`;
  const permissive = await fetch(url, { method: 'POST', headers, body: '{}', redirect: 'manual' });
  return `strict ${strict}; permissive ${await said(permissive)}`;
}

/** Of the App API, which is asked fifteen times at once. To be throttled by Pipelines would take thousands of requests. */
async function retryAfter(live: Live): Promise<string> {
  if (live.app === null) return NO_APP_KEY;
  const { baseUrl, token } = live.app;
  const init = { headers: { Authorization: `Bearer ${token}` } };
  const answers = await Promise.all(
    Array.from({ length: 15 }, () => fetch(`${baseUrl}/segments`, init)),
  );
  const throttled = answers.find(({ status }) => status === 429);
  if (throttled === undefined) return 'unknown: fifteen requests at once were all answered';
  return `App API: ${throttled.headers.get('retry-after') ?? 'none'}; Pipelines: unknown, not provoked`;
}

function person({ tag }: Live, letter: string): string {
  return `live_${tag}_${letter}`;
}

async function post(
  { pipelines }: Live,
  path: string,
  body: unknown,
  more: Partial<PipelinesOptions> = {},
): Promise<string> {
  const options = { ...pipelines, ...more };
  const response = await fetch(`${options.baseUrl}/${path}`, {
    method: 'POST',
    redirect: 'manual',
    headers: pipelinesHeaders(options),
    body: JSON.stringify(body),
  });
  return said(response);
}

async function said(response: Response): Promise<string> {
  return `${response.status} \`${(await response.text()).slice(0, BODY_SHOWN)}\``;
}

async function attributesOf(live: Live, id: string): Promise<Record<string, unknown> | null> {
  const json = (await get(live, `/customers/${id}/attributes?id_type=id`)) as {
    customer?: { attributes?: Record<string, unknown> };
  } | null;
  return json?.customer?.attributes ?? null;
}

async function get({ app }: Live, path: string): Promise<unknown> {
  const headers = { Authorization: `Bearer ${app?.token ?? ''}` };
  const response = await fetch(`${app?.baseUrl ?? ''}${path}`, { headers });
  return response.ok ? response.json() : null;
}

async function settle({ settleMs }: Live): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, settleMs));
}
