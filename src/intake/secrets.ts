// A provider's secrets: the names they have in the configuration, and their values in an environment. Pure.

import type { Provider, ProviderSecrets } from './provider.ts';

type Declared = Pick<Provider, 'secrets'>;

/** Half of what Svix and Stripe make keys of: a shorter one could be guessed, an empty one is known to everybody. */
export const KEY_BYTES_MIN = 16;

/** Null when none of them is set. Each is a list separated by commas, under any of its names: rotation needs two. */
export function secretsOf(
  { secrets }: Declared,
  env: Readonly<Record<string, unknown>>,
): ProviderSecrets | null {
  const values = Object.entries(secrets).map(
    ([name, aliases]) => [name, [name, ...aliases].flatMap((each) => listOf(env[each]))] as const,
  );
  return values.some(([, list]) => list.length > 0) ? Object.fromEntries(values) : null;
}

/** `NAME: what was expected` for every secret whose key is too short, or cannot be read at all. */
export function secretProblems(
  { secrets, keyBytesOf }: Pick<Provider, 'secrets' | 'keyBytesOf'>,
  env: Readonly<Record<string, unknown>>,
): string[] {
  return Object.entries(secrets).flatMap(([name, aliases]) =>
    [name, ...aliases]
      .filter((each) => listOf(env[each]).some((one) => keyBytesOf(one, name) < KEY_BYTES_MIN))
      .map((each) => `${each}: expected a key of at least ${KEY_BYTES_MIN} bytes`),
  );
}

/** Every name a secret of theirs may stand under, one list for each secret. */
export function secretNames(providers: readonly Declared[]): readonly (readonly string[])[] {
  return providers.flatMap(({ secrets }) =>
    Object.entries(secrets).map(([name, aliases]) => [name, ...aliases]),
  );
}

function listOf(value: unknown): string[] {
  if (typeof value !== 'string') return [];
  return value
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}
