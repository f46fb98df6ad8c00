// What the mapping knows of the configuration where nothing is configured; a test spreads what it is about.

import type { ReadOptions } from '../../src/intake/provider.ts';

export const READ_OPTIONS: ReadOptions = {
  plans: {},
  traits: {},
  unverifiedEmail: false,
  linkKeys: ['clerkUserId'],
  mode: 'both',
  clientReference: 'confirm',
  account: null,
};
