// A check: what was looked at, how it is, and what to do about it.

export type Check = {
  readonly name: string;
  readonly verdict: 'ok' | 'warning' | 'problem';
  readonly finding: string;
  /** Null where nothing has to be done. */
  readonly todo: string | null;
};

export function ok(name: string, finding: string): Check {
  return { name, verdict: 'ok', finding, todo: null };
}

export function warning(name: string, finding: string, todo: string): Check {
  return { name, verdict: 'warning', finding, todo };
}

export function problem(name: string, finding: string, todo: string): Check {
  return { name, verdict: 'problem', finding, todo };
}
