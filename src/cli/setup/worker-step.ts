// Set-up's last step: the secrets to the deployed Worker by wrangler, and one signed webhook of each provider through it.
// Only what somebody agreed to, and only where nothing is wrong so far.

import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { PROVIDERS } from '../../intake/providers.ts';
import { secretsOf } from '../../intake/secrets.ts';
import { problem } from '../doctor/check.ts';
import type { Check } from '../doctor/check.ts';
import { relayChecks } from '../doctor/relay.ts';
import { SECRETS } from '../terminal/secrets.ts';
import type { Draft } from './draft.ts';
import { testWebhook } from './test-webhook.ts';
import type { SignedBy } from './test-webhook.ts';

/** What this step sees of the world. `wrangler` answers its exit code; `input` is what it reads. */
export type SetupWorld = {
  readonly wrangler: (args: readonly string[], input: string) => Promise<number>;
  readonly wait: (ms: number) => Promise<unknown>;
};

/** Health is kept for 5 seconds by whoever answered it last. */
const SETTLES_MAX = 10;
const SETTLE_MS = 2_000;

/** Exactly the secrets, by standard input: what else stands in the file is none of the Worker's. */
export async function putSecrets(draft: Draft, { wrangler }: SetupWorld): Promise<Check[]> {
  const named = SECRETS.map(({ name }) => [name, draft.textOf(name)] as const);
  const secrets = Object.fromEntries(named.filter(([, value]) => value !== ''));
  // What stands in wrangler.toml takes effect with a deploy.
  const deployed = draft.isRegionChanged() ? await wrangler(['deploy'], '') : 0;
  const put = deployed === 0 ? await wrangler(['secret', 'bulk'], JSON.stringify(secrets)) : 1;
  if (put === 0) return [];
  const what = deployed === 0 ? 'npx wrangler secret bulk .dev.vars' : 'npm run deploy';
  return [problem('secrets', 'were not put to the Worker: wrangler says why above', what)];
}

export async function testThrough(
  draft: Draft,
  relay: string,
  { wait }: SetupWorld,
): Promise<Check[]> {
  const checks = signedBy(draft).map((signed) => testWebhook(relay, signed, wait));
  return Promise.all(checks);
}

/** The doctor's, of the Worker: a new secret takes some seconds to be seen everywhere. */
export async function settledChecks(
  draft: Draft,
  relay: string,
  { wait }: SetupWorld,
): Promise<Check[]> {
  for (let tried = 1; ; tried += 1) {
    const checks = await relayChecks(draft.sessionWith(), relay);
    const isWell = checks.every(({ verdict }) => verdict !== 'problem');
    if (isWell || tried === SETTLES_MAX) return checks;
    await wait(SETTLE_MS);
  }
}

/** Of two secrets, while one is rotated, the first. */
function signedBy(draft: Draft): SignedBy[] {
  return PROVIDERS.flatMap((provider) => {
    const { name } = provider;
    if (secretsOf(provider, draft.values()) === null) return [];
    const names = Object.entries(provider.secrets).flatMap(([first, others]) => [first, ...others]);
    const secret = names.map(draft.textOf).find((text) => text !== '') ?? '';
    const first = (secret.split(',')[0] ?? '').trim();
    return name === 'clerk' || name === 'stripe' ? [{ provider: name, secret: first }] : [];
  });
}

const WRANGLER = fileURLToPath(
  new URL('../../../node_modules/wrangler/bin/wrangler.js', import.meta.url),
);

/** Its words go to the terminal, where it may ask to log in. */
export function runWrangler(args: readonly string[], input: string): Promise<number> {
  if (!existsSync(WRANGLER)) return Promise.resolve(1);
  const stdin = input === '' ? 'inherit' : 'pipe';
  const child = spawn(process.execPath, [WRANGLER, ...args], {
    // Not among our own words: standard output may be one JSON document.
    stdio: [stdin, process.stderr, process.stderr],
  });
  child.stdin?.end(input);
  return new Promise((resolve) => {
    child.once('error', () => resolve(1));
    child.once('close', (code) => resolve(code ?? 1));
  });
}
