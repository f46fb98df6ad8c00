// One sample webhook to a running Worker, signed as its provider signs.

import type { Json } from './payload.ts';
import { signClerk } from './sign-clerk.ts';
import { signStripe } from './sign-stripe.ts';

/** A webhook that is still to be signed. */
export type SampleWebhook = { readonly provider: 'clerk' | 'stripe'; readonly body: Json };

/** The signing secret of each provider; empty where there is none. */
export type Secrets = { readonly clerk: string; readonly stripe: string };

/** Answers the Worker's word for it, or the status it refused with. */
export async function sendWebhook(
  workerUrl: string,
  { provider, body }: SampleWebhook,
  secrets: Secrets,
): Promise<string> {
  const text = JSON.stringify(body);
  const id = `msg_${crypto.randomUUID().replaceAll('-', '')}`;
  const headers =
    provider === 'clerk'
      ? signClerk(text, { secret: secrets.clerk, id })
      : signStripe(text, { secret: secrets.stripe });
  const response = await fetch(`${workerUrl}/webhooks/${provider}`, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body: text,
  });
  const answer = (await response.json()) as { outcome?: string; error?: string };
  return answer.outcome ?? `${response.status} ${answer.error ?? ''}`;
}
