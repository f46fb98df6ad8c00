// Alerts: one line of text to a Slack-compatible webhook. Its address is a secret, so it stands in no log.
// https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks

import { exchange } from '../apis/exchange.ts';
import type { Net } from '../apis/exchange.ts';
import { outcomeOf } from '../apis/outcome.ts';

/** Only whether it was taken counts. */
const LIMITS = { successLengthMax: 0, errorLengthMax: 0 };

/** True when it was taken. Never throws: an alert that fails comes again with the next visit. */
export async function sendAlert(url: string, text: string, net: Net): Promise<boolean> {
  const init = {
    method: 'POST',
    redirect: 'manual',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ text: `Lifecycle Relay: ${text}` }),
  } as const;
  const result = await exchange({ url, init }, LIMITS, net);
  return 'answer' in result && outcomeOf(result.answer, net.now()).kind === 'delivered';
}
