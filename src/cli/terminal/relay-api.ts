// The Worker's admin API, behind ADMIN_TOKEN, by the contract the Worker answers by. Answers are read tolerantly: the
// deployed Worker may be of another version.

import { askJson } from '../../apis/ask-json.ts';
import type { Failure, JsonAnswer, Rejected } from '../../apis/ask-json.ts';
import type { Net } from '../../apis/exchange.ts';
import { withAnyKey } from '../../apis/keys.ts';
import type { AdminRoute, AnswerOf } from '../../console/contract.ts';
import type * as v from '../../platform/schema.ts';
import { savedSecrets } from '../../samples/saved-secrets.ts';
import { isLocal, needSafe } from './address.ts';
import { CliError } from './cli-error.ts';
import { persistently } from './http.ts';
import { failureOf } from './say.ts';
import { needed, relayUrl } from './session.ts';
import type { Session } from './session.ts';

/** The option of every command that asks the Worker. */
export const WORKER = [
  '--to, --worker <url>',
  'the Worker (default: RELAY_URL, else http://localhost:8787)',
] as const;

type RouteWithYes = AdminRoute & {
  readonly answers: { readonly 200: v.GenericSchema } | { readonly 202: v.GenericSchema };
};

/** 202: it is begun, and goes on by itself. */
type YesOf<Route extends RouteWithYes> = Route['answers'] extends { readonly 200: v.GenericSchema }
  ? AnswerOf<Route, 200>
  : AnswerOf<Route, 202>;

type QueryOf<Route> = Route extends { readonly query: readonly (infer Name extends string)[] }
  ? Name
  : never;

/** What is asked of a route: its path's parts by name, and a body where it takes one. */
type RelayRequest<Route extends RouteWithYes> = {
  readonly route: Route;
  readonly parts?: Readonly<Record<string, string>>;
  readonly query?: Partial<Record<QueryOf<Route>, string>>;
  readonly json?: unknown;
};

/** Ends the command where the token would be read on the way. */
export async function askRelay<Route extends RouteWithYes>(
  request: RelayRequest<Route>,
  { url, token }: { readonly url: string; readonly token: string },
  net: Net,
): Promise<JsonAnswer<YesOf<Route>>> {
  needSafe(url, 'ADMIN_TOKEN');
  const { route, json } = request;
  const schema = (route.answers[200] ?? route.answers[202]) as v.GenericSchema<
    unknown,
    YesOf<Route>
  >;
  const asked = { method: route.method, url: `${url}${pathOf(request)}`, schema, json };
  return withAnyKey(token, (one) => askJson({ ...asked, token: one }, net));
}

/** The Worker that is asked, by its address and the token for it: asked once at a time, and what a failure means. */
export function relayAt(session: Session, flag: string | undefined) {
  const url = relayUrl(session, flag);
  const token = needed(adminTokenFor(session, url), 'ADMIN_TOKEN');
  const party = {
    name: 'The Worker',
    url,
    secretName: 'ADMIN_TOKEN',
    onRefused: isLocal(url)
      ? 'The Worker on this machine has another one: the one of the folder it was started in.'
      : 'The deployed Worker has another one: npx wrangler secret put ADMIN_TOKEN',
    onUnreachable: isLocal(url)
      ? 'Start one with npm start, or say where it is: --worker URL'
      : null,
  };
  return {
    url,
    ask: async <Route extends RouteWithYes>(request: RelayRequest<Route>) =>
      askRelay(request, { url, token }, session.others),
    errorOf: (answer: Failure): CliError =>
      answer.kind === 'rejected' && isNoRelay(answer) ? noRelay(url) : failureOf(answer, party),
  };
}

/**
 * Asks the Worker, and ends the command with a sentence unless the answer is a yes. `explain` may have a better one for
 * a refusal.
 */
export async function relayValue<Route extends RouteWithYes>(
  session: Session,
  flag: string | undefined,
  request: RelayRequest<Route>,
  explain: (rejected: Rejected) => CliError | null = () => null,
): Promise<YesOf<Route>> {
  const relay = relayAt(session, flag);
  const answer = await persistently(async () => relay.ask(request), session.out.note);
  if (answer.kind === 'ok') return answer.value;
  const explained = answer.kind === 'rejected' && !isNoRelay(answer) ? explain(answer) : null;
  throw explained ?? relay.errorOf(answer);
}

/** On this machine the one that npm start has made comes first: of two, the second is tried where the first is refused. */
function adminTokenFor(session: Session, url: string): string | null {
  const { adminToken } = session.config().operator;
  if (!isLocal(url)) return adminToken;
  const tokens = [savedSecrets().admin, adminToken ?? ''].filter((token) => token !== '');
  return tokens.length === 0 ? null : tokens.join(',');
}

/** The relay's own 404s say what is unknown; without a token it says not_found, as anybody's server may. */
function isNoRelay({ status, detail }: Pick<Rejected, 'status' | 'detail'>): boolean {
  return status === 404 && !detail.endsWith('_unknown');
}

function noRelay(url: string): CliError {
  return new CliError(`This Worker has no ADMIN_TOKEN, or is not the relay: ${url}`, {
    todo: 'npx wrangler secret put ADMIN_TOKEN, or give the right address: --worker URL',
  });
}

function pathOf({ route, parts = {}, query = {} }: RelayRequest<RouteWithYes>): string {
  const path = route.path.replaceAll(/:(\w+)/g, (_, name: string) =>
    encodeURIComponent(parts[name] ?? ''),
  );
  const search = new URLSearchParams(query).toString();
  return `/admin${path}${search === '' ? '' : `?${search}`}`;
}
