// P9, against the real Worker: what a stranger types mails nobody else, leaves as clean short text, and no flood of one
// person's moments mails them twice or keeps anybody else's mail waiting.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { clerkOrganization, clerkSession } from '../../src/samples/clerk-organization.ts';
import { clerkEmail, clerkEvent, clerkUser } from '../../src/samples/clerk.ts';
import { startAppApi } from '../emulator/app-api.ts';
import { startEmulator } from '../emulator/server.ts';
import { emulatorClient } from '../support/emulator.ts';
import type { EmulatorClient } from '../support/emulator.ts';
import { newUser } from '../support/person-events.ts';
import { delivered, post, startRelay } from '../support/relay.ts';
import type { Relay } from '../support/relay.ts';

const FLOOD = 40;

let emulator: EmulatorClient;
let app: Awaited<ReturnType<typeof startAppApi>>;
let relay: Relay;
const closers: (() => Promise<void>)[] = [];

beforeAll(async () => {
  const pipelines = await startEmulator({ token: 'flow-key' });
  app = await startAppApi({ token: 'app-key', requestsPerSecond: 1000 });
  closers.push(pipelines.close, app.close);
  emulator = emulatorClient(pipelines.url);
  relay = await startRelay({
    CUSTOMERIO_TRACK_TOKEN: 'flow-key',
    CUSTOMERIO_PIPELINES_URL: `${pipelines.url}/v1`,
    CUSTOMERIO_APP_TOKEN: 'app-key',
    CUSTOMERIO_APP_URL: app.appUrl,
    EMAILS: '{"user_created":7,"user_signed_in":8,"organization_created":9}',
    SHARDS: '1',
    LINGER_MS: '50',
  });
});

afterAll(async () => {
  await relay.close();
  for (const close of closers) await close();
});

/** Moments of now: none is too old to be mailed. */
const now = Date.now();

function signedUp(id: string, email: Parameters<typeof clerkUser>[0] = {}) {
  const user = clerkUser({ id, created_at: now, updated_at: now, ...email });
  return post(relay, 'clerk', clerkEvent('user.created', user, now));
}

function signedIn(userId: string, id: string) {
  const session = clerkSession({ id, user_id: userId, created_at: now });
  return post(relay, 'clerk', clerkEvent('session.created', session, now));
}

const mailsTo = (email: string) =>
  app.mails.flatMap(({ to, transactional_message_id: id }) => (to === email ? [id] : []));

async function traitsOf(userId: string) {
  const { people } = await emulator.state();
  return people[userId]?.traits;
}

describe('what a stranger types', () => {
  it('mails nobody by an address that is not verified, and is no email of theirs', async () => {
    const [stranger, victim] = [newUser(), 'victim@example.test'];
    const typed = { ...clerkEmail('idn_1', victim), verification: null };
    await signedUp(stranger, { email_addresses: [typed] });
    await signedIn(stranger, 'sess_victim');
    expect(await delivered(relay)).toBe(true);
    expect(mailsTo(victim)).toEqual([]);
    const traits = await traitsOf(stranger);
    expect(traits).toMatchObject({ emailVerified: false });
    expect(traits).not.toHaveProperty('email');
  });

  it('floods one address with one mail of a name, and keeps nobody else waiting', async () => {
    const [loud, quiet] = [newUser(), newUser()];
    for (const [id, email] of [
      [loud, 'loud@example.test'] as const,
      [quiet, 'quiet@example.test'] as const,
    ]) {
      await signedUp(id, { email_addresses: [clerkEmail('idn_1', email)] });
    }
    for (let index = 0; index < FLOOD; index += 1) await signedIn(loud, `sess_${index}`);
    await signedIn(quiet, 'sess_quiet');
    expect(await delivered(relay)).toBe(true);
    expect(mailsTo('loud@example.test')).toEqual([7, 8]);
    expect(mailsTo('quiet@example.test')).toEqual([7, 8]);
    const { events } = await emulator.state();
    const signIns = events.filter(
      (each) => each.userId === loud && each.event === 'user_signed_in',
    );
    expect(signIns).toHaveLength(FLOOD);
  });

  it('leaves as clean text of 500 characters, in traits, properties and mails', async () => {
    const maker = newUser();
    const hostile = `\u202Eevil\u0000\u001B]0;pwned\u0007\u2066 <b>${'x'.repeat(10_000)}`;
    await signedUp(maker, { first_name: hostile, username: '\u0000\u202E\n' });
    const made = { ...clerkOrganization(), id: 'org_hostile', name: hostile, created_by: maker };
    await post(
      relay,
      'clerk',
      clerkEvent('organization.created', { ...made, created_at: now }, now),
    );
    expect(await delivered(relay)).toBe(true);
    const clean = `evil]0;pwned <b>${'x'.repeat(10_000)}`.slice(0, 500);
    const traits = await traitsOf(maker);
    expect(traits).toMatchObject({ firstName: clean });
    expect(traits).not.toHaveProperty('username');
    const { events } = await emulator.state();
    const event = events.find(
      (each) => each.userId === maker && each.event === 'organization_created',
    );
    expect(event?.properties).toMatchObject({ organization_name: clean });
    const mail = app.mails.find((each) => each['transactional_message_id'] === 9);
    expect(mail?.['message_data']).toMatchObject({ organization_name: clean });
  });
});
