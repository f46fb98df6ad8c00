// What a person's page is made of: since when a trait is as it is, and in which group it stands.

import { readFileSync } from 'node:fs';
import path from 'node:path';

import { describe, expect, it } from 'vitest';

import { readConfig } from '../../src/config/config.ts';
import { personView, sinceOf } from '../../src/console/browser/person.ts';
import { shownAt } from '../../src/console/shown.ts';
import type { DifferenceKind } from '../../src/customerio/compare-person.ts';
import type { Traits } from '../../src/person/facet.ts';
import { newPerson } from '../../src/person/person.ts';
import { codeOf } from '../../src/watch/codes.ts';
import { startAppApi } from '../emulator/app-api.ts';

function told(at: number, traits: Traits) {
  const common = { userId: 'user_1', messageId: String(at), timestamp: '' };
  const message = { ...common, type: 'identify', traits } as const;
  const shown = { message, state: 'landed', parked: null, mail: null } as const;
  return { seq: at, at, webhook: null, landedAt: null, tookMs: null, messages: [shown] };
}

describe('since when a trait is as it is', () => {
  it('is when the newest value was first told, where what is kept shows another one before it', () => {
    const entries = [
      told(4, { plan: 'team', seats: 2, name: 'Ada' }),
      told(3, { plan: 'team', seats: 1, name: 'Ada' }),
      told(2, { plan: 'pro', seats: 2, name: 'Ada' }),
    ];
    expect(Object.fromEntries(sinceOf(entries))).toEqual({ plan: 3, seats: 4 });
  });

  it('is nothing anybody knows of somebody who was told once, or never', () => {
    expect(sinceOf([told(1, { plan: 'pro' })]).size).toBe(0);
    expect(sinceOf([]).size).toBe(0);
  });
});

describe('a trait that is a time', () => {
  it.each([
    ['trialEndsAt', 1_800_000_000, 1_800_000_000_000],
    ['trial_ends_at', 1_800_000_000, 1_800_000_000_000],
    ['seats', 1_800_000_000, 0],
    ['cancelAt', null, 0],
    ['cancelAt', '2026-11-28', 0],
    ['lastAt', 7, 0],
  ])('is a date as well: %s %s', (name, value, unixAt) => {
    const entries = [] as const;
    const timeline = {
      kind: 'person',
      person: newPerson('user_1'),
      traits: { [name]: value },
      entries,
    } as const;
    const [group] = personView(timeline, null).groups;
    expect(group?.traits[0]).toMatchObject({ name, value, unixAt });
  });
});

describe('the groups of traits', () => {
  it('hold each once, in either case, with what Customer.io shows otherwise', () => {
    const traits = { first_name: 'Ada', plan: 'pro', favourite: 'tea' };
    const difference = { trait: 'plan', told: 'pro', shown: 'free', kind: 'lost' } as const;
    const shown = { problem: null, differences: [difference] };
    const timeline = { kind: 'person', person: newPerson('user_1'), traits, entries: [] } as const;
    const { groups } = personView(timeline, shown as never);
    expect(groups.map(({ label, traits: all }) => [label, all.map(({ name }) => name)])).toEqual([
      ['Who they are', ['first_name']],
      ['What they pay', ['plan']],
      ['Your own', ['favourite']],
    ]);
    expect(groups[0]?.traits[0]?.unixAt).toBe(0);
    expect(groups[1]?.traits[0]?.difference).toBe(difference);
    expect(groups[0]?.traits[0]?.difference).toBeNull();
  });
});

const NET = {
  fetch: globalThis.fetch,
  now: Date.now,
  after: () => () => undefined,
};

const KINDS: Readonly<Record<DifferenceKind, true>> = {
  lost: true,
  overwritten: true,
  late: true,
  email_conflict: true,
  unclear: true,
};

describe('what Customer.io shows otherwise', () => {
  it.each(['why.html', 'drifted.html'])('has words for each kind, in %s', (file) => {
    const folder = path.resolve(import.meta.dirname, '../../src/console/browser/templates');
    const text = readFileSync(path.join(folder, file), 'utf8');
    expect(Object.keys(KINDS).filter((kind) => !text.includes(`=${kind}}}`))).toEqual([]);
  });

  it.each([
    ['a key that it refuses', { answer: 401 }, 'customerio_refused'],
    ['another region', { answer: 301 }, 'redirected'],
    ['too many questions', { answer: 429 }, 'rate_limited'],
    ['a question that it does not take', { answer: 400 }, 'customerio_rejected'],
    ['words that nobody can read', { answer: 200 }, 'customerio_rejected'],
  ])('is not known for %s, and the code says what helps', async (_, { answer }, problem) => {
    const configured = readConfig({ CUSTOMERIO_APP_TOKEN: 'app-key-1' });
    if (!configured.ok) throw new Error(configured.problems.join());
    const fetch = async () => new Response('?', { status: answer });
    const asked = { person: newPerson('user_1'), entries: [] };
    const shown = await shownAt(configured.config, asked, { ...NET, fetch });
    expect(shown).toEqual({ problem, differences: [] });
    expect(codeOf(problem)?.remedy).not.toContain('CUSTOMERIO_TRACK_TOKEN');
  });

  it('is late where it is what we told before, and somebody else’s where we never told it', async () => {
    const app = await startAppApi({ token: 'app-key-1' });
    try {
      const vars = { CUSTOMERIO_APP_TOKEN: 'app-key-1', CUSTOMERIO_APP_URL: app.appUrl };
      const configured = readConfig(vars);
      if (!configured.ok) throw new Error(configured.problems.join());
      const facet = {
        asOf: 2000,
        rank: 0,
        traits: { firstName: 'Ada', lastName: 'King' },
      } as const;
      const person = { ...newPerson('user_1'), user: facet, lastIdentifyAt: 2000 };
      const attributes = { firstName: 'Augusta', lastName: 'Byron' };
      app.people([{ id: 'user_1', attributes, timestamps: { firstName: 3, lastName: 3 } }]);
      const entries = [
        told(2, facet.traits),
        told(1, { firstName: 'Augusta', lastName: 'Lovelace' }),
      ];
      const shown = await shownAt(configured.config, { person, entries }, NET);
      expect(shown?.differences.map(({ trait, kind }) => [trait, kind])).toEqual([
        ['firstName', 'late'],
        ['lastName', 'overwritten'],
      ]);
    } finally {
      await app.close();
    }
  });
});
