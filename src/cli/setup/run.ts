// One run of set-up: what is known so far, who answers, what was said by flags, and what it sees of the world.

import type { Asker } from './asker.ts';
import type { Draft } from './draft.ts';
import type { SetupWorld } from './worker-step.ts';

export type SetupOptions = {
  readonly worker?: string;
  readonly region?: string;
  readonly addEvents?: boolean;
  readonly putSecrets?: boolean;
  readonly sendTest?: boolean;
};

export type SetupRun = {
  readonly draft: Draft;
  /** Null: nobody is there to answer. */
  readonly ask: Asker | null;
  readonly options: SetupOptions;
  readonly world: SetupWorld;
};
