// The admin API: JSON for the operator's hands, below /admin. Answers carry ids and reasons; personal data only where
// the operator asks for one person.

import { Hono } from 'hono';

import { linkRoutes } from './links.ts';
import { operatorOnly } from './operator.ts';
import type { OperatorApp } from './operator.ts';
import { parked } from './parked.ts';
import { statusRoutes } from './status.ts';

export const admin = new Hono<OperatorApp>();

admin.use('*', operatorOnly);
admin.route('/', statusRoutes);
admin.route('/', linkRoutes);
admin.route('/parked', parked);
