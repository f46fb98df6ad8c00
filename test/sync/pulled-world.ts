// A relay on the simulated clock, and Clerk and Stripe over a population by the emulators' own paging rules. Something may happen
// before any of their answers, or in its place.

import { clerkAnswer, stripeAnswer } from '../emulator/history.ts';
import { createPopulation } from '../emulator/population.ts';
import type { ApiObject, Population } from '../emulator/population.ts';
import { createWorld } from '../simulation/world.ts';
import type { World } from '../simulation/world.ts';
import { openRelayWorld } from './relay-world.ts';

type Sizes = { readonly users: number; readonly subscriptions: number };

/** What happens before an answer, and what is answered in its place. `count` of the questions that have come, from 1. */
type Meanwhile = (
  url: URL,
  about: { readonly population: Population; readonly world: World; readonly count: number },
) => Promise<Response | undefined> | Response | undefined;

/** Every user of these as the APIs show them at the end. */
export function openPulledWorld(
  sizes: Sizes,
  meanwhile: Meanwhile = () => undefined,
  vars: Readonly<Record<string, unknown>> = {},
) {
  const world = createWorld(1);
  const population = createPopulation(sizes);
  const asked: string[] = [];
  const relay = openRelayWorld(
    world,
    async (_, address) => {
      const url = new URL(address);
      asked.push(`${url.pathname}${url.search}`);
      await world.wait(20);
      const instead = await meanwhile(url, { population, world, count: asked.length });
      if (instead !== undefined) return instead;
      const call = { path: url.pathname, query: url.searchParams };
      const answer = (url.host === 'clerk.test' ? clerkAnswer : stripeAnswer)(call, population, {});
      return Response.json(answer.body, { status: answer.status });
    },
    vars,
  );

  function users(): ApiObject[] {
    const all = Array.from({ length: population.users.size() }, (_, index) =>
      population.users.at(index),
    );
    return all.filter((user) => user !== null);
  }

  /** Who is missing or has another first name than at Clerk, and who is here and not there. */
  function differing(): string[] {
    const [people, traits] = [relay.people(), relay.traits()];
    const there = users();
    const isRight = (user: ApiObject) =>
      traits[String(user['id'])]?.['firstName'] === user['first_name'];
    const wrong = there.filter((user) => !isRight(user)).map(({ id }) => String(id));
    const known = new Set(there.map(({ id }) => String(id)));
    return [...wrong, ...[...people.keys()].filter((id) => !known.has(id))];
  }

  return { world, population, relay, asked, users, differing };
}
