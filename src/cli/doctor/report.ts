// The checks as lines, and the exit code they come to: warnings alone are no failure.

import { EXIT } from '../terminal/cli-error.ts';
import type { ExitCode } from '../terminal/command.ts';
import { marked } from '../terminal/output.ts';
import type { Line, Output } from '../terminal/output.ts';
import type { Check } from './check.ts';

export function report(
  out: Output,
  checks: readonly Check[],
  reminders: readonly string[],
): ExitCode {
  const count = (verdict: Check['verdict']) =>
    checks.filter((each) => each.verdict === verdict).length;
  const problems = count('problem');
  out.result({ ok: problems === 0, checks, reminders }, [
    ...checks.flatMap(linesOf),
    ...(reminders.length === 0 ? [] : ['', ...reminders]),
    '',
    `${problems} problem${problems === 1 ? '' : 's'}, ${count('warning')} warning${count('warning') === 1 ? '' : 's'}.`,
  ]);
  return problems === 0 ? EXIT.ok : EXIT.problem;
}

function linesOf({ name, verdict, finding, todo }: Check): Line[] {
  const line = marked(verdict, `${name}: ${finding}`);
  return todo === null ? [line] : [line, `         -> ${todo}`];
}
