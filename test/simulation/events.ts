// Events as the outbox accepts them, for simulations and scripts.

import type { Moment } from '../../src/person/moment.ts';
import type { News, PersonEvent } from '../../src/person/news.ts';

export function checkout(id: string, at: number): Moment {
  return {
    name: 'checkout_completed',
    key: ['checkout_completed', id],
    keyAt: at,
    occurredAt: at,
    subscriptionId: null,
    properties: { webhook: id },
    once: 'seen',
  };
}

export function eventOf(index: number, news: News): PersonEvent {
  const provider = news.kind === 'moment' ? 'stripe' : 'clerk';
  return { provider, id: `evt_${index}`, type: news.kind, customerId: null, news: [news] };
}
