// Signs a body as Clerk does, which is as Svix does: by the official package.

import { Webhook } from 'svix';

/** The headers of one delivery. A retry has the same `id` and a new time. `now` in Unix milliseconds. */
export function signClerk(
  body: string,
  about: { readonly secret: string; readonly id: string; readonly now?: number },
): Record<string, string> {
  const at = new Date(about.now ?? Date.now());
  return {
    'svix-id': about.id,
    'svix-timestamp': String(Math.floor(at.getTime() / 1000)),
    'svix-signature': new Webhook(about.secret).sign(about.id, at, body),
  };
}

/** A new signing secret in Clerk's form. */
export function clerkSecret(): string {
  return `whsec_${btoa(String.fromCodePoint(...crypto.getRandomValues(new Uint8Array(24))))}`;
}
