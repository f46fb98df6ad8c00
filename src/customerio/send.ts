// Send: messages to the Pipelines API, one request, one outcome.

import { exchange } from '../apis/exchange.ts';
import type { SendShell } from '../apis/exchange.ts';
import { outcomeOf } from '../apis/outcome.ts';
import type { Outcome } from '../apis/outcome.ts';
import type { Message } from '../person/message.ts';
import { pipelinesRequest } from './pipelines-request.ts';
import type { PipelinesOptions } from './pipelines-request.ts';

/** A success is a success whatever else it says; reading on could only lose it. Errors have something to say. */
const APPETITE = { successBytesMax: 0, errorBytesMax: 64_000 };

export async function sendMessages(
  messages: readonly Message[],
  options: PipelinesOptions,
  shell: SendShell,
): Promise<Outcome> {
  const result = await exchange(pipelinesRequest(messages, options), APPETITE, shell);
  return result.kind === 'timed_out' || result.kind === 'unreachable'
    ? { kind: 'retry', reason: result.kind, retryAfterMs: null }
    : outcomeOf(result.answer, shell.now());
}
