// The secrets: what each is and where it is found. Doctor, setup and every "is not set" say the same words.

type SecretAbout = { readonly name: string; readonly what: string; readonly where: string };

export const SECRETS: readonly SecretAbout[] = [
  {
    name: 'CUSTOMERIO_TRACK_TOKEN',
    what: 'the Pipelines API key',
    where: 'Customer.io > Data & Integrations > Integrations > Customer.io API',
  },
  {
    name: 'CUSTOMERIO_SITE_ID',
    what: 'the site id, only where Basic auth has to be site_id:token',
    where: 'Customer.io > Settings > Account settings > API credentials',
  },
  {
    name: 'CUSTOMERIO_APP_TOKEN',
    what: 'an App API key',
    where: 'Customer.io > Settings > Account settings > API credentials > App API keys',
  },
  {
    name: 'CLERK_WEBHOOK_SIGNING_SECRET',
    what: "the signing secret of Clerk's webhook endpoint",
    where: 'Clerk > Configure > Webhooks > your endpoint > Signing secret',
  },
  {
    name: 'CLERK_WEBHOOK_SECRET',
    what: 'another name of CLERK_WEBHOOK_SIGNING_SECRET',
    where: 'Clerk > Configure > Webhooks > your endpoint > Signing secret',
  },
  {
    name: 'CLERK_SECRET_KEY',
    what: "Clerk's API key",
    where: 'Clerk > Configure > API keys > Secret keys',
  },
  {
    name: 'STRIPE_WEBHOOK_SECRET',
    what: "the signing secret of Stripe's webhook endpoint",
    where: 'Stripe > Developers > Webhooks > your endpoint > Signing secret',
  },
  {
    name: 'STRIPE_SVIX_SIGNING_SECRET',
    what: 'the signing secret of the Svix endpoint that forwards Stripe',
    where: 'Svix > Ingest > your source > the endpoint > Signing secret',
  },
  {
    name: 'STRIPE_SECRET_KEY',
    what: "Stripe's API key, best a restricted one",
    where: 'Stripe > Developers > API keys',
  },
  {
    name: 'ADMIN_TOKEN',
    what: "the operator's token, at least 24 characters",
    where: 'make one: openssl rand -hex 24',
  },
  {
    name: 'ALERT_WEBHOOK_URL',
    what: 'the address that gets what needs somebody',
    where: 'Slack > your app > Incoming webhooks',
  },
];

export function whereToFind(name: string): string {
  const about = SECRETS.find((secret) => secret.name === name);
  return about === undefined ? '' : `It is ${about.what}: ${about.where}.`;
}
