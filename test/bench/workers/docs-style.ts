// What the documentation of both sides leads to: verify as Clerk shows it, then call Customer.io before answering. The
// official client, customerio-node, speaks through node:https with its own agent; two plain fetches are the least
// that it could do, so this favours the handler.
// https://clerk.com/docs/guides/development/webhooks/syncing

import { verifyWebhook } from '@clerk/backend/webhooks';
import { Hono } from 'hono';

type Env = {
  readonly CLERK_WEBHOOK_SIGNING_SECRET: string;
  readonly CUSTOMERIO_TRACK_TOKEN: string;
  readonly CUSTOMERIO_PIPELINES_URL: string;
};

const app = new Hono<{ Bindings: Env }>();

app.post('/webhooks/clerk', async (c) => {
  const signingSecret = c.env.CLERK_WEBHOOK_SIGNING_SECRET;
  const event = await verifyWebhook(c.req.raw, { signingSecret }).catch(() => null);
  if (event === null) return c.text('bad signature', 400);
  if (event.type !== 'user.created') return c.text('ignored');
  const { id, first_name: firstName, email_addresses: emails } = event.data;
  const traits = { email: emails[0]?.email_address, firstName };
  const isLanded =
    (await call(c.env, 'identify', { userId: id, traits })) &&
    (await call(c.env, 'track', { userId: id, event: 'user_created', properties: {} }));
  return isLanded ? c.text('ok') : c.text('Customer.io failed', 500);
});

async function call(env: Env, path: string, message: unknown): Promise<boolean> {
  try {
    const response = await fetch(`${env.CUSTOMERIO_PIPELINES_URL}/${path}`, {
      method: 'POST',
      headers: {
        Authorization: `Basic ${btoa(`${env.CUSTOMERIO_TRACK_TOKEN}:`)}`,
        'Content-Type': 'application/json',
      },
      body: JSON.stringify(message),
    });
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
}

// oxlint-disable-next-line import/no-default-export -- What a Worker is.
export default app;
