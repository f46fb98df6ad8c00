// What Customer.io shows of a person, beside what we hold. Null without an App API key; nothing is stored.

import type { Config } from '../config/config.ts';
import { appApi } from '../customerio/app-api.ts';
import { comparePerson } from '../customerio/compare-person.ts';
import type { Timeline } from '../outbox/looks/looks.ts';
import { toldTraits } from '../person/identify.ts';
import { toldIn } from './browser/person.ts';
import type { Beside } from './browser/person.ts';

/** What the answer of any API may be called, by what it is called of this one. */
const CODES = new Map<string, string>([
  ['credentials_invalid', 'customerio_refused'],
  ['unexpected', 'customerio_rejected'],
  ['torn', 'customerio_rejected'],
]);

export async function shownAt(
  config: Config,
  { person, entries }: Pick<Extract<Timeline, { kind: 'person' }>, 'person' | 'entries'>,
  net: Parameters<typeof appApi>[1],
): Promise<Beside | null> {
  const { appToken: token, appUrl: baseUrl } = config.customerio;
  if (token === null) return null;
  const answer = await appApi({ baseUrl, token }, net).attributesOf([person.userId]);
  if (answer.kind !== 'ok') {
    const reason = 'reason' in answer ? answer.reason : 'unexpected';
    return { problem: CODES.get(reason) ?? reason, differences: [] };
  }
  const [shown] = answer.value;
  const held = {
    traits: toldTraits(person, config.messages),
    identifiedAt: person.lastIdentifyAt,
    before: toldIn(entries).map(({ traits }) => traits),
  };
  return shown === undefined
    ? { problem: 'not_at_customerio', differences: [] }
    : { problem: null, differences: comparePerson(held, shown) };
}
