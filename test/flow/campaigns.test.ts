// The ten campaigns of docs/campaigns.md, end to end: webhooks, signed, into the real Worker, and what lands at the
// emulator read by the table itself. Who is to be in is in; every exit ends it, and every filter stops somebody.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { SampleWebhook } from '../../src/samples/send-webhook.ts';
import { startEmulator } from '../emulator/server.ts';
import { LIVES, LOOKED_AT, ownedBy } from '../support/campaign-lives.ts';
import type { Life } from '../support/campaign-lives.ts';
import { campaigns, standing } from '../support/campaign-table.ts';
import type { Campaign, Landed } from '../support/campaign-table.ts';
import { emulatorClient } from '../support/emulator.ts';
import type { EmulatorClient } from '../support/emulator.ts';
import { newUser } from '../support/person-events.ts';
import { delivered, post, startRelay } from '../support/relay.ts';
import type { Relay } from '../support/relay.ts';

const ROWS = campaigns();

let emulator: EmulatorClient;
let closeEmulator: () => Promise<void>;
let relay: Relay;

beforeAll(async () => {
  const server = await startEmulator({ token: 'flow-key' });
  closeEmulator = server.close;
  emulator = emulatorClient(server.url);
  relay = await startRelay({
    CUSTOMERIO_TRACK_TOKEN: 'flow-key',
    CUSTOMERIO_PIPELINES_URL: `${server.url}/v1`,
    LINGER_MS: '50',
  });
});

afterAll(async () => {
  await relay.close();
  await closeEmulator();
});

/** What has landed of a person of their own once these webhooks have come, in order. */
async function lived(webhooks: readonly SampleWebhook[]): Promise<Landed> {
  const userId = newUser();
  for (const { provider, body } of ownedBy(userId, webhooks)) {
    const { status, json } = await post(relay, provider, body);
    expect({ status, outcome: json['outcome'], type: body['type'] }).toEqual({
      status: 200,
      outcome: expect.stringMatching(/^(accepted|duplicate)$/),
      type: body['type'],
    });
  }
  expect(await delivered(relay)).toBe(true);
  const { events, people } = await emulator.state();
  const theirs = events.filter((each) => each.userId === userId);
  return { events: theirs, traits: people[userId]?.traits ?? {}, now: LOOKED_AT };
}

function livesOf({ goal }: Campaign): readonly (readonly [string, Life])[] {
  return Object.entries(LIVES[goal] ?? {});
}

describe('the table of docs/campaigns.md', () => {
  it('has ten campaigns, each lived by whom it says, and by every exit and filter it names', () => {
    expect(ROWS.map(({ goal }) => goal)).toEqual(Object.keys(LIVES));
    expect(ROWS).toHaveLength(10);
    for (const row of ROWS) {
      const lives = livesOf(row);
      const [exits, filters] = (['exits', 'stopped'] as const).map(
        (which) => new Set(lives.flatMap(([, life]) => Object.keys(life[which]))),
      );
      expect({
        goal: row.goal,
        toldBy: lives.map(([provider]) => provider),
        exits,
        filters,
      }).toEqual({
        goal: row.goal,
        toldBy: row.toldBy,
        exits: new Set(row.exits),
        filters: new Set(row.filters),
      });
    }
  });
});

describe.each(ROWS.map((row) => [row.goal, row] as const))('%s', (_goal, row) => {
  const cases = livesOf(row).flatMap(([provider, { begins, exits, stopped }]) => [
    { how: `${provider} brings somebody in`, webhooks: begins, stands: 'in' },
    ...Object.entries(exits).map(([event, more]) => ({
      how: `${provider} ends it by ${event}`,
      webhooks: [...begins, ...more],
      stands: `left by ${event}`,
    })),
    ...Object.entries(stopped).map(([filter, webhooks]) => ({
      how: `${provider}: ${filter} stops somebody`,
      webhooks,
      stands: filter,
    })),
  ]);

  it.each(cases)('$how', async ({ webhooks, stands }) => {
    expect(standing(row, await lived(webhooks))).toBe(stands);
  });
});
