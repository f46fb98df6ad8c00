// A signed webhook of our own through the door. Its type is one that nobody sends and no mapping reads: it is verified and answered
// `ignored`, so it proves that the secret in force opens the door, and no invented person gets into anybody's workspace.

import type { Provider } from '../intake/provider.ts';
import { secretsOf } from '../intake/secrets.ts';

const TYPE = 'lifecycle_relay.check';

/** The routes for webhooks. */
export type Door = {
  readonly request: (
    path: string,
    init: RequestInit,
    env: Cloudflare.Env,
  ) => Response | Promise<Response>;
};

/** As the door answers it: an outcome, or the code of a refusal. */
export async function testWebhook(
  { door, env }: { readonly door: Door; readonly env: Cloudflare.Env },
  provider: Provider,
): Promise<string> {
  const secrets = secretsOf(provider, { ...env });
  if (secrets === null) return 'secret_missing';
  const now = Date.now();
  const id = `evt_check${now}`;
  const body = JSON.stringify({
    id,
    type: TYPE,
    object: 'event',
    created: Math.floor(now / 1000),
    timestamp: now,
    data: { object: { object: 'check' } },
  });
  const headers = await provider.sign({ id, body, now }, secrets);
  const response = await door.request(`/${provider.name}`, { method: 'POST', headers, body }, env);
  const { outcome, error } = await response.json<{ outcome?: string; error?: string }>();
  return outcome ?? error ?? 'unavailable';
}
