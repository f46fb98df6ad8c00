// The secrets npm start makes for itself: the same from run to run, because the state is. They are good for this
// machine only.

import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

import { writeSecretFile } from './secret-file.ts';
import type { Secrets } from './send-webhook.ts';
import { clerkSecret } from './sign-clerk.ts';

type SavedSecrets = Secrets & { readonly admin: string };

const FILE = '.wrangler/start/secrets.json';

/** All empty where npm start has never run. */
export function savedSecrets(): SavedSecrets {
  const none = { clerk: '', stripe: '', admin: '' };
  return existsSync(FILE)
    ? { ...none, ...(JSON.parse(readFileSync(FILE, 'utf8')) as Partial<SavedSecrets>) }
    : none;
}

/** Makes what is not there yet. */
export function makeSecrets(): SavedSecrets {
  const saved = savedSecrets();
  const secrets: SavedSecrets = {
    clerk: saved.clerk || clerkSecret(),
    stripe: saved.stripe || `whsec_${crypto.randomUUID()}`,
    admin: saved.admin || crypto.randomUUID(),
  };
  mkdirSync(path.dirname(FILE), { recursive: true });
  writeSecretFile(FILE, JSON.stringify(secrets));
  return secrets;
}
