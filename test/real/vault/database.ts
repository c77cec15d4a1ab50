import { inject } from 'vitest';
import type { Resource } from '../../../src/engine/resource.ts';
import type { Fields } from '../../../src/engine/value.ts';
import { fromSource } from '../../../src/secrets/source.ts';
import { resource } from '../../support/world.ts';

// What tests of the database kinds have in common.

/** A secret from the bench's environment. */
export const fromEnv = (name: string) =>
  fromSource({ source: { from: 'env', name }, onMissingSource: 'keep', onExternalChange: 'keep', at: 'lab.yaml:1:1' });

/** SQL that makes a user. */
export const createUser = ["CREATE ROLE \"{{name}}\" LOGIN PASSWORD '{{password}}' VALID UNTIL '{{expiration}}'"];

/** A database engine at a path. */
export const mounted = (path: string): Resource => resource(`vault.mount/${path}`, { type: 'database' });

/** The connection `app` to the shared test database, with the password from VAULT_DB. */
export const connectionAt = (mount: string, spec: Fields = {}): Resource =>
  resource(`vault.database-connection/${mount}/app`, {
    plugin: 'postgresql',
    url: inject('servers').database.url,
    username: 'vault',
    password: fromEnv('VAULT_DB'),
    allowedRoles: ['*'],
    ...spec,
  });
