// The floor: one Durable Object insert for each request and nothing else; for Stripe's path one in each of two objects, one after
// the other, because a customer's event asks whose it is before it goes to them.

import { DurableObject } from 'cloudflare:workers';
import { Hono } from 'hono';

export class Floor extends DurableObject {
  constructor(ctx: DurableObjectState, env: Cloudflare.Env) {
    super(ctx, env);
    ctx.storage.sql.exec('CREATE TABLE IF NOT EXISTS log (seq INTEGER PRIMARY KEY, body TEXT)');
  }

  async insert(body: string): Promise<void> {
    this.ctx.storage.sql.exec('INSERT INTO log (body) VALUES (?)', body);
  }
}

type Env = { readonly FLOOR: DurableObjectNamespace<Floor> };

const SHARDS = 4;
let requests = 0;

const app = new Hono<{ Bindings: Env }>();

app.post('/webhooks/clerk', async (c) => {
  const body = await c.req.text();
  requests += 1;
  await c.env.FLOOR.getByName(`s${requests % SHARDS}`).insert(body);
  return c.json({ outcome: 'accepted' });
});

app.post('/webhooks/stripe', async (c) => {
  const body = await c.req.text();
  requests += 1;
  await c.env.FLOOR.getByName(`links-s${requests % SHARDS}`).insert(body);
  await c.env.FLOOR.getByName(`s${requests % SHARDS}`).insert(body);
  return c.json({ outcome: 'accepted' });
});

// oxlint-disable-next-line import/no-default-export -- What a Worker is.
export default app;
