// The admin API: JSON for the operator, below /admin. Answers carry ids and reasons; personal data only where the
// operator asks for one person. The operator is let in here; each route names what else has to be ready for it.

import { Hono } from 'hono/tiny';

import { configured } from '../door/ready.ts';
import type { RelayApp } from '../door/ready.ts';
import type { Provider } from '../intake/provider.ts';
import { audited } from './audit.ts';
import { linkRoutes } from './link-routes.ts';
import { mappingRoutes } from './mapping-routes.ts';
import { operatorOnly } from './operator-only.ts';
import { organizationRoutes } from './organization-routes.ts';
import { parkedRoutes } from './parked-routes.ts';
import { personRoutes } from './person-routes.ts';
import { recentRoutes } from './recent-routes.ts';
import { statusRoutes } from './status-routes.ts';
import { syncRoutes } from './sync-routes.ts';

export function adminWith(providers: readonly Provider[]) {
  const admin = new Hono<RelayApp>();
  admin.use('*', configured, operatorOnly, audited);
  admin.route('/', statusRoutes);
  admin.route('/', recentRoutes);
  admin.route('/', linkRoutes);
  admin.route('/', personRoutes);
  admin.route('/', organizationRoutes);
  admin.route('/', parkedRoutes(providers));
  admin.route('/', syncRoutes);
  admin.route('/', mappingRoutes);
  return admin;
}
