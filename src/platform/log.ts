// Structured logs: one JSON line per decision. Ids of events, types, reasons, counts and times; never a body, a
// secret, a signature, an email or a name. The type admits nothing nested, so nothing can be spread into it.

export type Decision = Readonly<Record<string, string | number | boolean | null>>;

export function log(decision: Decision): void {
  // oxlint-disable-next-line no-console -- The platform's log is the console, and this is its one caller.
  console.log(JSON.stringify(decision));
}

/** For unexpected errors: their class alone, because a message may quote input. Ours about the configuration never do. */
export function faultOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  return error.name === 'ConfigError' ? `${error.name}: ${error.message}` : error.name;
}
