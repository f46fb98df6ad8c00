// GET /healthz: codes for anybody, and for the operator what they are about. No value of a variable is in either.

import type { Context } from 'hono';

import { adminTokenIn } from '../config/config.ts';
import type { RelayApp } from '../door/ready.ts';
import type { Health } from '../watch/health.ts';
import { hasToken } from './operator-only.ts';

export function answerHealth(c: Context<RelayApp>, health: Health): Response {
  const { problems, warnings = [], layout } = health;
  const codes = [...new Set(problems.map(({ code }) => code))];
  const said = {
    ...(codes.length === 0 ? { status: 'ok' } : { status: 'failing', problems: codes }),
    ...(warnings.length > 0 && { warnings: warnings.map(({ code }) => code) }),
  };
  const token = adminTokenIn(c.env);
  const isOperator = token !== null && hasToken(c, token);
  const details = problems.map(({ detail }) => detail);
  const body = isOperator ? { ...said, details, layout } : said;
  return c.json(body, codes.length === 0 ? 200 : 503);
}
