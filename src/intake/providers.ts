// The list of providers: the one place that names them all.

import { clerk } from './clerk/provider.ts';
import type { Provider } from './provider.ts';
import { stripe } from './stripe/provider.ts';

export const PROVIDERS: readonly Provider[] = [clerk, stripe];
