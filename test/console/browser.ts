// A real browser for the tests: the one of CHROME_PATH, an installed Chrome, Chromium or Edge, or on Linux x64 the one that
// npm has brought. Where none is found the tests are skipped with a word, and in CI that is a failure.

import { existsSync } from 'node:fs';

import { chromium } from 'playwright-core';
import type { Browser } from 'playwright-core';

const INSTALLED = [
  process.env['CHROME_PATH'] ?? '',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
  String.raw`C:\Program Files\Google\Chrome\Application\chrome.exe`,
  String.raw`C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe`,
];

/** As root a browser has no sandbox; ours only ever sees our own pages. */
const ARGS = ['--no-sandbox', '--disable-dev-shm-usage'];

/** Null where there is none. */
export async function openBrowser(): Promise<Browser | null> {
  const executablePath =
    INSTALLED.find((file) => file !== '' && existsSync(file)) ?? (await packed());
  if (executablePath !== null) return chromium.launch({ executablePath, args: ARGS });
  const word =
    'No Chrome, Chromium or Edge here: set CHROME_PATH. The tests in a browser are skipped.';
  if (process.env['CI'] === 'true') throw new Error(word);
  console.warn(word);
  return null;
}

/**
 * The browser alone, without the flags of its package: those are for one process, which ends when a second context is opened, and
 * without the rule of one origin, by which half of the attacks fail.
 */
async function packed(): Promise<string | null> {
  if (process.platform !== 'linux' || process.arch !== 'x64') return null;
  const { default: chrome } = await import('@sparticuz/chromium');
  return chrome.executablePath();
}
