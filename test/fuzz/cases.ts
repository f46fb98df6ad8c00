// Requests that nobody should send, made from a seed. Each says whether its signature is genuine: what is not must
// never be answered 2xx, and nothing at all may be answered 5xx.

import { Buffer } from 'node:buffer';

import { clerkEvent, clerkUser } from '../../src/samples/clerk.ts';
import { signClerk } from '../../src/samples/sign-clerk.ts';
import { signStripe } from '../../src/samples/sign-stripe.ts';
import { checkoutSession, stripeEvent, subscription } from '../../src/samples/stripe.ts';
import type { Random } from '../simulation/random.ts';

export type Case = {
  readonly name: string;
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[]>>;
  readonly body: Buffer;
  readonly isGenuine: boolean;
};

type Secrets = { readonly clerk: string; readonly stripe: string };

type Signed = {
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body: string;
};

type Make = (random: Random, secrets: Secrets) => Case;

/** Who is in what no secret of ours has signed: must never reach Customer.io. */
export const FORGED_USER = 'user_forged';

export function caseOf(random: Random, secrets: Secrets): Case {
  return random.pick(MAKERS)(random, secrets);
}

const MAKERS: readonly Make[] = [
  forgedSignature,
  forgedSignature,
  otherSecret,
  tamperedBody,
  staleSignature,
  doubledHeaders,
  strangeRoute,
  rawBytes,
  strangeJson,
  strangeJson,
  mutatedEvent,
  mutatedEvent,
  strangeContentType,
];

function forgedSignature(random: Random): Case {
  const { path, body } = anEvent(random, FORGED_USER);
  const now = Math.floor(Date.now() / 1000) + random.pick([0, 0, -400, 400, 1e12]);
  const noise = () => text(random, random.pick([1, 20, 64, 5000]));
  const hex = Buffer.from(noise()).toString('hex').slice(0, 64);
  const headers = random.pick<Record<string, string>>([
    {},
    { 'stripe-signature': `t=${now},v1=${hex}` },
    { 'stripe-signature': `t=${now},${'v1=00,'.repeat(random.between(1, 300))}` },
    { 'stripe-signature': ascii(noise()) },
    { 'svix-id': 'msg_1', 'svix-timestamp': String(now), 'svix-signature': `v1,${btoa(hex)}` },
    { 'svix-id': ascii(noise()), 'svix-timestamp': 'NaN', 'svix-signature': 'v1,' },
    { 'svix-id': '', 'svix-timestamp': '', 'svix-signature': ascii(noise()) },
  ]);
  return request('forged signature', path, { headers, body, isGenuine: false });
}

function otherSecret(random: Random): Case {
  const secrets = { clerk: `whsec_${btoa('another secret of 24 byt')}`, stripe: 'whsec_other' };
  const signed = sign(random, anEvent(random, FORGED_USER), secrets);
  return request('another secret', signed.path, { ...signed, isGenuine: false });
}

function tamperedBody(random: Random, secrets: Secrets): Case {
  const signed = sign(random, anEvent(random, 'user_fuzz'), secrets);
  const body = signed.body.replaceAll('user_fuzz', FORGED_USER);
  return request('tampered body', signed.path, { ...signed, body, isGenuine: false });
}

function staleSignature(random: Random, secrets: Secrets): Case {
  const now = Date.now() + random.pick([-1, 1]) * random.between(310, 1_000_000) * 1000;
  const signed = sign(random, anEvent(random, FORGED_USER), secrets, now);
  return request('stale signature', signed.path, { ...signed, isGenuine: false });
}

/** Two of one header: a genuine one beside a forged one may be refused, a forged one may not be believed. */
function doubledHeaders(random: Random, secrets: Secrets): Case {
  const signed = sign(random, anEvent(random, FORGED_USER), {
    clerk: `whsec_${btoa('another secret of 24 byt')}`,
    stripe: 'whsec_other',
  });
  const genuine = sign(random, anEvent(random, 'user_fuzz'), secrets);
  const headers = Object.fromEntries(
    Object.entries(signed.headers).map(([name, value]) => [
      name,
      [value, genuine.headers[name] ?? value],
    ]),
  );
  return request('doubled headers', signed.path, { body: signed.body, headers, isGenuine: false });
}

function strangeRoute(random: Random): Case {
  const path = random.pick([
    '/webhooks/__proto__',
    '/webhooks/constructor',
    '/webhooks/%00',
    '/webhooks/clerk/../stripe',
    `/webhooks/${'a'.repeat(4000)}`,
    '/webhooks/%E0%A4%A',
    '/admin/parked',
    '/admin/parked/s0-1',
    '//webhooks//clerk',
    '/webhooks/clerk?x=%ff',
  ]);
  const method = random.pick(['POST', 'GET', 'PUT', 'DELETE', 'OPTIONS']);
  return {
    ...request('strange route', path, { headers: {}, body: '{}', isGenuine: false }),
    method,
  };
}

function rawBytes(random: Random): Case {
  const bytes = Buffer.from(
    Array.from({ length: random.between(0, 2000) }, () => random.between(0, 255)),
  );
  const headers = { 'stripe-signature': `t=${Math.floor(Date.now() / 1000)},v1=${'0'.repeat(64)}` };
  const one = request('raw bytes', '/webhooks/stripe', { headers, body: '', isGenuine: false });
  return { ...one, body: bytes };
}

/** Genuine, and nothing that a provider would ever say. */
function strangeJson(random: Random, secrets: Secrets): Case {
  const body = random.pick([
    '',
    'null',
    '0',
    '"text"',
    '[]',
    '{}',
    '[1e400]',
    '{"type":null}',
    '{"__proto__":{"type":"user.created"},"type":"user.created","data":{"__proto__":{"id":"x"}}}',
    '{"type":"constructor","data":{"object":{}}}',
    '{"type":"user.created","data":{"id":"\\ud800","first_name":"\\udfff\\ud800"}}',
    `{"type":"user.created","data":{"id":"user_${'x'.repeat(random.between(1, 200_000))}"}}`,
    `{"id":"evt_1","type":"invoice.paid","data":{"object":${nested(random)}}}`,
    `{"type":"user.updated","data":${nested(random)}}`,
    nested(random),
    `{"type":"${'y'.repeat(random.between(1, 100_000))}"}`,
    '{"type":"user.deleted","data":{"id":{"toString":1}}}',
    'not json',
    '\u0000',
  ]);
  const path = random.pick(['/webhooks/clerk', '/webhooks/stripe']);
  const signed = sign(random, { path, body }, secrets);
  return request('strange JSON', path, { ...signed, isGenuine: true });
}

/** A real event with some of it taken out, nulled or made something else. */
function mutatedEvent(random: Random, secrets: Secrets): Case {
  const event = anEvent(random, 'user_fuzz');
  const json = JSON.parse(event.body) as unknown;
  for (let count = random.between(1, 4); count > 0; count -= 1) mutate(random, json);
  const signed = sign(random, { path: event.path, body: JSON.stringify(json) }, secrets);
  return request('mutated event', event.path, { ...signed, isGenuine: true });
}

function strangeContentType(random: Random, secrets: Secrets): Case {
  const signed = sign(random, anEvent(random, 'user_fuzz'), secrets);
  const type = random.pick([
    'text/plain',
    'application/xml',
    'multipart/form-data; boundary=x',
    'application/json; charset=utf-16',
    '',
    'x'.repeat(2000),
  ]);
  const headers = { ...signed.headers, 'content-type': type };
  return request('strange content type', signed.path, { ...signed, headers, isGenuine: true });
}

function mutate(random: Random, json: unknown): void {
  let at = json;
  for (;;) {
    if (typeof at !== 'object' || at === null) return;
    const record = at as Record<string, unknown>;
    const keys = Object.keys(record);
    if (keys.length === 0) return;
    const key = random.pick(keys);
    const inner = record[key];
    if (typeof inner === 'object' && inner !== null && random.chance(0.7)) {
      at = inner;
      continue;
    }
    if (random.chance(0.3)) delete record[key];
    else record[key] = strangeValue(random);
    return;
  }
}

function strangeValue(random: Random): unknown {
  return random.pick<unknown>([
    null,
    '',
    0,
    -1,
    1e308,
    2 ** 60,
    true,
    [],
    {},
    [[]],
    '\uD800',
    '__proto__',
    'x'.repeat(40_000),
    { toString: 'x' },
    '2026-02-30T25:00:00Z',
  ]);
}

function nested(random: Random): string {
  const depth = random.pick([10, 1000, 20_000, 100_000]);
  return random.chance(0.5)
    ? '['.repeat(depth) + ']'.repeat(depth)
    : `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;
}

function anEvent(random: Random, userId: string): { readonly path: string; readonly body: string } {
  const session = checkoutSession({ customer: null, metadata: { clerkUserId: userId } });
  const [path, event] = random.pick([
    ['/webhooks/clerk', clerkEvent('user.created', clerkUser({ id: userId }))],
    ['/webhooks/clerk', clerkEvent('user.updated', clerkUser({ id: userId }))],
    ['/webhooks/stripe', stripeEvent('checkout.session.completed', session)],
    [
      '/webhooks/stripe',
      stripeEvent(
        'customer.subscription.created',
        subscription({ metadata: { clerkUserId: userId } }),
      ),
    ],
  ] as const);
  return { path, body: JSON.stringify(event) };
}

function sign(
  random: Random,
  event: { readonly path: string; readonly body: string },
  secrets: Secrets,
  now = Date.now(),
): Signed {
  const id = `msg_${random.between(0, 1e9)}`;
  const headers =
    event.path === '/webhooks/clerk'
      ? signClerk(event.body, { secret: secrets.clerk, id, now })
      : signStripe(event.body, { secret: secrets.stripe, now });
  return { ...event, headers };
}

function request(
  name: string,
  path: string,
  about: {
    readonly headers: Readonly<Record<string, string | string[]>>;
    readonly body: string;
    readonly isGenuine: boolean;
  },
): Case {
  const { headers, body, isGenuine } = about;
  return { name, method: 'POST', path, headers, body: Buffer.from(body), isGenuine };
}

function text(random: Random, length: number): string {
  return Array.from({ length }, () => String.fromCodePoint(random.between(33, 126))).join('');
}

function ascii(value: string): string {
  return value.replaceAll(/[^\x21-\x7e]/g, '');
}
