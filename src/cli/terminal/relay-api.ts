// The Worker's admin API, behind ADMIN_TOKEN. Shapes are read tolerantly: the deployed Worker may be of another version.

import * as z from 'zod';

import { askJson } from '../../apis/ask-json.ts';
import type { JsonAnswer } from '../../apis/ask-json.ts';
import type { Net } from '../../apis/exchange.ts';
import { savedSecrets } from '../../start/saved-secrets.ts';
import { CliError } from './cli-error.ts';
import { persistently } from './http.ts';
import { failureOf } from './say.ts';
import type { Party } from './say.ts';
import { isLocal, needed, relayUrl } from './session.ts';
import type { Session } from './session.ts';

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
  net: Net,
): Promise<JsonAnswer<Value>> {
  const { path, ...rest } = request;
  return askJson({ ...rest, url: `${options.url}${path}`, token: options.token }, net);
}

/** Asks the Worker. A 404 that is answered names something the relay does not know, such as "person_unknown". */
export async function relay<Value>(
  session: Session,
  flag: string | undefined,
  request: RelayRequest<Value>,
): Promise<JsonAnswer<Value>> {
  const url = relayUrl(session, flag);
  const token = needed(adminTokenFor(session, url), 'ADMIN_TOKEN');
  const answer = await persistently(
    () => askRelay(request, { url, token }, session.others),
    session.out.note,
  );
  if (isNoRelay(answer)) {
    throw new CliError(`This Worker has no ADMIN_TOKEN, or is not the relay: ${url}`, {
      todo: 'npx wrangler secret put ADMIN_TOKEN, or give the right address: --worker URL',
    });
  }
  return answer;
}

/** The one of the settings; for npm start, which makes its own, the one it has saved. */
function adminTokenFor(session: Session, url: string): string | null {
  const { adminToken } = session.config().operator;
  if (adminToken !== null || !isLocal(url)) return adminToken;
  return savedSecrets().admin || null;
}

/** The relay's own 404s say what is unknown; without a token it says not_found, as anybody's server may. */
function isNoRelay(answer: JsonAnswer<unknown>): boolean {
  return answer.kind === 'rejected' && answer.status === 404 && !answer.detail.endsWith('_unknown');
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
