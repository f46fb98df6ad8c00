// One signed webhook of each provider through the deployed Worker. Its type is one that nobody sends and no mapping
// reads: it is verified and answered `ignored`, so it proves the address, the secret and the clock, and no invented
// person gets into anybody's workspace.

import { clerkEvent } from '../../samples/clerk.ts';
import { sendWebhook } from '../../samples/send-webhook.ts';
import type { SampleWebhook } from '../../samples/send-webhook.ts';
import { stripeEvent } from '../../samples/stripe.ts';
import { codeText } from '../../watch/codes.ts';
import { ok, problem } from '../doctor/check.ts';
import type { Check } from '../doctor/check.ts';

const TYPE = 'lifecycle_relay.check';

/** A Worker takes its new secrets within seconds. */
const TRIES_MAX = 15;
const BETWEEN_MS = 2_000;

export type SignedBy = { readonly provider: 'clerk' | 'stripe'; readonly secret: string };

export async function testWebhook(
  relay: string,
  { provider, secret }: SignedBy,
  wait: (ms: number) => Promise<unknown>,
): Promise<Check> {
  const name = `${provider} test webhook`;
  const secrets = { clerk: '', stripe: '', [provider]: secret };
  for (let tried = 1; ; tried += 1) {
    const outcome = await sendWebhook(relay, webhookOf(provider), secrets).catch(() => null);
    if (outcome === 'ignored') {
      return ok(name, `sent, verified and ignored (${TYPE}), as it should be; nobody was made`);
    }
    if (tried === TRIES_MAX) return failed(name, relay, outcome);
    await wait(BETWEEN_MS);
  }
}

function webhookOf(provider: SignedBy['provider']): SampleWebhook {
  const now = Date.now();
  const body =
    provider === 'clerk'
      ? clerkEvent(TYPE, { object: 'check' }, now)
      : stripeEvent(TYPE, { object: 'check' }, { created: Math.floor(now / 1000) });
  return { provider, body };
}

function failed(name: string, relay: string, outcome: string | null): Check {
  if (outcome === null) {
    return problem(name, `${relay} does not answer as the relay does`, 'npm run deploy');
  }
  const code = outcome.split(' ').at(-1) ?? outcome;
  return problem(name, `was answered ${outcome}`, codeText(code) ?? 'npx wrangler tail says more.');
}
