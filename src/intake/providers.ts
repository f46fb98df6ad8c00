// The list of providers: the one place that names them all.

import { clerk } from './clerk/provider.ts';
import type { Provider } from './provider.ts';
import { stripe } from './stripe/provider.ts';

export const PROVIDERS: readonly Provider[] = [clerk, stripe];

/** The provider behind the last part of the route; undefined when there is none of that name. */
export function providerNamed(name: string): Provider | undefined {
  return PROVIDERS.find((provider) => provider.name === name);
}
