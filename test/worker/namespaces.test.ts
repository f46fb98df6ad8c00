// Where objects are made: near the Customer.io they send to, inside a jurisdiction where one is set.

import { describe, expect, it } from 'vitest';

import { readConfig } from '../../src/config/config.ts';
import { namespaceIn } from '../../src/platform/namespaces.ts';

/** A namespace that notes how its objects are asked for. */
function noted() {
  const asked: unknown[] = [];
  const inside = (jurisdiction: string | null) => ({
    jurisdiction: inside,
    getByName: (name: string, options: unknown) => asked.push({ jurisdiction, name, options }),
  });
  return { asked, namespace: inside(null) as never };
}

describe('an object that is asked for the first time', () => {
  it.each([
    ['us', '', null, 'enam'],
    ['eu', '', null, 'weur'],
    ['us', 'eu', 'eu', 'weur'],
  ])('is made where region %s and jurisdiction "%s" say', (region, wanted, jurisdiction, hint) => {
    const result = readConfig({ CUSTOMERIO_REGION: region, JURISDICTION: wanted });
    if (!result.ok) throw new Error(result.problems.join());
    const { asked, namespace } = noted();
    namespaceIn(namespace, result.config).getByName('s0');
    expect(asked).toEqual([{ jurisdiction, name: 's0', options: { locationHint: hint } }]);
  });
});
