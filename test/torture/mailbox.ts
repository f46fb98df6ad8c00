// The App API of a campaign: every mail that was asked for is noted, and whoever waits for one hears of it before it is answered.

import { emulate, jsonOf } from '../emulator/loopback.ts';
import type { Books } from './books.ts';

export async function openMailbox(books: Books) {
  let onMail: (() => void) | null = null;

  const server = await emulate(({ body }) => {
    const { identifiers, message_data: data } = (jsonOf(body) ?? {}) as Sent;
    books.mail(identifiers?.id ?? '', data?.amount ?? -1);
    onMail?.();
    onMail = null;
    return { status: 200, body: { delivery_id: 'd', queued_at: 1 } };
  });

  return {
    url: `${server.url}/v1`,
    /** What the next requests meet; a mail whose connection is torn or that is refused was not sent. */
    script: server.script,
    /** `kill` is called as the next mail has arrived, before its answer. */
    atNextMail: (kill: (() => void) | null) => {
      onMail = kill;
    },
    close: server.close,
  };
}

type Sent = {
  readonly identifiers?: { readonly id: string };
  readonly message_data?: { readonly amount: number };
};
