// The switches that take strangers at their word: what each of them trusts. Pure.

import type { Values } from '../terminal/settings.ts';
import { warning } from './check.ts';
import type { Check } from './check.ts';

const SWITCHES = [
  {
    name: 'EMAIL_LOOKUP',
    on: 'true',
    trusts:
      'trusts whoever typed the email at Stripe, for people without a customer of your application',
    todo: "Put the Clerk user id into the customer's metadata, and leave it off.",
  },
  {
    name: 'CLIENT_REFERENCE',
    on: 'trust',
    trusts: 'trusts whoever edits the address of a payment link: they can give anybody their plan',
    todo: 'Leave it at confirm, unless nobody but you makes such addresses.',
  },
  {
    name: 'UNVERIFIED_EMAIL',
    on: 'true',
    trusts: "trusts whoever signs up: your campaigns mail addresses that may be anybody's",
    todo: 'Leave it off, or let campaigns look at emailVerified.',
  },
];

export function trustChecks(values: Values): Check[] {
  return SWITCHES.filter(({ name, on }) => isOn(values[name], on)).map(
    ({ name, on, trusts, todo }) => warning(name, `is ${on}: ${trusts}`, todo),
  );
}

/** `wrangler.toml` may hold a boolean; everywhere else a value is text. */
function isOn(value: unknown, on: string): boolean {
  return typeof value === 'string' ? value.trim() === on : value === true && on === 'true';
}
