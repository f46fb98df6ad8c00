// What to do about an incident, from the table of codes (codes.ts), which lies beside the Worker.

import { readAssets } from '../platform/assets.ts';
import type { Beside } from '../platform/assets.ts';
import { rowIn } from './families.ts';

type RemedyOf = (incident: string) => string | null;

/** Null where nothing has to be done, and where the table cannot be read: an alert goes out all the same. */
export async function readRemedies(env: Beside): Promise<RemedyOf> {
  const { codes } = await readAssets(env).catch(() => ({ codes: {} }));
  const rows = new Map(Object.entries(codes));
  return (incident) => {
    const pieces = rowIn(rows, incident)?.remedy ?? [];
    return pieces.length === 0 ? null : pieces.map(({ text, command }) => text + command).join('');
  };
}
