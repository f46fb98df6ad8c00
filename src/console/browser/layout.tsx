// The frame around every page: the way about, who is signed in, and the two files it stands on.

import type { Context } from 'hono';
import { html } from 'hono/html';
import type { Child } from 'hono/jsx';

import { SCRIPT, STYLESHEET } from './assets.ts';

type Frame = {
  readonly title: string;
  /** The part of the console it belongs to; absent: nobody is signed in. */
  readonly at?: string;
  readonly status?: 200 | 400 | 401 | 403 | 404;
};

/** One page. */
export function page(c: Context, content: Child, frame: Frame): Response | Promise<Response> {
  const formToken: unknown = c.get('formToken');
  const token = typeof formToken === 'string' ? formToken : '';
  const layout = (
    <Layout {...frame} formToken={token}>
      {content}
    </Layout>
  );
  return c.html(html`<!DOCTYPE html>${layout}`, frame.status ?? 200);
}

const PLACES = [
  ['', 'Overview'],
  ['webhooks', 'Webhooks'],
  ['people', 'People'],
  ['waiting', 'Waiting'],
  ['parked', 'Parked'],
  ['mapping', 'Mapping'],
  ['setup', 'Setup'],
] as const;

const ICON =
  "data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'><rect width='16' height='16' rx='4' fill='%234f46e5'/><path d='M4 8h8M9 5l3 3-3 3' stroke='white' stroke-width='2' fill='none'/></svg>";

function Layout({
  title,
  at,
  formToken,
  children,
}: Frame & { readonly formToken: string; readonly children?: Child }) {
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="robots" content="noindex" />
        <title>{`${title} · Lifecycle Relay`}</title>
        <link rel="icon" href={ICON} />
        <link rel="stylesheet" href={`/${STYLESHEET}`} />
        <script src={`/${SCRIPT}`} defer></script>
      </head>
      <body>
        <a class="skip" href="#page">
          To the page
        </a>
        {at === undefined ? null : <Around at={at} formToken={formToken} />}
        <main id="page">{children}</main>
      </body>
    </html>
  );
}

function Around({ at, formToken }: { readonly at: string; readonly formToken: string }) {
  return (
    <header class="around">
      <a class="brand" href="/console">
        Lifecycle Relay
      </a>
      <nav aria-label="Console">
        {PLACES.map(([place, label]) => (
          <a
            href={place === '' ? '/console' : `/console/${place}`}
            aria-current={place === at ? 'page' : undefined}
          >
            {label}
          </a>
        ))}
      </nav>
      <form class="find" method="post" action="/console/people" role="search">
        <input type="hidden" name="token" value={formToken} />
        <input
          type="search"
          name="q"
          aria-label="Find a person"
          placeholder="Find a person"
          autocomplete="off"
        />
      </form>
      <form method="post" action="/console/sign-out">
        <input type="hidden" name="token" value={formToken} />
        <button class="plain">Sign out</button>
      </form>
    </header>
  );
}
