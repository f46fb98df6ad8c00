// What every provider promises at the door, run against each alike: which signatures count, that a retry reads the
// same, and that every mapped type has a fixture and every fixture a verdict. Real signatures; the clock stands still.

import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import type { Provider, Reading, Verification, Webhook } from '../../src/intake/provider.ts';
import { READ_OPTIONS } from '../support/read-options.ts';

/** `verdict` is the kind of reading, with the reason where it is ignored: `ignored: event_type_unmapped`. */
export type EventFixture = {
  readonly type: string;
  readonly json: unknown;
  readonly verdict: 'event' | 'unreadable' | `ignored: ${string}`;
};

type ProviderFixture = {
  readonly name: string;
  readonly provider: Provider;
  /** The configuration name of the secret the signatures below are made with. */
  readonly secretName: string;
  readonly newSecret: () => string;
  readonly sign: (
    body: string,
    about: { readonly secret: string; readonly id: string; readonly now: number },
  ) => Record<string, string>;
  readonly signatureHeader: string;
  readonly mappedTypes: readonly string[];
  readonly fixtures: readonly EventFixture[];
};

const NOW = 1_795_000_000_000;
const HOUR = 3_600_000;
const BODY = '{"object":"event","note":"é 🎈 as sent"}';
const OK = { ok: true };

export function providerContract(fixture: ProviderFixture): void {
  describe(`the contract, kept by ${fixture.name}`, () => {
    // Svix's library reads the clock itself.
    beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'], now: NOW }));
    afterEach(() => void vi.useRealTimers());

    describe('signature', () => {
      signatures(fixture);
    });
    describe('reading', () => {
      readings(fixture);
    });
  });
}

function signatures(fixture: ProviderFixture): void {
  const { sign, newSecret, signatureHeader } = fixture;
  const secret = newSecret();
  const headers = (now: number, by = secret) => sign(BODY, { secret: by, id: 'msg_1', now });

  async function verify(webhook: Partial<Webhook>, secrets = [secret]): Promise<Verification> {
    const { provider, secretName } = fixture;
    const whole = { headers: headers(NOW), body: BODY, now: NOW, ...webhook };
    return provider.verify(whole, { [secretName]: secrets });
  }

  it('accepts a webhook signed with the secret', async () => {
    expect(await verify({})).toMatchObject(OK);
  });

  it('signs as the provider does', async () => {
    const { provider, secretName } = fixture;
    const signed = provider.sign({ id: 'msg_1', body: BODY, now: NOW }, { [secretName]: [secret] });
    expect(await signed).toEqual(headers(NOW));
  });

  it('refuses a webhook signed with another secret', async () => {
    expect(await verify({ headers: headers(NOW, newSecret()) })).toEqual({
      ok: false,
      reason: 'signature_invalid',
    });
  });

  it.each(Object.keys(headers(NOW)))('refuses a webhook without %s', async (name) => {
    const { [name]: _gone, ...rest } = headers(NOW);
    expect(await verify({ headers: rest })).toEqual({ ok: false, reason: 'signature_missing' });
  });

  it('refuses a webhook without any header', async () => {
    expect(await verify({ headers: {} })).toEqual({ ok: false, reason: 'signature_missing' });
  });

  it.each(['', 'v1', 'v1,', 't=,v1=', 'nonsense', '💥', 'v1,AAAA v1,====', 't=1,t=2,v1=00'])(
    'refuses %j for a signature',
    async (text) => {
      const verification = await verify({ headers: { ...headers(NOW), [signatureHeader]: text } });
      expect(verification.ok).toBe(false);
    },
  );

  it.each([-300, 300])('accepts a signature %i seconds from now', async (seconds) => {
    expect(await verify({ headers: headers(NOW + seconds * 1000) })).toMatchObject(OK);
  });

  it.each([-301, 301])('refuses a signature %i seconds from now as stale', async (seconds) => {
    expect(await verify({ headers: headers(NOW + seconds * 1000) })).toEqual({
      ok: false,
      reason: 'signature_stale',
    });
  });

  it('accepts the new and the old secret while they are rotated', async () => {
    const next = newSecret();
    expect(await verify({}, [next, secret])).toMatchObject(OK);
    expect(await verify({ headers: headers(NOW, next) }, [next, secret])).toMatchObject(OK);
  });

  it('refuses every webhook when no secret is configured', async () => {
    expect((await verify({}, [])).ok).toBe(false);
  });

  it('refuses a body changed in any one character after signing', async () => {
    const change = fc.tuple(fc.nat({ max: BODY.length - 1 }), fc.string({ maxLength: 2 }));
    await fc.assert(
      fc.asyncProperty(change, async ([at, text]) => {
        const body = BODY.slice(0, at) + text + BODY.slice(at + 1);
        fc.pre(body !== BODY && body.isWellFormed());
        expect(await verify({ body })).toEqual({ ok: false, reason: 'signature_invalid' });
      }),
    );
  });
}

function readings(fixture: ProviderFixture): void {
  const { provider, mappedTypes, fixtures } = fixture;

  it('has a fixture for every mapped type, and makes an event of no other', () => {
    const types = fixtures.filter(({ verdict }) => verdict === 'event').map(({ type }) => type);
    expect([...new Set(types)].toSorted()).toEqual([...mappedTypes].toSorted());
  });

  it.each(fixtures)('reads $type as $verdict', ({ json, verdict }) => {
    const body = { json: overTheWire(json), deliveryId: 'msg_1', receivedAt: NOW };
    expect(verdictOf(provider.read(body, READ_OPTIONS))).toBe(verdict);
  });

  it.each(fixtures)('reads a later, re-signed attempt of $type as the same', async ({ json }) => {
    expect(await receive(fixture, json, NOW + 10 * HOUR)).toEqual(
      await receive(fixture, json, NOW),
    );
  });

  it.each([null, [], 'text', 0, {}, { type: null }, { type: ['user.created'] }, { data: 1 }])(
    'calls %j unreadable',
    (json) => {
      const body = { json, deliveryId: null, receivedAt: NOW };
      expect(provider.read(body, READ_OPTIONS).kind).toBe('unreadable');
    },
  );
}

/** One attempt, from its signature to its reading. */
async function receive(fixture: ProviderFixture, json: unknown, now: number): Promise<Reading> {
  const { provider, sign, newSecret, secretName } = fixture;
  vi.setSystemTime(now);
  const secret = newSecret();
  const body = JSON.stringify(json);
  const headers = sign(body, { secret, id: 'msg_1', now });
  const verification = await provider.verify({ headers, body, now }, { [secretName]: [secret] });
  if (!verification.ok) throw new Error(verification.reason);
  const { deliveryId } = verification;
  return provider.read({ json: overTheWire(json), deliveryId, receivedAt: now }, READ_OPTIONS);
}

function verdictOf(reading: Reading): string {
  return reading.kind === 'ignored' ? `ignored: ${reading.reason}` : reading.kind;
}

function overTheWire(json: unknown): unknown {
  return JSON.parse(JSON.stringify(json));
}
