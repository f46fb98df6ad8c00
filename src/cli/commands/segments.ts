// lifecycle segments list: the segments of the workspace.

import type { Command } from 'commander';

import { EXIT } from '../terminal/cli-error.ts';
import { command, does } from '../terminal/command.ts';
import { table } from '../terminal/output.ts';

export function segmentsCommand(): Command {
  const list = command('list', 'id, name and type of each', ['segments list']);
  return command('segments', 'list segments', ['segments list']).addCommand(
    does(list, async (session) => {
      const { api, party } = session.app();
      const segments = await session.ask(() => api.segments(), party);
      const rows = segments.map(({ id, name, type, state }) => [
        String(id),
        name,
        type ?? '-',
        state ?? '-',
      ]);
      session.out.result(
        { segments },
        rows.length === 0 ? 'There are no segments.' : table(['id', 'name', 'type', 'state'], rows),
      );
      return EXIT.ok;
    }),
  );
}
