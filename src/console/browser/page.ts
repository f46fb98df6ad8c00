// One page: a template of its name, filled in. Templates, and the sentences of all codes, lie in one file beside the Worker,
// and are read once per isolate.

import type { Context, Next } from 'hono';

import type { RelayApp } from '../../door/ready.ts';
import { readAssets } from '../../platform/assets.ts';
import { faultOf, log } from '../../platform/log.ts';
import * as v from '../../platform/schema.ts';
import { rowIn } from '../../watch/families.ts';
import { FILTERS } from './filters.ts';
import { openTemplates } from './template.ts';

export type Console = Context<RelayApp>;

let render: ReturnType<typeof openTemplates> | undefined;

/** As the table of codes says it, which lies beside the pages. */
const NOT_THERE =
  'assets_missing: The pages of the console do not lie beside the Worker. ' +
  'Deploy with [assets] in wrangler.toml as the repository has it: npm run deploy.';

/** `data`: what the template names. */
export async function page(c: Console, name: string, data: object): Promise<Response> {
  try {
    render ??= await read(c.env);
  } catch (error) {
    log({ stage: 'app', decision: 'unavailable', reason: 'assets_missing', fault: faultOf(error) });
    return c.text(NOT_THERE, 503);
  }
  return c.html(render(name, [{ token: c.get('formToken') }, data], Date.now()));
}

/** For whoever is signed in; `gone`: it may have been there. */
export function notFound(c: Console, code = 'not_found'): Promise<Response> {
  c.status(404);
  return page(c, 'missing', { code });
}

/** What is refused in one word, as tools want it, is said here with what helps. */
export async function asPage(c: Console, next: Next): Promise<void> {
  await next();
  const { status, headers } = c.res;
  if (status < 400 || headers.get('content-type') !== 'application/json') return;
  const { error } = v.parse(Refused, await c.res.json());
  const said = await page(c, 'message', { code: error === 'unavailable' ? 'page_failed' : error });
  c.res = new Response(said.body, { status, headers: said.headers });
}

const Refused = v.object({ error: v.string() });

async function read(env: Cloudflare.Env): Promise<ReturnType<typeof openTemplates>> {
  const { templates, codes } = await readAssets(env);
  const rows = new Map(Object.entries(codes));
  const code = (of: unknown) => ({
    code: of,
    sentence: '',
    remedy: [],
    ...rowIn(rows, String(of)),
  });
  return openTemplates(templates, { ...FILTERS, code });
}
