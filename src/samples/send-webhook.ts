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
  webhook: SampleWebhook,
  secrets: Secrets,
): Promise<string> {
  return (await sendSigned(workerUrl, webhook, secrets)).outcome;
}

/** `id` is the event's: Clerk's bodies have none, so theirs is the delivery's. */
export async function sendSigned(
  workerUrl: string,
  { provider, body }: SampleWebhook,
  secrets: Secrets,
): Promise<{ readonly id: string; readonly outcome: string }> {
  const text = JSON.stringify(body);
  const id = `msg_${crypto.randomUUID().replaceAll('-', '')}`;
  const event = typeof body['id'] === 'string' ? body['id'] : id;
  const headers =
    provider === 'clerk'
      ? signClerk(text, { secret: secrets.clerk, id })
      : signStripe(text, { secret: secrets.stripe });
  for (let tried = 1; ; tried += 1) {
    const response = await fetch(`${workerUrl}/webhooks/${provider}`, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json' },
      body: text,
    });
    const answer = await response.text();
    if (!answer.startsWith(DEV_SERVER_RELOADED)) {
      return { id: event, outcome: outcomeIn(response.status, answer) };
    }
    if (tried === TRIES_MAX) {
      return { id: event, outcome: `${response.status} the development server restarts` };
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** A reload takes a second or two. */
const TRIES_MAX = 300;

/**
 * The development server's own words while it swaps the Worker it has just started for itself. The Worker has not
 * answered, so the webhook comes again, as it would from a provider. What the Worker answers is never repeated.
 */
const DEV_SERVER_RELOADED = 'Your worker restarted';

function outcomeIn(status: number, answer: string): string {
  try {
    const { outcome, error = '' } = JSON.parse(answer) as { outcome?: string; error?: string };
    return outcome ?? `${status} ${error}`;
  } catch {
    // Somebody else's server.
    return `${status} not as the relay answers`;
  }
}
