// Which version this is: of the package, and the commit where it is a checkout with git.

import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

import { parseJson } from '../../platform/json.ts';

const ROOT = new URL('../../../', import.meta.url);

/** `0.1.0 (1a2b3c4)` */
export function versionText(): string {
  const manifest = parseJson(readFileSync(new URL('package.json', ROOT), 'utf8'));
  const version =
    typeof manifest === 'object' && manifest !== null && 'version' in manifest
      ? String(manifest.version)
      : 'unknown';
  const git = spawnSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: ROOT, encoding: 'utf8' });
  return git.status === 0 ? `${version} (${git.stdout.trim()})` : version;
}
