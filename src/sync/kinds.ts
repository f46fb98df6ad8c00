// The kinds of jobs there are. The one place that names them all.

import type { JobKind } from './kind.ts';
import { drift } from './people/drift.ts';
import { refresh } from './people/refresh.ts';

export const KINDS: readonly JobKind[] = [refresh, drift];
