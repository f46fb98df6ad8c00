// Addresses: which one is bare, which is this machine, and where a key may go. A key over plain http is readable by
// everybody on the way, so it stays here.

import { usageError } from './cli-error.ts';

const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

export function isLocal(url: string): boolean {
  return LOOPBACK.test(new URL(url).hostname);
}

/** Null for anything but the bare address of a server. */
export function originOf(url: string): string | null {
  if (!URL.canParse(url)) return null;
  const { protocol, origin, pathname, search, hash } = new URL(url);
  const isBare = /^\/*$/.test(pathname) && `${search}${hash}` === '' && !hasPassword(url);
  return isBare && /^https?:$/.test(protocol) ? origin : null;
}

/** Whether a key that is sent there can be read on the way. */
export function isOpen(url: string): boolean {
  return new URL(url).protocol !== 'https:' && !isLocal(url);
}

export function hasPassword(url: string): boolean {
  const { username, password } = new URL(url);
  return `${username}${password}` !== '';
}

/** Ends the command with a sentence unless the secret may go there. The address itself is not repeated. */
export function needSafe(url: string, secretName: string): void {
  if (hasPassword(url)) {
    throw usageError(
      `The address that ${secretName} would go to holds a user or a password: it takes neither.`,
      `Take them out of it. What belongs there is ${secretName} alone.`,
    );
  }
  if (!isOpen(url)) return;
  const { host, hostname, port } = new URL(url);
  throw usageError(
    `${secretName} was not sent: plain http to ${host} can be read by everybody on the way.`,
    `Use https://. Where there is none: ssh -L 8787:localhost:${port || 80} ${hostname}, and then http://localhost:8787.`,
  );
}
