// The ceiling: the signature is checked, and that is all.

import { Hono } from 'hono';
import { Webhook } from 'svix';

type Env = { readonly CLERK_WEBHOOK_SIGNING_SECRET: string };

const app = new Hono<{ Bindings: Env }>();

app.post('/webhooks/clerk', async (c) => {
  const body = await c.req.text();
  const headers = Object.fromEntries(c.req.raw.headers);
  new Webhook(c.env.CLERK_WEBHOOK_SIGNING_SECRET).verify(body, headers);
  return c.json({ outcome: 'verified' });
});

// oxlint-disable-next-line import/no-default-export -- What a Worker is.
export default app;
