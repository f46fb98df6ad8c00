// The real Worker as a process of its own: wrangler's server and workerd, with state in a folder that survives it.

import { writeFileSync } from 'node:fs';
import path from 'node:path';

import { clerkSecret, signClerk } from '../../src/samples/sign-clerk.ts';
import { signStripe } from '../../src/samples/sign-stripe.ts';
import { readyAt, startNode } from '../../src/start/children.ts';
import { end, endAndForget, freePort, newFolder } from './processes.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');

export const CLERK_SECRET = clerkSecret();
export const STRIPE_SECRET = 'whsec_flow_test';

export type Relay = Awaited<ReturnType<typeof startRelay>>;

/** Starts a Worker. `vars` go into its --env-file; `folder` is given to start where another one was killed. */
export async function startRelay(
  vars: Readonly<Record<string, string>>,
  folder = newFolder('relay'),
) {
  const envFile = path.join(folder, 'dev.vars');
  const all = {
    CLERK_WEBHOOK_SIGNING_SECRET: CLERK_SECRET,
    STRIPE_WEBHOOK_SECRET: STRIPE_SECRET,
    ...vars,
  };
  const lines = Object.entries(all).map(([name, value]) => `${name}=${value}`);
  writeFileSync(envFile, `${lines.join('\n')}\n`);
  const port = await freePort();
  const wrangler = path.join(ROOT, 'node_modules/wrangler/bin/wrangler.js');
  const args = ['--port', String(port), '--inspector-port', String(await freePort())];
  const state = ['--env-file', envFile, '--persist-to', path.join(folder, 'state')];
  const options = [...args, ...state, '--show-interactive-dev-session=false'];
  const config = ['--config', path.join(ROOT, 'wrangler.toml')];
  const child = startNode('Worker', [wrangler, 'dev', ...config, ...options], { CI: '1' });
  const url = `http://127.0.0.1:${port}`;
  await readyAt(child, `${url}/healthz`);
  return {
    url,
    folder,
    child,
    kill: () => end(child, 'SIGKILL'),
    close: () => endAndForget(child, folder),
  };
}

/** One signed webhook; the headers may be replaced to spoil it. */
export async function post(
  relay: { readonly url: string },
  provider: 'clerk' | 'stripe',
  body: unknown,
  more: { readonly id?: string; readonly headers?: Readonly<Record<string, string>> } = {},
): Promise<{ status: number; json: Record<string, unknown>; retryAfter: string | null }> {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const id = more.id ?? `msg_${crypto.randomUUID()}`;
  const signed =
    provider === 'clerk'
      ? signClerk(text, { secret: CLERK_SECRET, id })
      : signStripe(text, { secret: STRIPE_SECRET });
  const headers = { 'content-type': 'application/json', ...signed, ...more.headers };
  for (;;) {
    const url = `${relay.url}/webhooks/${provider}`;
    const response = await fetch(url, { method: 'POST', headers, body: text });
    const answer = await response.text();
    if (!answer.startsWith(DEV_SERVER_RELOADED)) {
      const json = JSON.parse(answer) as Record<string, unknown>;
      return { status: response.status, json, retryAfter: response.headers.get('retry-after') };
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/**
 * The development server's own words while it swaps the Worker it has just started for itself. The Worker has not
 * answered, so the webhook comes again, as it would from a provider. What the Worker answers is never repeated.
 */
const DEV_SERVER_RELOADED = 'Your worker restarted';
