// Customer.io by hand: every operation by its command, against the emulators, and each way it can fail.

import { writeFileSync } from 'node:fs';
import path from 'node:path';

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { startAppApi } from '../emulator/app-api.ts';
import { nowhere } from '../emulator/loopback.ts';
import { startEmulator } from '../emulator/server.ts';
import { emulatorClient } from '../support/emulator.ts';
import type { EmulatorClient } from '../support/emulator.ts';
import { FOLDER, lifecycle, lifecycleJson } from './lifecycle.ts';

const KEY = 'pipelines-key-1234567890';
const APP_KEY = 'app-key-1234567890';

let app: Awaited<ReturnType<typeof startAppApi>>;
let emulator: EmulatorClient;
let close: () => Promise<void>;
let env: Record<string, string>;

beforeAll(async () => {
  const pipelines = await startEmulator({ token: KEY });
  close = pipelines.close;
  emulator = emulatorClient(pipelines.url);
  app = await startAppApi({ token: APP_KEY });
  env = {
    CUSTOMERIO_TRACK_TOKEN: KEY,
    CUSTOMERIO_APP_TOKEN: APP_KEY,
    CUSTOMERIO_PIPELINES_URL: `${pipelines.url}/v1`,
    CUSTOMERIO_APP_URL: app.appUrl,
  };
});
afterAll(async () => {
  await app.close();
  await close();
});
beforeEach(async () => {
  app.forget();
  await emulator.reset();
});

const file = (name: string, json: unknown) => {
  writeFileSync(path.join(FOLDER, name), JSON.stringify(json));
  return name;
};

describe('identify', () => {
  it('writes traits, typed as they look, pairs over the file', async () => {
    const data = file('traits.json', { plan: 'free', firstName: 'Ada' });
    const args = [
      '--user-id',
      'user_1',
      '--data',
      data,
      '--trait',
      'plan=pro',
      '--trait',
      'seats=3',
    ];
    const { code, out } = await lifecycle(['identify', ...args], { env });
    expect({ code, out }).toEqual({ code: 0, out: 'Identified user_1: plan, firstName, seats.\n' });
    const { people } = await emulator.state();
    expect(people['user_1']?.traits).toEqual({ plan: 'pro', firstName: 'Ada', seats: 3 });
  });

  it('refuses an email for a user id, unless forced', async () => {
    const args = ['identify', '--user-id', 'ada@example.test', '--trait', 'plan=pro'];
    const refused = await lifecycle(args, { env });
    expect(refused).toMatchObject({ code: 2, out: '' });
    expect(refused.err).toContain('This user id is an email.');
    expect((await lifecycle([...args, '--force'], { env })).code).toBe(0);
  });

  it('refuses no id at all, and a folder for a file', async () => {
    const none = await lifecycle(['identify', '--user-id', ''], { env });
    expect(none).toMatchObject({ code: 2, err: '--user-id is empty.\n' });
    const folder = await lifecycle(['identify', '--user-id', 'u', '--data', '.'], { env });
    expect(folder.code).toBe(2);
    expect(folder.err).toBe('--data .: this is a folder.\nOr write it out: --trait key=value\n');
    const filter = await lifecycle(['people', 'search', '--filter', 'no-such.json'], { env });
    expect(filter).toMatchObject({
      code: 2,
      err: '--filter no-such.json: there is no such file.\n',
    });
  });

  it('says what to do with a wrong key, and shows none', async () => {
    const wrong = { ...env, CUSTOMERIO_TRACK_TOKEN: 'a-wrong-key-of-mine' };
    const { code, err } = await lifecycle(['identify', '--user-id', 'user_1'], { env: wrong });
    expect(code).toBe(1);
    expect(err).toContain("Customer.io's Pipelines API refuses the key (401).");
    expect(err).toContain('Check CUSTOMERIO_TRACK_TOKEN.');
    expect(err).not.toContain('a-wrong-key-of-mine');
  });
});

describe('track', () => {
  it('records an event with its properties', async () => {
    const properties = ['--property', 'from_plan=free', '--property', 'mrr=49'];
    const args = ['track', '--user-id', 'user_1', '--event', 'plan_upgraded', ...properties];
    expect((await lifecycle(args, { env })).code).toBe(0);
    expect((await emulator.state()).events).toMatchObject([
      { userId: 'user_1', event: 'plan_upgraded', properties: { from_plan: 'free', mrr: 49 } },
    ]);
  });

  it('refuses an event name that is not snake_case', async () => {
    const { code, err } = await lifecycle(['track', '--user-id', 'u', '--event', 'Plan Upgraded'], {
      env,
    });
    expect(code).toBe(2);
    expect(err).toContain('"Plan Upgraded" is not snake_case');
  });

  it('goes on through a 429 and a 503, with one message id', async () => {
    await emulator.script('429 Retry-After 1,503,200');
    const args = ['track', '--user-id', 'u', '--event', 'a_b'];
    const { code, err } = await lifecycle(args, { env });
    expect(code).toBe(0);
    expect(err).toContain('rate_limited: trying again in 1.0 s');
    const { events, requests } = await emulator.state();
    expect({ events: events.length, requests: requests.length }).toEqual({
      events: 1,
      requests: 3,
    });
  });

  it('says that there is no network', async () => {
    const offline = { ...env, CUSTOMERIO_PIPELINES_URL: `${await nowhere()}/v1` };
    const { code, err } = await lifecycle(['track', '--user-id', 'u', '--event', 'a_b'], {
      env: offline,
    });
    expect(code).toBe(1);
    expect(err).toContain(`cannot be reached at ${offline.CUSTOMERIO_PIPELINES_URL}`);
  });
});

describe('email send', () => {
  const args = ['email', 'send', '--transactional-message-id', '12', '--to', 'ada@example.test'];
  const toAda = [...args, '--identifier', 'id=user_1'];

  it('sends the documented body, and nothing that was not asked for', async () => {
    const data = file('data.json', { firstName: 'Ada' });
    const more = ['--data', data, '--data', 'resetLink=https://example.test/a=b', '--no-tracked'];
    const { code, out } = await lifecycle([...toAda, ...more], { env });
    expect({ code, out }).toEqual({
      code: 0,
      out: 'Queued for ada@example.test (delivery dgO1).\n',
    });
    expect(app.mails).toEqual([
      {
        transactional_message_id: 12,
        to: 'ada@example.test',
        identifiers: { id: 'user_1' },
        message_data: { firstName: 'Ada', resetLink: 'https://example.test/a=b' },
        tracked: false,
      },
    ]);
  });

  it('keeps a draft on a dry run', async () => {
    const { json } = await lifecycleJson([...toAda, '--dry-run'], { env });
    expect(json).toEqual({ sent: false, deliveryId: 'dgO1' });
    expect(app.mails).toMatchObject([{ queue_draft: true }]);
  });

  it.each([
    ['503', 'upstream_unavailable'],
    ['reset', 'connection_lost'],
  ])('never asks again after %s', async (fault, reason) => {
    app.script(fault);
    const { code, err } = await lifecycle(toAda, { env });
    expect(code).toBe(1);
    expect(err).toContain(`Nobody knows whether this mail was sent (${reason}).`);
    expect(app.requests).toHaveLength(1);
  });

  it('asks again after a 429, which was surely not sent', async () => {
    app.script('429 Retry-After 1,200');
    expect((await lifecycle(toAda, { env })).code).toBe(0);
    expect(app.mails).toHaveLength(1);
  });

  it('asks again after a refused connection, and then says that nothing is there', async () => {
    const offline = { ...env, CUSTOMERIO_APP_URL: `${await nowhere()}/v1` };
    const { code, err } = await lifecycle(toAda, { env: offline });
    expect(code).toBe(1);
    expect(err).toContain('unreachable: trying again in');
    expect(err).toContain("Customer.io's App API cannot be reached");
  });

  it('takes a yes whose answer broke off for a yes', async () => {
    app.script('half');
    const { code, out } = await lifecycle(toAda, { env });
    expect(code).toBe(0);
    expect(out).toContain('the answer broke off after its 200');
    expect(app.mails).toHaveLength(1);
  });

  it('refuses two identifiers in one, and a mail without template', async () => {
    const wrong = await lifecycle([...args, '--identifier', 'user_1'], { env });
    expect(wrong).toMatchObject({ code: 2 });
    expect(wrong.err).toContain('exactly one of id=, email= and cio_id=');
    const none = ['email', 'send', '--to', 'a@example.test', '--identifier', 'id=u'];
    expect((await lifecycle(none, { env })).err).toContain('needs --transactional-message-id');
  });

  it.each([
    ['no address', ['--to', '']],
    ['none either', ['--to', 'notanemail']],
    ['the past', ['--send-at', '1700000000']],
    ['a folder attached', ['--attach', '.']],
    ['a folder for a body', ['--body', '.']],
  ])('refuses %s before it asks anybody', async (_what, more) => {
    const { code } = await lifecycle([...toAda, ...more], { env });
    expect(code).toBe(2);
    expect(app.requests).toEqual([]);
  });

  it('says what Customer.io says of a message that does not exist', async () => {
    const missing = toAda.map((each) => (each === '12' ? '404' : each));
    const { code, err } = await lifecycle(missing, { env });
    expect(code).toBe(1);
    expect(err).toContain('(400): transactional message not found.');
  });
});

describe('lifecycle people', () => {
  const ada = { id: 'user_1', attributes: { email: 'ada@example.test', plan: 'pro' } };

  it('finds a person by email', async () => {
    app.people([ada, { id: 'user_2', attributes: { email: 'bob@example.test' } }]);
    const { code, out } = await lifecycle(['people', 'search', '--email', 'ada@example.test'], {
      env,
    });
    expect(code).toBe(0);
    expect(out.split('\n')[1]?.split(/\s+/)).toEqual(['user_1', 'ada@example.test', 'cio_user_1']);
    expect(out).not.toContain('user_2');
  });

  it('finds people by a filter, over all pages', async () => {
    const people = Array.from({ length: 1205 }, (_, index) => ({
      id: `user_${index}`,
      attributes: { plan: 'pro' },
    }));
    app.people(people);
    const filter = { attribute: { field: 'plan', operator: 'exists' } };
    const search = ['people', 'search', '--filter', '-', '--limit', '2000'];
    const { json } = await lifecycleJson(search, { env, input: JSON.stringify({ filter }) });
    expect(json).toMatchObject({ more: false });
    expect(json['people']).toHaveLength(1205);
    expect(app.requests.map(({ query }) => query.get('start'))).toEqual([null, '1000']);
  });

  it('reads people from `results`, as older material calls the list', async () => {
    const old = await startAppApi({ token: APP_KEY, list: 'results' });
    old.people([ada]);
    const older = { ...env, CUSTOMERIO_APP_URL: old.appUrl };
    const { json } = await lifecycleJson(['people', 'search', '--email', 'ada@example.test'], {
      env: older,
    });
    await old.close();
    expect(json['people']).toMatchObject([{ id: 'user_1' }]);
  });

  it('says of a filter that is none that it is none', async () => {
    const filter = file('filter.json', { attribute: { field: 'mrr', operator: 'gt', value: '1' } });
    const { code, err } = await lifecycle(['people', 'search', '--filter', filter], { env });
    expect(code).toBe(1);
    expect(err).toContain('refuses this (400): filter is not one of');
  });

  it('shows a person with their attributes, and says that another is not there', async () => {
    app.people([ada]);
    const shown = await lifecycle(['people', 'show', 'user_1'], { env });
    expect(shown.code).toBe(0);
    expect(shown.out).toMatch(/plan +pro/);
    const nobody = await lifecycle(['people', 'show', 'User_1'], { env });
    expect(nobody).toMatchObject({ code: 1, out: '' });
    expect(nobody.err).toContain('Nobody in Customer.io has the id User_1.');
  });

  it('deletes a person by the App API where that can, and through Pipelines where it cannot', async () => {
    app.people([ada]);
    const remove = ['people', 'delete', 'user_1', '--yes'];
    const { json } = await lifecycleJson(remove, { env });
    expect(json).toEqual({ deleted: 'user_1', by: 'pipelines', relay: null });
    expect((await emulator.state()).removed).toEqual(['user_1']);

    const able = await startAppApi({ token: APP_KEY, hasDeletion: true });
    able.people([ada]);
    const { out } = await lifecycle(remove, { env: { ...env, CUSTOMERIO_APP_URL: able.appUrl } });
    await able.close();
    expect(out).toContain('by the App API');
    expect(able.ids()).toEqual([]);
  });

  it('deletes nobody without a yes, nor when nobody has the id', async () => {
    app.people([ada]);
    const unasked = await lifecycle(['people', 'delete', 'user_1'], { env });
    expect(unasked).toMatchObject({ code: 2 });
    expect(unasked.err).toContain('Use --yes.');
    const nobody = await lifecycle(['people', 'delete', 'user_9', '--yes'], { env });
    expect(nobody.code).toBe(1);
    expect((await emulator.state()).removed).toEqual([]);
  });
});

describe('segments list', () => {
  it('shows id, name and type of each', async () => {
    const { code, out } = await lifecycle(['segments', 'list'], { env });
    expect(code).toBe(0);
    expect(out).toMatch(/1 +Signed up +dynamic/);
  });

  it('gives up a storm of 429 with a sentence', async () => {
    app.script('429,429,429,429');
    const { code, err } = await lifecycle(['segments', 'list'], { env });
    expect(code).toBe(1);
    expect(err).toContain('answers 429: too many requests, after several tries');
    expect(app.requests).toHaveLength(4);
  });

  it('does not wait where it is asked to wait for long', async () => {
    app.script('429 Retry-After 3600');
    const { json, code } = await lifecycleJson(['segments', 'list'], { env });
    expect(code).toBe(1);
    expect(json['error']).toContain('It asks to wait 3600 s.');
  });

  it('says that an answer broke off', async () => {
    app.script('half');
    const { code, err } = await lifecycle(['segments', 'list'], { env });
    expect(code).toBe(1);
    expect(err).toContain('its answer is cut off');
  });

  it('says which key is missing and where it is found', async () => {
    const { code, err } = await lifecycle(['segments', 'list']);
    expect(code).toBe(2);
    expect(err).toContain('CUSTOMERIO_APP_TOKEN is not set.');
    expect(err).toContain('App API keys');
  });
});
