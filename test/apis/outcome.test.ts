// Every HTTP answer, and what it means.

import { describe, expect, it } from 'vitest';

import { outcomeOf, RETRY_AFTER_MS_MAX, retryAfterMs } from '../../src/apis/outcome.ts';

const NOW = Date.parse('2026-11-23T12:00:00Z');

function answer(status: number, more: { retryAfter?: string; body?: string } = {}) {
  const headers = new Headers(
    more.retryAfter === undefined ? {} : { 'retry-after': more.retryAfter },
  );
  return outcomeOf({ status, headers, body: more.body ?? '' }, NOW);
}

describe('outcomeOf', () => {
  it.each([200, 201, 204, 299])('takes %i for delivered, whatever its body', (status) => {
    expect(answer(status, { body: '<html>' })).toEqual({ kind: 'delivered' });
  });

  it.each([
    [408, 'timed_out'],
    [429, 'rate_limited'],
    [500, 'upstream_unavailable'],
    [503, 'upstream_unavailable'],
    [599, 'upstream_unavailable'],
  ])('retries %i', (status, reason) => {
    expect(answer(status)).toEqual({ kind: 'retry', reason, retryAfterMs: null });
  });

  it('keeps what a refusal for now asks for', () => {
    expect(answer(429, { retryAfter: '7' })).toMatchObject({ retryAfterMs: 7000 });
    expect(answer(503, { retryAfter: '9' })).toMatchObject({ retryAfterMs: 9000 });
  });

  it.each([401, 403])('takes %i for refused credentials, not for a bad message', (status) => {
    expect(answer(status)).toEqual({ kind: 'refused', reason: 'credentials_invalid', status });
  });

  it.each([301, 302, 307, 308])('takes %i for an address that is wrong', (status) => {
    expect(answer(status)).toEqual({ kind: 'refused', reason: 'redirected', status });
  });

  it.each([400, 404, 413, 422])('takes %i for a refused message', (status) => {
    expect(answer(status)).toEqual({ kind: 'rejected', status, detail: 'no reason given' });
  });

  it.each([
    '{"meta":{"error":"bad event"}}',
    '{"meta":{"errors":["bad event"]}}',
    '{"errors":[{"detail":"bad event","status":"400"}]}',
    '{"errors":[{"reason":"bad event"}]}',
    '{"error":{"type":"invalid_request_error","message":"bad event"}}',
  ])('finds the reason in %s', (body) => {
    expect(answer(400, { body })).toMatchObject({ detail: 'bad event' });
  });

  it('keeps emails and keys out of the detail, and the detail short', () => {
    const body = JSON.stringify({
      meta: { error: `ada@example.test used key ${'k'.repeat(30)} ${'long '.repeat(99)}` },
    });
    const outcome = answer(400, { body });
    const detail = outcome.kind === 'rejected' ? outcome.detail : '';
    expect(detail).toMatch(/^\[email\] used key \[id\] long/);
    expect(detail.length).toBe(200);
  });

  it('is done with a long reason, and with one that is nested without end', () => {
    const long = answer(400, { body: JSON.stringify({ error: 'a'.repeat(5_000_000) }) });
    expect(long).toEqual({ kind: 'rejected', status: 400, detail: '[id]' });
    const depth = 5000;
    const deep = `${'{"error":['.repeat(depth)}${']}'.repeat(depth)}`;
    expect(answer(400, { body: deep })).toMatchObject({ detail: 'no reason given' });
  });
});

describe('retryAfterMs', () => {
  it.each([
    ['2', 2000],
    [' 120 ', 120_000],
    ['Mon, 23 Nov 2026 12:00:30 GMT', 30_000],
    ['99999999999', RETRY_AFTER_MS_MAX],
  ])('reads %s', (header, ms) => {
    expect(retryAfterMs(header, NOW)).toBe(ms);
  });

  it.each([null, '', '0', '-5', 'soon', 'Mon, 23 Nov 2026 11:59:59 GMT'])(
    'takes %s for no hint',
    (header) => {
      expect(retryAfterMs(header, NOW)).toBeNull();
    },
  );
});
