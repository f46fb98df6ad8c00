// The configuration, read once per isolate: the request path does no configuration work.

import { readConfig } from './config.ts';
import type { ConfigResult } from './config.ts';

const results = new WeakMap<object, ConfigResult>();

export function isolateConfig(env: Cloudflare.Env): ConfigResult {
  const known = results.get(env);
  if (known !== undefined) return known;
  const result = readConfig({ ...env });
  results.set(env, result);
  return result;
}
