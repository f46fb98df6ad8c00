// What a payload would become under a configuration: read and applied to somebody nobody has heard of, and nothing is sent
// or stored. Pure but for the clock that comes in.

import { readConfig } from '../config/config.ts';
import type { Config } from '../config/config.ts';
import type { Provider, Reading } from '../intake/provider.ts';
import { applyEvent } from '../person/apply.ts';
import { changesBetween } from '../person/difference.ts';
import type { Changes } from '../person/difference.ts';
import { identifiedIfDue } from '../person/identify.ts';
import { asMapped } from '../person/mapping.ts';
import { momentFor } from '../person/membership.ts';
import type { Message } from '../person/message.ts';
import { trackMessage } from '../person/messages.ts';
import type { MessageOptions } from '../person/messages.ts';
import type { Moment } from '../person/moment.ts';
import { stateOf } from '../person/organization.ts';
import { isOrganization } from '../person/owner.ts';
import { newPerson } from '../person/person.ts';
import type { Person } from '../person/person.ts';
import { parseJson } from '../platform/json.ts';

/** An invented person, for an event that does not say itself whom it is about. */
const INVENTED_USER = 'user_somebody';

/** `outcome`: as the provider would be told, or `not_a_webhook`. `reasons`: codes, or fields that are wrong. */
export type Explanation = {
  readonly outcome: 'not_a_webhook' | 'ignored' | 'parked' | 'waiting' | 'accepted';
  readonly type: string;
  readonly reasons: readonly string[];
  readonly person: string | null;
  readonly moments: readonly string[];
  readonly changes: Changes | null;
  readonly messages: readonly Message[];
};

const NOTHING = { type: '', reasons: [], person: null, moments: [], changes: null, messages: [] };

type Asked = {
  readonly config: Config;
  readonly providers: readonly Provider[];
  readonly now: number;
};

export function explain(text: string, { config, providers, now }: Asked): Explanation {
  const json = parseJson(text);
  for (const provider of json === undefined ? [] : providers) {
    const payload = provider.recognize(json);
    if (payload !== null) {
      const body = { json: payload.json, deliveryId: null, receivedAt: now };
      const reading = provider.read(body, { ...config.read, mode: 'both' });
      return explained(reading, provider.name, { config, providers, now });
    }
  }
  return { ...NOTHING, outcome: 'not_a_webhook' };
}

function explained(reading: Reading, provider: string, { config, now }: Asked): Explanation {
  const { id, type } = reading;
  if (reading.kind === 'ignored') {
    return { ...NOTHING, outcome: 'ignored', type, reasons: [reading.reason] };
  }
  if (reading.kind === 'unreadable') {
    return { ...NOTHING, outcome: 'parked', type, reasons: reading.problems };
  }
  const { userId, customerId, news } = reading;
  const before = newPerson(userId ?? INVENTED_USER);
  const step = applyEvent(before, { provider, id, type, customerId, news });
  const options = config.messages;
  const person = asMapped(step.person, options.mapping);
  const isCompany = isOrganization(before.userId);
  const heard = isCompany
    ? step.moments.map((each) => asHeard(each, person, options))
    : step.moments;
  const hearer = isCompany ? INVENTED_USER : before.userId;
  const tracks = heard.flatMap((moment) => trackMessage(hearer, moment, options) ?? []);
  const identify = isCompany ? null : identifiedIfDue(person, options, now);
  return {
    outcome: userId === null ? 'waiting' : 'accepted',
    type,
    reasons: [],
    person: userId,
    moments: step.moments.map(({ name }) => name),
    changes: changesBetween(before, person),
    messages: [...(identify === null ? [] : [identify.message]), ...tracks],
  };
}

/** As somebody with one of the roles hears it: an organization is told nothing itself. */
function asHeard(moment: Moment, organization: Person, { organizations }: MessageOptions): Moment {
  const [role = null] = organizations?.roles ?? [];
  const name = stateOf(organization).facet?.name ?? null;
  return momentFor(INVENTED_USER, moment, { id: organization.userId, name, role });
}

/** The configuration with other tables; `NAME: what was expected` where they are wrong. `name = value`, one a line. */
export function configWith(
  env: object,
  tables: Readonly<Record<string, string>>,
): ReturnType<typeof readConfig> {
  const changed = Object.entries(tables).map(([name, text]) => [name, tableIn(text)] as const);
  return readConfig({ ...env, ...Object.fromEntries(changed) });
}

function tableIn(text: string): Readonly<Record<string, string | boolean>> {
  const rows = text.split('\n').flatMap((line) => {
    const [, name = '', value = ''] =
      /^\s*["']?([^"'=\s]+)["']?\s*=\s*(.*?)\s*$/.exec(line.split('#')[0] ?? '') ?? [];
    if (name === '') return [];
    return [[name, value === 'false' ? false : value.replaceAll(/^["']|["']$/g, '')] as const];
  });
  return Object.fromEntries(rows);
}
