// The secrets of a provider, by the names it declares: read, described to the operator, and never printed.

import { describe, expect, it } from 'vitest';

import { SECRETS } from '../../src/cli/terminal/secrets.ts';
import { SECRET_NAMES } from '../../src/cli/terminal/settings.ts';
import { PROVIDERS } from '../../src/intake/providers.ts';
import { secretNames, secretProblems, secretsOf } from '../../src/intake/secrets.ts';

const provider = { secrets: { NEW_NAME: ['OLD_NAME'], SECOND: [] } };

describe('secretsOf', () => {
  it('takes a list of secrets under any of their names, for rotation needs two', () => {
    const env = { NEW_NAME: 'a, b', OLD_NAME: 'c,', OTHER: 'd' };
    expect(secretsOf(provider, env)).toEqual({ NEW_NAME: ['a', 'b', 'c'], SECOND: [] });
  });

  it.each([{}, { NEW_NAME: '', OLD_NAME: ' , ' }, { NEW_NAME: 7 }])('finds none in %j', (env) => {
    expect(secretsOf(provider, env)).toBeNull();
  });
});

describe('secretProblems', () => {
  const base64 = (bytes: number) => btoa('k'.repeat(bytes));

  it.each([
    ['CLERK_WEBHOOK_SIGNING_SECRET', `whsec_${base64(16)}`],
    ['CLERK_WEBHOOK_SECRET', base64(24)],
    ['STRIPE_SVIX_SIGNING_SECRET', `whsec_${base64(16)}`],
    ['STRIPE_WEBHOOK_SECRET', `whsec_${'k'.repeat(16)}`],
  ])('has nothing against 16 bytes in %s', (name, secret) => {
    expect(PROVIDERS.flatMap((each) => secretProblems(each, { [name]: secret }))).toEqual([]);
  });

  it.each([
    ['CLERK_WEBHOOK_SIGNING_SECRET', `whsec_${base64(15)}`],
    ['CLERK_WEBHOOK_SIGNING_SECRET', 'whsec_'],
    ['CLERK_WEBHOOK_SECRET', 'whsec_%%% no base64 at all %%%'],
    ['STRIPE_SVIX_SIGNING_SECRET', `whsec_${base64(32)},whsec_${base64(15)}`],
    ['STRIPE_WEBHOOK_SECRET', `whsec_${'k'.repeat(15)}`],
    ['STRIPE_WEBHOOK_SECRET', `whsec_${'k'.repeat(32)},whsec_`],
  ])('names %s for %s, and repeats nothing of it', (name, secret) => {
    expect(PROVIDERS.flatMap((each) => secretProblems(each, { [name]: secret }))).toEqual([
      `${name}: expected a key of at least 16 bytes`,
    ]);
  });
});

describe('secretNames', () => {
  it('gives no name to two secrets, whoever declares them', () => {
    const names = secretNames(PROVIDERS).flat();
    expect(names).toContain('CLERK_WEBHOOK_SECRET');
    expect(names).toEqual([...new Set(names)]);
  });

  it('gives names that the command line describes, and whose values it never prints', () => {
    const described = SECRETS.map(({ name }) => name);
    for (const name of secretNames(PROVIDERS).flat()) {
      expect(described).toContain(name);
      expect(SECRET_NAMES).toContain(name);
    }
  });
});
