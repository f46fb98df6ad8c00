// The App API in the simulation: it takes mails, and gives every answer that we have to expect. It keeps the books that the
// checks read: a mail that may have been sent is never asked for again, unless the operator says so.

import { Violation } from './audit.ts';
import type { Network } from './durable-object.ts';
import { TRAVEL_MS } from './receiver.ts';
import type { World } from './world.ts';

type Sent = {
  readonly identifiers: { readonly id: string };
  readonly message_data: { readonly webhook: string };
};

/** How often, from 0 to 1, a request meets each; what is left is a healthy 200. */
export type MailMood = {
  readonly torn: number;
  readonly unavailable: number;
  readonly rateLimited: number;
  readonly silent: number;
};

export const MAILS_FINE: MailMood = {
  torn: 0,
  unavailable: 0,
  rateLimited: 0,
  silent: 0,
};

/** A sliding second holds ten mails over all shards, and one that each of them may have begun with. */
const PER_SECOND = 10;

export type Mailbox = ReturnType<typeof createMailbox>;

export function createMailbox(world: World, about: { readonly shards: number }) {
  const { random } = world;
  const state = { mood: MAILS_FINE };
  /** The webhook's name → how often its mail was asked for and not surely left unsent. */
  const asked = new Map<string, number>();
  const recent: number[] = [];
  const books = {
    mails: 0,
    /** How often the operator had a parked one sent again. */
    replayed: (_name: string): number => 0,
    onMail: (_mail: { readonly userId: string; readonly name: string }): void => undefined,
    onViolation: (_violation: Violation): void => undefined,
  };

  const network: Network = async (_from, _url, init) => {
    const aborted = new Promise<never>((_, reject) => {
      init.signal?.addEventListener('abort', () => reject(new Error('aborted')));
    });
    aborted.catch(() => undefined);
    const answer = meet(JSON.parse(String(init.body)) as Sent);
    answer.catch(() => undefined);
    return Promise.race([answer, aborted]);
  };

  async function meet({ identifiers, message_data: data }: Sent): Promise<Response> {
    const { mood } = state;
    await world.wait(random.between(TRAVEL_MS.min, TRAVEL_MS.max));
    const name = data.webhook;
    pace();
    if (random.chance(mood.rateLimited)) return said(429, { 'retry-after': '2' });
    books.mails += 1;
    const times = (asked.get(name) ?? 0) + 1;
    asked.set(name, times);
    if (times > 1 + books.replayed(name)) {
      books.onViolation(new Violation(`${name} was mailed ${times} times`));
    }
    books.onMail({ userId: identifiers.id, name });
    if (random.chance(mood.torn)) throw new Error('connection reset');
    if (random.chance(mood.unavailable)) return said(503);
    if (random.chance(mood.silent)) {
      await world.wait(3_600_000);
      throw new Error('nobody is there any more');
    }
    await world.wait(random.between(TRAVEL_MS.min, TRAVEL_MS.max));
    return said(200);
  }

  function pace(): void {
    const at = world.now();
    recent.push(at);
    while ((recent[0] ?? at) <= at - 1000) recent.shift();
    if (recent.length <= PER_SECOND + about.shards * 2) return;
    books.onViolation(new Violation(`${recent.length} mails within a second`));
  }

  return { network, state, asked, books };
}

function said(status: number, headers: Readonly<Record<string, string>> = {}): Response {
  return new Response('{"delivery_id":"d"}', { status, headers });
}

/** Mails go there, everything else to the other one. */
export function beside(mailbox: Mailbox, network: Network): Network {
  return async (from, url, init) =>
    url.startsWith('https://app.test/')
      ? mailbox.network(from, url, init)
      : network(from, url, init);
}
