// The small parts that pages are made of: a time, a code with its sentence, a badge, a table, a form that changes something.

import type { Child } from 'hono/jsx';

import { DAY_MS, HOUR_MS } from '../../platform/time.ts';
import { codeOf } from '../../watch/codes.ts';
import { printable } from './printable.ts';

type Tone = 'good' | 'bad' | 'warn' | 'calm';

export function Badge({ tone, children }: { readonly tone: Tone; readonly children?: Child }) {
  return <span class={`badge ${tone}`}>{children}</span>;
}

/** How long ago, with the time itself for whoever asks. `at` in Unix milliseconds. */
export function Ago({ at, now }: { readonly at: number; readonly now: number }) {
  const iso = new Date(at).toISOString();
  return (
    <time datetime={iso} title={iso}>
      {agoText(now - at)}
    </time>
  );
}

export function agoText(ms: number): string {
  if (ms < 0) return `in ${durationText(-ms)}`;
  return ms < 1000 ? 'just now' : `${durationText(ms)} ago`;
}

export function durationText(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 120_000) return `${Math.round(ms / 1000)} s`;
  if (ms < 2 * HOUR_MS) return `${Math.round(ms / 60_000)} min`;
  return ms < 2 * DAY_MS ? `${Math.round(ms / HOUR_MS)} h` : `${Math.round(ms / DAY_MS)} days`;
}

export function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

export function clock(at: number): string {
  return new Date(at).toISOString().slice(0, 19).replace('T', ' ');
}

/** What a stranger wrote, as text that hides nothing. */
export function Text({ of, max }: { readonly of: unknown; readonly max?: number }) {
  return <>{printable(of, max)}</>;
}

/** A code, its sentence, and what helps. */
export function Code({ code }: { readonly code: string }) {
  return (
    <>
      <code>{code}</code> {codeOf(code)?.sentence ?? ''} <Remedy code={code} />
    </>
  );
}

/** What to do about a code; commands stand out. */
export function Remedy({ code }: { readonly code: string }) {
  const remedy = codeOf(code)?.remedy ?? null;
  if (remedy === null) return <></>;
  const parts = remedy.split(/(np[xm] (?:[^;,.: ]|\.\.\.| (?!says|sets|names|has|or))+)/);
  return (
    <span class="remedy">
      {parts.map((part, index) => (index % 2 === 1 ? <kbd>{part}</kbd> : part))}
    </span>
  );
}

export function Empty({ children }: { readonly children?: Child }) {
  return <p class="empty">{children}</p>;
}

/** A table that scrolls by itself where the page is narrow. */
export function Table(props: {
  readonly label: string;
  readonly head: readonly string[];
  readonly children?: Child;
}) {
  return (
    <div class="scroll" role="region" aria-label={props.label} tabindex={0}>
      <table>
        <thead>
          <tr>
            {props.head.map((each) => (
              <th scope="col">{each}</th>
            ))}
          </tr>
        </thead>
        <tbody>{props.children}</tbody>
      </table>
    </div>
  );
}

/** One button that changes something; `fields` go with it. */
export function Action(props: {
  readonly to: string;
  readonly token: string;
  readonly label: string;
  readonly fields?: Readonly<Record<string, string>>;
  readonly isDangerous?: boolean;
  readonly children?: Child;
}) {
  return (
    <form method="post" action={props.to} class="action">
      <input type="hidden" name="token" value={props.token} />
      {Object.entries(props.fields ?? {}).map(([name, value]) => (
        <input type="hidden" name={name} value={value} />
      ))}
      {props.children}
      <button class={props.isDangerous === true ? 'danger' : ''}>{props.label}</button>
    </form>
  );
}

export function Figure(props: {
  readonly label: string;
  readonly value: string | number;
  readonly tone?: Tone;
  readonly to?: string;
}) {
  const value = <b class={props.tone ?? ''}>{props.value}</b>;
  return (
    <li>
      <span>{props.label}</span>
      {props.to === undefined ? value : <a href={props.to}>{value}</a>}
    </li>
  );
}
