// An answer of the admin API. Another status or another body than the contract has does not type-check.

import type { AdminRoute, AnswerOf } from './contract.ts';

export function answer<Route extends AdminRoute, Status extends keyof Route['answers'] & number>(
  _route: Route,
  status: Status,
  body: AnswerOf<Route, Status>,
): Response {
  return Response.json(body, { status });
}
