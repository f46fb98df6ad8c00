// The doctor where organizations are on: the object type is named or found wrong, Clerk is asked whether it has organizations,
// and what nobody can be asked is said.

import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';

import { startAppApi } from '../emulator/app-api.ts';
import { emulate, hasBearer } from '../emulator/loopback.ts';
import type { ApiAnswer, Emulated } from '../emulator/loopback.ts';
import { lifecycle, lifecycleJson } from './lifecycle.ts';

const KEYS = {
  CUSTOMERIO_APP_TOKEN: 'app-key-1234567890',
  CLERK_SECRET_KEY: 'sk_test_clerk0000000000',
};
const TYPES = [
  { id: '1', name: 'Companies', enabled: true },
  { id: '2', name: 'Workspaces', enabled: false },
];

let app: Awaited<ReturnType<typeof startAppApi>>;
let clerk: Emulated;
let organizations: ApiAnswer;

beforeAll(async () => {
  app = await startAppApi({ token: KEYS.CUSTOMERIO_APP_TOKEN, objectTypes: TYPES });
  clerk = await emulate((request) => {
    if (!hasBearer(request, KEYS.CLERK_SECRET_KEY)) return { status: 401, body: {} };
    if (request.path === '/v1/organizations') return organizations;
    return { status: 200, body: [{ id: 'user_1' }] };
  });
});
afterAll(async () => {
  await app.close();
  await clerk.close();
});
beforeEach(() => {
  organizations = { status: 200, body: { data: [], total_count: 3 } };
});

const envWith = (vars: Readonly<Record<string, string>>) => ({
  ...KEYS,
  CUSTOMERIO_APP_URL: app.appUrl,
  CLERK_API_URL: clerk.url,
  ORGANIZATIONS: 'on',
  ...vars,
});

async function found(name: string, vars: Readonly<Record<string, string>> = {}) {
  const { json } = await lifecycleJson(['doctor'], { env: envWith(vars) });
  const checks = json['checks'] as { name: string; verdict: string; finding: string }[];
  return checks.find((check) => check.name === name);
}

it('names the object type that organizations are', async () => {
  expect(await found('object type', { ORGANIZATION_OBJECT_TYPE: '1' })).toMatchObject({
    verdict: 'ok',
    finding: 'organizations are objects of type 1, "Companies"',
  });
  expect(await found('object type')).toBeUndefined();
});

it('finds a type that is not there, with those that are, and one that is not enabled', async () => {
  const missing = await found('object type', { ORGANIZATION_OBJECT_TYPE: '7' });
  expect(missing).toMatchObject({
    verdict: 'problem',
    finding: expect.stringContaining('no type 7'),
  });
  expect(missing?.finding).toContain('1 "Companies"');
  expect(await found('object type', { ORGANIZATION_OBJECT_TYPE: '2' })).toMatchObject({
    verdict: 'problem',
    finding: 'type 2, "Workspaces", is not enabled',
  });
});

it('says that it cannot ask for the type without the App key', async () => {
  const vars = { ORGANIZATION_OBJECT_TYPE: '1', CUSTOMERIO_APP_TOKEN: '' };
  expect(await found('object type', vars)).toMatchObject({ verdict: 'warning' });
});

it('finds an instance of Clerk that has no organizations', async () => {
  expect(await found('Clerk organizations')).toMatchObject({
    verdict: 'ok',
    finding: 'are enabled, 3 of them',
  });
  const errors = [{ code: 'organization_not_enabled_in_instance', message: 'access denied' }];
  organizations = { status: 403, body: { errors } };
  expect(await found('Clerk organizations')).toMatchObject({ verdict: 'problem' });
  expect(await found('Clerk organizations', { ORGANIZATIONS: 'off' })).toBeUndefined();
});

it('says what nobody can be asked, where organizations are on', async () => {
  const said = async (ORGANIZATIONS: string) =>
    (await lifecycle(['doctor'], { env: envWith({ ORGANIZATIONS }) })).out;
  expect(await said('on')).toContain(
    'Cannot be checked from here: whether the endpoint at Clerk sends',
  );
  expect(await said('off')).not.toContain('organizationMembership.*');
});
