// The README and the pages it leads to: as short as it says, nowhere a dead link, and what it has from elsewhere as it is
// there. `npm run readme` makes it again.

import { existsSync } from 'node:fs';
import path from 'node:path';
import { stripVTControlCharacters } from 'node:util';

import { describe, expect, it } from 'vitest';

import { MOMENT_NAMES } from '../../src/person/moment.ts';
import { BILLING_TRAITS, USER_TRAITS } from '../../src/person/traits.ts';
import { story } from '../../src/samples/story.ts';
import { withReason } from '../../src/start/told-text.ts';
import { ALONE, dollarsPerMonth } from '../bench/cost.ts';
import { campaigns } from '../support/campaign-table.ts';
import { codePage } from './code-page.ts';
import { buttonIn, CODES, pages, read, repository, ROOT, STORY, withButton } from './pages.ts';
import { COLUMNS, linesIn, pictureOf } from './story-picture.ts';

const README = read('README.md');
const WORDS_MAX = 1_000;

describe('the README', () => {
  it(`has at most ${WORDS_MAX} words`, () => {
    expect(README.split(/\s+/).filter((word) => word !== '').length).toBeLessThanOrEqual(WORDS_MAX);
  });

  it('shows commands that fit a terminal', () => {
    const code = [...README.matchAll(/```\w*\n([^]*?)```/g)].flatMap(([, text = '']) =>
      text.split('\n'),
    );
    expect(code.length).toBeGreaterThan(10);
    expect(code.filter((line) => line.length > COLUMNS)).toEqual([]);
  });

  it('takes the repository of its Deploy button from package.json', () => {
    expect(buttonIn(README)).toBe(repository());
    expect(buttonIn(withButton(README, 'https://example.test/a'))).toBe('https://example.test/a');
  });

  it('counts the moments and traits there are', () => {
    const traits = USER_TRAITS.length + BILLING_TRAITS.length;
    expect(README).toContain(`${MOMENT_NAMES.length} such moments and ${traits} traits`);
  });

  it('shows the ten campaigns as their page has them', () => {
    const rows = tableIn(README, '| goal | starts with');
    const all = campaigns();
    expect(rows.map(([goal]) => goal)).toEqual(all.map(({ goal }) => goal));
    for (const [index, [, starts = '', ends = '']] of rows.entries()) {
      const { trigger, exits = [] } = all[index] ?? {};
      const named = trigger?.kind === 'date' ? trigger.trait : trigger?.event;
      expect(starts).toBe(`\`${named}\``);
      expect(ends === '–' || exits.includes(ends.replaceAll('`', ''))).toBe(true);
    }
  });

  it('says what it costs by the prices and what was measured', () => {
    for (const [people = '', webhooks = '', plan = '', dollars = ''] of tableIn(
      README,
      '| people',
    )) {
      const [many, each] = [people, webhooks].map((text) => Number(text.replaceAll(',', '')));
      expect(each).toBe((many ?? 0) * 20);
      expect(dollars).toBe(`$${dollarsPerMonth(each ?? 0)}`);
      expect(plan).toBe(dollars === '$0' ? 'Free' : 'Workers Paid');
    }
    const { rows, objectRequests, cpuMs, objectWallMs } = ALONE;
    expect(read('src/README.md').replaceAll('\n', ' ')).toContain(
      `${rows} rows, ${objectRequests} object requests, ${cpuMs} ms of CPU and ${objectWallMs} ms of a shard awake`,
    );
  });
});

describe('what GitHub runs', () => {
  const workflow = read('.github/workflows/test.yml');

  it("is the README's two commands, on every system and Node that people have", () => {
    const commands = [...workflow.matchAll(/- run: (.*)/g)].map(([, command]) => command);
    expect(commands).toEqual(['npm ci', 'npm start -- --once', 'npm test']);
    for (const command of ['npm ci && npm start', 'npm test']) expect(README).toContain(command);
    expect(workflow).toContain('os: [ubuntu-latest, macos-latest, windows-latest]');
    expect(workflow).toContain('node: [20, 22, 24]');
  });
});

describe('the recording of the story', () => {
  const lines = linesIn(read(STORY));
  const told = stepsIn(lines);
  const tale = story('tag', 1_790_000_000);

  it('is of the story there is: steps, webhooks and what landed', () => {
    const shown = told.map(({ title, sent, landed }) => ({
      title,
      sent: sent.map(({ type }) => type),
      landed: landed.filter((name) => name !== 'identify').toSorted(),
    }));
    expect(shown).toEqual(
      tale.map(({ title, webhooks, lands }) => ({
        title,
        sent: webhooks.map(({ body }) => body['type']),
        landed: lands.toSorted(),
      })),
    );
    expect(lines.at(-1)).toBe('All of it landed.');
  });

  it('is what npm start prints of it today, at 80 columns', () => {
    const textOf = withReason();
    const printed = told.flatMap((step) => stripVTControlCharacters(textOf(step).join('\n')));
    const between = lines.slice(1, -2).join('\n');
    expect(between).toBe(printed.join('\n'));
    expect(lines.filter((line) => line.length > COLUMNS)).toEqual([]);
  });

  it('is read back as it was written', () => {
    expect(linesIn(pictureOf(lines))).toEqual(lines);
    expect(pictureOf(lines)).toBe(read(STORY));
  });
});

describe('every page', () => {
  it('leads nowhere that is not there', () => {
    expect(pages().flatMap(deadLinksIn)).toEqual([]);
  });

  it('is reached from the README or from a page that is', () => {
    const reached = new Set(['README.md']);
    for (const page of reached) for (const { file } of linksIn(page)) reached.add(file);
    expect(pages().filter((page) => !reached.has(page))).toEqual([]);
  });

  it('that promises has its proof: P1 to P12', () => {
    const names = Array.from({ length: 12 }, (_, index) => `P${index + 1}`);
    const promised = [...read('docs/architecture.md').matchAll(/^- \*\*(P\d+)\*\* /gm)];
    expect(promised.map(([, name]) => name)).toEqual(names);
    const proven = new Set<string>(read('test/README.md').match(/\bP\d+\b/g));
    expect(names.filter((name) => !proven.has(name))).toEqual([]);
  });

  it('has every code of the code', () => {
    expect(read(CODES)).toBe(codePage());
  });
});

function tableIn(text: string, header: string): string[][] {
  const table = text.slice(text.indexOf(header)).split('\n\n')[0] ?? '';
  const rows = table.split('\n').slice(2);
  return rows.map((row) =>
    row
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

/** The steps as the terminal shows them, put back into what was told. */
function stepsIn(lines: readonly string[]) {
  const heads = lines.flatMap((line, index) => (line.startsWith('✓ ') ? [index] : []));
  return heads.map((head, index) => {
    const [, title = '', ms = ''] = /^✓ (.*\S) +(\d+) ms$/.exec(lines[head] ?? '') ?? [];
    const rows = lines.slice(head + 1, heads[index + 1]);
    const sent = rows.flatMap((row) => {
      const [, type = '', outcome = ''] =
        /^ {4}([\w.]+) +(accepted|waiting|duplicate)\b/.exec(row) ?? [];
      return type === '' ? [] : [{ type, outcome }];
    });
    const landed = rows.flatMap((row) => /→ (.*)$/.exec(row)?.[1] ?? []);
    return { title, sent, landed, ms: Number(ms), isComplete: true };
  });
}

/** Links within the repository: the file, and the heading in it. Those of GitHub's own pages leave the repository. */
function linksIn(page: string): { readonly file: string; readonly heading: string | null }[] {
  if (!page.endsWith('.md') || !existsSync(path.join(ROOT, page))) return [];
  const text = read(page).replaceAll(/```[^]*?```/g, '');
  return [...text.matchAll(/\]\(([^)\s]+)\)/g)].flatMap(([, target = '']) => {
    if (/^\w+:/.test(target) || target.startsWith('../../actions/')) return [];
    const [file = '', heading = null] = target.split('#');
    const place = file === '' ? page : path.join(path.dirname(page), file);
    return [{ file: place, heading }];
  });
}

function deadLinksIn(page: string): string[] {
  return linksIn(page).flatMap(({ file, heading }) => {
    const isThere = existsSync(path.join(ROOT, file));
    const hasHeading = heading === null || (isThere && headingsIn(file).includes(heading));
    return isThere && hasHeading ? [] : [`${page}: ${file}#${heading ?? ''}`];
  });
}

/** As GitHub names them. */
function headingsIn(file: string): string[] {
  return [...read(file).matchAll(/^#+ (.*)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}
