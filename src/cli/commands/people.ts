// lifecycle people: who is in Customer.io, by the App API.

import type { Command } from 'commander';

import type { PersonId } from '../../customerio/app-api.ts';
import { PEOPLE_PER_PAGE_MAX } from '../../customerio/app-api.ts';
import { EXIT, usageError } from '../terminal/cli-error.ts';
import { command, does } from '../terminal/command.ts';
import { bold, table } from '../terminal/output.ts';
import { fieldsOf } from '../terminal/pairs.ts';
import { WORKER } from '../terminal/relay-api.ts';
import type { Session } from '../terminal/session.ts';
import { deletePerson } from './delete-person.ts';
import type { DeleteOptions } from './delete-person.ts';
import { showPerson } from './one-person.ts';

type SearchOptions = {
  readonly email?: string;
  readonly filter?: string;
  readonly limit: string;
};

export function peopleCommand(): Command {
  return command('people', 'search, show or delete people in Customer.io', [
    'people search --email ada@example.com',
    'people show user_2abc',
    'people delete user_2abc',
  ])
    .addCommand(searchCommand())
    .addCommand(showCommand())
    .addCommand(deleteCommand());
}

function searchCommand(): Command {
  const made = command('search', 'find people by email or by any filter', [
    'people search --email ada@example.com',
    'people search --filter plan-is-pro.json   {"attribute":{"field":"plan","operator":"eq","value":"pro"}}',
  ])
    .option('--email <email>', 'everybody with this email')
    .option('--filter <file>', "Customer.io's filter as JSON; - reads standard input")
    .option('--limit <count>', 'at most so many, over as many pages as it takes', '1000');
  return does<SearchOptions>(made, async (session, { options }) => {
    const limit = countOf(options.limit);
    const { people, isMore } = await searchAll(session, filterOf(options), limit);
    const rows = people.map(({ id, email, cio_id: cioId }) => [
      id ?? '-',
      email ?? '-',
      cioId ?? '-',
    ]);
    session.out.result({ people, more: isMore }, [
      rows.length === 0 ? 'Nobody matches.' : table(['id', 'email', 'cio_id'], rows),
      ...(isMore ? [`More match than these ${limit}: raise --limit.`] : []),
    ]);
    return EXIT.ok;
  });
}

function showCommand(): Command {
  const made = command('show <id>', 'one person and their attributes', ['people show user_2abc']);
  return does(made, async (session, { args: [id = ''] }) => {
    const person = await showPerson(session, id);
    const rows = Object.entries(person.attributes).toSorted(([a], [b]) => a.localeCompare(b));
    session.out.result({ person }, [
      bold(person.id ?? id),
      table(
        ['attribute', 'value'],
        rows.map(([name, value]) => [name, shown(value)]),
      ),
      ...(person.unsubscribed ? ['This person has unsubscribed.'] : []),
    ]);
    return EXIT.ok;
  });
}

function deleteCommand(): Command {
  const made = command('delete <id>', 'delete one person, in the relay too; asks before', [
    'people delete user_2abc',
    'people delete user_2abc --yes',
  ])
    .option('--yes', 'do not ask')
    .option(...WORKER);
  return does<DeleteOptions>(made, async (session, { args: [id = ''], options }) =>
    deletePerson(session, id, options),
  );
}

/** `email` or a filter of one's own; a filter file may hold the whole body, as the documentation shows it. */
function filterOf({ email, filter }: SearchOptions): unknown {
  if ((email === undefined) === (filter === undefined)) {
    throw usageError(
      'A search needs --email or --filter.',
      'people search --email ada@example.com',
    );
  }
  if (email !== undefined) {
    return { and: [{ attribute: { field: 'email', operator: 'eq', value: email } }] };
  }
  const json = fieldsOf([filter ?? ''], { option: '--filter', pairs: null });
  return json['filter'] ?? json;
}

async function searchAll(session: Session, filter: unknown, limit: number) {
  const { api, party } = session.app();
  const people: PersonId[] = [];
  let start: string | null = null;
  do {
    const query = { filter, start, limit: Math.min(limit - people.length, PEOPLE_PER_PAGE_MAX) };
    const page: Awaited<ReturnType<typeof askPage>> = await askPage(query);
    people.push(...page.people);
    start = page.people.length === 0 ? null : page.next;
  } while (start !== null && people.length < limit);
  return { people: people.slice(0, limit), isMore: start !== null };

  async function askPage(query: { filter: unknown; start: string | null; limit: number }) {
    return session.ask(() => api.searchPeople(query), party);
  }
}

function countOf(text: string): number {
  if (/^[1-9]\d{0,6}$/.test(text)) return Number(text);
  throw usageError('--limit needs a number from 1 on.');
}

function shown(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
