// A session: what every command works with. Settings and output once, and a client per API that says what to do when
// its key is missing.

import { existsSync } from 'node:fs';

import type { JsonAnswer } from '../../apis/ask-json.ts';
import type { Config } from '../../config/config.ts';
import { operatorApi } from '../../customerio/operator-api.ts';
import type { PipelinesOptions } from '../../customerio/pipelines-request.ts';
import { needSafe, originOf } from './address.ts';
import { usageError } from './cli-error.ts';
import { pacedNet, persistently } from './http.ts';
import { openOutput } from './output.ts';
import type { Output } from './output.ts';
import { failureOf } from './say.ts';
import type { Party } from './say.ts';
import { whereToFind } from './secrets.ts';
import { namesOnCommandLine, readSettings, RELAY_URL, SECRET_NAMES } from './settings.ts';
import type { Settings } from './settings.ts';

/** Customer.io's fair use; its App API takes ten. */
const PIPELINES_PER_SECOND = 100;
const APP_PER_SECOND = 10;
const OTHERS_PER_SECOND = 10;

const LOCAL_URL = 'http://localhost:8787';

/** It need not be there. */
const DEFAULT_VARS = '.dev.vars';

export type GlobalOptions = {
  readonly json?: boolean;
  readonly varsFile: string;
  readonly var?: readonly string[];
};

export type Session = ReturnType<typeof sessionOf>;

/** `isFileNeeded`: a file of secrets that is named has to be there. */
export async function openSession(options: GlobalOptions, isFileNeeded: boolean): Promise<Session> {
  const { varsFile } = options;
  if (isFileNeeded && varsFile !== DEFAULT_VARS && !existsSync(varsFile)) {
    throw usageError(`--vars-file ${varsFile}: there is no such file.`);
  }
  const settings = await readSettings({
    varsFile: options.varsFile,
    environment: process.env,
    flags: options.var ?? [],
  });
  const out = openOutput({ isJson: options.json === true, values: settings.values });
  for (const name of namesOnCommandLine(options.var ?? [])) {
    if (SECRET_NAMES.includes(name)) out.note(onCommandLine(name, options.varsFile));
  }
  return sessionOf({ settings, out, varsFile: options.varsFile });
}

function onCommandLine(name: string, varsFile: string): string {
  return `${name} stands on the command line: shells remember it, and whoever is on this machine can read it. Better in ${varsFile} (lifecycle setup writes it) or in the environment.`;
}

export function sessionOf(base: {
  readonly settings: Settings;
  readonly out: Output;
  readonly varsFile: string;
}) {
  const { settings, out } = base;
  const nets = {
    pipelines: pacedNet(PIPELINES_PER_SECOND),
    app: pacedNet(APP_PER_SECOND),
    others: pacedNet(OTHERS_PER_SECOND),
  };

  function config(): Config {
    if (settings.config !== null) return settings.config;
    throw usageError(`The configuration is wrong. ${settings.problems.join('; ')}.`);
  }

  function pipelines() {
    const { customerio } = config();
    const token = needed(customerio.token, 'CUSTOMERIO_TRACK_TOKEN');
    needSafe(customerio.baseUrl, 'CUSTOMERIO_TRACK_TOKEN');
    const options: PipelinesOptions = { ...customerio, token };
    return { options, net: nets.pipelines, party: pipelinesParty(config()) };
  }

  function app() {
    const { customerio } = config();
    const options = {
      baseUrl: customerio.appUrl,
      token: needed(customerio.appToken, 'CUSTOMERIO_APP_TOKEN'),
    };
    needSafe(customerio.appUrl, 'CUSTOMERIO_APP_TOKEN');
    const api = operatorApi(options, nets.app);
    return { api, options, net: nets.app, party: appParty(config()) };
  }

  /** Asks until there is an answer, and ends the command with a sentence when it is not a yes. */
  async function ask<Value>(
    attempt: () => Promise<JsonAnswer<Value>>,
    party: Party,
  ): Promise<Value> {
    const answer = await persistently(attempt, out.note);
    if (answer.kind === 'ok') return answer.value;
    throw failureOf(answer, party);
  }

  return { ...base, ...nets, config, pipelines, app, ask };
}

export function needed<Value>(value: Value | null, name: string): Value {
  if (value !== null) return value;
  throw usageError(
    `${name} is not set.`,
    `${whereToFind(name)} Put it into .dev.vars or the environment.`,
  );
}

/** The Worker that is asked: --worker, else RELAY_URL, else the one on this machine. */
export function relayUrl(session: Session, flag: string | undefined): string {
  const setting = session.settings.values[RELAY_URL];
  const url = flag ?? (typeof setting === 'string' ? setting : LOCAL_URL);
  const origin = originOf(url);
  if (origin !== null) return origin;
  if (!/^https?:\/\//.test(url)) {
    throw usageError(
      'The address of a Worker begins with http:// or https://.',
      'It looks like https://name.you.workers.dev, or http://localhost:8787',
    );
  }
  // Not repeated: it may hold a password.
  throw usageError(
    'This is no address of a Worker: it takes no path, no query and no password.',
    'It looks like https://name.you.workers.dev',
  );
}

function pipelinesParty({ customerio }: Config): Party {
  return {
    name: "Customer.io's Pipelines API",
    url: customerio.baseUrl,
    secretName: 'CUSTOMERIO_TRACK_TOKEN',
    onRefused:
      'It needs the Pipelines key, not a Track or App key; lifecycle doctor tells them apart.',
  };
}

function appParty({ customerio }: Config): Party {
  return {
    name: "Customer.io's App API",
    url: customerio.appUrl,
    secretName: 'CUSTOMERIO_APP_TOKEN',
    onRefused:
      'It needs an App API key, and CUSTOMERIO_REGION has to be right; lifecycle doctor checks both.',
  };
}
