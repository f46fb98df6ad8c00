// Alerts: one line of text to a Slack-compatible webhook. Its address is a secret, so it stands in no log.
// https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks

import { exchange } from '../apis/exchange.ts';
import type { Net } from '../apis/exchange.ts';
import { outcomeOf } from '../apis/outcome.ts';

/** Only whether it was taken counts. */
const LIMITS = { successLengthMax: 0, errorLengthMax: 0 };

/** Whom it is told to, and which relay tells it; null where it has no name. */
type Alerts = { readonly url: string; readonly name: string | null };

/** True when it was taken. Never throws: an alert that fails comes again with the next visit. */
export async function sendAlert({ url, name }: Alerts, text: string, net: Net): Promise<boolean> {
  const who = name === null ? 'Lifecycle Relay' : `Lifecycle Relay ${name}`;
  const init = {
    method: 'POST',
    redirect: 'manual',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ text: `${who}: ${text}` }),
  } as const;
  const result = await exchange({ url, init }, LIMITS, net);
  return 'answer' in result && outcomeOf(result.answer, net.now()).kind === 'delivered';
}
