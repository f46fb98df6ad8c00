// An answer of the admin API. Another status or another body than the contract has does not type-check.

import type { ADMIN, AnswerOf } from './contract.ts';

type Answers<Name extends keyof typeof ADMIN> = (typeof ADMIN)[Name]['answers'];

/** A status that the route may answer, and the body it then has. */
type Answer<Name extends keyof typeof ADMIN> = {
  [Status in keyof Answers<Name> & number]: readonly [
    status: Status,
    body: AnswerOf<(typeof ADMIN)[Name], Status>,
  ];
}[keyof Answers<Name> & number];

export function answer<Name extends keyof typeof ADMIN>(...[status, body]: Answer<Name>): Response {
  return Response.json(body, { status });
}
