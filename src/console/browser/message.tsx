// A page that says one thing: a code, its sentence and what helps.

import { codeOf } from '../../watch/codes.ts';
import { Remedy } from './parts.tsx';

export function Message({ code }: { readonly code: string }) {
  return (
    <section>
      <h1>{codeOf(code)?.sentence ?? 'There is nothing here.'}</h1>
      <p class="quiet">
        <Remedy code={code} />
      </p>
      <p>
        <a href="/console">To the overview</a>
      </p>
    </section>
  );
}
