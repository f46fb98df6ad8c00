// The little of SQLite that a shard uses. A Durable Object's `ctx.storage.sql` is one; so is a thin layer over
// node:sqlite. Every call is synchronous: an `await` between two writes would let another request in.

type SqlValue = string | number | null;

export type Sql = {
  exec: (query: string, ...bindings: SqlValue[]) => SqlCursor;
};

type SqlCursor = {
  toArray: () => Record<string, unknown>[];
  readonly rowsWritten: number;
};

/** Runs a statement to its end, so that its rows are written and counted when this returns. */
export type Run = (query: string, ...bindings: SqlValue[]) => Record<string, unknown>[];

/** Counts rows written, which is what the platform bills ($1 per million). */
export function countingRun(sql: Sql, count: (rowsWritten: number) => void): Run {
  return (query, ...bindings) => {
    const cursor = sql.exec(query, ...bindings);
    const rows = cursor.toArray();
    count(cursor.rowsWritten);
    return rows;
  };
}

export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

export function numberOf(value: unknown): number {
  return typeof value === 'number' ? value : 0;
}

/** Nothing more fits. Reading and taking out go on. */
export function isFull(error: unknown): boolean {
  return error instanceof Error && /SQLITE_FULL|disk is full/.test(error.message);
}
