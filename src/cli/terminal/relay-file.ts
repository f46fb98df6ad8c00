// Where the Worker is, kept by set-up so that no later command asks again. It is no secret, and the Worker does not need
// it: so it stands in a file of ours and not in .dev.vars, which is sent to the Worker.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { parseJson } from '../../platform/json.ts';

const RELAY_FILE = '.wrangler/lifecycle.json';

/** Null where none was kept, or the file is unlike ours. */
export function savedRelay(): string | null {
  if (!existsSync(RELAY_FILE)) return null;
  const json = parseJson(readFileSync(RELAY_FILE, 'utf8'));
  if (typeof json !== 'object' || json === null || !('relayUrl' in json)) return null;
  return typeof json.relayUrl === 'string' ? json.relayUrl : null;
}

export function saveRelay(relayUrl: string): void {
  mkdirSync(path.dirname(RELAY_FILE), { recursive: true });
  writeFileSync(RELAY_FILE, `${JSON.stringify({ relayUrl })}\n`);
}
