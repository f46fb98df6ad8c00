// A step of the story as text, at most 80 columns wide: each webhook with what it was answered, and beside them what
// landed. Pure.

import { styleText } from 'node:util';

import type { Told } from './tell.ts';

/** The longest names in the story: `customer.subscription.updated`, `cancellation_scheduled`. */
const TYPE_WIDTH = 30;
const OUTCOME_WIDTH = 9;
const TITLE_WIDTH = 68;

const WAITING =
  '    Waiting is fine: nobody had said yet whose customer it is. The checkout\n    says it, and what waited lands in order.';

function toldText({ title, sent, landed, ms, isComplete }: Told): string[] {
  const mark = isComplete ? styleText('green', '✓') : styleText('red', '!');
  const head = `${mark} ${styleText('bold', title)}${' '.repeat(TITLE_WIDTH - title.length)}`;
  const rows = Array.from({ length: Math.max(sent.length, landed.length) }, (_, row) => {
    const { type, outcome } = sent[row] ?? { type: '', outcome: '' };
    const arrow = landed[row] === undefined ? '' : `→ ${landed[row]}`;
    return `    ${type.padEnd(TYPE_WIDTH)} ${outcome.padEnd(OUTCOME_WIDTH)} ${arrow}`.trimEnd();
  });
  const time = `${String(ms).padStart(6)} ms`;
  return [`${head}${styleText('dim', time)}`, ...rows];
}

/** Says once why something waited. */
export function withReason(): (told: Told) => string[] {
  let isSaid = false;
  return (told) => {
    const isWaiting = told.sent.some(({ outcome }) => outcome === 'waiting');
    if (isSaid || !isWaiting) return toldText(told);
    isSaid = true;
    return [...toldText(told), styleText('dim', WAITING)];
  };
}
