// Codes come in families: one row of a table stands for all of `paused_redirected`, `silent_clerk` and the like. Pure.

export function rowIn<Kept>(rows: ReadonlyMap<string, Kept>, code: string): Kept | undefined {
  return rows.get(code) ?? rows.get(familyOf(code));
}

function familyOf(code: string): string {
  const [, pause] = /^paused_(.*)$/.exec(code) ?? [];
  return pause ?? /^(silent|unusable|parked)_/.exec(code)?.[1] ?? '';
}
