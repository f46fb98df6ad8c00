// An explanation as text for a person at a terminal.

import type { SubscriptionFacet } from '../../person/facet.ts';
import type { Message } from '../../person/message.ts';
import { toMajor } from '../../person/money.ts';
import type { News, Payment } from '../../person/news.ts';
import { codeText } from '../../watch/codes.ts';
import type { Explanation } from './explanation.ts';

/** `title` is the file's name. */
export function explanationText(title: string, explanation: Explanation): string[] {
  if (explanation.outcome === 'not_a_webhook') {
    return [title, `  not a webhook: ${explanation.problem}`];
  }
  const { outcome, reasons, provider, type, readAs, person, links, facets } = explanation;
  const rows: readonly (readonly [string, string])[] = [
    [
      'event',
      `${provider} ${type}${readAs === null ? '' : ' (a bare object, read as this event)'}`,
    ],
    ['outcome', [outcome, ...reasons].join(': ')],
    ...reasons.flatMap((reason) => whyText(reason)),
    ...(person === null ? [] : [['person', person] as const]),
    ...links.map((link) => ['link', link] as const),
    ...facets.map((news) => ['facet', facetText(news)] as const),
    ...explanation.messages.map((message) => ['message', messageText(message)] as const),
  ];
  return [title, ...rows.map(([name, text]) => `  ${name.padEnd(8)} ${text}`)];
}

function whyText(reason: string): (readonly [string, string])[] {
  const text = codeText(reason);
  return text === null ? [] : [['why', text]];
}

function facetText(news: News): string {
  switch (news.kind) {
    case 'subscription':
    case 'purchase':
      return subscriptionText(news.facet);
    case 'planned':
      return plannedText(news);
    case 'unpaid':
    case 'coupons':
      return `subscription ${news.subscriptionId}: ${SAID_OF_IT[news.kind]}`;
    case 'payment':
    case 'paid':
      return paymentText(news.payment);
    case 'card':
    case 'default_method':
      return wayToPayText(news);
    default:
      return personText(news);
  }
}

type Rest = 'user' | 'deleted' | 'moment' | 'organization' | 'domain' | 'member' | 'membership';

function personText(news: Extract<News, { kind: Rest }>): string {
  switch (news.kind) {
    case 'user':
      return `user: ${Object.keys(news.facet.traits).join(' ')}`;
    case 'deleted':
      return 'the account is gone: everything about the person is erased';
    case 'moment':
      return news.moment.name;
    case 'organization':
      return `organization: ${news.facet.name ?? 'without a name'}`;
    case 'domain':
      return `domain ${news.name}: ${news.isGone ? 'no more' : "the organization's"}`;
    case 'member':
      return `member ${news.userId}: ${news.change} (${news.role ?? 'no role'})`;
    case 'membership':
      return `organization ${news.organizationId}: what it tells a member`;
  }
}

const SAID_OF_IT = {
  unpaid: 'nothing is paid for',
  coupons: 'what its coupons take off',
} as const;

function paymentText({ invoiceId, amountMinor, currency, billingReason }: Payment): string {
  const why = billingReason ?? 'no reason given';
  return `invoice ${invoiceId}: paid ${toMajor(amountMinor, currency)} ${currency} (${why})`;
}

function plannedText({ subscriptionId, next }: Extract<News, { kind: 'planned' }>): string {
  const will = next?.isTakenBack === true ? 'will not follow after all' : 'will follow';
  return `subscription ${subscriptionId}: another purchase ${will}`;
}

function wayToPayText(news: Extract<News, { kind: 'card' | 'default_method' }>): string {
  if (news.kind === 'default_method') {
    return `customer ${news.customerId}: pays with ${news.id ?? 'nothing by default'}`;
  }
  const { id, isAttached, expiresAt } = news;
  return `card ${id}: ${isAttached ? `expires ${dateText(expiresAt)}` : 'taken away'}`;
}

function subscriptionText(facet: SubscriptionFacet): string {
  const { id, status, plan, monthlyMinor, currency, seats, cancelAt } = facet;
  const worth =
    monthlyMinor === null
      ? 'worth unknown'
      : `${toMajor(monthlyMinor, currency)} ${currency ?? ''} a month`;
  const parts = [status, `plan ${plan ?? 'unknown'}`, worth];
  if (seats !== null) parts.push(`seats ${seats}`);
  if (cancelAt !== null) parts.push(`ends ${dateText(cancelAt)}`);
  return `subscription ${id}: ${parts.join(', ')}`;
}

/** Unix seconds as a day. */
function dateText(at: number | null): string {
  return at === null ? 'never' : new Date(at * 1000).toISOString().slice(0, 10);
}

function messageText(message: Message): string {
  const [name, content] =
    message.type === 'track'
      ? [`track ${message.event}`, message.properties]
      : ['identify', message.traits];
  return `${name} ${JSON.stringify(content)}`;
}
