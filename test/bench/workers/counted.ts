// The relay, saying with each answer how many rows SQLite has read in its outbox shards for it: Worker and shards are one isolate
// here, so what one counts the other can tell.

import relay, { Links, Outbox as Shard, Sync } from '../../../src/index.ts';

export { Links, Sync };

let cursors: { readonly rowsRead: number }[] = [];

export class Outbox extends Shard {
  constructor(ctx: DurableObjectState, env: Cloudflare.Env) {
    const { sql } = ctx.storage;
    const exec = sql.exec.bind(sql);
    const value: typeof exec = <Row extends Record<string, SqlStorageValue>>(
      query: string,
      ...bindings: unknown[]
    ) => {
      const cursor = exec<Row>(query, ...bindings);
      cursors.push(cursor);
      return cursor;
    };
    Object.defineProperty(sql, 'exec', { value });
    super(ctx, env);
  }
}

// oxlint-disable-next-line import/no-default-export -- a Worker's entry
export default {
  ...relay,
  fetch: async (request, env, ctx) => {
    cursors = [];
    const answer = await relay.fetch(request, env, ctx);
    const rows = cursors.reduce((all, { rowsRead }) => all + rowsRead, 0);
    const counted = new Response(answer.body, answer);
    counted.headers.set('x-rows-read', String(rows));
    return counted;
  },
} satisfies ExportedHandler<Cloudflare.Env>;
