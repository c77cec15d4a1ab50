import { inject } from 'vitest';
import type { Fields } from '../../../src/engine/value.ts';
import { vault } from '../../../src/providers/vault/index.ts';
import { databaseUsers } from '../../support/database-users.ts';
import { describeKind } from '../../support/kind-contract.ts';
import { resource } from '../../support/world.ts';
import { connectionAt, createUser, fromEnv, mounted } from './database.ts';
import { connect, stranger, uniqueName } from './server.ts';

const { kinds } = vault;
const opened = async () => [await connect()];
const env = { VAULT_DB: databaseUsers.vault, ROTATED: databaseUsers.rotated };

describeKind('vault.database-connection', async () => {
  const mount = uniqueName('db');
  const at = (spec: Fields) => connectionAt(mount, { allowedRoles: ['b', 'a'], ...spec });
  const all: Fields = {
    verify: true,
    maxOpenConnections: 4,
    maxIdleConnections: 2,
    maxConnectionLifetime: '90s',
    usernameTemplate: 'v-{{.RoleName}}-{{random 8}}',
    passwordPolicy: '',
  };
  const rootRotation = ['ALTER ROLE "{{name}}" WITH PASSWORD \'{{password}}\';\n'];
  return {
    connect: opened,
    kinds,
    example: [mounted(mount), at({ ...all, rootRotation })],
    changed: at({ ...all, allowedRoles: ['a', 'c'], maxOpenConnections: 5, rootRotation }),
    changes: ['allowedRoles', 'maxOpenConnections'],
    without: { resource: at(all), field: 'rootRotation' },
    env,
    stranger: {
      add: async () => {
        await stranger('POST', `${mount}/config/app`, { disable_escaping: true });
      },
      isThere: async () =>
        (await stranger('GET', `${mount}/config/app`)).body.data.connection_details.disable_escaping === true,
    },
  };
});

describeKind('vault.database-role', async () => {
  const mount = uniqueName('db');
  const at = (spec: Fields) =>
    resource(`vault.database-role/${mount}/app-rw`, { connection: 'app', create: createUser, ...spec });
  const all: Fields = {
    ttl: '1h',
    maxTtl: '4h',
    revoke: ['DROP ROLE IF EXISTS "{{name}}";\n'],
    renew: 'ALTER ROLE "{{name}}" VALID UNTIL \'{{expiration}}\'',
    rollback: ['DROP ROLE IF EXISTS "{{name}}"'],
  };
  return {
    connect: opened,
    kinds,
    example: [mounted(mount), connectionAt(mount), at(all)],
    changed: at({ ...all, ttl: '30m', create: [...createUser, 'GRANT pg_read_all_data TO "{{name}}"'] }),
    changes: ['ttl', 'create'],
    without: { resource: at({ ttl: '1h', maxTtl: '4h' }), field: 'revoke' },
    env,
    stranger: {
      add: async () => {
        await stranger('POST', `${mount}/roles/app-rw`, { credential_config: { password_policy: '' } });
      },
      isThere: async () => (await stranger('GET', `${mount}/roles/app-rw`)).status === 200,
    },
  };
});

describeKind('vault.database-static-role', async () => {
  const mount = uniqueName('db');
  const hasSchedules = inject('servers').vault.product === 'vault';
  const timing: Fields = hasSchedules ? { schedule: '0 3 * * SAT', window: '2h' } : { rotate: '48h' };
  const at = (spec: Fields) =>
    resource(`vault.database-static-role/${mount}/reporting`, { connection: 'app', username: 'reporting', ...spec });
  return {
    connect: opened,
    kinds,
    example: [
      mounted(mount),
      connectionAt(mount),
      at({ ...timing, statements: 'ALTER ROLE "{{name}}" PASSWORD \'{{password}}\'' }),
    ],
    changed: at({ rotate: '24h', statements: 'ALTER ROLE "{{name}}" PASSWORD \'{{password}}\'' }),
    changes: hasSchedules ? ['rotate', 'schedule', 'window'] : ['rotate'],
    without: { resource: at(timing), field: 'statements' },
    ...(hasSchedules ? {} : { lacks: ['schedule', 'window'] }),
    env,
  };
});

describeKind('vault.database-root-rotation', async () => {
  const mount = uniqueName('db');
  const at = (spec: Fields = {}) => resource(`vault.database-root-rotation/${mount}/app`, spec);
  return {
    connect: opened,
    kinds,
    example: [
      mounted(mount),
      connectionAt(mount, { username: 'rotated', password: fromEnv('ROTATED') }),
      at({ password: fromEnv('ROTATED') }),
    ],
    // There is nothing to change about what is done once.
    changed: at({ password: fromEnv('ROTATED') }),
    changes: [],
    env,
  };
});
