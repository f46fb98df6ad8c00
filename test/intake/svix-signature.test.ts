// Svix signatures: thousands of headers judged by us and by Svix's own package.

import * as fc from 'fast-check';
import { Webhook } from 'svix';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

import { TOLERANCE_SECONDS } from '../../src/intake/hmac.ts';
import { svixKeyBytes, verifySvix } from '../../src/intake/svix-signature.ts';

const NOW_SECONDS = 1_764_000_000;
const NOW = NOW_SECONDS * 1000;
const BODY = '{"object":"event","note":"naïve 🙂"}';
const SECRETS = ['one', 'two'].map((name) => `whsec_${btoa(`the signing secret ${name}`)}`);
const [SECRET = ''] = SECRETS;

function signed(seconds: number, secret = SECRET, id = 'msg_1'): string {
  return new Webhook(secret).sign(id, new Date(seconds * 1000), BODY);
}

function headersOf(signature: string, timestamp = String(NOW_SECONDS), id = 'msg_1') {
  return { 'svix-id': id, 'svix-timestamp': timestamp, 'svix-signature': signature };
}

function verify(headers: Record<string, string>, secrets: readonly string[] = [SECRET]) {
  return verifySvix({ headers, body: BODY, now: NOW }, secrets);
}

/** The package reads the machine's clock. */
beforeAll(() => void vi.useFakeTimers({ toFake: ['Date'], now: NOW }));
afterAll(() => void vi.useRealTimers());

function svixAccepts(headers: Record<string, string>): boolean {
  try {
    new Webhook(SECRET).verify(BODY, headers);
    return true;
  } catch {
    return false;
  }
}

describe('verifySvix', () => {
  it('takes the delivery id with what it accepts', async () => {
    expect(await verify(headersOf(signed(NOW_SECONDS)))).toEqual({ ok: true, deliveryId: 'msg_1' });
  });

  it('takes a signature of either secret, wherever it stands among those of a rotation', async () => {
    const signatures = [signed(NOW_SECONDS, SECRETS[1]), signed(NOW_SECONDS)].join(' ');
    const each = SECRETS.map((secret) => verify(headersOf(signatures), [secret]));
    expect((await Promise.all(each)).map(({ ok }) => ok)).toEqual([true, true]);
  });

  it('calls stale only what was signed with our secret', async () => {
    const old = NOW_SECONDS - TOLERANCE_SECONDS - 1;
    const reasons = SECRETS.map((secret) => verify(headersOf(signed(old, secret), String(old))));
    expect(await Promise.all(reasons)).toEqual([
      { ok: false, reason: 'signature_stale' },
      { ok: false, reason: 'signature_invalid' },
    ]);
  });

  it.each([
    ['its id', headersOf(signed(NOW_SECONDS), String(NOW_SECONDS), 'msg_2')],
    ['its time', headersOf(signed(NOW_SECONDS), String(NOW_SECONDS + 1))],
    ['its version', headersOf(signed(NOW_SECONDS).replace('v1,', 'v1a,'))],
  ])('refuses a signature once %s is changed', async (_what, headers) => {
    expect(await verify(headers)).toEqual({ ok: false, reason: 'signature_invalid' });
  });

  it('knows how long a key is, and that what cannot be decoded is none', () => {
    expect(['whsec_AAAA', 'AAAA', 'whsec_%%%', ''].map(svixKeyBytes)).toEqual([3, 3, 0, 0]);
  });
});

const seconds = fc.oneof(
  fc.constantFrom(0, 299, 300, 301, -299, -300, -301).map((away) => NOW_SECONDS + away),
  fc.nat(NOW_SECONDS * 2),
);
const signature = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.tuple(seconds, fc.constantFrom(...SECRETS)).map(([at, by]) => signed(at, by)),
  },
  { weight: 1, arbitrary: fc.constantFrom('v1', 'v1,', 'v1,AAAA', 'v2,AAAA', '', ',') },
);
const headers = fc
  .tuple(seconds, fc.array(signature, { maxLength: 3 }), fc.boolean())
  .map(([at, others, isSigned]) =>
    headersOf([...others, ...(isSigned ? [signed(at)] : [])].join(' '), String(at)),
  );

describe("verifySvix beside Svix's package", () => {
  it('gives the same verdict', async () => {
    const seen = { accepted: 0, refused: 0 };
    await fc.assert(
      fc.asyncProperty(headers, async (each) => {
        const { ok } = await verify(each);
        seen[ok ? 'accepted' : 'refused'] += 1;
        expect(ok).toBe(svixAccepts(each));
      }),
      { numRuns: 3000, seed: 7 },
    );
    expect(Math.min(seen.accepted, seen.refused)).toBeGreaterThan(500);
  });

  it('never throws, whatever the headers', async () => {
    const text = fc.string({ unit: 'binary' });
    const verdict = fc.asyncProperty(text, text, text, async (...each) => {
      expect((await verify(headersOf(...each))).ok).toBe(false);
    });
    await fc.assert(verdict, { numRuns: 500 });
  });
});
