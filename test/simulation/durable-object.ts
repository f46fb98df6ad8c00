// A Durable Object without Cloudflare: the project's own code over a database of its own in node:sqlite. It can die
// between any two statements, be evicted, find the disk full, lose its alarm and have its clock set wrong. Every
// statement outside a transaction is durable at once, which is harder than the real platform: that one commits
// all statements between two awaits together.

import { DatabaseSync } from 'node:sqlite';
import type { StatementSync } from 'node:sqlite';

import type { Platform } from '../../src/platform/platform.ts';
import { explain } from './plans.ts';
import type { World } from './world.ts';

/** What a shard's code is to the platform. Calls wait until `start` is done, as in `blockConcurrencyWhile`. */
export type Instance = {
  readonly start: () => Promise<void>;
  readonly alarm: () => Promise<void>;
};

/** The shard died under its caller. */
class Died extends Error {
  override readonly name = 'Died';
}

/** The network as one shard sees it; `life` tells its incarnations apart. */
export type Network = (
  from: { readonly name: string; readonly life: number },
  url: string,
  init: RequestInit,
) => Promise<Response>;

type Life<Code> = {
  readonly number: number;
  readonly code: Code;
  readonly ready: Promise<void>;
  readonly mourners: Set<(error: Error) => void>;
  isDead: boolean;
  isRinging: boolean;
};

/** The platform gives up after so many retries of a handler that throws, and says nothing. */
const ALARM_RETRIES_MAX = 6;

export type SimulatedObject<Code extends Instance> = ReturnType<typeof createObject<Code>>;

export function createObject<Code extends Instance>(
  world: World,
  about: {
    readonly name: string;
    readonly network: Network;
    readonly open: (platform: Platform) => Code;
    /** How much it may store: more is refused as by the platform. */
    readonly bytesMax?: number;
  },
) {
  const { random } = world;
  const db = new DatabaseSync(':memory:');
  const pragma = (name: string) => {
    const statement = db.prepare(`PRAGMA ${name}`);
    return () => Number(statement.get()?.[name]);
  };
  const pageSize = pragma('page_size')();
  const pageCount = pragma('page_count');
  const freePages = pragma('freelist_count');
  const bytesMax = about.bytesMax ?? 10_000_000_000;
  db.exec(`PRAGMA max_page_count = ${Math.floor(bytesMax / pageSize)}`);
  const statements = new Map<string, StatementSync>();
  let life: Life<Code> | null = null;
  let lives = 0;
  let alarmAt: number | null = null;
  let isAlarmLost = false;
  let retries = 0;
  let writes = 0;
  let writesAsked = 0;
  let skewMs = 0;
  const faultTimes: number[] = [];
  /** Statements until the next death or the next full disk; null: none is planned. */
  let deathIn: number | null = null;
  let fullIn: number | null = null;

  function prepared(query: string): StatementSync {
    const known = statements.get(query);
    if (known !== undefined) return known;
    explain(db, query);
    const statement = db.prepare(query);
    statements.set(query, statement);
    return statement;
  }

  /** As the platform counts it: without pages that are free again. */
  function bytesStored(): number {
    return (pageCount() - freePages()) * pageSize;
  }

  function meetFaults(current: { isDead: boolean }, isWrite: boolean): void {
    if (current.isDead) throw new Died('statement of a dead object');
    if (deathIn !== null && deathIn-- <= 0) {
      die();
      throw new Died('between two statements');
    }
    if (isWrite && fullIn !== null && fullIn-- <= 0) {
      fullIn = null;
      faultTimes.push(world.now());
      world.tell(`${about.name}: disk full`);
      throw new Error('SQLITE_FULL');
    }
  }

  function transaction<Value>(current: { isDead: boolean }, write: () => Value): Value {
    db.exec('BEGIN');
    try {
      const value = write();
      meetFaults(current, true);
      db.exec('COMMIT');
      return value;
    } catch (error) {
      // A disk that is full may have ended it already.
      if (db.isTransaction) db.exec('ROLLBACK');
      throw error;
    }
  }

  function platformOf(current: { isDead: boolean; readonly number: number }): Platform {
    /** What a dead shard waits for never comes. */
    const whileAlive =
      <Value>(resolve: (value: Value) => void) =>
      (value: Value) => {
        if (!current.isDead) resolve(value);
      };
    return {
      name: about.name,
      sql: {
        exec: (query, ...bindings) => {
          const isWrite = !/^\s*SELECT/i.test(query);
          meetFaults(current, isWrite);
          if (isWrite) writes += 1;
          const rows = prepared(query).all(...bindings) as Record<string, unknown>[];
          return { toArray: () => rows, rowsWritten: isWrite ? 1 : 0 };
        },
      },
      disk: { bytes: bytesStored, bytesMax },
      transaction: (write) => transaction(current, write),
      getAlarm: async () => (life?.isRinging === true ? null : alarmAt),
      setAlarm: (at) => {
        meetFaults(current, true);
        setAlarm(at);
      },
      now: () => world.now() + skewMs,
      random: random.next,
      wait: (ms) =>
        new Promise((resolve) => {
          world.after(ms, () => whileAlive(resolve)(undefined));
        }),
      after: (ms, run) => world.after(ms, () => whileAlive(run)(undefined)),
      fetch: (url, init) =>
        new Promise((resolve, reject) => {
          about
            .network({ name: about.name, life: current.number }, url, init)
            .then(whileAlive(resolve), whileAlive(reject));
        }),
      log: (decision) => world.tell(`${about.name}: ${JSON.stringify(decision)}`),
    };
  }

  function setAlarm(at: number): void {
    alarmAt = at;
    isAlarmLost = false;
    retries = 0;
    // Due by the shard's clock, which may be set while it waits; the platform's own is right.
    world.after(at - skewMs - world.now(), () => {
      if (alarmAt !== at || isAlarmLost) return;
      if (random.chance(faults.alarmLost)) isAlarmLost = true;
      else void ring();
    });
  }

  async function ring(): Promise<void> {
    const before = alarmAt;
    let current: Life<Code>;
    try {
      current = awake();
      await current.ready;
    } catch {
      retryAlarm(before);
      return;
    }
    if (current.isDead || current.isRinging) return;
    alarmAt = null;
    current.isRinging = true;
    const end = await ended(current, () => current.code.alarm());
    current.isRinging = false;
    if (end !== null && alarmAt === null) retryAlarm(before);
  }

  function retryAlarm(at: number | null): void {
    alarmAt = at;
    retries += 1;
    const isForgotten = retries > ALARM_RETRIES_MAX || random.chance(faults.alarmLost);
    isAlarmLost = isForgotten;
    // A handler that died leaves a stale time behind, or nothing at all.
    if (isForgotten) alarmAt = random.chance(0.5) ? at : null;
    else world.after(2000 * 2 ** retries, () => ringAgain(at));
  }

  function ringAgain(at: number | null): void {
    if (alarmAt === at && !isAlarmLost) void ring();
  }

  /** Null: it ended well; else why not. */
  async function ended(current: Life<Code>, work: () => Promise<unknown>): Promise<unknown> {
    try {
      await lived(current, work);
      return null;
    } catch (error) {
      return error;
    }
  }

  function lived<Value>(current: Life<Code>, work: () => Promise<Value>): Promise<Value> {
    return new Promise((resolve, reject) => {
      current.mourners.add(reject);
      current.ready
        .then(work)
        .then(resolve, reject)
        .finally(() => current.mourners.delete(reject));
    });
  }

  function awake(): Life<Code> {
    if (life !== null) return life;
    lives += 1;
    const born = { number: lives, isDead: false };
    const platform = platformOf(born);
    const code = about.open(platform);
    const made: Life<Code> = Object.assign(born, {
      code,
      ready: code.start(),
      mourners: new Set<(error: Error) => void>(),
      isRinging: false,
    });
    life = made;
    made.ready.catch(() => (life === made ? die() : undefined));
    return made;
  }

  /** Everything in memory is gone; whoever waits for an answer gets an error. */
  function die(): void {
    deathIn = null;
    faultTimes.push(world.now());
    const dead = life;
    life = null;
    if (dead === null) return;
    world.tell(`${about.name}: dies`);
    dead.isDead = true;
    for (const mourner of dead.mourners) mourner(new Died('the object died'));
  }

  const faults = { alarmLost: 0 };

  return {
    name: about.name,
    db,
    faults,
    /** One RPC. Its caller gets an error when the shard dies before it answers. */
    async call<Value>(work: (code: Code) => Promise<Value>): Promise<Value> {
      const current = awake();
      return lived(current, () => work(current.code));
    },
    die,
    dieIn: (count: number) => {
      deathIn = count;
    },
    fillDiskIn: (count: number) => {
      fullIn = count;
    },
    /** No more planned faults. */
    heal: () => {
      fullIn = null;
      deathIn = null;
      skewMs = 0;
      faults.alarmLost = 0;
    },
    rowsWritten: () => writes,
    /** Has anything been written since this was asked last? */
    hasChanged: () => {
      const changed = writes > writesAsked;
      writesAsked = writes;
      return changed;
    },
    setClock: (ms: number) => {
      skewMs = ms;
    },
    clock: () => world.now() + skewMs,
    /** It is over, and its memory is SQLite's: nothing tells the collector how much that is. */
    close: () => db.close(),
    lives: () => lives,
    /** Did it die or find the disk full then? */
    hadFault: (from: number, to: number) => faultTimes.some((at) => at >= from && at <= to),
  };
}
