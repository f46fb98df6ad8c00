// Explain: what a payload would become, without sending anything. It is read, accepted into empty tables and shown:
// the same code as the Worker's, over SQLite in memory.

import { DatabaseSync } from 'node:sqlite';

import type { Config } from '../../config/config.ts';
import type { Reading } from '../../intake/provider.ts';
import { PROVIDERS } from '../../intake/providers.ts';
import type { Notice } from '../../outbox/organizations/notices.ts';
import { tellObject } from '../../outbox/organizations/objects.ts';
import { accept } from '../../outbox/people/accept.ts';
import { openStorage } from '../../outbox/storage.ts';
import type { Tables } from '../../outbox/tables.ts';
import type { Message } from '../../person/message.ts';
import type { MessageOptions } from '../../person/messages.ts';
import type { News, PersonEvent } from '../../person/news.ts';
import { isOrganization } from '../../person/owner.ts';
import { parseJson } from '../../platform/json.ts';
import { platformOver } from '../node-sqlite.ts';
import { titleOf } from '../terminal/say.ts';

/** An invented person, for an event that does not say itself whom it is about. */
const INVENTED_USER = 'user_somebody';

export type Explanation =
  | { readonly outcome: 'not_a_webhook'; readonly problem: string }
  | {
      readonly outcome: 'ignored' | 'parked' | 'waiting' | 'accepted';
      readonly provider: string;
      readonly type: string;
      readonly id: string;
      /** The event it was read as, where the payload was a bare object. */
      readonly readAs: string | null;
      /** Why it is ignored or parked. */
      readonly reasons: readonly string[];
      readonly person: string | null;
      readonly links: readonly string[];
      readonly facets: readonly News[];
      readonly moments: readonly string[];
      readonly messages: readonly Message[];
    };

/** `text` is what came in the body of a webhook, or any object of a provider's API that it can read by itself. */
export function explain(text: string, config: Config): Explanation {
  const json = parseJson(text);
  if (json === undefined) return { outcome: 'not_a_webhook', problem: 'it is not JSON' };
  for (const provider of PROVIDERS) {
    const payload = provider.recognize(json);
    if (payload !== null) {
      const body = { json: payload.json, deliveryId: null, receivedAt: Date.now() };
      const reading = provider.read(body, { ...config.read, mode: 'both' });
      return { ...outcomeOf(reading, provider.name, config), readAs: payload.readAs };
    }
  }
  const names = PROVIDERS.map(titleOf).join(' or ');
  return { outcome: 'not_a_webhook', problem: `it is neither an event nor an object of ${names}` };
}

function outcomeOf(reading: Reading, provider: string, config: Config) {
  const { id, type } = reading;
  const nothing = { person: null, links: [], facets: [], moments: [], messages: [] };
  switch (reading.kind) {
    case 'ignored':
      return {
        ...nothing,
        outcome: 'ignored',
        provider,
        id,
        type,
        reasons: [reading.reason],
      } as const;
    case 'unreadable':
      return {
        ...nothing,
        outcome: 'parked',
        provider,
        id,
        type,
        reasons: reading.problems,
      } as const;
    case 'event':
      return {
        outcome: isForSomebody(reading) ? 'accepted' : 'waiting',
        provider,
        id,
        type,
        reasons: reading.almost === undefined ? [] : ['id_almost_right'],
        person: personOf(reading),
        links: reading.claims.map(
          ({ customerId, userId, source }) => `${customerId} → ${userId} (${source})`,
        ),
        facets: reading.news.filter(({ kind }) => kind !== 'moment'),
        ...accepted(reading, provider, config),
      } as const;
  }
}

/** That a customer is deleted never waits for a person. */
function isForSomebody({ userId, isGone }: Extract<Reading, { kind: 'event' }>): boolean {
  return userId !== null || isGone === true;
}

function personOf(reading: Extract<Reading, { kind: 'event' }>): string {
  const { userId, externalId, customerId, chargeId, isGone } = reading;
  if (userId !== null) return userId;
  if (customerId !== null && isGone === true) {
    return `whoever is linked to ${customerId}, which is deleted`;
  }
  if (externalId !== undefined) {
    const linked = customerId === null ? '' : `, else whoever is linked to ${customerId}`;
    return `the user whose external_id is ${externalId}${linked}; it waits until somebody is`;
  }
  if (customerId !== null) {
    const almost = reading.almost === undefined ? '' : ` (${reading.almost})`;
    return `whoever is linked to ${customerId}; it waits until somebody is${almost}`;
  }
  return `whoever is linked to the customer of ${chargeId ?? 'nobody'}, once that is looked up`;
}

/** As if nothing had been known about the person before; of an organization, who has one of the roles in it. */
function accepted(reading: Extract<Reading, { kind: 'event' }>, provider: string, config: Config) {
  const db = new DatabaseSync(':memory:');
  const tables = openStorage(platformOver(db)).tables();
  const { id, type, customerId, isGone, news } = reading;
  const userId = reading.userId ?? INVENTED_USER;
  const gone = isGone === undefined ? {} : { isGone };
  const event = { provider, id, type, customerId, ...gone, news };
  if (isOrganization(userId)) takeIn(tables, { userId, event: adminOf(config.messages) }, config);
  const before = tables.journal.lastSeq();
  takeIn(tables, { userId, event }, config);
  const messages = tables.journal
    .entriesAfter(before, { count: 100 })
    .flatMap((entry) => entry.messages);
  db.close();
  const moments = messages.flatMap((message) => (message.type === 'track' ? [message.event] : []));
  return { moments, messages };
}

/** And what it makes an organization tell its members, all of whom these notices reach: nobody is left for a fan-out. */
function takeIn(tables: Tables, arrival: Pick<Notice, 'userId' | 'event'>, { messages }: Config) {
  const now = Date.now();
  accept(tables, { ...arrival, now }, messages);
  const notices = tables.notices.next(100);
  for (const notice of notices) accept(tables, { ...notice, now }, messages);
  tables.notices.remove(notices.map(({ seq }) => seq));
  tables.fanOuts.remove(arrival.userId);
  tellObject(tables, arrival.userId, { options: messages, now });
}

/** Older than anything that is told of it. */
function adminOf({ organizations }: MessageOptions): PersonEvent {
  const [role = null] = organizations?.roles ?? [];
  const nothing = { name: null, slug: null, createdAt: null, createdBy: null };
  const at = { joinedAt: null, asOf: 0 };
  return {
    provider: 'clerk',
    id: 'known',
    type: 'known',
    customerId: null,
    news: [
      {
        kind: 'organization',
        facet: { ...nothing, asOf: 0, rank: 0 },
        created: false,
        createdAt: 0,
      },
      { kind: 'member', userId: INVENTED_USER, change: 'changed', membershipId: '', role, ...at },
    ],
  };
}
