// Setup: is it set up right? What is missing, the addresses to copy, the events each endpoint needs, and the checkout snippet.

import { Hono } from 'hono';

import type { Config } from '../../config/config.ts';
import type { RelayApp } from '../../door/ready.ts';
import type { Provider } from '../../intake/provider.ts';
import { secretsOf } from '../../intake/secrets.ts';
import type { Health } from '../../watch/health.ts';
import { page } from './layout.tsx';
import { Badge, Code } from './parts.tsx';

type Parts = {
  readonly providers: readonly Provider[];
  readonly healthOf: (env: Cloudflare.Env) => Promise<Health>;
};

export function setupPages({ providers, healthOf }: Parts) {
  const pages = new Hono<RelayApp>();
  pages.get('/', async (c) => {
    const { problems } = await healthOf(c.env);
    const { origin } = new URL(c.req.url);
    const setup = (
      <>
        <h1>{problems.length === 0 ? 'It is set up right.' : 'Something is missing.'}</h1>
        <ul class="troubles">
          {problems.map(({ code, detail }) => (
            <li>
              <Code code={code} /> <span class="quiet">{detail}</span>
            </li>
          ))}
        </ul>
        <h2>Endpoints</h2>
        {providers.map((provider) => (
          <Endpoint
            name={provider.name}
            url={`${origin}/webhooks/${provider.name}`}
            isSet={secretsOf(provider, { ...c.env }) !== null}
            secret={Object.keys(provider.secrets)[0] ?? ''}
            events={provider.events}
          />
        ))}
        <Keys config={c.get('config')} />
        <h2>In your checkout</h2>
        <p>This is how a payment says whose it is. The subscription carries it from then on.</p>
        <Copy text={SNIPPET} />
        <p class="quiet">
          One signed test webhook of each provider: <kbd>npx --no-install lifecycle setup</kbd>.
          Everything checked, keys included: <kbd>npx --no-install lifecycle doctor</kbd>.
        </p>
      </>
    );
    return page(c, setup, { title: 'Setup', at: 'setup' });
  });
  return pages;
}

function Keys({ config }: { readonly config: Config }) {
  const { customerio, lookups } = config;
  const keys: readonly (readonly [string, boolean, string])[] = [
    [
      'CUSTOMERIO_TRACK_TOKEN',
      customerio.token !== null,
      'Without it messages are kept and not sent.',
    ],
    [
      'CUSTOMERIO_APP_TOKEN',
      customerio.appToken !== null,
      'For mails by rule, and for what Customer.io shows.',
    ],
    ['STRIPE_SECRET_KEY', lookups.stripe.key !== null, 'For look-ups of whose customer it is.'],
    ['CLERK_SECRET_KEY', lookups.clerk.key !== null, 'For look-ups by email.'],
  ];
  return (
    <>
      <h2>Keys</h2>
      <dl class="pairs">
        {keys.map(([name, isSet, meaning]) => (
          <>
            <dt>
              <code>{name}</code>
            </dt>
            <dd>
              <Badge tone={isSet ? 'good' : 'calm'}>{isSet ? 'set' : 'not set'}</Badge>{' '}
              <span class="quiet">{meaning}</span>
            </dd>
          </>
        ))}
      </dl>
    </>
  );
}

const SNIPPET = `stripe.checkout.sessions.create({
  client_reference_id: userId,
  subscription_data: { metadata: { clerkUserId: userId } },
  // ...
})`;

function Endpoint(props: {
  readonly name: string;
  readonly url: string;
  readonly isSet: boolean;
  readonly secret: string;
  readonly events: readonly string[];
}) {
  const { name, url, isSet, secret, events } = props;
  return (
    <section>
      <h3>
        {name}{' '}
        <Badge tone={isSet ? 'good' : 'warn'}>{isSet ? 'secret set' : `${secret} not set`}</Badge>
      </h3>
      <Copy text={url} />
      <details>
        <summary>{`The ${events.length} events it needs`}</summary>
        <pre tabindex={0}>{events.join('\n')}</pre>
      </details>
    </section>
  );
}

function Copy({ text }: { readonly text: string }) {
  return (
    <div class="copy">
      <pre tabindex={0}>{text}</pre>
      <button type="button" data-copy={text} hidden>
        Copy
      </button>
    </div>
  );
}
