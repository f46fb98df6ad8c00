// Messages → one HTTP request to the Pipelines API. Pure.
// https://docs.customer.io/files/pipelines.json

import { createHash } from 'node:crypto';

import type { HttpRequest } from '../apis/exchange.ts';
import type { Message } from '../person/message.ts';

/** `siteId` only where Basic auth has to be `site_id:token`; the documented form is `token:`. */
export type PipelinesOptions = {
  readonly baseUrl: string;
  readonly token: string;
  readonly siteId: string | null;
};

/** One message goes to its own endpoint, several to /batch. `type` is required in a batch and harmless alone. */
export function pipelinesRequest(
  messages: readonly Message[],
  options: PipelinesOptions,
): HttpRequest {
  const [first] = messages;
  const isSingle = first !== undefined && messages.length === 1;
  return {
    url: `${options.baseUrl}/${isSingle ? first.type : 'batch'}`,
    init: {
      method: 'POST',
      // A redirect is never followed: it would carry the credentials to whoever asks.
      redirect: 'manual',
      headers: pipelinesHeaders(options),
      body: JSON.stringify(isSingle ? first : { batch: messages }),
    },
  };
}

export function pipelinesHeaders(options: PipelinesOptions): Record<string, string> {
  return {
    // Without it a bad key and a bad message are answered 200 and dropped.
    'X-Strict-Mode': '1',
    Authorization: `Basic ${basicCredentials(options)}`,
    'Content-Type': 'application/json',
    'User-Agent': 'lifecycle-relay',
  };
}

/** Tells whether two sets of credentials are the same without keeping either. Of two keys it is of both. */
export function credentialsFingerprint(options: PipelinesOptions): string {
  return createHash('sha256').update(basicCredentials(options)).digest('hex').slice(0, 16);
}

function basicCredentials({ token, siteId }: PipelinesOptions): string {
  const bytes = new TextEncoder().encode(siteId === null ? `${token}:` : `${siteId}:${token}`);
  return btoa(String.fromCodePoint(...bytes));
}
