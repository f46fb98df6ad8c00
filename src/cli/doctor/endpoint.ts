// One endpoint: reachable, TLS, authenticated. A key goes only to the address it belongs to.

import { exchange, READ_ONLY_ERRORS } from '../../apis/exchange.ts';
import type { Exchange } from '../../apis/exchange.ts';
import { pipelinesHeaders } from '../../customerio/pipelines-request.ts';
import { listIn } from '../../platform/list.ts';
import { hasPassword, needSafe } from '../terminal/address.ts';
import { usageError } from '../terminal/cli-error.ts';
import { errorCode } from '../terminal/http.ts';
import type { Session } from '../terminal/session.ts';
import { ok, problem, warning } from './check.ts';
import type { Check } from './check.ts';

type Endpoint = { readonly url: string; readonly method: string };

export async function endpointChecks(
  session: Session,
  { url, method }: Endpoint,
): Promise<Check[]> {
  // Not repeated: it may hold a password.
  if (!URL.canParse(url) || !/^https?:/.test(url)) {
    throw usageError('--url is no address.', 'It looks like https://cdp.customer.io/v1/identify');
  }
  const credentials = credentialsFor(session, url);
  if (credentials !== null) needSafe(url, credentials.name);
  else if (hasPassword(url)) throw usageError('--url takes no user and no password.');
  const init = {
    method,
    redirect: 'manual' as const,
    headers: { 'Content-Type': 'application/json', ...credentials?.headers },
    ...(method === 'POST' ? { body: '{}' } : {}),
  };
  const startedAt = session.others.now();
  const result = await exchange({ url, init }, READ_ONLY_ERRORS, session.others);
  const reach = reachCheck(result, session.others.now() - startedAt);
  if (reach.verdict !== 'ok') return [reach];
  return [reach, tlsCheck(url), authCheck(result, credentials?.name ?? null)];
}

function reachCheck(result: Exchange, ms: number): Check {
  if (result.kind === 'timed_out') {
    return problem('reachable', 'no answer in time', 'Try again; check any proxy.');
  }
  if (result.kind !== 'unreachable') {
    return ok('reachable', `answers in ${ms} ms (${result.answer.status})`);
  }
  const code = errorCode(result.error);
  return /CERT|SSL|TLS|SELF_SIGNED/.test(code)
    ? problem(
        'TLS',
        `the certificate is not accepted (${code})`,
        'A proxy that opens TLS, or a wrong host.',
      )
    : problem(
        'reachable',
        `no connection (${code})`,
        'Check the network, the proxy and the spelling.',
      );
}

/** Who answered over https has shown a certificate that Node accepts: else there is no answer. */
function tlsCheck(url: string): Check {
  return url.startsWith('https:')
    ? ok('TLS', 'the certificate is valid for this host')
    : warning(
        'TLS',
        'none: everything can be read on the way',
        'Use https, unless this is your own machine.',
      );
}

function authCheck(result: Exchange, name: string | null): Check {
  const status = 'answer' in result ? result.answer.status : 0;
  if (status >= 300 && status < 400) {
    return problem(
      'authenticated',
      `redirects (${status}), which is never followed`,
      'Use the address it redirects to, or the right region.',
    );
  }
  const isRefused = status === 401 || status === 403;
  if (name === null) {
    return isRefused
      ? warning(
          'authenticated',
          `asks for a key (${status}); none of ours belongs to this address`,
          'That is as it should be, unless it is a mistyped address.',
        )
      : ok('authenticated', 'no key was sent: none of ours belongs to this address');
  }
  if (isRefused) {
    return problem(
      'authenticated',
      `refuses ${name} (${status})`,
      `lifecycle doctor check-connector --env-name ${name}`,
    );
  }
  if (status === 404 || status === 405) {
    return problem(
      'authenticated',
      `there is nothing at this path by this method (${status})`,
      'Check path and --method.',
    );
  }
  if (status >= 500) {
    return problem('authenticated', `is out of order (${status})`, 'Try again later.');
  }
  return ok(
    'authenticated',
    `takes ${name}${status === 400 ? '; it refused the empty body, as it should' : ''}`,
  );
}

function credentialsFor(session: Session, url: string) {
  const { customerio, lookups } = session.config();
  const { token, appToken } = customerio;
  // Of two keys, while one is rotated, the first.
  const first = (keys: string) => listIn(keys)[0] ?? '';
  const bearer = (keys: string) => ({ Authorization: `Bearer ${first(keys)}` });
  const rows = [
    {
      base: customerio.baseUrl,
      name: 'CUSTOMERIO_TRACK_TOKEN',
      headers: token && pipelinesHeaders({ ...customerio, token: first(token) }),
    },
    {
      base: customerio.appUrl,
      name: 'CUSTOMERIO_APP_TOKEN',
      headers: appToken && bearer(appToken),
    },
    {
      base: lookups.clerk.baseUrl,
      name: 'CLERK_SECRET_KEY',
      headers: lookups.clerk.key && bearer(lookups.clerk.key),
    },
    {
      base: lookups.stripe.baseUrl,
      name: 'STRIPE_SECRET_KEY',
      headers: lookups.stripe.key && bearer(lookups.stripe.key),
    },
  ];
  const row = rows.find(({ base }) => url === base || url.startsWith(`${base}/`));
  return row?.headers ? { name: row.name, headers: row.headers } : null;
}
