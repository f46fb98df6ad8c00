// What Customer.io shows of a person, beside what we hold. Null without an App API key; nothing is stored.

import { appApi } from '../customerio/app-api.ts';
import { comparePerson } from '../customerio/compare-person.ts';
import { toldTraits } from '../person/identify.ts';
import type { Person } from '../person/person.ts';
import { isolateNet } from '../platform/cloudflare.ts';
import type { Beside } from './browser/person.ts';
import type { Relay } from './relay.ts';

export async function shownAt({ config }: Relay, person: Person): Promise<Beside | null> {
  const { appToken: token, appUrl: baseUrl } = config.customerio;
  if (token === null) return null;
  const answer = await appApi({ baseUrl, token }, isolateNet()).attributesOf([person.userId]);
  if (answer.kind !== 'ok') {
    return { problem: 'reason' in answer ? answer.reason : 'answer_unexpected', differences: [] };
  }
  const [shown] = answer.value;
  const held = {
    traits: toldTraits(person, config.messages),
    identifiedAt: person.lastIdentifyAt,
  };
  return shown === undefined
    ? { problem: 'not_at_customerio', differences: [] }
    : { problem: null, differences: comparePerson(held, shown) };
}
