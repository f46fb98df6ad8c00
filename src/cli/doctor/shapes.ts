// Are the secrets there, and do they look like what belongs there? Pure. Values never get into a finding.

import { PROVIDERS } from '../../intake/providers.ts';
import { KEY_BYTES_MIN, secretNames, secretsOf } from '../../intake/secrets.ts';
import { stripeKeyBytes } from '../../intake/stripe/signature.ts';
import { titleOf } from '../terminal/say.ts';
import { SECRETS, whereToFind } from '../terminal/secrets.ts';
import type { Values } from '../terminal/settings.ts';
import { ok, problem, warning } from './check.ts';
import type { Check } from './check.ts';

/** Svix signs with 24 random bytes. */
const SVIX_KEY_BYTES = 24;

export function shapeChecks(values: Values): Check[] {
  const present = SECRETS.filter(({ name }) => textOf(values, name) !== '');
  return [
    ...missing(values),
    ...present.map(({ name }) => shapeCheck(name, values)),
    ...modeChecks(values),
  ];
}

/** One secret that is set: the first thing that is wrong with it, or that it looks right. */
export function shapeCheck(name: string, values: Values): Check {
  const parts = textOf(values, name)
    .split(',')
    .map((part) => part.trim());
  const faults = parts.flatMap((part) => faultsOf(name, part, values));
  const [fault] = faults.toSorted((a, b) => Number(b.isSure) - Number(a.isSure));
  if (fault === undefined) return ok(name, 'is set and looks right');
  const make = fault.isSure ? problem : warning;
  return make(name, fault.finding, whereToFind(name));
}

function missing(values: Values): Check[] {
  const lacks = [
    lack('CUSTOMERIO_TRACK_TOKEN', 'nothing lands', true),
    ...withoutSecret(values),
    lack('STRIPE_SECRET_KEY', 'the Stripe endpoint was not checked, and most disputes wait', false),
    lack('CLERK_SECRET_KEY', "Clerk's API was not checked", false),
    lack('ADMIN_TOKEN', 'status, parked and metrics do not exist', false),
  ];
  return lacks.filter(({ name }) => textOf(values, name) === '');
}

/** Providers whose webhooks cannot be verified: one may be meant so, all of them or one with an API key are a problem. */
function withoutSecret(values: Values): Check[] {
  const silent = PROVIDERS.filter((provider) => secretsOf(provider, values) === null);
  return silent.map((provider) => {
    const [secret = provider.name] = Object.keys(provider.secrets);
    const consequence = `${titleOf(provider)}'s webhooks are answered 503`;
    const isUsed = textOf(values, `${provider.name.toUpperCase()}_SECRET_KEY`) !== '';
    return lack(secret, consequence, isUsed || silent.length === PROVIDERS.length);
  });
}

function lack(name: string, consequence: string, isProblem: boolean): Check {
  return (isProblem ? problem : warning)(name, `is not set: ${consequence}`, whereToFind(name));
}

type Fault = { readonly finding: string; readonly isSure: boolean };

function faultsOf(name: string, value: string, values: Values): Fault[] {
  if (/\s|["']/.test(value)) return [sure('holds a space or a quote: it was pasted with too much')];
  const twin = SECRETS.find(
    (other) => !isSameSecret(other.name, name) && textOf(values, other.name) === value,
  );
  if (twin !== undefined) {
    return [sure(`has the same value as ${twin.name}: one of them is misplaced`)];
  }
  const rule = RULES[name];
  return rule === undefined ? [] : rule(value, values);
}

function isSameSecret(one: string, other: string): boolean {
  const groups = secretNames(PROVIDERS);
  return one === other || groups.some((names) => names.includes(one) && names.includes(other));
}

const RULES: Readonly<Record<string, (value: string, values: Values) => Fault[]>> = {
  CLERK_WEBHOOK_SIGNING_SECRET: svixFaults,
  CLERK_WEBHOOK_SECRET: svixFaults,
  STRIPE_SVIX_SIGNING_SECRET: svixFaults,
  STRIPE_WEBHOOK_SECRET: stripeFaults,
  CLERK_SECRET_KEY: (value) => keyFaults(value, /^sk_(test|live)_/, 'sk_test_ or sk_live_'),
  STRIPE_SECRET_KEY: (value) =>
    keyFaults(value, /^[sr]k_(test|live)_/, 'sk_ or rk_, then test_ or live_'),
  CUSTOMERIO_TRACK_TOKEN: (value, values) => [
    ...foreignFaults(value),
    ...trackFaults(value, values),
  ],
  CUSTOMERIO_APP_TOKEN: foreignFaults,
  ADMIN_TOKEN: (value) => (value.length < 24 ? [sure('is shorter than 24 characters')] : []),
  ALERT_WEBHOOK_URL: alertFaults,
};

/** Clerk's and Svix's are `whsec_` and base64 of 24 bytes; Stripe's begin alike and are no such base64. */
function svixFaults(value: string): Fault[] {
  const [, encoded] = /^whsec_(.*)$/.exec(value) ?? [];
  if (encoded === undefined) return [sure('does not begin with whsec_')];
  if (/^[0-9a-f]{64}$/.test(encoded)) {
    return [sure("is the secret of Stripe's command line, not one of Svix, which Clerk uses")];
  }
  const bytes = Buffer.from(encoded, 'base64');
  if (bytes.toString('base64') !== encoded) {
    return [sure("is not base64 behind whsec_: Stripe's secret, or cut off")];
  }
  if (bytes.length === SVIX_KEY_BYTES) return [];
  if (bytes.length < KEY_BYTES_MIN) return [tooShort(bytes.length)];
  return [
    doubt(
      `holds ${bytes.length} bytes where Svix and Clerk use 24: another one's secret, or cut off`,
    ),
  ];
}

function stripeFaults(value: string): Fault[] {
  if (!value.startsWith('whsec_')) return [sure('does not begin with whsec_')];
  const bytes = stripeKeyBytes(value);
  if (bytes < KEY_BYTES_MIN) return [tooShort(bytes)];
  return /[+/=]/.test(value)
    ? [sure("holds +, / or =, as Clerk's secrets do and Stripe's never")]
    : [];
}

function tooShort(bytes: number): Fault {
  return sure(`holds ${bytes} bytes of key: below ${KEY_BYTES_MIN} its webhooks are answered 503`);
}

function alertFaults(value: string): Fault[] {
  if (!URL.canParse(value)) return [sure('is no URL')];
  return value.startsWith('https:') ? [] : [doubt('is not https: alerts can be read on the way')];
}

function keyFaults(value: string, shape: RegExp, expected: string): Fault[] {
  if (value.startsWith('pk_')) return [sure('is the publishable key; the secret one is needed')];
  return shape.test(value) ? [] : [sure(`does not begin with ${expected}`)];
}

function foreignFaults(value: string): Fault[] {
  return /^(sk_|rk_|pk_|whsec_)/.test(value)
    ? [sure("is a key of Clerk or Stripe, not Customer.io's")]
    : [];
}

/** A site id and a Track key come in pairs, both of 20 hex digits. */
function trackFaults(value: string, values: Values): Fault[] {
  const isHex = /^[0-9a-f]{20}$/.test(value);
  if (!isHex || textOf(values, 'CUSTOMERIO_SITE_ID') === '') return [];
  return [doubt('looks like the Track key of the site id; the Pipelines key is another one')];
}

function modeChecks(values: Values): Check[] {
  const clerk = modeOf(textOf(values, 'CLERK_SECRET_KEY'));
  const stripe = modeOf(textOf(values, 'STRIPE_SECRET_KEY'));
  if (clerk === null || stripe === null || clerk === stripe) return [];
  return [
    problem(
      'test and live',
      `Clerk's key is of ${clerk} mode, Stripe's of ${stripe} mode`,
      'Use two keys of one mode: users of one are unknown to the other.',
    ),
  ];
}

export function modeOf(key: string): 'test' | 'live' | null {
  const [, mode] = /^[sr]k_(test|live)_/.exec(key) ?? [];
  return mode === 'test' || mode === 'live' ? mode : null;
}

function sure(finding: string): Fault {
  return { finding, isSure: true };
}

function doubt(finding: string): Fault {
  return { finding, isSure: false };
}

function textOf(values: Values, name: string): string {
  const value = values[name];
  return typeof value === 'string' ? value : '';
}
