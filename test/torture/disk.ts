// A disk that really fills: a small tmpfs under the Worker's files, and ballast that leaves it no room. SQLite meets ENOSPC
// and says SQLITE_FULL, as it does at `max_page_count`, which workerd lets nobody set. Mounting takes Linux and root.

import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import path from 'node:path';

export type Disk = {
  /** Leaves so many bytes free. */
  readonly fill: (left: number) => void;
  readonly empty: () => void;
  /** Its files are gone with it. */
  readonly close: () => void;
};

/** For a Worker whose state is in `folder`, before it starts. Null where this machine may not mount. */
export function mountDisk(folder: string, bytes: number): Disk | null {
  const at = path.join(folder, 'disk');
  mkdirSync(at, { recursive: true });
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${bytes}`, 'tmpfs', at], { stdio: 'pipe' });
  } catch {
    return null;
  }
  const close = () => {
    process.off('exit', close);
    execFileSync('umount', ['-l', at], { stdio: 'pipe' });
  };
  // A campaign that fails must not leave it mounted.
  process.once('exit', close);
  const ballast = path.join(at, 'ballast');
  return {
    fill: (left) => {
      const { bavail, bsize } = statfsSync(at);
      try {
        writeFileSync(ballast, Buffer.alloc(Math.max(0, bavail * bsize - left)));
      } catch {
        // The Worker took some of it meanwhile: it is full.
      }
    },
    empty: () => rmSync(ballast, { force: true }),
    close,
  };
}
