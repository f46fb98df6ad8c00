// Stripe-Signature: the documented cases, then thousands of headers judged by us and by Stripe's own package.

import { createHmac } from 'node:crypto';

import * as fc from 'fast-check';
import { Stripe } from 'stripe';
import { Webhook as SvixWebhook } from 'svix';
import { describe, expect, it, vi } from 'vitest';

import { TOLERANCE_SECONDS } from '../../src/intake/hmac.ts';
import { stripe } from '../../src/intake/stripe/provider.ts';
import { verifyStripe } from '../../src/intake/stripe/signature.ts';
import { signStripe } from '../../src/samples/sign-stripe.ts';

const SECRET = 'whsec_one';
const OTHER_SECRET = 'whsec_two';
const NOW_SECONDS = 1_764_000_000;
const NOW = NOW_SECONDS * 1000;
const BODY = '{"id":"evt_1","object":"event","note":"naïve 🙂"}';

function hmac(timestamp: string | number, body = BODY, secret = SECRET): string {
  return createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex');
}

function verify(header: string, secrets: readonly string[] = [SECRET], body = BODY) {
  return verifyStripe({ headers: { 'stripe-signature': header }, body, now: NOW }, secrets);
}

function signedAt(seconds: number): string {
  return `t=${seconds},v1=${hmac(seconds)}`;
}

const ACCEPTED = { ok: true, deliveryId: null };
const INVALID = { ok: false, reason: 'signature_invalid' };
const STALE = { ok: false, reason: 'signature_stale' };
const MISSING = { ok: false, reason: 'signature_missing' };

describe('verifyStripe', () => {
  it('accepts what Stripe signs', async () => {
    const header = Stripe.webhooks.generateTestHeaderString({
      payload: BODY,
      secret: SECRET,
      timestamp: NOW_SECONDS,
    });
    expect(await verify(header)).toEqual(ACCEPTED);
  });

  it('accepts what the samples sign', async () => {
    const headers = signStripe(BODY, { secret: SECRET, now: NOW });
    expect(await verifyStripe({ headers, body: BODY, now: NOW }, [SECRET])).toEqual(ACCEPTED);
  });

  it('refuses a body changed after signing', async () => {
    const changed = BODY.replace('evt_1', 'evt_2');
    expect(await verify(signedAt(NOW_SECONDS), [SECRET], changed)).toEqual(INVALID);
  });

  it('refuses a signature of another secret', async () => {
    expect(await verify(signedAt(NOW_SECONDS), [OTHER_SECRET])).toEqual(INVALID);
  });

  it('refuses everything when no secret is configured', async () => {
    expect(await verify(signedAt(NOW_SECONDS), [])).toEqual(INVALID);
  });

  it('accepts either secret while one is rolled', async () => {
    expect(await verify(signedAt(NOW_SECONDS), [OTHER_SECRET, SECRET])).toEqual(ACCEPTED);
  });

  it('accepts any of several v1 signatures', async () => {
    const other = hmac(NOW_SECONDS, BODY, OTHER_SECRET);
    const header = `t=${NOW_SECONDS},v1=${other},v1=${hmac(NOW_SECONDS)}`;
    expect(await verify(header)).toEqual(ACCEPTED);
  });

  it('goes by no scheme but v1', async () => {
    expect(await verify(`t=${NOW_SECONDS},v0=${hmac(NOW_SECONDS)}`)).toEqual(INVALID);
  });

  it('says that a signature is missing where there is none', async () => {
    expect(await verifyStripe({ headers: {}, body: BODY, now: NOW }, [SECRET])).toEqual(MISSING);
  });

  it.each([-TOLERANCE_SECONDS, TOLERANCE_SECONDS])('accepts a time %i seconds off', async (off) => {
    expect(await verify(signedAt(NOW_SECONDS + off))).toEqual(ACCEPTED);
  });

  it.each([-TOLERANCE_SECONDS - 1, TOLERANCE_SECONDS + 1])(
    'calls a time %i seconds off stale',
    async (off) => {
      expect(await verify(signedAt(NOW_SECONDS + off))).toEqual(STALE);
    },
  );

  it('calls an old time invalid, not stale, when nobody signed it', async () => {
    const header = `t=${NOW_SECONDS - 1000},v1=${hmac(NOW_SECONDS)}`;
    expect(await verify(header)).toEqual(INVALID);
  });

  it('looks at eight signatures, and hashes the body once for each secret however many there are', async () => {
    const sign = vi.spyOn(crypto.subtle, 'sign');
    const wrong = (count: number) => `,v1=${'0'.repeat(64)}`.repeat(count);
    const header = (before: number) =>
      `t=${NOW_SECONDS}${wrong(before)},v1=${hmac(NOW_SECONDS)}${wrong(7 - Math.min(before, 7))}`;
    expect(await verify(header(7))).toEqual(ACCEPTED);
    expect(await verify(header(8))).toEqual(INVALID);
    expect(sign).toHaveBeenCalledTimes(2);
    // Far too long, and not one that could match: no hash at all.
    expect(await verify(header(5000))).toEqual(INVALID);
    expect(await verify(`t=${NOW_SECONDS},v1=zz`)).toEqual(INVALID);
    expect(sign).toHaveBeenCalledTimes(2);
    sign.mockRestore();
  });

  it('keeps telling secrets apart when there are more of them than it caches', async () => {
    const secrets = Array.from({ length: 40 }, (_, index) => `whsec_${index}`);
    const verdicts = await Promise.all(
      secrets.map((secret) =>
        verify(`t=${NOW_SECONDS},v1=${hmac(NOW_SECONDS, BODY, secret)}`, [secret]),
      ),
    );
    expect(verdicts).toEqual(secrets.map(() => ACCEPTED));
  });
});

type Header = { readonly times: readonly string[]; readonly v1: readonly string[] };

/** Where we refuse what Stripe's package accepts, and why. There is nothing that we accept and it refuses. */
const STRICTER: readonly {
  readonly reason: string;
  readonly applies: (header: Header) => boolean;
}[] = [
  {
    reason:
      'a time ahead by more than the tolerance: a stolen signature would live as long as it likes',
    applies: ({ times }) =>
      Number.parseInt(times.at(-1) ?? '', 10) > NOW_SECONDS + TOLERANCE_SECONDS,
  },
  {
    reason: 'two times: Stripe sends one, and which of them was signed is a guess',
    applies: ({ times }) => times.length > 1,
  },
  {
    reason: 'a time that is not plain digits: what was signed is not what the header says',
    applies: ({ times }) => times.some((time) => !/^[1-9]\d*$/.test(time)),
  },
  {
    reason: 'text after a second equals sign: a signature is hex and nothing else',
    applies: ({ times: [stamp = ''], v1 }) =>
      !v1.includes(hmac(stamp)) && v1.some((value) => value.includes('=')),
  },
];

function headerOf(text: string): Header {
  const parts = text.split(',').map((part) => [part.split('=')[0], part.replace(/^[^=]*=?/, '')]);
  const values = (name: string) =>
    parts.filter(([key]) => key === name).map(([, value]) => value ?? '');
  return { times: values('t'), v1: values('v1') };
}

const offset = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(0, 1, -1, 299, -299, 300, -300) },
  { weight: 2, arbitrary: fc.constantFrom(301, -301, 3600, -3600, 10_000_000) },
  { weight: 1, arbitrary: fc.integer({ min: -1000, max: 1000 }) },
);

/** One time, most often as Stripe writes it. */
const time = fc
  .tuple(
    offset,
    fc.oneof(
      { weight: 8, arbitrary: fc.constant('T') },
      {
        weight: 3,
        arbitrary: fc.constantFrom('0T', '+T', ' T', 'Tabc', 'T.5', 'T=1', '-T', '', 'NaN'),
      },
    ),
  )
  .map(([off, spelling]) => spelling.replace('T', String(NOW_SECONDS + off)));

const times = fc.oneof(
  { weight: 8, arbitrary: fc.tuple(time) },
  { weight: 1, arbitrary: fc.tuple(time, time) },
  { weight: 1, arbitrary: fc.constant([]) },
);

const kind = fc.oneof(
  { weight: 5, arbitrary: fc.constant('good') },
  {
    weight: 5,
    arbitrary: fc.constantFrom(
      'secret',
      'body',
      'upper',
      'short',
      'long',
      'tail',
      'space',
      'v0',
      'v2',
      'bare',
      'empty',
      'V1',
    ),
  },
);

function partOf(spelling: string, signature: string, timestamp: string): string {
  const parts: Readonly<Record<string, string>> = {
    good: `v1=${signature}`,
    secret: `v1=${hmac(timestamp, BODY, OTHER_SECRET)}`,
    body: `v1=${hmac(timestamp, `${BODY} `)}`,
    upper: `v1=${signature.toUpperCase()}`,
    short: `v1=${signature.slice(0, -1)}`,
    long: `v1=${signature}0`,
    tail: `v1=${signature}=0`,
    space: ` v1=${signature}`,
    v0: `v0=${signature}`,
    v2: `v2=${signature}`,
    bare: 'v1',
    empty: '',
    V1: `V1=${signature}`,
  };
  return parts[spelling] ?? '';
}

/** Signed over the time that Stripe's package would read: the last one, as parseInt has it. */
const header = fc
  .tuple(times, fc.array(kind, { minLength: 1, maxLength: 3 }), fc.boolean())
  .map(([written, kinds, timesFirst]) => {
    const read = String(Number.parseInt(written.at(-1)?.split('=')[0] ?? '', 10));
    const signatures = kinds.map((spelling) => partOf(spelling, hmac(read), read));
    const stamps = written.map((value) => `t=${value}`);
    return (timesFirst ? [...stamps, ...signatures] : [...signatures, ...stamps]).join(',');
  });

/** `crashed`: not a verdict, but a fault of its comparison. */
async function stripeVerdict(text: string): Promise<'accepted' | 'refused' | 'crashed'> {
  try {
    await Stripe.webhooks.constructEventAsync(
      BODY,
      text,
      SECRET,
      TOLERANCE_SECONDS,
      undefined,
      NOW,
    );
    return 'accepted';
  } catch (error) {
    return error instanceof Stripe.errors.StripeSignatureVerificationError ? 'refused' : 'crashed';
  }
}

describe("verifyStripe beside Stripe's package", () => {
  it('gives the same verdict but where it is stricter for a stated reason', async () => {
    const seen = { accepted: 0, refused: 0, reasons: new Set<string>() };
    await fc.assert(
      fc.asyncProperty(header, async (text) => {
        const [ours, theirs] = [(await verify(text)).ok, await stripeVerdict(text)];
        // A v1 without a value crashes its comparison; we go by the other signatures.
        fc.pre(theirs !== 'crashed' || !text.split(',').includes('v1'));
        const facts = headerOf(text);
        const reasons = STRICTER.filter(({ applies }) => applies(facts));
        for (const { reason } of theirs === 'accepted' ? reasons : []) seen.reasons.add(reason);
        seen[ours ? 'accepted' : 'refused'] += 1;
        expect(ours).toBe(theirs === 'accepted' && reasons.length === 0);
      }),
      { numRuns: 5000, seed: 7 },
    );
    expect(seen.reasons.size).toBe(STRICTER.length);
    expect(Math.min(seen.accepted, seen.refused)).toBeGreaterThan(500);
  });

  it('never throws, whatever the header', async () => {
    const verdict = fc.asyncProperty(fc.string({ unit: 'binary' }), async (text) => {
      expect((await verify(text)).ok).toBe(false);
    });
    await fc.assert(verdict, { numRuns: 500 });
  });
});

const SVIX_SECRET = `whsec_${Buffer.from('an ingest secret').toString('base64')}`;

/** Svix's library reads the machine's clock itself, so these are signed now. */
function ingested(secret: string, now: number) {
  const signature = new SvixWebhook(secret).sign('msg_1', new Date(now), BODY);
  const headers = {
    'svix-id': 'msg_1',
    'svix-timestamp': String(Math.floor(now / 1000)),
    'svix-signature': signature,
  };
  return { headers, body: BODY, now };
}

describe('the Stripe provider', () => {
  const secrets = { STRIPE_WEBHOOK_SECRET: [SECRET], STRIPE_SVIX_SIGNING_SECRET: [SVIX_SECRET] };

  it('takes what comes through Svix Ingest, with the id of the delivery', async () => {
    const verdict = await stripe.verify(ingested(SVIX_SECRET, Date.now()), secrets);
    expect(verdict).toEqual({ ok: true, deliveryId: 'msg_1' });
  });

  it('takes what Stripe sends itself beside it', async () => {
    const headers = { 'stripe-signature': signedAt(NOW_SECONDS) };
    expect(await stripe.verify({ headers, body: BODY, now: NOW }, secrets)).toEqual(ACCEPTED);
  });

  it('lets no Svix header vouch for anything when Ingest is not configured', async () => {
    const direct = { STRIPE_WEBHOOK_SECRET: [SECRET], STRIPE_SVIX_SIGNING_SECRET: [] };
    const verdict = await stripe.verify(ingested(SVIX_SECRET, Date.now()), direct);
    expect(verdict).toEqual(MISSING);
  });

  it('refuses a Svix signature of another secret', async () => {
    const other = `whsec_${Buffer.from('somebody else').toString('base64')}`;
    const verdict = await stripe.verify(ingested(other, Date.now()), secrets);
    expect(verdict).toEqual(INVALID);
  });

  it('matches nothing with an Ingest secret that cannot be decoded, and still tries the next', async () => {
    const webhook = ingested(SVIX_SECRET, Date.now());
    const verdicts = await Promise.all(
      [['whsec_%%%'], ['whsec_%%%', SVIX_SECRET]].map((ingest) =>
        stripe.verify(webhook, { STRIPE_SVIX_SIGNING_SECRET: ingest }),
      ),
    );
    expect(verdicts.map(({ ok }) => ok)).toEqual([false, true]);
  });

  it('calls a Svix signature stale by the clock it is given', async () => {
    const webhook = { ...ingested(SVIX_SECRET, Date.now()), now: Date.now() + 301_000 };
    expect(await stripe.verify(webhook, secrets)).toEqual(STALE);
  });

  it('looks at eight Svix signatures, and at none of a header that is far too long', async () => {
    const { headers, ...rest } = ingested(SVIX_SECRET, Date.now());
    const behind = (count: number) => ({
      ...rest,
      headers: {
        ...headers,
        'svix-signature': `${'v1,AAAA '.repeat(count)}${headers['svix-signature']}`,
      },
    });
    expect((await stripe.verify(behind(7), secrets)).ok).toBe(true);
    expect(await stripe.verify(behind(8), secrets)).toEqual(INVALID);
    const long = { ...rest, headers: { ...headers, 'svix-id': 'm'.repeat(5000) } };
    expect(await stripe.verify(long, secrets)).toEqual(INVALID);
  });

  it('says that a signature is missing when a Svix header is', async () => {
    const { headers, ...rest } = ingested(SVIX_SECRET, Date.now());
    const verdict = await stripe.verify(
      { ...rest, headers: { ...headers, 'svix-id': '' } },
      secrets,
    );
    expect(verdict).toEqual(MISSING);
  });
});
