// The tables of docs/events.md and docs/configuration.md against the code: what has no row fails here by name.

import { readFileSync } from 'node:fs';
import path from 'node:path';

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { readConfig } from '../../src/config/config.ts';
import { Environment } from '../../src/config/environment.ts';
import { CLERK_EVENT_TYPES } from '../../src/intake/clerk/events.ts';
import { clerk } from '../../src/intake/clerk/provider.ts';
import { PROVIDERS } from '../../src/intake/providers.ts';
import { secretNames } from '../../src/intake/secrets.ts';
import { STRIPE_EVENT_TYPES } from '../../src/intake/stripe/events.ts';
import { stripe } from '../../src/intake/stripe/provider.ts';
import { applyEvent } from '../../src/person/apply.ts';
import { MOMENT_NAMES } from '../../src/person/moment.ts';
import { newPerson } from '../../src/person/person.ts';
import {
  CLERK_SAMPLE_TYPES,
  clerkSample,
  STRIPE_SAMPLE_TYPES,
  stripeSample,
} from '../../src/samples/events.ts';
import { READ_OPTIONS } from '../support/read-options.ts';
import { walk } from '../support/stripe-walk.ts';

const pages = ['docs/events.md', 'docs/configuration.md']
  .map((file) => readFileSync(path.join(import.meta.dirname, '../..', file), 'utf8'))
  .join('\n\n');

/** Only an organization's row tells them: organizations/company.test.ts and objects.test.ts have their properties. */
const BY_ORGANIZATIONS = ['organization_role_changed', 'organization_deleted'];

/** The words in backticks of each cell, row by row, of the table under a header row. */
function rowsOf(header: string): string[][][] {
  const table = pages.slice(pages.indexOf(header)).split('\n\n')[0] ?? '';
  const rows = table.split('\n').slice(2);
  return rows.map((row) => row.split('|').slice(1, -1).map(wordsIn));
}

function wordsIn(cell: string): string[] {
  return (cell.match(/`[^`]+`/g) ?? []).flatMap((word) => word.replaceAll('`', '').split(' '));
}

function firstCells(header: string): string[] {
  return rowsOf(header).flatMap(([first]) => first ?? []);
}

/** Every moment that the samples and some hundred walks make: by the event that told it, and with its properties. */
function everythingTold() {
  const samples = [
    ...STRIPE_SAMPLE_TYPES.map((type) => [stripeSample(type)]),
    ...CLERK_SAMPLE_TYPES.map((type) => [clerkSample(type)]),
    ...fc
      .sample(fc.array(fc.nat(), { minLength: 1, maxLength: 12 }), { seed: 1, numRuns: 400 })
      .map((choices) => walk(choices).events),
  ];
  return samples.flatMap((events) => toldBy(events));
}

function toldBy(events: readonly { readonly type: string }[]) {
  let person = newPerson('user_2abcDEF');
  return events.flatMap((json) => {
    const provider = 'api_version' in json ? stripe : clerk;
    const body = { json, deliveryId: 'msg_1', receivedAt: Date.UTC(2040) };
    const reading = provider.read(body, READ_OPTIONS);
    if (reading.kind !== 'event') throw new Error(`${json.type} is ${reading.kind}`);
    const { id, type, customerId, news } = reading;
    const step = applyEvent(person, { provider: provider.name, id, type, customerId, news });
    person = step.person;
    return step.moments.map((moment) => ({ type, moment }));
  });
}

describe('the tables of docs/events.md and docs/configuration.md', () => {
  it('has a row for every event type that is mapped, and for no other', () => {
    const mapped = [...CLERK_EVENT_TYPES, ...STRIPE_EVENT_TYPES];
    expect(firstCells('| event | what lands').toSorted()).toEqual(mapped.toSorted());
  });

  it('has a row for every moment, in the order of the code', () => {
    expect(firstCells('| moment | when')).toEqual([...MOMENT_NAMES]);
  });

  it('names, for every event, each moment it tells', () => {
    const rows = rowsOf('| event | what lands');
    const unnamed = everythingTold()
      .map(({ type, moment }) => ({ type, name: moment.name }))
      .filter(({ type, name }) => {
        const row = rows.find(([types]) => types?.includes(type));
        return !(row?.[1] ?? []).includes(name);
      });
    expect(unnamed).toEqual([]);
  });

  it('names, for every moment, exactly the properties it has', () => {
    const told = everythingTold().map(({ moment }) => moment);
    for (const [[name = ''] = [], , properties = []] of rowsOf('| moment | when')) {
      if (BY_ORGANIZATIONS.includes(name)) continue;
      const found = told.filter((moment) => moment.name === name);
      const keys = new Set(found.flatMap((moment) => Object.keys(moment.properties)));
      for (const common of ['plan', 'currency']) keys.delete(common);
      expect({ name, keys: [...keys].toSorted() }).toEqual({ name, keys: properties.toSorted() });
      expect(found.length).toBeGreaterThan(0);
    }
  });

  it('names every variable and every secret there is', () => {
    const told = new Set<string>(pages.match(/`[A-Z][A-Z_]+`/g));
    const known = [...Object.keys(Environment.entries), ...secretNames(PROVIDERS).flat()];
    expect(known.filter((name) => !told.has(`\`${name}\``))).toEqual([]);
  });

  it('names every variable that a wrong value can be reported for', () => {
    const vars = firstCells('| name | secret?');
    const wrong = readConfig(Object.fromEntries(vars.map((name) => [name, { wrong: {} }])));
    const reported = wrong.ok ? [] : wrong.problems.map((problem) => problem.split(/[.:]/)[0]);
    expect(vars).toEqual(expect.arrayContaining(reported));
    expect(reported.length).toBeGreaterThan(15);
  });
});
