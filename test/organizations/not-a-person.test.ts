// An organization has a row where people have theirs, and is nobody: what goes through all people never tells Customer.io of
// a person with its id.

import { describe, expect, it } from 'vitest';

import { acme, buys, stripe } from './acme.ts';

const ALL = { after: '', most: 100, isDryRun: false };

/** What every shard answers. */
async function everyShard<Answer>(
  { world, outboxes }: Awaited<ReturnType<typeof acme>>,
  ask: (shard: Parameters<Parameters<(typeof outboxes)[number]['call']>[0]>[0]) => Answer,
): Promise<Answer[]> {
  const answers = outboxes.map(async (each) => each.call(async (shard) => ask(shard)));
  return world.answered(Promise.all(answers));
}

async function withPlan() {
  const company = await acme();
  await stripe(company, buys());
  company.news();
  return company;
}

describe('an organization is not a person', () => {
  it('who is identified by hand', async () => {
    const company = await withPlan();
    const told = await everyShard(company, (shard) => shard.identifyAgain(['org_acme']));
    expect(told.map(({ identified }) => identified)).toEqual([0, 0, 0]);
    await company.settled();
    expect(company.news()).toEqual([]);
  });

  it('and is told again by hand as the object it is, through a member', async () => {
    const company = await acme({ ORGANIZATION_OBJECT_TYPE: '2' });
    await stripe(company, buys());
    company.news();
    const told = await everyShard(company, (shard) => shard.identifyAgain(['org_acme', 'org_no']));
    expect(told.reduce((sum, { identified }) => sum + identified, 0)).toBe(1);
    await company.settled();
    expect(company.news()).toMatchObject([
      { type: 'group', userId: 'user_ada', groupId: 'org_acme', traits: { plan: 'pro' } },
    ]);
  });

  it('who is told anew when the configuration changes, nor counted', async () => {
    const company = await withPlan();
    const people = await everyShard(company, (shard) => shard.refresh(ALL));
    expect(people.reduce((sum, { seen }) => sum + seen, 0)).toBe(3);
    await company.settled();
    expect(company.news()).toEqual([]);
  });

  it('who is compared with what Customer.io shows, nor seen', async () => {
    const company = await withPlan();
    const pages = await everyShard(company, (shard) => shard.told('', 100));
    expect(pages.flatMap(({ people }) => people.map(({ userId }) => userId)).toSorted()).toEqual([
      'user_ada',
      'user_bob',
      'user_cy',
    ]);
    expect(pages.reduce((sum, { seen }) => sum + seen, 0)).toBe(3);
  });

  it('who ends a page that it fills alone', async () => {
    const company = await withPlan();
    const seen = await everyShard(company, (shard) => {
      let found = 0;
      let after: string | null = '';
      while (after !== null) {
        const page: ReturnType<typeof shard.told> = shard.told(after, 1);
        found += page.seen;
        after = page.next;
      }
      return found;
    });
    expect(seen.reduce((sum, each) => sum + each, 0)).toBe(3);
  });
});
