// One identify or track by hand: checked as strictly as our own messages are, then sent as they are.

import { randomBytes } from 'node:crypto';

import { MESSAGE_BYTES_MAX, utf8Bytes } from '../../customerio/limits.ts';
import { sendMessages } from '../../customerio/send.ts';
import { messageId } from '../../person/message-id.ts';
import type { Message } from '../../person/message.ts';
import { usageError } from '../terminal/cli-error.ts';
import { persistently } from '../terminal/http.ts';
import { isEmail } from '../terminal/pairs.ts';
import { failureOf } from '../terminal/say.ts';
import type { Session } from '../terminal/session.ts';

export function checkUserId(userId: string, isForced: boolean): void {
  if (userId.trim() === '') throw usageError('--user-id is empty.');
  if (isForced || !isEmail(userId)) return;
  throw usageError(
    'This user id is an email. Emails change; then Customer.io has two people.',
    'Use the Clerk user id (user_...), or --force if the email really is the id.',
  );
}

/** `messageId` and `timestamp` of something that happens now, once. */
export function stamped(now: number): { readonly messageId: string; readonly timestamp: string } {
  return {
    messageId: messageId(['by hand', randomBytes(16).toString('hex')], now),
    timestamp: new Date(now).toISOString(),
  };
}

/** Ends the command with a sentence when it did not land. The message id makes a repeat harmless. */
export async function land(session: Session, message: Message): Promise<void> {
  if (utf8Bytes(JSON.stringify(message)) > MESSAGE_BYTES_MAX) {
    throw usageError('This is over 32 KB, the most Customer.io takes in one call.');
  }
  const { options, net, party } = session.pipelines();
  const outcome = await persistently(() => sendMessages([message], options, net), session.out.note);
  if (outcome.kind !== 'delivered') throw failureOf(outcome, party);
}
