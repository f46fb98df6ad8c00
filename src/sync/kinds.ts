// The kinds of jobs there are. The one place that names them all.

import type { JobKind } from './kind.ts';

export const KINDS: readonly JobKind[] = [];
