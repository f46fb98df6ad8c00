// What a command ends with when it cannot do what was asked: a sentence for the person at the terminal, and the code
// the process exits with.

export const EXIT = { ok: 0, problem: 1, usage: 2 } as const;

/** `todo` says what to do about it. Neither holds a secret. */
export class CliError extends Error {
  override readonly name = 'CliError';
  readonly exitCode: number;
  readonly todo: string | null;

  constructor(sentence: string, about: { exitCode?: number; todo?: string } = {}) {
    super(sentence);
    this.exitCode = about.exitCode ?? EXIT.problem;
    this.todo = about.todo ?? null;
  }
}

export function usageError(sentence: string, todo?: string): CliError {
  return new CliError(sentence, { exitCode: EXIT.usage, ...(todo === undefined ? {} : { todo }) });
}
