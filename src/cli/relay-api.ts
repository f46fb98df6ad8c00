// The Worker as the operator sees it: health, and the admin API behind ADMIN_TOKEN.

import * as z from 'zod';

import type { SendShell } from '../customerio/exchange.ts';
import { askBearer } from './bearer-api.ts';

export const ShardStatus = z.object({
  name: z.string(),
  pending: z.number(),
  lagMs: z.number(),
  parked: z.number(),
  pause: z.string().nullable(),
  waiting: z.number(),
  links: z.number(),
  waitingCustomers: z.number(),
});

export const Status = z.object({ shards: z.array(ShardStatus) });
export type Status = z.infer<typeof Status>;

export type RelayApi = ReturnType<typeof relayApi>;

export function relayApi(
  options: { readonly url: string; readonly token: string },
  shell: SendShell,
) {
  function ask<Value>(
    method: 'GET' | 'POST' | 'DELETE',
    path: string,
    rest: { readonly schema: z.ZodType<Value>; readonly json?: unknown },
  ) {
    return askBearer(
      { ...rest, method, url: `${options.url}${path}`, token: options.token },
      shell,
    );
  }

  return { ask, status: () => ask('GET', '/admin/status', { schema: Status }) };
}
