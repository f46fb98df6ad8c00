// What Customer.io shows of a person, beside what we hold. Null without an App API key; nothing is stored.

import type { Net } from '../apis/exchange.ts';
import type { Config } from '../config/config.ts';
import { appApi } from '../customerio/app-api.ts';
import { comparePerson } from '../customerio/compare-person.ts';
import type { Timeline } from '../outbox/looks/looks.ts';
import { toldTraits } from '../person/identify.ts';
import { toldIn } from './browser/person.ts';
import type { Beside } from './browser/person.ts';

export async function shownAt(
  config: Config,
  { person, entries }: Pick<Extract<Timeline, { kind: 'person' }>, 'person' | 'entries'>,
  net: Net,
): Promise<Beside | null> {
  const { appToken: token, appUrl: baseUrl } = config.customerio;
  if (token === null) return null;
  const answer = await appApi({ baseUrl, token }, net).attributesOf([person.userId]);
  if (answer.kind !== 'ok') {
    return { problem: 'reason' in answer ? answer.reason : 'answer_unexpected', differences: [] };
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
