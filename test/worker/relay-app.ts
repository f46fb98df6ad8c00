// The Worker's routes as it is deployed, with every provider.

import { appWith } from '../../src/app.ts';
import { PROVIDERS } from '../../src/intake/providers.ts';

export const app = appWith(PROVIDERS);
