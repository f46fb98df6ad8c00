// Customer.io, live, without creating anyone: an empty call in strict mode is refused as invalid (400) by whoever
// takes the key, and as unauthorized (401) by whoever does not.

import { exchange, READ_ONLY_ERRORS } from '../../apis/exchange.ts';
import type { Net } from '../../apis/exchange.ts';
import { withAnyKey } from '../../apis/keys.ts';
import { outcomeOf } from '../../apis/outcome.ts';
import type { Outcome } from '../../apis/outcome.ts';
import type { Config } from '../../config/config.ts';
import { operatorApi } from '../../customerio/operator-api.ts';
import { pipelinesHeaders } from '../../customerio/pipelines-request.ts';
import type { PipelinesOptions } from '../../customerio/pipelines-request.ts';
import { persistently } from '../terminal/http.ts';
import { sayFailure } from '../terminal/say.ts';
import { whereToFind } from '../terminal/secrets.ts';
import type { Session } from '../terminal/session.ts';
import { ok, problem, warning } from './check.ts';
import type { Check } from './check.ts';

const REGIONS = { us: '', eu: '-eu' } as const;
type Region = keyof typeof REGIONS;

/** What one way of signing in met: taken, refused, or no word about it. */
type Probe =
  | { readonly kind: 'taken' }
  | { readonly kind: 'refused'; readonly reason: 'credentials_invalid'; readonly status: number }
  | { readonly kind: 'unclear'; readonly finding: string }
  /** Also unclear, but worth asking again. */
  | Extract<Outcome, { kind: 'retry' }>;

export async function pipelinesCheck(session: Session): Promise<Check | null> {
  const config = session.config();
  const { token, siteId } = config.customerio;
  if (token === null) return null;
  const name = 'Pipelines API';
  const region = regionOf(config);
  const as = siteId === null ? 'token:' : 'site_id:token';
  const options = { baseUrl: config.customerio.baseUrl, token, siteId };
  const configured = await probePipelines(options, session);
  if (configured.kind === 'taken') {
    return ok(name, `takes the key as ${as}, region ${region ?? 'by address'}`);
  }
  if (configured.kind === 'retry') {
    const { sentence, todo } = sayFailure(configured, session.pipelines().party);
    return problem(name, sentence, todo);
  }
  if (configured.kind === 'unclear') {
    return problem(
      name,
      configured.finding,
      'Check the network, any proxy and CUSTOMERIO_PIPELINES_URL.',
    );
  }
  return (
    (siteId === null ? null : await otherForm(options, session)) ??
    (await otherRegion(options, region, session)) ??
    problem(name, `refuses the key as ${as} (${configured.status})`, refusedTodo(siteId))
  );
}

function refusedTodo(siteId: string | null): string {
  const hint =
    siteId === null ? ' If it only works with a site id, set CUSTOMERIO_SITE_ID too.' : '';
  return `${whereToFind('CUSTOMERIO_TRACK_TOKEN')} A Track or App key is refused here.${hint}`;
}

/** The documented form is `token:`; many write `site_id:token`. */
async function otherForm(options: PipelinesOptions, session: Session): Promise<Check | null> {
  const probe = await probePipelines({ ...options, siteId: null }, session);
  if (probe.kind !== 'taken') return null;
  return problem(
    'Pipelines API',
    'takes the key as token:, but refuses it as site_id:token',
    'Remove CUSTOMERIO_SITE_ID.',
  );
}

async function otherRegion(
  options: PipelinesOptions,
  region: Region | null,
  session: Session,
): Promise<Check | null> {
  if (region === null) return null;
  const other = region === 'us' ? 'eu' : 'us';
  const baseUrl = `https://cdp${REGIONS[other]}.customer.io/v1`;
  const probe = await probePipelines({ ...options, baseUrl }, session);
  if (probe.kind !== 'taken') return null;
  return problem(
    'region',
    `the key belongs to the region ${other}, and CUSTOMERIO_REGION is ${region}`,
    `Set CUSTOMERIO_REGION = "${other}" in wrangler.toml, then npm run deploy.`,
  );
}

/** Null when the address is given by hand: then no region is known. */
function regionOf({ customerio }: Config): Region | null {
  const regions: readonly Region[] = ['us', 'eu'];
  return (
    regions.find((each) => customerio.baseUrl === `https://cdp${REGIONS[each]}.customer.io/v1`) ??
    null
  );
}

async function probePipelines(options: PipelinesOptions, session: Session): Promise<Probe> {
  const { net } = session.pipelines();
  const { token } = options;
  return persistently(
    () => withAnyKey(token, (one) => probeOnce({ ...options, token: one }, net)),
    session.out.note,
  );
}

async function probeOnce(options: PipelinesOptions, net: Net): Promise<Probe> {
  const init = {
    method: 'POST',
    redirect: 'manual',
    headers: pipelinesHeaders(options),
    body: '{}',
  } as const;
  const request = { url: `${options.baseUrl}/identify`, init };
  const result = await exchange(request, READ_ONLY_ERRORS, net);
  if (result.kind === 'timed_out') return { kind: 'unclear', finding: 'did not answer in time' };
  if (result.kind === 'unreachable') return { kind: 'unclear', finding: 'cannot be reached' };
  const { status } = result.answer;
  if (status === 401 || status === 403) {
    return { kind: 'refused', reason: 'credentials_invalid', status };
  }
  // Strict mode refuses the empty call of a known key as invalid. Anything else proves nothing, a 200 least of all:
  // without strict mode it is what an unknown key gets too.
  if (status === 400) return { kind: 'taken' };
  const outcome = outcomeOf(result.answer, net.now());
  if (outcome.kind === 'retry') return outcome;
  return {
    kind: 'unclear',
    finding: `answers ${status}, which does not say whether it takes the key`,
  };
}

export async function appCheck(session: Session): Promise<Check | null> {
  const config = session.config();
  const { appToken, appUrl } = config.customerio;
  const name = 'App API';
  if (appToken === null) {
    return warning(
      name,
      'CUSTOMERIO_APP_TOKEN is not set: no people, segments or mails',
      whereToFind('CUSTOMERIO_APP_TOKEN'),
    );
  }
  const { api, party } = session.app();
  const answer = await persistently(() => api.segments(), session.out.note);
  if (answer.kind === 'ok') return ok(name, `takes the key; ${answer.value.length} segments`);
  const isRefused = answer.kind === 'refused';
  if (isRefused && (await isOfOtherRegion(appUrl, appToken, session))) {
    return problem(
      'App API region',
      'the App key belongs to the other region',
      `Set CUSTOMERIO_REGION = "${appUrl.includes('-eu') ? 'us' : 'eu'}" in wrangler.toml, then npm run deploy.`,
    );
  }
  const { sentence, todo } = sayFailure(answer, party);
  return problem(name, sentence, todo);
}

async function isOfOtherRegion(appUrl: string, token: string, session: Session): Promise<boolean> {
  const [us, eu] = ['https://api.customer.io/v1', 'https://api-eu.customer.io/v1'];
  if (appUrl !== us && appUrl !== eu) return false;
  const baseUrl = appUrl === us ? eu : us;
  const answer = await operatorApi({ baseUrl, token }, session.app().net).segments();
  return answer.kind === 'ok';
}
