// The Worker's admin API, behind ADMIN_TOKEN. Shapes are read tolerantly: the deployed Worker may be of another version.

import * as z from 'zod';

import type { AppAnswer } from '../customerio/app-api.ts';
import { askBearer } from './bearer-api.ts';
import type { Answered } from './bearer-api.ts';
import { persistently } from './http.ts';
import { failureOf } from './say.ts';
import type { Party } from './say.ts';
import { needed, relayUrl } from './session.ts';
import type { SendShell, Session } from './session.ts';

const figure = z.number().default(0);

const ShardStatus = z.object({
  name: z.string(),
  pending: figure,
  lagMs: figure,
  parked: figure,
  pause: z.string().nullable().default(null),
  waiting: figure,
  links: figure,
  waitingCustomers: figure,
});

export const Status = z.object({ shards: z.array(ShardStatus) });
export type Status = z.infer<typeof Status>;

export type RelayRequest<Value> = {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  readonly schema: z.ZodType<Value>;
  readonly json?: unknown;
};

export function askRelay<Value>(
  request: RelayRequest<Value>,
  options: { readonly url: string; readonly token: string },
  shell: SendShell,
): Promise<AppAnswer<Answered<Value>>> {
  const { path, ...rest } = request;
  return askBearer({ ...rest, url: `${options.url}${path}`, token: options.token }, shell);
}

/** Asks the Worker; a 404 or another refusal the caller knows by name is `onRefusal`'s. */
export async function relay<Value>(
  session: Session,
  flag: string | undefined,
  request: RelayRequest<Value>,
): Promise<AppAnswer<Value>> {
  const url = relayUrl(session, flag);
  const token = needed(session.config().operator.adminToken, 'ADMIN_TOKEN');
  const answer = await persistently(
    () => askRelay(request, { url, token }, session.others),
    session.out.note,
  );
  return answer.kind === 'ok' ? { kind: 'ok', value: answer.value.body } : answer;
}

/** Ends the command with a sentence unless the answer is a yes. */
export async function relayValue<Value>(
  session: Session,
  flag: string | undefined,
  request: RelayRequest<Value>,
): Promise<Value> {
  const answer = await relay(session, flag, request);
  if (answer.kind === 'ok') return answer.value;
  throw failureOf(answer, relayParty(relayUrl(session, flag)));
}

export function relayParty(url: string): Party {
  return {
    name: 'The Worker',
    url,
    secretName: 'ADMIN_TOKEN',
    onRefused: 'The deployed Worker has another one: npx wrangler secret put ADMIN_TOKEN',
  };
}
