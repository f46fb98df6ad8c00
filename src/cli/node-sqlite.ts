// SQLite in memory, as a shard sees its storage: for `lifecycle explain`, and for tests.

import type { DatabaseSync, StatementSync } from 'node:sqlite';

import type { Platform } from '../platform/platform.ts';

/** Statements as a shard makes them over a database of node:sqlite. */
export function platformOver(db: DatabaseSync): Pick<Platform, 'sql' | 'disk' | 'transaction'> {
  const statements = new Map<string, StatementSync>();

  function prepared(query: string): StatementSync {
    const statement = statements.get(query) ?? db.prepare(query);
    statements.set(query, statement);
    return statement;
  }

  return {
    sql: {
      exec: (query, ...values) => {
        const rows = prepared(query).all(...values);
        return { toArray: () => rows, rowsWritten: 0 };
      },
    },
    disk: { bytes: () => 0, bytesMax: Infinity },
    transaction: (write) => {
      db.exec('BEGIN');
      try {
        const value = write();
        db.exec('COMMIT');
        return value;
      } catch (error) {
        db.exec('ROLLBACK');
        throw error;
      }
    },
  };
}
