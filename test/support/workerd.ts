// The bundled Worker on `workerd serve`, as a process of its own that can be killed with -9: no development server in
// between, state on disk, alarms that survive. Starts in a fraction of a second.

import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { ready, readyAt, startCommand } from '../../src/start/children.ts';
import { end, endAndForget, newFolder } from './processes.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');
const WORKERD = path.join(ROOT, 'node_modules/workerd/bin/workerd');

/** The same as in wrangler.toml. */
const COMPATIBILITY_DATE = '2026-10-30';

export type Served = Awaited<ReturnType<typeof serve>>;

/** Bundles as `npm run deploy` does, and answers the file. `entry`: another Worker, its wrangler.toml beside it. */
export function bundle(folder: string, entry?: string): string {
  const outdir = path.join(folder, entry === undefined ? 'relay' : path.basename(entry, '.ts'));
  const wrangler = path.join(ROOT, 'node_modules/wrangler/bin/wrangler.js');
  const config = (folderOf: string) => ['--config', path.join(folderOf, 'wrangler.toml')];
  const what = entry === undefined ? config(ROOT) : [entry, ...config(path.dirname(entry))];
  const args = ['deploy', ...what, '--dry-run', '--outdir', outdir];
  const env = { ...process.env, CI: '1' };
  execFileSync(process.execPath, [wrangler, ...args], { cwd: ROOT, env, stdio: 'pipe' });
  const name = entry === undefined ? 'index' : path.basename(entry, '.ts');
  return path.join(outdir, `${name}.js`);
}

type ServeOptions = {
  readonly script: string;
  readonly vars: Readonly<Record<string, string>>;
  /** Binding → class of a Durable Object. */
  readonly objects: Readonly<Record<string, string>>;
  /** Where another one was killed: its state is taken over. */
  readonly folder?: string;
};

export async function serve({
  script,
  vars,
  objects,
  folder = newFolder('workerd'),
}: ServeOptions) {
  const file = path.join(folder, 'config.capnp');
  mkdirSync(path.join(folder, 'disk'), { recursive: true });
  writeFileSync(file, configOf({ script, vars, objects, folder }));
  // workerd takes any free port and says which: one that is chosen here may be gone by then.
  const args = ['serve', '--experimental', '--control-fd=1', file];
  const child = startCommand('workerd', WORKERD, args);
  const url = await ready(child, async () => {
    const port = portIn(child.log);
    return port === null ? null : `http://127.0.0.1:${port}`;
  });
  await readyAt(child, `${url}/nowhere`);
  return {
    url,
    folder,
    pid: child.process.pid ?? 0,
    /** Each line it logs from now on. */
    hear: child.hear,
    kill: () => end(child, 'SIGKILL'),
    close: () => endAndForget(child, folder),
  };
}

function portIn(log: readonly string[]): number | null {
  const line = log.find((each) => each.startsWith('{"event":"listen"'));
  return line === undefined ? null : (JSON.parse(line) as { port: number }).port;
}

function configOf({ script, vars, objects, folder }: Required<ServeOptions>): string {
  const text = (value: string) => JSON.stringify(value);
  const bindings = [
    ...Object.entries(vars).map(([name, value]) => `(name = ${text(name)}, text = ${text(value)})`),
    ...Object.entries(objects).map(
      ([name, className]) => `(name = ${text(name)}, durableObjectNamespace = ${text(className)})`,
    ),
    '(name = "ASSETS", service = "public")',
  ];
  const namespaces = Object.values(objects).map(
    (name) => `(className = ${text(name)}, uniqueKey = ${text(name)}, enableSql = true)`,
  );
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = .worker),
    (name = "disk", disk = (path = ${text(path.join(folder, 'disk'))}, writable = true)),
    (name = "public", disk = (path = ${text(path.join(ROOT, 'public'))})),
    (name = "internet", network = (allow = ["public", "private", "local"])),
  ],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
);
const worker :Workerd.Worker = (
  modules = [(name = "index.js", esModule = embed ${text(path.relative(folder, script))})],
  compatibilityDate = "${COMPATIBILITY_DATE}",
  compatibilityFlags = ["nodejs_compat"],
  bindings = [${bindings.join(', ')}],
  durableObjectNamespaces = [${namespaces.join(', ')}],
  durableObjectStorage = (localDisk = "disk"),
  globalOutbound = "internet",
);
`;
}
