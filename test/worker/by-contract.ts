// Holds an answer of the admin API against the contract: its status is named there, and its body has every field of the
// schema and no other.

import { expect } from 'vitest';

import { ADMIN, EVERYWHERE } from '../../src/console/contract.ts';
import type { AdminRoute } from '../../src/console/contract.ts';
import * as v from '../../src/platform/schema.ts';
const ROUTES: readonly AdminRoute[] = Object.values(ADMIN);

/** The body of an answer to `path`, below /admin. */
export async function byContract(
  { method, path }: { readonly method: string; readonly path: string },
  response: Response,
): Promise<Record<string, unknown>> {
  const json = await response.json<Record<string, unknown>>();
  const route = ROUTES.find((each) => each.method === method && isAt(each, path));
  const { status } = response;
  const schemas = [route?.answers[status], new Map(Object.entries(EVERYWHERE)).get(String(status))];
  const read = schemas.flatMap((schema) => {
    const parsed = schema && v.safeParse(schema, json);
    return parsed?.success ? [parsed.output] : [];
  });
  expect(read, `${method} ${path} ${status}`).toContainEqual(json);
  return json;
}

function isAt({ path }: AdminRoute, asked: string): boolean {
  const [pathname = ''] = asked.split('?');
  return new RegExp(`^${path.replaceAll(/:\w+/g, '[^/]+')}$`).test(pathname);
}
