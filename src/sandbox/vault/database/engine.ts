import type { Endpoint } from '../endpoint.ts';
import { connectionEndpoints } from './connections.ts';
import { credentialEndpoints } from './credentials.ts';
import { roleEndpoints } from './roles.ts';
import { staticRoleEndpoints } from './static-roles.ts';

/** The paths of a database engine. */
export const databaseEndpoints: readonly Endpoint[] = [
  ...connectionEndpoints,
  ...roleEndpoints,
  ...staticRoleEndpoints,
  ...credentialEndpoints,
];
