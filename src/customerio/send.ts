// Send: messages to the Pipelines API, one request, one outcome; one more where the first of two keys is refused.

import { exchange, READ_ONLY_ERRORS } from '../apis/exchange.ts';
import type { Net } from '../apis/exchange.ts';
import { withAnyKey } from '../apis/keys.ts';
import { outcomeOf } from '../apis/outcome.ts';
import type { Outcome } from '../apis/outcome.ts';
import type { Message } from '../person/message.ts';
import { pipelinesRequest } from './pipelines-request.ts';
import type { PipelinesOptions } from './pipelines-request.ts';

export function sendMessages(
  messages: readonly Message[],
  options: PipelinesOptions,
  net: Net,
): Promise<Outcome> {
  return withAnyKey(options.token, (token) => sendOnce(messages, { ...options, token }, net));
}

async function sendOnce(
  messages: readonly Message[],
  options: PipelinesOptions,
  net: Net,
): Promise<Outcome> {
  const result = await exchange(pipelinesRequest(messages, options), READ_ONLY_ERRORS, net);
  return result.kind === 'timed_out' || result.kind === 'unreachable'
    ? { kind: 'retry', reason: result.kind, retryAfterMs: null }
    : outcomeOf(result.answer, net.now());
}
