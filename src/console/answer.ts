// An answer of the admin API. Another status or another body than the contract has does not type-check.

import type { ADMIN, AnswerOf } from './contract.ts';

type Answers<Name extends keyof typeof ADMIN> = (typeof ADMIN)[Name]['answers'];

export function answer<
  Name extends keyof typeof ADMIN,
  Status extends keyof Answers<Name> & number,
>(_name: Name, status: Status, body: AnswerOf<(typeof ADMIN)[Name], Status>): Response {
  return Response.json(body, { status });
}
