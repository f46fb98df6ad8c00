// The kill campaign: the real Worker process is killed with -9 again and again while signed webhooks come in and
// Customer.io misbehaves. At the end the receiver is audited, webhook by webhook, against what got a 2xx. `world` adds full
// disks, brown-outs, links that move, deletions, and mails by rule that are killed in the middle.

import { until } from '../../src/start/until.ts';
import { startEmulator } from '../emulator/server.ts';
import { createRandom } from '../simulation/random.ts';
import type { Random } from '../simulation/random.ts';
import { emulatorClient } from '../support/emulator.ts';
import { newFolder } from '../support/processes.ts';
import { delivered, post, startRelay } from '../support/relay.ts';
import type { Relay } from '../support/relay.ts';
import { readDisk, verdictOf } from './audit.ts';
import type { Verdict } from './audit.ts';
import { openBooks } from './books.ts';
import type { Books } from './books.ts';
import { mountDisk } from './disk.ts';
import type { Disk } from './disk.ts';
import { mailed, moving, named, short } from './lives.ts';
import type { Load, Send } from './lives.ts';
import { openMailbox } from './mailbox.ts';
import { mailScript, pipelinesScript } from './troubles.ts';

const KEY = 'torture-key';
const SHARDS = 4;
const PEOPLE = 40;

/** A sixth of what is sent by them comes with a link that moves, and as much with a deletion. */
const WORLD = { mailed: 14, moving: 16, short: 10 } as const;

/** Small enough to fill in no time; holds what a campaign leaves undelivered. */
const DISK_BYTES = 400_000_000;

type Campaign = {
  readonly kills: number;
  /** Answered with 2xx, at least. */
  readonly webhooks: number;
  readonly seed: number;
  readonly isWorld: boolean;
  readonly say?: (line: string) => void;
};

export async function torture({ kills, webhooks, seed, isWorld, say = () => undefined }: Campaign) {
  const random = createRandom(seed);
  const books = openBooks();
  const stage = await openStage(books, isWorld);
  const startedAt = Date.now();
  const load = { isOver: false };
  const lives = begin(books, { send: stage.send, load }, isWorld);
  const answered = () => sum([...books.streams.values()].map((stream) => stream.answered));
  const figures = { fullDisks: 0, killsInMail: 0, startSeconds: 0 };

  for (let kill = 0; kill < kills; kill += 1) {
    await stage.upset(random);
    const target = answered() + random.between(1, 2 * Math.ceil(webhooks / kills));
    await until(() => answered() >= target);
    // In turn: at any moment, on a full disk, in the middle of a mail.
    if (isWorld && kill % 3 === 1) figures.fullDisks += await stage.fill(random);
    if (isWorld && kill % 3 === 2) figures.killsInMail += await stage.killInMail();
    await stage.kill();
    const killedAt = Date.now();
    await stage.start();
    figures.startSeconds += (Date.now() - killedAt) / 1000;
    stage.disk?.empty();
    if (kill % 50 === 49) say(`${kill + 1} kills, ${answered()} answered`);
  }
  await until(() => answered() >= webhooks, 3_600_000);
  load.isOver = true;
  await Promise.all(lives);
  const loadedAt = Date.now();
  const verdict = await stage.settled(() => verdictOf(books, readDisk(stage.folder, books)));
  await stage.close();
  const seconds = Math.round((loadedAt - startedAt) / 1000);
  const perMinute = Math.round((verdict.figures.answered * 60) / Math.max(1, seconds));
  const counted = { ...figures, startSeconds: Math.round(figures.startSeconds) };
  const hasDisk = stage.disk !== null;
  const told = { kills, ...verdict.figures, ...counted, hasDisk, ...stage.counts() };
  const { faults, undone } = verdict;
  return { faults, undone, figures: { ...told, seconds, perMinute } };
}

function begin(books: Books, about: { send: Send; load: Load }, isWorld: boolean) {
  const many = (count: number, live: typeof named, name: string) =>
    Array.from({ length: count }, (_, index) => live(books, `${name}${index}`, about));
  if (!isWorld) return many(PEOPLE, named, 'named');
  return [
    ...many(WORLD.mailed, mailed, 'mailed'),
    ...many(WORLD.moving, moving, 'moving'),
    ...many(WORLD.short, short, 'short'),
  ];
}

/** The Worker that is killed and begins anew, with everybody around it. */
async function openStage(books: Books, isWorld: boolean) {
  const server = await startEmulator({ token: KEY, memory: books.memory });
  const mailbox = await openMailbox(books);
  const emulator = emulatorClient(server.url);
  const folder = newFolder('relay');
  const disk: Disk | null = isWorld ? mountDisk(folder, DISK_BYTES) : null;
  const vars = {
    CUSTOMERIO_TRACK_TOKEN: KEY,
    CUSTOMERIO_PIPELINES_URL: `${server.url}/v1`,
    SHARDS: String(SHARDS),
    LINGER_MS: '20',
    ...(isWorld
      ? {
          CUSTOMERIO_APP_TOKEN: KEY,
          CUSTOMERIO_APP_URL: mailbox.url,
          EMAILS: '{"checkout_abandoned":{"id":1,"every_hours":0}}',
        }
      : {}),
  };
  let worker: Relay = await startRelay(vars, folder);
  let refused = 0;
  let died = 0;

  const send: Send = async (provider, event) => {
    // Clerk's own id of a webhook stays the same, however often it comes.
    const id = `msg_${crypto.randomUUID()}`;
    for (;;) {
      // Killed: no answer, or half of one.
      const answer = await post(worker, provider, event, { id }).catch(() => null);
      if (answer?.status === 200) return;
      if (answer !== null) refused += 1;
      await pause(20);
    }
  };

  async function start(): Promise<void> {
    try {
      worker = await startRelay(vars, folder);
    } catch (error) {
      if (disk === null || !isWorkerdsOwn(error)) throw error;
      died += 1;
      disk.empty();
      worker = await startRelay(vars, folder);
    }
  }

  return {
    folder,
    disk,
    send,
    start,
    counts: () => ({ refused, died }),
    kill: () => worker.kill(),
    async upset(random: Random): Promise<void> {
      await emulator.script(pipelinesScript(random, isWorld));
      if (isWorld) mailbox.script(mailScript(random));
    },
    /** Until some webhooks were refused; half the time there is room again before the kill. 0: not on this machine. */
    async fill(random: Random): Promise<number> {
      if (disk === null) return 0;
      const before = refused;
      disk.fill(random.pick([0, 20_000, 200_000]));
      await until(() => refused >= before + 20);
      if (random.chance(0.5)) disk.empty();
      return 1;
    },
    /** As the next mail arrives, before its answer; 0 where none came. */
    async killInMail(): Promise<number> {
      const kills: Promise<void>[] = [];
      mailbox.script('');
      mailbox.atNextMail(() => kills.push(worker.kill()));
      await until(() => kills.length > 0, 60_000);
      mailbox.atNextMail(null);
      await Promise.all(kills);
      return kills.length;
    },
    /** All is well, and after some time all has to be: the verdict then. */
    async settled(look: () => Verdict): Promise<Verdict> {
      await emulator.script('');
      mailbox.script('');
      for (let round = 1; ; round += 1) {
        await delivered(worker);
        await pause(1000);
        await worker.kill();
        const verdict = look();
        if (sum(Object.values(verdict.undone)) === 0 || round === SETTLE_ROUNDS) return verdict;
        await start();
      }
    },
    async close(): Promise<void> {
      disk?.close();
      await worker.close();
      await mailbox.close();
      await server.close();
    },
  };
}

/** On a full disk workerd may end by itself, where an alarm's commit fails as it starts: a kill more, and none that we have sent. */
function isWorkerdsOwn(error: unknown): boolean {
  return error instanceof Error && error.message.includes('Promise callback destroyed itself');
}

/** Hand-overs and erasures that have failed come again within a minute. */
const SETTLE_ROUNDS = 60;

function sum(all: readonly number[]): number {
  return all.reduce((total, each) => total + each, 0);
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
